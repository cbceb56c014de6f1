"""What the platform decides, and who hears of it."""

from __future__ import annotations

import pytest

from tests.builders import units as build
from webapp.domain.audit.acts import action
from webapp.domain.audit.models import AuditLine
from webapp.domain.files.models import IssuedDocument
from webapp.domain.notices.models import PLATFORM, UNIT, Delivery
from webapp.domain.notices.queries import inbox
from webapp.domain.units import bars, deciding, members, queries, registering
from webapp.domain.units.models import MANAGER, VERIFIER, Unit
from webapp.errors import Conflict, Invalid, NotFound


def kinds(built) -> list[str]:
    return [notice.kind for notice in inbox(UNIT, built.unit.ref)]


def test_certify_makes_code_papers_and_tells_everybody_of_the_unit(db):
    built = build.pending_unit()
    build.member(built, MANAGER)

    made = deciding.certify(build.platform_actor(), built.unit.id, built.unit.version)

    assert queries.active_code(built.unit.id).code == made["code"]
    assert sorted(row.kind for row in IssuedDocument.select()) == ["desk_card", "poster"]
    assert kinds(built) == ["unit-certified"]
    assert Delivery.select().count() == 2
    assert [notice.kind for notice in inbox(PLATFORM, "platform")] == ["unit-registered"]


def test_return_keeps_known_reasons_and_words(db):
    built = build.pending_unit()

    deciding.return_(
        build.platform_actor(),
        built.unit.id,
        ["proof:expired", "made:up", "unit_name:differs"],
        " 請補交 ",
        built.unit.version,
    )

    unit = queries.by_id(built.unit.id)
    step = queries.steps(unit)[-1]
    assert (step.reasons, queries.note(unit, step)) == (["unit_name:differs", "proof:expired"], "請補交")
    assert inbox(UNIT, unit.ref)[0].params == {"unit": unit.name, "reasons": ["unit_name:differs", "proof:expired"]}


@pytest.mark.parametrize("deed", [deciding.return_, deciding.refuse])
def test_deciding_against_a_unit_needs_a_reason(db, deed):
    built = build.pending_unit()

    with pytest.raises(Invalid) as refused:
        deed(build.platform_actor(), built.unit.id, ["made:up"], "  ", built.unit.version)

    assert (refused.value.faults[0].field, refused.value.code) == ("reason", "reason_needed")
    assert kinds(built) == []


def test_reinstate_needs_words_and_note_has_an_end(db):
    built = build.certified_unit()
    deciding.suspend(build.platform_actor(), built.unit.id, ["unit:misuse"], "", built.unit.version)
    version = queries.by_id(built.unit.id).version

    with pytest.raises(Invalid) as silent:
        deciding.reinstate(build.platform_actor(), built.unit.id, " ", version)
    with pytest.raises(Invalid) as endless:
        deciding.reinstate(build.platform_actor(), built.unit.id, "字" * 1001, version)

    assert (silent.value.code, endless.value.code) == ("reason_needed", "too_long")
    deciding.reinstate(build.platform_actor(), built.unit.id, "已改善", version)
    assert kinds(built) == ["unit-reinstated", "unit-suspended", "unit-certified"]


def test_read_file_is_recorded_and_missing_one_is_not_found(db):
    built = build.pending_unit()

    deciding.read_file(build.platform_actor(), built.unit.id, "proof")
    with pytest.raises(NotFound):
        deciding.read_file(build.platform_actor(), built.unit.id, "authorisation")

    assert AuditLine.select().where(AuditLine.tag == "unit-proof:read").count() == 1


def test_returned_unit_sends_again_and_number_is_held(db):
    first = build.pending_unit()
    second = build.pending_unit()
    deciding.return_(build.platform_actor(), second.unit.id, ["address:incomplete"], "", second.unit.version)
    version = queries.by_id(second.unit.id).version
    stolen = build.typed(registration_number=first.unit.registration_number)

    with pytest.raises(Conflict) as refused:
        registering.resubmit(second.actor, second.unit.id, stolen, {}, version)
    assert refused.value.code == "unit_taken"

    registering.resubmit(second.actor, second.unit.id, build.typed(address="橫琴德政街1號"), {}, version)
    unit = queries.by_id(second.unit.id)
    assert (unit.state, unit.address, unit.proof_id) == ("pending", "橫琴德政街1號", second.unit.proof_id)
    assert queries.details(unit)["email"] == queries.details(second.unit)["email"]


def test_number_is_free_again_after_withdrawal(db):
    first = build.pending_unit()
    registering.withdraw(first.actor, first.unit.id, first.unit.version)

    again = build.pending_unit(registration_number=first.unit.registration_number)

    assert Unit.select().where(Unit.registration_number == again.unit.registration_number).count() == 2


def test_last_manager_stays(db):
    built = build.certified_unit()
    build.member(built, VERIFIER)

    with pytest.raises(Conflict) as refused:
        build.end_member(build.platform_actor(), built.unit.id, built.manager.id)
    assert refused.value.code == "last_manager"

    other = build.member(built, MANAGER)
    build.end_member(build.platform_actor(), built.unit.id, built.manager.id)
    assert [one.role for one in members.active(built.unit.id)] == [VERIFIER, MANAGER]
    assert members.active(built.unit.id)[1].account.id == other.account_id
    with pytest.raises(NotFound):
        build.end_member(build.platform_actor(), built.unit.id, built.manager.id)


@pytest.mark.parametrize(("phone", "wrong"), [("", "missing"), ("打給我", "phone_figures"), ("12", "phone_figures")])
def test_committee_needs_a_telephone_people_can_dial(db, phone, wrong):
    built = build.certified_unit("resident")

    with pytest.raises(Invalid) as refused:
        registering.set_contact(built.actor, built.unit.id, phone, "", built.unit.version)

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("public_phone", wrong)]


@action("demo:test-bar")
def _bar(act, unit_id: int) -> dict[str, str]:
    bars.put(act, Unit.get_by_id(unit_id), "a-sanction")
    return {}


def test_committees_are_those_alone_that_people_can_file_with(db):
    certified = build.certified_unit("resident", unit_name="橫琴海韻社區居民委員會")
    build.pending_unit("resident")
    build.certified_unit("enterprise")
    barred = build.certified_unit("resident", unit_name="橫琴小澳社區居民委員會")
    _bar(build.platform_actor(), barred.unit.id)

    assert [unit.name for unit in queries.committees_named("")] == [certified.unit.name]
