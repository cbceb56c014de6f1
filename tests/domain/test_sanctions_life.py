"""The life of a sanction: every state and action, near matches, the end, and what striking brings back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders.delivery import drain
from tests.builders.filings import filed, person, vehicle
from tests.builders.sanctions import Which, confirmed, of_person, officers, proposed, staged, typed, which
from tests.builders.units import certified_unit
from tests.builders.uploads import entry_of, listed, owner_and_second, second_filed, uploaded, verified
from webapp import clock
from webapp.domain.closings import sanction_ending, sanction_preview, sanctioning
from webapp.domain.filings.models import Filing
from webapp.domain.notices.models import Notice
from webapp.domain.passlist.models import Entry, EntryStep
from webapp.domain.sanctions import particulars, proposing, sanction_finding, sanction_queries, sanction_states
from webapp.domain.sanctions.models import (
    Sanction,
    SanctionEffect,
    SanctionNear,
    SanctionSubject,
)
from webapp.domain.units import codes, vehicles
from webapp.domain.units import queries as units
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound

STATES = ("staged", "proposed", "confirmed", "rejected", "withdrawn", "ended")


def perform(action: str, first, second, sanction: Sanction) -> None:
    """Do this to a sanction that `first` proposed, as whoever may."""
    meant = which(sanction)
    {
        "drop": lambda: proposing.drop(first, meant),
        "propose": lambda: proposing.propose(first, meant),
        "confirm": lambda: sanctioning.confirm(second, meant),
        "reject": lambda: proposing.reject(second, meant, "資料不符"),
        "withdraw": lambda: proposing.withdraw(first, meant),
        "repair": lambda: sanction_ending.repair(second, meant, clock.today().isoformat(), "已修復"),
        "propose-strike": lambda: sanction_ending.propose_strike(first, meant, "原決定已撤銷"),
        "keep": lambda: sanction_ending.keep(second, meant, "決定仍有效"),
        "strike": lambda: sanction_ending.strike(second, meant),
    }[action]()


def standing(state: str, first, second) -> Sanction:
    sanction = staged(first, plates=f"粤C{len(Sanction.select()) + 10000}")
    for action in {
        "staged": (),
        "proposed": ("propose",),
        "confirmed": ("propose", "confirm"),
        "rejected": ("propose", "reject"),
        "withdrawn": ("propose", "withdraw"),
        "ended": ("propose", "confirm", "repair"),
    }[state]:
        perform(action, first, second, sanction)
    return Sanction.get_by_id(sanction.id)


@pytest.mark.parametrize("state", STATES)
def test_every_action_in_every_state(db, state):
    first, second = officers()
    for action in sanction_states.ACTIONS:
        if action in (sanction_states.STAGE, sanction_states.EXPIRE):
            continue
        sanction = standing(state, first, second)
        after = sanction_states.TRANSITIONS.get((state, action))
        if after is None:
            with pytest.raises(Conflict) as refused:
                perform(action, first, second, sanction)
            assert refused.value.code == "sanction_state"
            continue
        if action in (sanction_states.KEEP, sanction_states.STRIKE):
            with pytest.raises(Conflict) as refused:
                perform(action, first, second, sanction)
            assert refused.value.code == "strike_not_open"
            perform("propose-strike", first, second, sanction)
        perform(action, first, second, sanction)
        now = Sanction.get_or_none(Sanction.id == sanction.id)
        assert (now.state if now else "") == after


def test_what_is_dropped_leaves_nothing_but_the_record(db):
    first, _second = officers()
    sanction = staged(first, plates="粤C12345")

    proposing.drop(first, which(sanction))

    assert (Sanction.select().count(), SanctionSubject.select().count()) == (0, 0)
    with pytest.raises(NotFound):
        sanction_queries.one(sanction.ref)


def test_who_may_withdraw_reject_and_strike(db):
    first, second = officers()
    sanction = proposed(first, plates="粤C12345")

    with pytest.raises(NotAllowed):
        proposing.withdraw(second, which(sanction))
    with pytest.raises(Conflict) as own:
        proposing.reject(first, which(sanction), "不同意")
    assert own.value.code == "own_proposal"
    sanctioning.confirm(second, which(sanction))
    sanction_ending.propose_strike(first, which(sanction), "決定已撤銷")
    with pytest.raises(Conflict) as own:
        sanction_ending.strike(first, which(sanction))
    assert own.value.code == "own_proposal"
    with pytest.raises(Conflict) as stale:
        sanction_ending.strike(second, Which(ref=sanction.ref, version=1))
    assert stale.value.code == "stale"


def test_a_name_alone_is_never_enough(db):
    first, _second = officers()

    with pytest.raises(Invalid) as refused:
        proposing.stage(
            first, typed(subject_name="陳嘉敏", birth_date="1985-03-02", licence_number="440402199001010011")
        )

    assert [fault.code for fault in refused.value.faults] == ["no_number_named"]


MATCHES = {
    # what the sanction says beside a number of its own: (exact, near)
    "the document": ({"id_type": "home_return", "id_number": "M12345678"}, (True, [])),
    "the document after its renewal": ({"id_type": "home_return", "id_number": "M1234567802"}, (True, [])),
    "the same name": ({"subject_name": "陳大文"}, (False, [])),
    "name and birth date": ({"subject_name": "陈大文", "birth_date": "1985-03-02"}, (False, ["birth_name"])),
    "name and another birth date": ({"subject_name": "陳大文", "birth_date": "1985-03-03"}, (False, [])),
    "birth date and another name": ({"subject_name": "陳小文", "birth_date": "1985-03-02"}, (False, [])),
    "the licence number": ({"licence_number": "4404 0219 9001 0100 11"}, (False, ["licence"])),
}


@pytest.mark.parametrize("case", MATCHES)
def test_what_matches(db, case):
    said, (exact, near) = MATCHES[case]
    first, _second = officers()
    entry = listed(certified_unit(), who=person("home_return", full_name="陳大文", id_number="M12345678"))
    named = {"plates": "粤C99999"} | said

    sanction = staged(first, **named)

    preview = sanction_preview.of_one(sanction)
    assert preview.entries == (1 if exact else 0)
    assert [row.why for row in SanctionNear.select()] == ([near] if near else [])
    assert Entry.get_by_id(entry.id).state == "listed"


def test_a_near_match_is_decided_before_proposing_and_then_counts(db):
    first, second = officers()
    here = certified_unit()
    same = listed(here, who=person("home_return", full_name="陳大文"))
    other = listed(here, who=person("home_return", full_name="陳大文"))
    sanction = staged(first, plates="粤C99999", subject_name="陳大文", birth_date="1985-03-02")

    with pytest.raises(Conflict) as refused:
        proposing.propose(first, which(sanction))
    assert (refused.value.code, refused.value.params["count"]) == ("near_undecided", 2)
    with pytest.raises(Invalid):
        proposing.decide_near(first, SanctionNear.get().ref, "perhaps")
    for near in SanctionNear.select():
        proposing.decide_near(first, near.ref, "match" if near.person_id == same.person_id else "different")
    proposing.propose(first, which(sanction))
    sanctioning.confirm(second, which(sanction))

    assert [Entry.get_by_id(one.id).state for one in (same, other)] == ["removed", "listed"]
    with pytest.raises(Conflict):
        proposing.decide_near(first, SanctionNear.get().ref, "different")


# The end ---------------------------------------------------------------------------------------------------------


def test_a_repair_beyond_its_term_is_refused(db):
    first, second = officers()
    until = clock.today() + timedelta(days=10)
    one = confirmed(first, second, plates="粤C12345", until=until.isoformat())

    with pytest.raises(Invalid) as refused:
        sanction_ending.repair(second, which(one), (until + timedelta(days=1)).isoformat(), "已履行")
    sanction_ending.repair(second, which(one), until.isoformat(), "已履行")

    assert (refused.value.faults[0].field, refused.value.code) == ("repaired_on", "repaired_after_term")
    assert Sanction.get_by_id(one.id).repaired_on == until


def test_expiry_and_repair_end_it_on_their_day_and_say_so(db):
    first, second = officers()
    here = certified_unit()
    who = person()
    sent = filed(here, who=who, phone="13800006666")
    uploaded(here, verified(here, sent))
    until = clock.today() + timedelta(days=10)
    expiring = confirmed(first, second, until=until.isoformat(), **of_person(sent.answers))
    repaired = confirmed(first, second, plates="粤C12345")
    sanction_ending.repair(second, which(repaired), (clock.today() + timedelta(days=3)).isoformat(), "已履行")

    assert sanction_ending.end_due() == 0
    assert sanction_ending.end_due(clock.today() + timedelta(days=3)) == 1
    assert sanction_ending.end_due(until) == 0
    assert sanction_ending.end_due(until + timedelta(days=1)) == 1

    ends = [Sanction.get_by_id(one.id).ended_how for one in (expiring, repaired)]
    assert ends == ["expired", "repaired"]
    drain(db, "records")
    told = Notice.get(Notice.kind == "sanction-over")
    assert (told.audience_ref, told.params["how"]) == (sent.submission.ref, "expired")
    units_told = Notice.get(Notice.kind == "list-sanction-over")
    assert (units_told.audience_ref, units_told.params["count"]) == (here.unit.ref, 1)
    assert Entry.get_by_id(entry_of(sent).id).state == "removed"
    again = filed(here, who=who, phone="13800006666")
    assert Filing.get_by_id(again.filing.id).state == "submitted"


def test_striking_brings_back_what_still_has_a_place_and_names_what_has_not(db):
    first, second = officers()
    here, there = certified_unit(), certified_unit()
    mine, other = owner_and_second()
    owner = filed(here, vehicles=[mine, vehicle("unit")])
    uploaded(here, verified(here, owner))
    guest = second_filed(there, other)
    uploaded(there, verified(there, guest))
    sanction = confirmed(first, second, **of_person(owner.answers))
    assert Entry.get_by_id(entry_of(guest).id).state == "suspended"
    # Meanwhile the unit car of his came into another unit's register.
    elsewhere = certified_unit()
    unit_plate = owner.answers["vehicles"][1]["plate"]
    vehicles.add(elsewhere.actor, elsewhere.unit.id, vehicles.NewVehicle(unit_plate, "small"), ("plate",))

    sanction_ending.propose_strike(first, which(sanction), "原決定被撤銷")
    done = sanction_ending.strike(second, which(sanction))

    assert done == {"restored": 1, "kept_out": 1}
    back = [row for row in Entry.select().where(Entry.submission_ref == owner.submission.ref) if row.state == "listed"]
    assert [row.vehicle_use for row in back] == ["own"]
    assert Entry.get_by_id(entry_of(guest).id).state == "listed"
    outcomes = {one.kept_out for one in SanctionEffect.select().where(SanctionEffect.sanction == sanction.id)}
    assert outcomes == {None, "of_another_unit"}


def test_a_vehicle_struck_comes_back_with_owner_and_second_of_two_units(db):
    first, second = officers()
    here, there = certified_unit(), certified_unit()
    mine, other = owner_and_second()
    owner = filed(there, vehicles=[mine])
    uploaded(there, verified(there, owner))
    guest = second_filed(here, other)
    uploaded(here, verified(here, guest))
    sanction = confirmed(first, second, plates=mine["plate"])

    sanction_ending.propose_strike(first, which(sanction), "原決定被撤銷")

    assert sanction_ending.strike(second, which(sanction)) == {"restored": 2, "kept_out": 0}
    states = {row.state for row in (entry_of(owner), entry_of(guest))}
    assert states == {"listed"}
    listings = EntryStep.select().where(EntryStep.entry << [entry_of(owner), entry_of(guest)])
    assert [row.change for row in listings] == ["listed", "listed"]


def test_a_second_sanction_keeps_out_what_the_first_had_ended(db):
    first, second = officers()
    sent = filed(certified_unit())
    here = certified_unit()
    moved = filed(here)
    uploaded(here, verified(here, moved))
    one = confirmed(first, second, **of_person(moved.answers))
    confirmed(first, second, **of_person(moved.answers))

    sanction_ending.propose_strike(first, which(one), "原決定被撤銷")

    assert sanction_ending.strike(second, which(one)) == {"restored": 0, "kept_out": 1}
    assert {row.kept_out for row in SanctionEffect.select()} == {"other_sanction"}
    assert sent.filing.state == "submitted"


def test_a_unit_has_its_code_back_when_the_last_sanction_on_it_is_over(db):
    first, second = officers()
    here = certified_unit()
    number = {"registration_place": "cn", "registration_number": here.unit.registration_number}
    one, two = confirmed(first, second, **number), confirmed(first, second, **number)

    sanction_ending.repair(second, which(one), clock.today().isoformat(), "已修復")
    assert units.code_barred(here.unit.id)
    sanction_ending.repair(second, which(two), clock.today().isoformat(), "已修復")

    assert not units.code_barred(here.unit.id)
    assert codes.rotate(here.actor, here.unit.id, "")["code"]


def test_found_by_whole_numbers_only(db):
    first, _second = officers()
    sanction = staged(first, plates="粤C12345", id_type="home_return", id_number="M12345678", subject_name="陳大文")

    for words in ("粵C·12345", "M12345678", sanction.number, sanction.number.lower()):
        assert [one.id for one in sanction_finding.found(words)] == [sanction.id]
    for words in ("", "陳大文", "M1234", "12345"):
        assert sanction_finding.found(words) == []


def test_particulars_are_the_same_however_they_are_written(db):
    one = particulars.read(typed(decision_number="示〔2026〕1號", plates="粵C·12345、MX-12-34"), clock.today())[0]
    two = particulars.read(typed(decision_number="示〔2026〕1 號", plates="MX1234\n粤C12345"), clock.today())[0]

    assert one.identity == two.identity
