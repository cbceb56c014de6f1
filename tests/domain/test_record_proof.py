"""The record proves itself: seals, late acts, triggers and roles, purging, days as files, and the command."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from inspect import unwrap

import psycopg
import pytest
from click import ClickException

from tests.builders.records import ACTOR, by_hand, faults, sealed, touch
from webapp import clock, database, schema, serving
from webapp.actors import system
from webapp.cli import fit, keys, privacy
from webapp.domain.audit import acts, adopting, anchors, daybooks, proof, purging, sealing, sequencer, verifying
from webapp.domain.audit.daybooks import BadDaybook
from webapp.domain.audit.models import Act, AuditLine, Seal
from webapp.errors import Invalid
from webapp.settings import SettingsError


@acts.action("test:forbid")
def forbid(act) -> dict:
    raise Invalid("required", field="name")


def test_whole_record_proves_itself_and_says_what_waits(db):
    sealed()
    with pytest.raises(Invalid):
        forbid(ACTOR)
    touch(ACTOR, 2)

    report = verifying.verify()

    assert (report.faults, report.acts, report.lines, report.seals, report.anchored) == ([], 4, 14, 2, 2)
    assert report.waiting == 2
    assert report.oldest is not None
    sealing.seal_committed()
    assert verifying.verify().waiting == 0
    kept = [json.loads(line) for line in anchors.path().read_text().splitlines()]
    assert [line["acts"] for line in kept] == [2, 4, 6]
    assert kept[-1]["head"] == bytes(sealing.last().head).hex() == verifying.verify().head


def test_an_act_that_became_visible_late_is_named_and_gets_its_seal(db, monkeypatch):
    """As after a transaction during which others numbered more acts than each pass looks back."""
    monkeypatch.setattr(sequencer, "LATE_ROWS", 0)
    with clock.travel(-verifying.SEALED_WITHIN - timedelta(minutes=5)):
        touch(ACTOR, 2)
    late = Act.get().id
    touch(ACTOR, 1)
    by_hand(
        f"CREATE TABLE late_act AS SELECT * FROM act WHERE id = {late}",
        f"CREATE TABLE late_line AS SELECT * FROM audit_line WHERE act_id = {late}",
        f"DELETE FROM audit_line WHERE act_id = {late}",
        f"DELETE FROM act WHERE id = {late}",
    )
    sealing.seal_committed()
    by_hand("INSERT INTO act SELECT * FROM late_act", "INSERT INTO audit_line SELECT * FROM late_line")

    passed = sealing.seal_committed()
    found = verifying.verify().faults

    assert passed == 0
    assert [(one.kind, one.noun, one.act_id) for one in found] == [("left-behind", "act", late)]
    assert sealing.seal_left_behind() == 1
    assert sealing.seal_left_behind() == 0
    assert (faults(), verifying.verify().waiting) == ([], 0)


def test_triggers_refuse_every_change_of_the_record(db):
    sealed()
    first = Act.select().first()
    for statement in (
        "UPDATE act SET verb = 'test:other'",
        "UPDATE audit_line SET tag = 'thing:other'",
        "UPDATE sequence SET number = number + 100",
        "UPDATE seal SET acts = 1",
        "DELETE FROM act",
        "DELETE FROM audit_line",
        "DELETE FROM sequence",
        "DELETE FROM seal",
        *([] if database.is_sqlite() else ["TRUNCATE act, audit_line", "TRUNCATE seal"]),
    ):
        with pytest.raises(Exception, match=r"kept|frozen"), database.transaction():
            database.database.execute_sql(statement)
    assert Act.get_by_id(first.id).verb == "test:touch"
    assert faults() == []


def test_rows_of_before_are_proved_once_and_never_again(db):
    """A database of the version before, with its rows: upgraded, proved, sealed."""
    touch(ACTOR, 2)
    by_hand()
    schema.runner().down("0023_record")
    schema.upgrade()
    assert len(faults()) == 3

    assert adopting.adopt() == 1
    assert [line.position for line in AuditLine.select().where(AuditLine.act == 1).order_by(AuditLine.id)] == [1, 2]
    sealing.seal_committed()
    by_hand("UPDATE audit_line SET mac = NULL")
    again = adopting.adopt()

    assert again == 0
    assert {kind for kind, *_ in faults()} == {"altered"}


def test_only_what_is_old_enough_is_purged_and_the_rest_still_proves_itself(db):
    with clock.travel(timedelta(days=-900)):
        sealed(2)
    with clock.travel(timedelta(days=-200)):
        sealed(2)
    with pytest.raises(ValueError, match="younger"):
        purging.purge(timedelta(days=30))
    youngest = Act.select().order_by(Act.id.desc()).first().id

    gone = purging.purge(timedelta(days=400))
    sealing.seal_committed()

    report = verifying.verify()
    assert (gone, report.faults, report.purged, report.acts, report.seals) == (2, [], 2, 3, 3)
    assert Act.get_by_id(youngest).verb == "test:touch"
    assert purging.purge(timedelta(days=400)) == 0
    by_hand("DELETE FROM audit_line WHERE act_id IN (SELECT id FROM act WHERE verb = 'record:purge')")
    by_hand("DELETE FROM act WHERE verb = 'record:purge'")
    assert ("removed", "act", 1, 0) in faults(), "what was purged without its act is missing"


def test_an_act_fails_when_its_proof_or_lines_cannot_be_written(db):
    before = Act.select().count()
    by_hand("ALTER TABLE audit_line RENAME TO audit_line_gone")
    with pytest.raises(Exception, match="audit_line"):
        touch(ACTOR, 1)
    assert Act.select().count() == before


def test_serving_role_adds_to_the_record_and_never_takes_back(db):
    if database.is_sqlite():
        assert next(serving.grants("passlist_serving")).startswith("GRANT")
        return
    url = db.database_url
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("DROP ROLE IF EXISTS passlist_serving")
        owner.execute("CREATE ROLE passlist_serving LOGIN")
    serving.grant("passlist_serving")
    with pytest.raises(SettingsError, match="delete act"):
        fit.check(replace(db, mode="production"))
    served = url.replace("tests@", "passlist_serving@")
    database.configure(served)
    database.connect()
    try:
        with clock.travel(timedelta(days=-900)):
            sealed(2)
        fit.check(replace(db, mode="production"))
        assert purging.purge(timedelta(days=400)) == 2
        touch(system("serving"), 2)
        sealing.seal_committed()
        for statement in (
            "DELETE FROM act",
            "DELETE FROM audit_line",
            "DELETE FROM seal",
            "DELETE FROM sequence WHERE stream = 'audit'",
            "UPDATE act SET verb = 'x'",
            "UPDATE act SET result = '{}'",
            "UPDATE audit_line SET tag = 'x'",
            "UPDATE seal SET acts = 1",
            "INSERT INTO key_rotation (to_key, began_at, resealed) VALUES ('01', 0, 0)",
            "TRUNCATE act CASCADE",
            "ALTER TABLE act DISABLE TRIGGER ALL",
            "DROP TRIGGER act_kept ON act",
            "ALTER TABLE audit_line DROP COLUMN mac",
            "SET session_replication_role = replica",
            "CREATE OR REPLACE FUNCTION act_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$",
        ):
            with pytest.raises(Exception, match=r"permission denied|must be owner|act_frozen"):
                database.database.execute_sql(statement)
            database.database.rollback() if database.database.in_transaction() else None
        # What is the owner's says so before it begins.
        for command, given in ((keys.rotate, False), (keys.rotate, True), (privacy.purge, True)):
            with pytest.raises(ClickException, match="needs the role that owns the tables"):
                unwrap(command.callback)(given)
        assert verifying.verify().faults == []
        assert Seal.select().count() == 2
    finally:
        database.disconnect()
        database.configure(url)
        database.connect()
        database.database.execute_sql("DROP OWNED BY passlist_serving")
        database.database.execute_sql("DROP ROLE passlist_serving")


@pytest.mark.parametrize(
    "row", [(1, 'a"b\\', "車\ud800", None), (-5, "", "\n\x7f"), (1.5, "x", True), (10**18, "a", [1])]
)
def test_rows_are_proved_as_canonical_json(row):
    said = json.dumps(row, separators=(",", ":")).encode()

    assert (proof.act(row), proof.line(row)) == (b"act\0" + said, b"line\0" + said)


def test_many_lines_of_an_act_are_proved_as_each_is_alone():
    rest = [(1, "filing:verified", 'a"b\\', 7, None), (2, "entry:held", "車\ud800", None, '["plate","name"]')]

    alone = [proof.line((5, position, 10**15, *line)) for position, *line in rest]

    assert list(proof.lines(5, 10**15, rest)) == alone


def test_trees_are_those_of_rfc_6962():
    """Roots of the first leaves of the test data of Certificate Transparency (leaves by their plain bytes)."""
    data = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43"]
    leaves = [hashlib.sha256(b"\0" + one).digest() for one in data]
    assert proof.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert proof.root(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert proof.root(leaves[:2]).hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert proof.root(leaves[:3]).hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert proof.root(leaves[:6]).hex() == "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"


def test_a_day_is_kept_as_a_file_that_proves_itself(db):
    with clock.travel(timedelta(days=-1)):
        sealed()
        yesterday = clock.today()

    made = daybooks.keep(yesterday)
    again = daybooks.keep(yesterday)

    path = daybooks.folder() / made.name
    assert (made.acts, made.lines, again) == (4, 12, None)
    assert daybooks.check(path) == made
    assert Act.get(Act.verb == "record:export").result["digest"] == hashlib.sha256(path.read_bytes()).hexdigest()
    whole = path.read_bytes()
    assert b"thing-" not in whole, "encrypted"
    for altered in (
        whole[:-1],
        whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:],
        whole.replace(b'"last":2', b'"last":3'),
        b"x" + whole,
    ):
        path.write_bytes(altered)
        with pytest.raises(BadDaybook):
            daybooks.check(path)


def test_commands_name_what_is_wrong_and_end_with_one(app):
    with clock.travel(timedelta(days=-1)):
        made = sealed()
    run = app.test_cli_runner().invoke

    whole = run(args=["audit", "verify"])
    kept = run(args=["audit", "export"])
    checked = run(args=["audit", "export", "--check", str(next(daybooks.folder().glob("*.record")))])
    purged = run(args=["audit", "purge"])
    database.connect()
    by_hand(f"UPDATE act SET verb = 'x' WHERE id = {made[0].id}")
    broken = run(args=["audit", "verify"])

    assert (whole.exit_code, whole.output.splitlines()[-1]) == (0, "whole")
    assert "4 acts, 12 lines" in kept.output
    assert checked.output.startswith("whole: ")
    assert purged.output == "0 acts purged\n"
    assert broken.exit_code == 1
    assert f"act 1 (id {made[0].id}): altered" in broken.output.splitlines()
