"""Objecting to a unit vehicle that the unit assigned or gave another plate: when, what is decided, and what follows."""

from __future__ import annotations

import pytest

from tests.builders import cases as made
from tests.builders import changing, status
from tests.builders.filings import Filed, filed, vehicle
from tests.builders.units import certified_unit
from tests.builders.uploads import entry_of, uploaded, verified
from webapp import clock, schema
from webapp.domain.closings import fleet
from webapp.domain.filings import assigning, assigning_drivers, following, objecting, withdrawing
from webapp.domain.filings.models import Filing
from webapp.domain.notices.models import Notice
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.sanctions import cases_queries
from webapp.domain.sanctions.cases_evidence import Handed
from webapp.domain.units import vehicles
from webapp.domain.units.vehicles import NewVehicle
from webapp.errors import Conflict, Invalid, NotFound

PLATE, NEW = "粤C·12345", "粤C·54321"


@pytest.fixture
def unit(db):
    return certified_unit()


def register(built, plate=PLATE) -> str:
    return vehicles.add(built.actor, built.unit.id, NewVehicle(plate, "small"))["vehicle"]


def assigned(built, ref) -> tuple[Filed, Filing]:
    """Somebody listed with his own car, and the filing by which the unit gave him its vehicle."""
    sent = made.listed(built)
    entry = entry_of(sent)
    chosen = Chosen(rows=((entry.ref, entry.version),))
    assert assigning_drivers.assign_drivers(built.actor, built.unit.id, ref, chosen)["assigned"] == 1
    return sent, Filing.get(Filing.assigned, Filing.person == entry.person_id)


def driver(built) -> Filed:
    """Who declared the unit vehicle himself, on the list."""
    return made.listed(built, relation="unit_driver", vehicles=[vehicle("unit", plate=PLATE)])


def contested(sent) -> list[tuple[str, str, str]]:
    """What can be objected to: topic, filing, and why."""
    found = [one for journey in following.journeys(sent.submission) for one in objecting.contestable(journey)]
    return [(one.topic, one.subject, (one.ground or "").split(":")[0]) for one in found]


def led_to(filing: Filing) -> Entry:
    return Entry.get(Entry.answers == filing.answers_id, Entry.position == filing.position)


def fresh(row):
    return type(row).get_by_id(row.id)


def uphold(case):
    """Upheld once the unit's term is over."""
    with clock.travel(case.answer_until - clock.now()):
        return made.decide(made.officer(), case)["outcome"]


def test_what_the_unit_chose_is_contestable_and_what_the_person_chose_is_not(unit):
    ref = register(unit)
    sent, filing = assigned(unit, ref)
    own = driver(unit)
    assert contested(own) == []
    assert contested(sent) == [("assignment", filing.ref, "assigned")]

    uploaded(unit, [filing])
    assert contested(sent) == [("assignment", filing.ref, "assigned")]

    fleet.change_plate(unit.actor, unit.unit.id, ref, NEW)
    assert contested(sent) == [("assignment", filing.ref, "plate_changed")]
    assert contested(own) == [("assignment", own.filing.ref, "plate_changed")]

    fleet.unassign(unit.actor, unit.unit.id, ref, led_to(filing).ref, led_to(filing).version)
    assert [topic for topic, _ref, _why in contested(sent)] == ["removal"]


def test_a_vehicle_chosen_for_a_filing_is_contestable_once_it_is_in_force(unit):
    register(unit)
    typed = vehicle("unit", plate="", unit_assigns=True, size_class="")
    sent = filed(unit, relation="unit_driver", vehicles=[typed])
    assigning.assign(unit.actor, unit.unit.id, sent.filing.ref, sent.filing.version, PLATE)
    # Before the upload it is the person's own filing, which he may take back.
    assert contested(sent) == []

    uploaded(unit, verified(unit, sent))

    assert contested(sent) == [("assignment", sent.filing.ref, "assigned")]


def test_the_unit_is_asked_and_every_refusal(unit):
    ref = register(unit)
    sent, filing = assigned(unit, ref)
    where = (status.actor(sent), sent.submission.ref, "assignment")
    for subject in (entry_of(sent).ref, "nothing"):
        with pytest.raises(NotFound):
            objecting.object_to(*where, subject, "不是我駕駛", Handed())
    with pytest.raises(NotFound):
        made.objection(driver(unit), "assignment", filing.ref)
    with pytest.raises(Conflict) as chosen:
        made.objection(sent, "assignment", sent.filing.ref)
    with pytest.raises(Invalid) as silent:
        objecting.object_to(*where, filing.ref, " ", Handed())

    case = made.objection(sent, "assignment", filing.ref)

    assert (chosen.value.code, silent.value.code) == ("not_contestable", "missing")
    assert (case.kind, case.topic, case.subject, case.vehicle_id, case.contested_account) == (
        "objection",
        "assignment",
        filing.ref,
        filing.vehicle_id,
        unit.actor.account_id,
    )
    sides = [(one.side, one.kind, one.party_ref) for one in cases_queries.parties(case)]
    assert sides == [("claimant", "submission", sent.submission.ref), ("holder", "unit", unit.unit.ref)]
    assert Notice.select().where(Notice.kind == "case-answer-wanted", Notice.audience == "unit").count() == 1
    with pytest.raises(Conflict) as again:
        made.objection(sent, "assignment", filing.ref)
    assert again.value.code == "case_open"
    withdrawing.withdraw(status.actor(sent), sent.submission.ref, filing.ref, fresh(filing).version)
    objecting.withdraw(status.actor(sent), "submission", sent.submission.ref, case.ref)
    with pytest.raises(Conflict) as over:
        made.objection(sent, "assignment", filing.ref)
    assert over.value.code == "not_contestable"


