"""Filings beside the unit's roster: what it says of each, and what is done with all it knows or does not."""

from __future__ import annotations

import pytest

from tests.builders import rosters as build
from tests.builders.filings import filed, person
from tests.builders.units import certified_unit
from tests.builders.uploads import listed
from webapp.domain.filings import filters, flags, lists, rostering, verifying
from webapp.domain.filings.filters import Filter
from webapp.domain.filings.models import Filing
from webapp.domain.passlist.selection import Chosen
from webapp.domain.units import roster
from webapp.domain.units.staff_lines import LIKELY, NAME


@pytest.fixture
def unit(db):
    return certified_unit()


# Filings beside it -------------------------------------------------------------------------------------------------


def badges(unit) -> dict[str, str]:
    rows = lists.page(unit.unit, Filter("all"), flags.viewer(unit.unit.id, unit.manager.id)).rows
    return {row.ref: next((one.code for one in row.flags if one.code.startswith("roster_")), "") for row in rows}


def test_filings_show_what_the_roster_says(db, unit):
    exact, likely, none = filed(unit), filed(unit), filed(unit)
    assert set(badges(unit).values()) == {""}

    build.entered(db, unit, build.line_of(exact), build.line_of(likely, tail="0000"), ("某人", "1111", "", ""))

    assert badges(unit) == {
        exact.filing.ref: "roster_exact",
        likely.filing.ref: "roster_likely",
        none.filing.ref: "roster_none",
    }
    for fit, one in (("exact", exact), ("likely", likely), ("none", none)):
        assert filters.matching(unit.unit.id, Filter("waiting", "", f"roster_{fit}")) == [one.filing.id]


def test_rosters_of_other_units_say_nothing(db, unit):
    other = certified_unit()
    sent = filed(unit)
    build.entered(db, other, build.line_of(sent))

    assert badges(unit) == {sent.filing.ref: ""}


def test_all_exact_matches_are_verified_by_one_act(db, unit):
    exact = [filed(unit) for _ in range(3)]
    other = filed(unit)
    build.entered(db, unit, *map(build.line_of, exact))
    chosen = Chosen(everything=True, state="waiting", flag="roster_exact", expected=3)

    shown = verifying.preview(unit.unit, "verify", chosen, flags.viewer(unit.unit.id, unit.manager.id))
    done = verifying.verify_all(unit.actor, unit.unit.id, chosen)

    assert (shown.total, shown.changed, shown.skipped) == (3, 3, {})
    assert (done["changed"], done["skipped"]) == (3, {})
    assert [Filing.get_by_id(one.filing.id).state for one in (*exact, other)] == ["verified"] * 3 + ["submitted"]


def test_whom_the_roster_does_not_know_are_refused_by_one_act_and_never_verified(db, unit):
    known, strangers = filed(unit), [filed(unit) for _ in range(2)]
    build.entered(db, unit, build.line_of(known))
    chosen = Chosen(everything=True, state="waiting", flag="roster_none", expected=2)
    who = flags.viewer(unit.unit.id, unit.manager.id)

    shown = [verifying.preview(unit.unit, act, chosen, who) for act in ("verify", "refuse")]
    done = verifying.refuse_all(unit.actor, unit.unit.id, chosen, ["unit_relation:not_ours"])

    assert [(one.changed, one.skipped) for one in shown] == [(0, {"needs_look": 2}), (2, {})]
    assert (done["changed"], done["skipped"]) == (2, {})
    states = [Filing.get_by_id(one.filing.id).state for one in (known, *strangers)]
    assert states == ["submitted", "refused", "refused"]


def test_not_filed_is_a_number_and_leavers_are_a_proposal(db, unit):
    stays, gone, namesake = listed(unit), listed(unit), filed(unit, who=person(full_name="同名人"))
    waits = filed(unit)
    card = lambda entry: rostering.entries_seen(type(entry).id == entry.id)[entry.id]  # noqa: E731
    build.entered(
        db,
        unit,
        (card(stays).name, card(stays).tail, "", ""),
        build.line_of(waits),
        (card(gone).name, "0000" if card(gone).tail != "0000" else "1111", "", ""),
        ("同名人", "0000", "", ""),
    )

    found = rostering.overview(unit.unit.id, roster.current(unit.unit.id))

    assert (found.rows, found.not_filed, found.left) == (4, 2, 1)
    assert rostering.left(unit.unit.id) == [(gone.id, NAME)]
    assert type(gone).get_by_id(gone.id).state == "listed"
    assert namesake.filing.ref in badges(unit)


def test_side_by_side(db, unit):
    sent = filed(unit)
    assert rostering.beside(unit.unit.id, sent.filing.ref) is None
    build.entered(db, unit, build.line_of(sent, tail="0000"))

    who, match = rostering.beside(unit.unit.id, sent.filing.ref)

    assert (who.name, match.fit, match.line.tail) == (sent.answers["person"]["full_name"], LIKELY, "0000")
