"""A unit deregistered: by two officers, everything of it ended in one act, everybody told once."""

from __future__ import annotations

import peewee
import pytest

from tests.builders.accounts import actor_of, platform_staff
from tests.builders.delivery import drain, texts
from tests.builders.filings import draft, filed, send, vehicle
from tests.builders.sanctions import confirmed
from tests.builders.units import BuiltUnit, certified_unit, member, pending_unit, platform_actor
from tests.builders.uploads import (
    chosen,
    entry_of,
    listed,
    owner_and_second,
    second_filed,
    signature,
    uploaded,
    verified,
)
from tests.domain.test_filings_verifying import statements
from webapp.actors import Actor
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.closings import deregistering, reach
from webapp.domain.filings import uploads, verifying
from webapp.domain.filings.models import Filing, Upload
from webapp.domain.notices.models import Notice
from webapp.domain.passlist.models import Entry
from webapp.domain.units import codes, deciding, members, proposals, queries, team, vehicles
from webapp.domain.units.models import UnitProposal
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound


@pytest.fixture
def officers(db) -> tuple[Actor, Actor]:
    return actor_of(platform_staff()), actor_of(platform_staff())


def proposed(officer: Actor, built: BuiltUnit, successor: BuiltUnit | None = None) -> UnitProposal:
    made = deregistering.propose(
        officer, built.unit.id, ["unit:dissolved"], "公司已解散", successor.unit.id if successor else None
    )
    return proposals.one(made["proposal"])


def deregister(officers: tuple[Actor, Actor], built: BuiltUnit, successor: BuiltUnit | None = None) -> dict:
    row = proposed(officers[0], built, successor)
    return deregistering.confirm(officers[1], row.ref, row.version)


def state(built: BuiltUnit) -> str:
    return queries.by_id(built.unit.id).state


def kinds_of(ref: str) -> list[str]:
    return [one.kind for one in Notice.select().where(Notice.audience_ref == ref).order_by(Notice.id)]


def test_everything_of_the_unit_ends_in_one_act(officers):
    here, there = certified_unit(), certified_unit()
    other = member(here)
    entry, waits = listed(here), filed(here)
    ready = verified(here, filed(here))
    prepared = uploads.prepare(here.actor, here.unit.id, chosen(ready))["upload"]
    team.invite(here.actor, here.unit.id, "guest@unit.example", "verifier", "zh_Hant_MO")
    vehicles.add(here.actor, here.unit.id, vehicles.NewVehicle("粵C·A9001", "small"))
    untouched = listed(there)
    before = reach.of(queries.by_id(here.unit.id))

    result = deregister(officers, here)

    assert (before.entries, before.filings, before.people, before.members, before.invitations, before.vehicles) == (
        1,
        2,
        3,
        2,
        1,
        1,
    )
    assert (result["entries"], result["filings"], result["people"], result["held"]) == (1, 2, 3, 0)
    assert state(here) == "deregistered"
    assert (queries.active_code(here.unit.id), members.active(here.unit.id)) == (None, [])
    assert (Entry.get_by_id(entry.id).state, Entry.get_by_id(entry.id).cause) == ("removed", "unit_deregistered")
    assert Filing.get_by_id(waits.filing.id).state == "closed"
    assert Upload.get(Upload.ref == prepared).state == "abandoned"
    assert reach.of(queries.by_id(here.unit.id)) == reach.Reach(0, 0, 0, 0, 0, 0, 0, 0)
    assert vehicles.add(there.actor, there.unit.id, vehicles.NewVehicle("粵C·A9001", "small"))["vehicle"]
    assert Entry.get_by_id(untouched.id).state == "listed"
    assert other.unit_id == here.unit.id
    act = Act.get(Act.verb == "unit:deregister")
    tags = {line.tag for line in AuditLine.select().where(AuditLine.act == act.id)}
    assert tags == {
        "unit-proposal:confirmed",
        "unit:deregistered",
        "enrolment-code:revoked",
        "unit:members-ended",
        "upload:abandoned",
        "register-vehicle:ended",
        "entry:removed",
        "filing:closed",
    }