def test_upheld_before_the_upload_closes_the_filing(unit):
    sent, filing = assigned(unit, register(unit))
    case = made.objection(sent, "assignment", filing.ref)

    assert uphold(case) == ["done:ended_filings"]

    assert (fresh(filing).state, fresh(filing).reasons) == ("closed", ["case:unassigned"])
    assert entry_of(sent).state == "listed"


def test_upheld_after_an_upload_in_between_ends_that_entry_alone(unit):
    ref = register(unit)
    sent, filing = assigned(unit, ref)
    _other, theirs = assigned(unit, ref)
    own = entry_of(sent)
    case = made.objection(sent, "assignment", filing.ref)
    uploaded(unit, [filing, theirs])

    assert uphold(case) == ["done:ended_entries"]

    assert (led_to(filing).state, led_to(filing).cause) == ("removed", "basis_ended")
    assert [fresh(own).state, led_to(theirs).state] == ["listed", "listed"]
    assert vehicles.one(unit.unit.id, ref).ended_at is None


def test_upheld_about_a_changed_plate_and_when_nothing_is_left(unit):
    ref = register(unit)
    sent, gone = driver(unit), driver(unit)
    fleet.change_plate(unit.actor, unit.unit.id, ref, NEW)
    case, late = (made.objection(one, "assignment", one.filing.ref) for one in (sent, gone))
    fleet.unassign(unit.actor, unit.unit.id, ref, entry_of(gone).ref, entry_of(gone).version)

    assert uphold(case) == ["done:ended_entries"]
    assert uphold(late) == ["not:nothing_left"]

    assert (entry_of(sent).state, entry_of(sent).cause) == ("removed", "basis_ended")


def test_dismissed_changes_nothing_and_the_next_plate_may_be_objected_to(unit):
    ref = register(unit)
    sent = driver(unit)
    fleet.change_plate(unit.actor, unit.unit.id, ref, NEW)
    case = made.objection(sent, "assignment", sent.filing.ref)

    assert made.decide(made.officer(), case, "dismiss")["outcome"] == []

    assert entry_of(sent).state == "listed"
    with pytest.raises(Conflict) as decided:
        made.objection(sent, "assignment", sent.filing.ref)
    assert decided.value.code == "case_decided"
    fleet.change_plate(unit.actor, unit.unit.id, ref, PLATE)
    assert made.objection(sent, "assignment", sent.filing.ref).state == "open"


def test_what_was_assigned_stays_contestable_when_it_is_renewed_and_is_heard_once(unit):
    sent, filing = assigned(unit, register(unit))
    uploaded(unit, [filing])
    made.objection(sent, "assignment", filing.ref)
    for licence in ("2041-01-31", "2042-01-31"):
        renewed = changing.send(changing.change(sent, licence={"licence_expiry": licence}))
        changing.upload(unit, renewed)
    [car] = [one for one in changing.filings_of(renewed) if one.vehicle_use == "unit"]

    found = [one for journey in following.journeys(renewed) for one in objecting.contestable(journey)]

    assert [(one.topic, one.subject) for one in found] == [("assignment", car.ref)]
    with pytest.raises(Conflict) as again:
        objecting.object_to(status.actor(sent), renewed.ref, "assignment", car.ref, "不是我駕駛", Handed())
    assert again.value.code == "case_open"
    objecting.withdraw(
        status.actor(sent), "submission", sent.submission.ref, cases_queries.open_about(filing.ref)[0].ref
    )
    assert objecting.object_to(status.actor(sent), renewed.ref, "assignment", car.ref, "不是我駕駛", Handed())["case"]


def test_an_open_objection_does_not_keep_a_filing_disputed(unit):
    sent, filing = assigned(unit, register(unit))
    made.objection(sent, "assignment", filing.ref)
    withdrawing.disown(status.actor(sent), sent.submission.ref, filing.ref, fresh(filing).version, "", made.handed())
    disowned = next(one for one in cases_queries.open_about(filing.ref) if one.topic == "identity")
    assert fresh(filing).disputed

    assert made.decide(made.officer(), disowned, "dismiss")["outcome"] == ["done:goes_on"]

    assert not fresh(filing).disputed


def test_cases_survive_the_migration_down_and_up(unit):
    sent, filing = assigned(unit, register(unit))
    case = made.objection(sent, "assignment", filing.ref)
    parties = cases_queries.parties(case)

    schema.runner().down("0021_assignment_cases")
    assert made.now(case).topic == "refusal"
    schema.upgrade()

    assert (made.now(case).number, cases_queries.parties(case)) == (case.number, parties)
    assert made.objection(sent, "assignment", filing.ref).topic == "assignment"
