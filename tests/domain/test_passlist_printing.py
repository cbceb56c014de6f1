"""The list as PDF: drawn once by the worker, masked or full, its own account's, gone after a day."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from tests.builders import units as build
from tests.builders.delivery import drain
from tests.builders.filings import person
from tests.builders.uploads import listed
from webapp import clock
from webapp.delivery import housekeeping
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.files import actions as files
from webapp.domain.files import documents
from webapp.domain.files.models import StoredFile
from webapp.domain.filings import attesting
from webapp.domain.jobs import queries as jobs
from webapp.domain.passlist import exporting, printing
from webapp.domain.passlist.models import ListExport
from webapp.errors import NotFound

HANT = "zh_Hant_MO"


@pytest.fixture
def unit(db):
    built = build.certified_unit()
    listed(built, who=person("mo_bir", full_name="陳大文", id_number="12345678"))
    return built


def ordered(built, *, full: bool = False, key: str | None = None) -> str:
    purpose = "authority" if full else ""
    return str(exporting.export(built.actor, built.unit.id, "pdf", "", full, purpose, HANT, key=key)["export"])


def text_of(ref: str) -> str:
    file = documents.file_of(documents.of_subject(printing.KIND, ref))
    assert file is not None
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(files.read(file))).pages)


@pytest.mark.parametrize("full", [False, True])
def test_drawn_by_the_worker_masked_or_full(db, unit, full):
    ref = ordered(unit, full=full)
    document = documents.of_subject(printing.KIND, ref)
    assert documents.file_of(document) is None

    drain(db)

    printed = text_of(ref)
    assert "陳大文" in printed
    assert "567(8)" in printed
    assert ("1234567(8)" in printed) == full
    assert ("主管部門要求" in printed) == full
    job = jobs.latest(documents.RENDER, document.code)
    assert (job.progress, job.total) == (1, 1)
    act = Act.get(Act.verb == "list:export")
    assert (act.result["format"], act.result["full"]) == ("pdf", full)
    assert AuditLine.get(AuditLine.act == act.id).fields == (["id_number", "phone"] if full else None)


def test_the_same_order_twice_is_one(db, unit):
    assert ordered(unit, key="once") == ordered(unit, key="once")
    assert ListExport.select().count() == 1


def test_it_is_its_own_accounts_alone(db, unit):
    ref = ordered(unit)
    other = build.certified_unit()
    account = unit.actor.account_id

    assert printing.own(unit.unit.id, account, ref).ref == ref
    for unit_id, account_id, asked in (
        (other.unit.id, account, ref),
        (unit.unit.id, account + 1000, ref),
        (unit.unit.id, account, "nothing"),
    ):
        with pytest.raises(NotFound):
            printing.own(unit_id, account_id, asked)


def test_gone_after_a_day_and_still_known_as_genuine(db, unit):
    ref = ordered(unit)
    drain(db)
    document = documents.of_subject(printing.KIND, ref)
    file = documents.file_of(document)
    path = db.files_dir / file.ref[:2] / file.ref
    assert printing.purge() == 0
    later = clock.now() + printing.KEPT + timedelta(seconds=1)

    assert printing.purge(later) == 1
    assert printing.purge(later) == 0

    assert not path.exists()
    assert StoredFile.get_or_none(StoredFile.id == file.id) is None
    with pytest.raises(NotFound):
        printing.own(unit.unit.id, unit.actor.account_id, ref)
    assert AuditLine.select().where(AuditLine.tag == "list:export-ended", AuditLine.object_ref == ref).count() == 1
    said = attesting.attest(document.code)
    assert (said.kind, said.standing, said.unit) == ("list_export", attesting.LIST_TAKEN, unit.unit.name)


def test_over_before_it_was_drawn_is_never_drawn(db, unit):
    ref = ordered(unit)
    assert printing.purge(clock.now() + printing.KEPT) == 1

    drain(db)

    assert documents.file_of(documents.of_subject(printing.KIND, ref)) is None
    housekeeping.purge_list_exports(None)