def test_staff_and_people_are_told_once(officers, db):
    here = certified_unit()
    entry, waits = listed(here), filed(here)
    drain(db)

    deregister(officers, here)
    drain(db)

    assert kinds_of(here.unit.ref).count("unit-deregistered") == 1
    for ref in (entry.submission_ref, waits.submission.ref):
        assert kinds_of(ref).count("unit-closed") == 1
    assert len([one for one in texts(db) if "註銷" in one["text"]]) == 2


def test_who_proposes_does_not_confirm(officers):
    here = certified_unit()
    row = proposed(officers[0], here)

    with pytest.raises(NotAllowed) as refused:
        deregistering.confirm(officers[0], row.ref, row.version)
    with pytest.raises(NotAllowed):
        deregistering.confirm(platform_actor(), row.ref, row.version)

    assert (refused.value.code, state(here)) == ("same_person", "certified")


def test_the_database_refuses_one_person_for_both(officers):
    row = proposed(officers[0], certified_unit())

    for decided_by in (row.proposed_by, None):
        with pytest.raises(peewee.DatabaseError):
            UnitProposal.update(state="confirmed", decided_by=decided_by).where(UnitProposal.id == row.id).execute()


def test_the_unit_asks_an_officer_takes_it_up_another_confirms(officers):
    here = certified_unit()
    asked = proposals.one(deregistering.ask(here.actor, here.unit.id, "公司結業")["proposal"])
    with pytest.raises(Conflict) as twice:
        deregistering.ask(here.actor, here.unit.id, "再說一次")
    with pytest.raises(Conflict) as early:
        deregistering.confirm(officers[1], asked.ref, asked.version)

    row = proposed(officers[0], here)
    deregistering.confirm(officers[1], row.ref, row.version)

    assert (twice.value.code, early.value.code) == ("proposal_waits", "proposal_over")
    assert (asked.state, asked.by_unit, proposals.note(asked)) == ("asked", True, "公司結業")
    assert (row.ref, state(here)) == (asked.ref, "deregistered")


def test_a_proposal_is_rejected_with_words_or_withdrawn_by_whose_it_is(officers):
    here, there = certified_unit(), certified_unit()
    mine = proposed(officers[0], here)
    asked = proposals.one(deregistering.ask(there.actor, there.unit.id, "")["proposal"])

    with pytest.raises(Invalid):
        proposals.reject(officers[1], mine.ref, " ", mine.version)
    with pytest.raises(NotAllowed):
        proposals.withdraw(officers[1], mine.ref, mine.version)
    with pytest.raises(NotFound):
        proposals.withdraw(there.actor, mine.ref, mine.version, there.unit.id)
    with pytest.raises(NotAllowed):
        proposals.withdraw(here.actor, mine.ref, mine.version, here.unit.id)
    proposals.withdraw(officers[0], mine.ref, mine.version)
    proposals.reject(officers[0], asked.ref, "資料不足", asked.version)

    assert [proposals.one(row.ref).state for row in (mine, asked)] == ["withdrawn", "rejected"]
    assert proposals.answer(proposals.one(asked.ref)) == "資料不足"
    assert "proposal-rejected" in kinds_of(there.unit.ref)
    with pytest.raises(Conflict) as over:
        deregistering.confirm(officers[1], mine.ref, mine.version + 1)
    assert over.value.code == "proposal_over"


def test_a_stale_or_repeated_confirmation_changes_nothing(officers):
    here = certified_unit()
    row = proposed(officers[0], here)
    with pytest.raises(Conflict) as stale:
        deregistering.confirm(officers[1], row.ref, row.version + 1)

    first = deregistering.confirm(officers[1], row.ref, row.version, key="once")

    assert stale.value.code == "stale"
    assert deregistering.confirm(officers[1], row.ref, row.version, key="once") == first
    with pytest.raises(Conflict):
        deregistering.confirm(officers[1], row.ref, row.version)


