"""What a code leads to, and how a unit changes it."""

import pytest

from tests.builders import units as build
from webapp.domain.units import codes, deciding, queries
from webapp.errors import Conflict, Invalid


def standing(text: str) -> str:
    return queries.by_code(text).standing


def test_by_code_of_certified_unit_is_open_however_typed(db):
    built = build.certified_unit(code="DEMQ0001")

    answers = [queries.by_code(text) for text in ("DEMQ0001", "demq-0001", " demq oooi ", "DEMQ0001")]

    assert [(a.standing, a.unit.id if a.unit else None) for a in answers] == [
        ("open", built.unit.id),
        ("open", built.unit.id),
        ("open", built.unit.id),
        ("open", built.unit.id),
    ]


@pytest.mark.parametrize("text", ["", "ZZZZZZZZ", "DEMQ000", "DEMQ00011", "單位", "\x00", "🙂" * 400])
def test_by_code_of_other_text_is_unknown(db, text):
    build.certified_unit(code="DEMQ0001")

    assert queries.by_code(text) == queries.CodeAnswer("unknown")


def test_by_code_follows_code_and_unit(db):
    built = build.certified_unit(code="DEMQ0001")

    fresh = codes.rotate(built.actor, built.unit.id, "DEMQ0001")["code"]
    assert (standing("DEMQ0001"), standing(fresh)) == ("rotated", "open")

    codes.revoke(built.actor, built.unit.id, fresh)
    assert standing(fresh) == "revoked"

    newest = codes.rotate(built.actor, built.unit.id, "")["code"]
    unit = queries.by_id(built.unit.id)
    deciding.suspend(build.platform_actor(), unit.id, ["unit:misuse"], "", unit.version)
    assert (standing(newest), standing(fresh)) == ("suspended", "suspended")
    assert [row.version for row in queries.codes_of(unit.id)] == [3, 2, 1]


def test_ceiling_closes_code_for_the_day_only(db):
    from datetime import timedelta

    from webapp import clock, database

    built = build.certified_unit(code="DEMQ0001")
    codes.set_ceiling(built.actor, built.unit.id, 2)
    code = queries.active_code(built.unit.id)

    def begin() -> None:
        with database.transaction():
            codes.count_begun(code.id)

    begin()
    assert standing("DEMQ0001") == "open"
    begin()
    assert standing("DEMQ0001") == "ceiling"
    with clock.travel(timedelta(days=1)):
        assert standing("DEMQ0001") == "open"
    assert [row.begun for row in queries.uses(code, clock.today())] == [2]


@pytest.mark.parametrize("ceiling", [0, -1, 100_001])
def test_ceiling_out_of_range_is_refused(db, ceiling):
    built = build.certified_unit()

    with pytest.raises(Invalid) as refused:
        codes.set_ceiling(built.actor, built.unit.id, ceiling)

    assert (refused.value.faults[0].field, refused.value.code) == ("daily_ceiling", "ceiling_range")


def test_rotate_and_revoke_refuse_a_code_that_is_not_the_active_one(db):
    built = build.certified_unit(code="DEMQ0001")

    for deed in (codes.rotate, codes.revoke):
        with pytest.raises(Conflict) as refused:
            deed(built.actor, built.unit.id, "ZZZZZZZZ")
        assert refused.value.code == "stale"
    assert standing("DEMQ0001") == "open"


def test_rotate_twice_by_the_same_key_changes_once(db):
    built = build.certified_unit(code="DEMQ0001")

    first = codes.rotate(built.actor, built.unit.id, "DEMQ0001", key="once")
    again = codes.rotate(built.actor, built.unit.id, "DEMQ0001", key="once")

    assert first == again
    assert [row.state for row in queries.codes_of(built.unit.id)] == ["active", "rotated"]
