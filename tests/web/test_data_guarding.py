"""What is kept is served by views alone, shown as broken once altered, and by no process with other keys; the commands
of erasing and of keys, as a drill."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders import bytes as stored
from tests.builders import cases, filings, units, uploads
from tests.builders.accounts import platform_staff
from tests.builders.delivery import drain
from webapp import configure_core, crypto, database
from webapp.cli import fit
from webapp.domain.audit.models import Act
from webapp.domain.files import documents
from webapp.domain.files.models import StoredFile
from webapp.domain.filings import attesting, details
from webapp.domain.notices.models import Notice
from webapp.domain.pledges.models import Pledge
from webapp.domain.privacy import keys
from webapp.domain.privacy.models import Incident
from webapp.domain.registry.models import Person
from webapp.settings import SettingsError

WEBAPP = Path(__file__).resolve().parents[2] / "webapp"
#: Who opens a kept file: what answers requests through marked views (tests/structure/test_routes.py), and the worker.
OPENERS = {
    "ui/papers.py",
    "ui/documents.py",
    "blueprints/platform/assessments.py",
    "blueprints/platform/cases.py",
    "blueprints/platform/rights.py",
    "blueprints/unit/code.py",
    "delivery/parts.py",
    "domain/sanctions/batches.py",
    "domain/files/actions.py",
}


def test_files_are_opened_in_few_places_and_reached_by_no_address_of_their_own(client, db):
    opens = set()
    for path in WEBAPP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(node, "func", None)
            reads = isinstance(called, ast.Attribute) and called.attr in ("read", "stream")
            if reads and getattr(called.value, "id", "") == "files":
                opens.add(str(path.relative_to(WEBAPP)))
    assert opens <= OPENERS
    filings.filed(units.certified_unit())
    drain(db)
    ref = StoredFile.select(StoredFile.ref).scalar()
    for path in (
        f"/files/{ref}",
        f"/files/{ref[:2]}/{ref}",
        f"/static/../data/files/{ref[:2]}/{ref}",
        "/local-keys.json",
        "/.git/config",
        "/static/../.git/config",
        "/static/",
        "/static/css/",
    ):
        assert client.get(path).status_code == 404


def test_a_pledge_that_was_altered_is_shown_as_broken(db, client):
    sent = filings.filed(units.certified_unit())
    pledge = Pledge.get_by_id(sent.submission.pledge_id)
    code = documents.of_subject("personal_pledge", pledge.ref).code
    assert attesting.attest(code).standing == attesting.IN_MOTION
    trigger = "pledge_frozen_update" if database.is_sqlite() else "pledge_frozen ON pledge"
    altered = bytes(pledge.content[:-1]) + bytes([pledge.content[-1] ^ 1])
    with database.transaction():
        database.database.execute_sql(f"DROP TRIGGER {trigger}")
        Pledge.update(content=altered).where(Pledge.id == pledge.id).execute()

    assert attesting.attest(code).standing == attesting.BROKEN
    assert "存檔與簽署時不符" in client.get(f"/genuine/{code}").text
    # Sealed anew by somebody with the key, but other words than were signed: the digest tells.
    with database.transaction():
        other = crypto.seal({"number": "X"}, "pledge", "content", pledge.ref)
        Pledge.update(content=other).where(Pledge.id == pledge.id).execute()
    assert attesting.attest(code).standing == attesting.BROKEN


def test_server_and_worker_do_not_start_with_other_keys(db):
    units.certified_unit()
    fit.check(db)
    wrong = replace(db, field_keys=((1, b"w" * 32),), index_key=b"i" * 32)
    configure_core(wrong)
    database.connect()

    with pytest.raises(SettingsError, match=r"key 1 is another one.*INDEX_KEY is another one"):
        fit.check(wrong)


def test_a_database_from_before_there_were_marks_is_opened_first(db):
    units.certified_unit()
    configure_core(replace(db, field_keys=((1, b"w" * 32),)))
    database.connect()

    assert keys.faults() == ["FIELD_KEYS: what is stored here does not open under these keys"]


def test_whom_an_incident_would_touch_is_said_on_the_command_line_and_nobody_told(app, db):
    built, other = units.certified_unit(email="clerk@unit.example"), units.certified_unit()
    sent = [filings.filed(built), filings.filed(built)]
    filings.filed(other)
    details.read_numbers(built.actor, built.unit.id, sent[0].filing.ref, "comparing")
    told = Notice.select().count()
    run = app.test_cli_runner().invoke

    def drilled(*asked: str, began: str = "2020-01-01", ended: str = "2099-01-01") -> tuple[int, str]:
        done = run(args=["privacy", "incident-drill", *asked, "--began", began, "--ended", ended])
        database.connect()
        return done.exit_code, done.output

    assert drilled("unit", built.unit.ref)[1].startswith("people         2\nsubmissions    2\nunit")
    assert drilled("account", "clerk@unit.example")[1].startswith("people         1\n")
    assert drilled("account", "clerk@unit.example", ended="2020-02-01")[1].startswith("people         0\n")
    assert drilled("numbers", sent[1].submission.number)[1].startswith("people         1\n")
    assert drilled("everybody")[1].startswith("people         3\n")
    assert drilled("numbers", "HQ-0000-0000")[0] == 1
    assert drilled("account", "nobody@unit.example")[0] == 1
    assert drilled("everybody", ended="2019-01-01")[0] == 1
    assert (Incident.select().count(), Notice.select().count()) == (0, told)
    assert Act.select().where(Act.verb == "incident:drill", Act.outcome == "done").count() == 5


def test_erasing_and_keys_on_the_command_line(app, db):
    built = units.certified_unit()
    platform_staff(email="first@staff.example")
    platform_staff(email="second@staff.example")
    given = filings.answers()
    sent = filings.filed(built, given)
    uploads.uploaded(built, uploads.verified(built, sent))
    run = app.test_cli_runner().invoke
    number = sent.submission.number
    officers = ["--proposed-by", "first@staff.example", "--confirmed-by", "second@staff.example"]

    refused = run(args=["privacy", "erase", number])
    assert (refused.exit_code, "entry_in_force" in refused.output) == (1, True)
    database.connect()
    cases.removed(built, sent)
    assert "answers        1" in run(args=["privacy", "erase", number]).output
    same = run(args=["privacy", "erase", number, "--proposed-by", officers[1], "--confirmed-by", officers[1]])
    assert (same.exit_code, "needs two officers" in same.output) == (1, True)
    database.connect()
    assert Person.get_by_id(sent.submission.person_id).erased_at is None
    erased = run(args=["privacy", "erase", number, *officers])
    assert (erased.exit_code, "certificate" in erased.output) == (0, True)
    database.connect()
    assert Person.get_by_id(sent.submission.person_id).erased_at is not None
    waiting = run(args=["privacy", "purge"])
    assert (waiting.exit_code, "person" in waiting.output) == (0, True)
    checked = run(args=["keys", "check"])
    assert "field key 1:" in checked.output
    rotated = run(args=["keys", "rotate"])
    assert "0 values and files are sealed under key 1 now" in rotated.output
    made = run(args=["keys", "new"]).output
    assert made.startswith("2:")
    assert stored.found([given["person"]["full_name"]], [("output", (checked.output + rotated.output).encode())]) == []
