"""Documents: gathered, rendered once by the worker, kept sealed; the page says what the PDF says."""

from __future__ import annotations

import io
from datetime import timedelta

from pypdf import PdfReader

from tests.builders import filings, units, uploads
from tests.builders.delivery import drain
from webapp import clock, database
from webapp.delivery import contents
from webapp.documents.render import html
from webapp.domain.files import actions as files
from webapp.domain.files import documents
from webapp.domain.files.models import IssuedDocument, StoredFile
from webapp.domain.jobs.models import BULK, DOCUMENTS, RECORDS, Job


def text_of(document: IssuedDocument) -> str:
    file = documents.file_of(document)
    assert file is not None
    reader = PdfReader(io.BytesIO(files.read(file)))
    return "".join("".join(page.extract_text().split()) for page in reader.pages)


def issued(kind: str) -> list[IssuedDocument]:
    return list(IssuedDocument.select().where(IssuedDocument.kind == kind).order_by(IssuedDocument.id))


def test_pledge_and_receipt_say_what_was_filed(db):
    built = units.certified_unit()
    who = filings.person("hk_id", full_name="歐陽𠮷祥", latin_name="Au Yeung Kut Cheung")
    sent = filings.filed(built, who=who, vehicles=[filings.vehicle(), filings.vehicle()])

    drain(db)

    for document, kind in ((issued("personal_pledge")[0], "pledge"), (issued("receipt")[0], "receipt")):
        printed = text_of(document)
        twin = "".join(html(contents.values_for(document, db.public_url), locale=document.locale).striptags().split())
        for words in ("歐陽𠮷祥", "AuYeungKutCheung", sent.submission.number, built.unit.name):
            assert words.replace(" ", "") in printed, kind
            assert words.replace(" ", "") in twin, kind
        # Never a whole document number on paper.
        assert who["id_number"].replace("(", "").replace(")", "") not in printed
    assert f"/s/{sent.token}"[:12] in text_of(issued("receipt")[0])


def test_document_is_made_once_and_kept_sealed(db):
    built = units.certified_unit()
    filings.filed(built)
    drain(db)
    (document,) = issued("personal_pledge")
    file = documents.file_of(document)
    assert file is not None

    with database.transaction():
        Job.update(state="queued").where(Job.kind == documents.RENDER).execute()
    before = StoredFile.select().count()
    drain(db)

    assert StoredFile.select().count() == before
    assert document.code.encode() not in (db.files_dir / file.ref[:2] / file.ref).read_bytes()
    assert files.read(file).startswith(b"%PDF-")
    assert IssuedDocument.get_by_id(document.id).pages == 1


def test_posters_come_with_the_code(db):
    built = units.certified_unit(public_hours="星期一至五09:00–17:30")

    drain(db)

    for kind in ("poster", "desk_card"):
        (paper,) = issued(kind)
        printed = text_of(paper)
        assert built.unit.name in printed
        assert f"{built.code[:4]}-{built.code[4:]}" in printed


def test_listing_confirmation_and_unit_pledge_follow_an_upload(db):
    built = units.certified_unit()
    uploads.uploaded(built, uploads.verified(built, *[filings.filed(built) for _ in range(3)]))

    drain(db)

    (pledge,) = issued("unit_pledge")
    printed = text_of(pledge)
    confirmations = issued("listing_confirmation")
    assert built.unit.name in printed
    assert len(confirmations) == 3
    assert all("備案確認" in text_of(one) for one in confirmations)


def test_someone_looking_is_served_before_stock(db):
    built = units.certified_unit()
    uploads.uploaded(built, uploads.verified(built, filings.filed(built), filings.filed(built)))
    drain(db, RECORDS)

    queues = [job.queue for job in Job.select().where(Job.kind == documents.RENDER, Job.state == "queued")]

    assert set(queues) == {DOCUMENTS, BULK}
    drain(db, DOCUMENTS)
    assert issued("unit_pledge")[0].file_id is not None
    assert {one.file_id for one in issued("listing_confirmation")} == {None}


def test_same_document_keeps_its_code(db):
    with database.transaction():
        first = documents.issue(None, "receipt", "subject", "zh_Hant_MO")
        again = documents.issue(None, "receipt", "subject", "zh_Hant_MO")
        other = documents.issue(None, "receipt", "subject", "zh_Hans_CN")

    assert first == again != other
    assert Job.select().where(Job.kind == documents.RENDER).count() == 2


def test_document_whose_subject_is_gone_is_given_up(db):
    with database.transaction():
        documents.issue(None, "receipt", "nothing", "zh_Hant_MO")

    drain(db)

    assert Job.get(Job.kind == documents.RENDER).state == "failed"


def test_worker_that_died_while_rendering_leaves_the_work_to_the_next(db):
    built = units.certified_unit()
    filings.filed(built)
    drain(db, RECORDS)
    with database.transaction():
        Job.update(state="running", lease_owner="dead", lease_until=clock.now(), attempts=1).where(
            Job.kind == documents.RENDER
        ).execute()

    with clock.travel(timedelta(seconds=2)):
        drain(db)

    assert {document.file_id is None for document in IssuedDocument.select()} == {False}


def test_confirmations_in_stock_are_issued_once_each(db):
    wanted = [(f"entry{n}", "zh_Hant_MO") for n in range(3)]

    for _ in range(2):
        with database.transaction():
            documents.issue_each(None, "listing_confirmation", wanted)

    assert [document.subject for document in issued("listing_confirmation")] == ["entry0", "entry1", "entry2"]
    assert Job.select().where(Job.queue == BULK).count() == 3
