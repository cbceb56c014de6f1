"""Whatever is done to the record by hand is named."""

from datetime import timedelta

import pytest

from tests.builders.records import ACTOR, by_hand, faults, sealed, touch
from webapp import clock, crypto, database
from webapp.domain.audit import adopting, anchors, proof, sealing
from webapp.domain.audit.models import Act, AuditLine, Sequence

TAMPERINGS = {
    "an act altered": (
        ["UPDATE act SET address = '198.51.100.9' WHERE id = {a[1]}"],
        [("altered", "act", 2, 0)],
    ),
    "a refusal made a success": (
        ["UPDATE act SET outcome = 'refused' WHERE id = {a[0]}"],
        [("altered", "act", 1, 0)],
    ),
    "a line altered": (
        ["UPDATE audit_line SET object_ref = 'another' WHERE id = {l[4]}"],
        [("altered", "line", 2, 2)],
    ),
    "an act removed": (
        ["DELETE FROM audit_line WHERE act_id = {a[2]}", "DELETE FROM act WHERE id = {a[2]}"],
        [("removed", "act", 3, 0)],
    ),
    "an act removed with its number": (
        [
            "DELETE FROM audit_line WHERE act_id = {a[2]}",
            "DELETE FROM act WHERE id = {a[2]}",
            "DELETE FROM sequence WHERE stream = 'audit' AND number = 3",
        ],
        [("removed", "act", 3, 0)],
    ),
    "a line removed": (
        ["DELETE FROM audit_line WHERE id = {l[2]}"],
        [("removed", "line", 1, 3)],
    ),
    "a line copied": (
        [
            "INSERT INTO audit_line (act_id, at, tag, object_ref, unit_id, fields, position, mac)"
            " SELECT act_id, at, tag, object_ref, unit_id, fields, position, mac FROM audit_line WHERE id = {l[0]}"
        ],
        [("inserted", "line", 1, 1)],
    ),
    "a line moved to another act": (
        ["UPDATE audit_line SET act_id = {a[3]} WHERE id = {l[0]}"],
        [("removed", "line", 1, 1), ("inserted", "line", 4, 1)],
    ),
    "two acts that changed places": (
        [
            "UPDATE sequence SET source_id = -1 WHERE stream = 'audit' AND number = 1",
            "UPDATE sequence SET source_id = {a[0]} WHERE stream = 'audit' AND number = 4",
            "UPDATE sequence SET source_id = {a[3]} WHERE stream = 'audit' AND number = 1",
        ],
        [("moved", "act", 1, 0), ("moved", "act", 4, 0)],
    ),
    "an act inserted": (
        [
            "INSERT INTO act (actor_kind, actor_ref, verb, key, outcome, result, request_id, session_ref, address, at,"
            " lines, mac) SELECT actor_kind, 'somebody-else', verb, 'k', outcome, result, request_id, session_ref,"
            " address, at, 0, mac FROM act WHERE id = {a[0]}"
        ],
        [("inserted", "act", 0, 0)],
    ),
    "a seal altered": (
        ["UPDATE seal SET lines = 5 WHERE number = 1"],
        [("altered", "seal", 1, 0)],
    ),
    "a seal removed": (
        ["DELETE FROM seal WHERE number = 1"],
        [("cut-off", "seal", 1, 0), ("removed", "seal", 1, 0)],
    ),
    "the end cut off": (
        [
            "DELETE FROM audit_line WHERE act_id >= {a[2]}",
            "DELETE FROM act WHERE id >= {a[2]}",
            "DELETE FROM sequence WHERE stream = 'audit' AND number >= 3",
            "DELETE FROM seal WHERE number >= 2",
        ],
        [("cut-off", "seal", 2, 0)],
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_every_tampering_of_sealed_rows_is_named(db, what):
    statements, named = TAMPERINGS[what]
    made = sealed()
    lines = [line.id for line in AuditLine.select().order_by(AuditLine.id)]
    where = {"a": [act.id for act in made], "l": lines}

    by_hand(*(statement.format(**where) for statement in statements))

    assert sorted(faults()) == sorted(named)


#: What no row of ours can hold, so that whoever proves the record might stumble.
STUMBLING = {
    "a moment beyond all years, of an act": (
        ["UPDATE act SET at = 9223372036854775807 WHERE id = {a[1]}"],
        [("altered", "act", 2, 0)],
    ),
    "a moment beyond all years, of a seal": (
        ["UPDATE seal SET at = 9223372036854775807 WHERE number = 1"],
        [("altered", "seal", 1, 0)],
    ),
    "a moment beyond all years, of an act without a number": (
        [
            "INSERT INTO act (actor_kind, actor_ref, verb, key, outcome, request_id, session_ref, address, at, lines,"
            " mac) SELECT actor_kind, 'else', verb, 'k', outcome, request_id, session_ref, address,"
            " 9223372036854775807, 0, mac FROM act WHERE id = {a[0]}"
        ],
        [("inserted", "act", 0, 0)],
    ),
    "lines without end": (
        ["UPDATE act SET lines = 2147483647 WHERE id = {a[3]}"],
        [("altered", "act", 4, 0)],
    ),
}


#: SQLite alone keeps in a column what is not of its kind.
STUMBLING_EMBEDDED = {
    "bytes for a moment": (["UPDATE act SET at = x'00' WHERE id = {a[1]}"], [("altered", "act", 2, 0)]),
    "bytes for a word": (["UPDATE act SET verb = x'ff' WHERE id = {a[1]}"], [("altered", "act", 2, 0)]),
    "no UTF-8": (
        ["UPDATE act SET address = CAST(x'eda080' AS TEXT) WHERE id = {a[1]}"],
        [("altered", "act", 2, 0)],
    ),
    "a word for a proof": (["UPDATE act SET mac = 'zz' WHERE id = {a[1]}"], [("altered", "act", 2, 0)]),
    "a number for a proof": (["UPDATE act SET mac = 5 WHERE id = {a[1]}"], [("altered", "act", 2, 0)]),
    "a word for how many lines": (
        ["UPDATE act SET lines = 'x' WHERE id = {a[1]}"],
        [("altered", "act", 2, 0)],
    ),
    "a word for a position": (
        ["UPDATE audit_line SET position = 'x' WHERE id = {l[4]}"],
        [("inserted", "line", 2, 0), ("removed", "line", 2, 2)],
    ),
    "a number for the proof of a line": (
        ["UPDATE audit_line SET mac = 5 WHERE id = {l[4]}"],
        [("altered", "line", 2, 2)],
    ),
    "a number for the proof of a place": (
        ["UPDATE sequence SET mac = 3 WHERE stream = 'audit' AND number = 3"],
        [("moved", "act", 3, 0)],
    ),
    "a word for a place": (
        ["UPDATE sequence SET number = 'x' WHERE stream = 'audit' AND number = 3"],
        [("removed", "act", 3, 0), ("inserted", "act", 0, 0)],
    ),
    "half a place": (
        ["UPDATE sequence SET number = 2.5 WHERE stream = 'audit' AND number = 3"],
        [("removed", "act", 3, 0), ("inserted", "act", 0, 0)],
    ),
    "a word for a seal's moment": (["UPDATE seal SET at = 'x' WHERE number = 1"], [("altered", "seal", 1, 0)]),
    "a word for a seal's number": (
        ["UPDATE seal SET number = 'x' WHERE number = 1"],
        [("inserted", "seal", 0, 0), ("cut-off", "seal", 1, 0), ("removed", "seal", 1, 0)],
    ),
    "a number for a seal's root": (["UPDATE seal SET root = 5 WHERE number = 2"], [("altered", "seal", 2, 0)]),
}


@pytest.mark.parametrize("what", [*STUMBLING, *STUMBLING_EMBEDDED])
def test_values_that_no_row_can_hold_stop_no_proof(db, what):
    """Else one of them, put anywhere, hides everything else that was done."""
    if what in STUMBLING_EMBEDDED and not database.is_sqlite():
        return
    statements, named = (STUMBLING | STUMBLING_EMBEDDED)[what]
    made = sealed()
    lines = [line.id for line in AuditLine.select().order_by(AuditLine.id)]

    by_hand(*(statement.format(a=[act.id for act in made], l=lines) for statement in statements))

    assert set(named) <= set(faults())
    touch(ACTOR, 1)
    assert sealing.seal_committed() >= 1, "nor is what follows left without a seal"
    assert set(named) - {("inserted", "act", 0, 0)} <= set(faults())


def test_seals_made_anew_are_told_from_those_outside(db):
    """Who has the database and even the key of MACs writes a consistent record; the heads outside are another's."""
    made = sealed()
    by_hand(f"UPDATE act SET address = '198.51.100.9' WHERE id = {made[0].id}")
    adopting.prove([made[0].id])
    by_hand("DELETE FROM seal", "DELETE FROM sequence WHERE stream = 'audit'")
    kept = anchors.path().read_bytes()
    sealing.seal_committed()
    anchors.path().write_bytes(kept)
    rewritten = faults()
    anchors.path().unlink()
    with clock.travel(timedelta(minutes=5)):
        unanchored = faults()

    assert ("rewritten", "seal", 1, 0) in rewritten
    assert ("not-anchored", "seal", 1, 0) in unanchored


def test_a_row_altered_with_the_key_is_told_by_its_seal(db):
    """The key alone is not enough either: the tree was made over the row as it was."""
    made = sealed()
    by_hand(f"UPDATE act SET address = '198.51.100.9' WHERE id = {made[0].id}")
    adopting.prove([made[0].id])
    act = Act.get_by_id(made[0].id)
    place = crypto.mac(proof.place(1, act.id, bytes(act.mac)))
    Sequence.update(mac=place).where(Sequence.stream == "audit", Sequence.number == 1).execute()

    assert faults() == [("resealed", "seal", 1, 0)]
