"""A thousand filings verified in bulk and uploaded as one list, with the unit pledge and its annex."""

import io
import re
from datetime import timedelta

import pikepdf
from playhouse.test_utils import count_queries
from pypdf import PdfReader

from tests.builders.delivery import drain
from tests.builders.filings import filed, vehicle
from tests.builders.units import BuiltUnit, certified_unit
from tests.builders.uploads import signature
from webapp import clock
from webapp.domain.files import actions as files
from webapp.domain.files.models import IssuedDocument, StoredFile
from webapp.domain.filings import uploads, verifying
from webapp.domain.filings.models import Filing
from webapp.domain.jobs.models import DOCUMENTS, FINISHED, Job
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.values import plates

CARS = 5


def through(unit: BuiltUnit, people: int) -> tuple[int, int, str]:
    """Everything waiting verified and uploaded by two acts: (statements of each, ref of the upload)."""
    expected = people * CARS
    waiting = Chosen(everything=True, state="waiting", expected=expected)
    with count_queries() as verify:
        done = verifying.verify_all(unit.actor, unit.unit.id, waiting)
    assert (done["changed"], done["skipped"]) == (expected, {})
    verified = Chosen(everything=True, state="verified", expected=expected)
    ref = uploads.prepare(unit.actor, unit.unit.id, verified)["upload"]
    with count_queries() as upload:
        made = uploads.upload(unit.actor, unit.unit.id, ref, signature())
    assert (made["covered"], made["fallen"]) == (expected, 0)
    return verify.count, upload.count, ref


def test_a_thousand_filings_in_two_acts_and_one_document(db, engine):
    # The thousand is filed on the faster database; two hundred show the same on the other.
    people = 200 if engine == "sqlite" else 40
    small, large = certified_unit(), certified_unit()
    for unit, size in ((small, 2), (large, people)):
        for _ in range(size):
            filed(unit, vehicles=[vehicle() for _ in range(CARS)])

    few = through(small, 2)
    many = through(large, people)

    assert many[:2] == few[:2]
    assert Entry.select().where(Entry.unit == large.unit.id, Entry.state == "listed").count() == people * CARS
    assert Filing.select().where(Filing.unit == large.unit.id, Filing.state != "uploaded").count() == 0

    document = IssuedDocument.get(IssuedDocument.kind == "unit_pledge", IssuedDocument.unit_id == large.unit.id)
    job = Job.get(Job.kind == "render-document", Job.subject == document.code)
    # The papers of each person can wait; only the annex is asked for here.
    Job.update(not_before=clock.now() + timedelta(days=1)).where(Job.id != job.id).execute()
    drain(db, DOCUMENTS)

    job, document = Job.get_by_id(job.id), IssuedDocument.get_by_id(document.id)
    content = files.read(StoredFile.get_by_id(document.file_id))
    printed = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    packed = re.sub(r"\s", "", printed)
    cars = [plate for row in _plates(large) for plate in row]
    assert (job.state, job.progress, job.total) == (FINISHED, people * CARS, people * CARS)
    assert [plate for plate in cars if packed.count(plates.display(plate)) != 1] == []
    with pikepdf.open(io.BytesIO(content)) as made:
        assert document.pages == len(made.pages)
        assert bool(made.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in made.Root


def _plates(unit: BuiltUnit) -> list[list[str]]:
    from webapp.domain.registry.cards import open_card

    return [open_card(entry).plates for entry in Entry.select().where(Entry.unit == unit.unit.id)]