@pytest.mark.parametrize("where", ["pending", "suspended"])
def test_only_a_unit_that_was_certified_is_deregistered(officers, where):
    built = pending_unit() if where == "pending" else certified_unit()
    if where == "pending":
        with pytest.raises(Conflict) as refused:
            proposed(officers[0], built)
        assert refused.value.code == "unit_state"
        return
    deciding.suspend(platform_actor(), built.unit.id, ["unit:misuse"], "", built.unit.version)

    deregister(officers, built)

    assert state(built) == "deregistered"


def test_a_reason_is_needed(officers):
    with pytest.raises(Invalid) as refused:
        deregistering.propose(officers[0], certified_unit().unit.id, ["made:up"], " ")

    assert (refused.value.faults[0].field, refused.value.code) == ("reason", "reason_needed")


def test_nothing_begins_or_goes_on_after(officers):
    here = certified_unit()
    begun, waits = draft(here), verified(here, filed(here))
    upload = uploads.prepare(here.actor, here.unit.id, chosen(waits))["upload"]

    deregister(officers, here)

    with pytest.raises(Conflict) as late:
        send(begun)
    with pytest.raises(Conflict) as verify:
        verifying.verify(here.actor, here.unit.id, waits[0].ref, waits[0].version)
    with pytest.raises(Conflict) as signed:
        uploads.upload(here.actor, here.unit.id, upload, signature())
    assert (late.value.code, verify.value.code, signed.value.code) == (
        "unit_closed",
        "unit_suspended",
        "unit_not_certified",
    )


def test_second_drivers_elsewhere_are_counted_before_and_held_after(officers):
    here, there = certified_unit(), certified_unit()
    mine, his = owner_and_second()
    uploaded(here, verified(here, filed(here, vehicles=[mine])))
    second = second_filed(there, his)
    uploaded(there, verified(there, second))

    before = reach.of(queries.by_id(here.unit.id))
    result = deregister(officers, here)

    assert (before.held, result["held"], entry_of(second).state) == (1, 1, "suspended")


def test_an_owner_listed_elsewhere_too_keeps_his_second_driver(officers):
    here, there = certified_unit(), certified_unit()
    mine, his = owner_and_second()
    owner = filed(here, vehicles=[mine])
    uploaded(here, verified(here, owner))
    again = filed(there, who=owner.answers["person"], vehicles=[mine], phone=owner.answers["contact"]["phone"])
    uploaded(there, verified(there, again))
    second = second_filed(there, his)
    uploaded(there, verified(there, second))

    before = reach.of(queries.by_id(here.unit.id))
    result = deregister(officers, here)

    assert (before.held, result["held"], entry_of(second).state) == (0, 0, "listed")


def test_committees_that_take_people_hear_of_residents_without_one(officers):
    closing, other = certified_unit("resident"), certified_unit("resident")
    listed(closing)
    certified_unit("enterprise")
    barred, without = certified_unit("resident"), certified_unit("resident")
    confirmed(*officers, registration_place="cn", registration_number=barred.unit.registration_number)
    codes.revoke(without.actor, without.unit.id, without.code)

    deregister(officers, closing)

    told = list(Notice.select().where(Notice.kind == "residents-unplaced"))
    assert [(one.audience_ref, one.params["people"]) for one in told] == [(other.unit.ref, 1)]


def test_statements_do_not_depend_on_how_many_people_there_are(officers):
    counted = []
    for people in (10, 60):
        here = certified_unit()
        for _ in range(people // 2):
            listed(here)
            filed(here, vehicles=[vehicle()])
        row = proposed(officers[0], here)
        counted.append(statements(lambda row=row: deregistering.confirm(officers[1], row.ref, row.version)))

    assert counted[0] == counted[1]
