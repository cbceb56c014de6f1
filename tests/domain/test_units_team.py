"""The team of a unit: inviting, joining, leaving; every exit, and nothing across units."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.builders.accounts import LOCALE, actor_of, platform_staff, visitor
from tests.builders.units import PASSWORD, certified_unit, member
from webapp import clock, database
from webapp.domain.accounts import links, platform, queries, rules
from webapp.domain.notices.models import Delivery, Notice
from webapp.domain.units import members, team
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound


def faults(refusal: Exception) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in refusal.faults]


def invite(built, email="an.lei@unit.example", role="verifier") -> str:
    made = team.invite(built.actor, built.unit.id, email, role, LOCALE)
    return links.token(made["link"])


def roles(built) -> list[tuple[str, str]]:
    return [(queries.email_of(one.account), one.role) for one in members.active(built.unit.id)]


def test_invited_person_joins_and_everyone_is_told(db):
    built = certified_unit(email="manager@unit.example")
    token = invite(built)

    made = team.join(visitor(), token, None, "安蕾", PASSWORD)

    account = queries.by_email("an.lei@unit.example")
    assert made == {"account": account.ref, "unit": built.unit.ref}
    assert roles(built) == [("manager@unit.example", "manager"), ("an.lei@unit.example", "verifier")]
    notice = Notice.get(Notice.kind == "member-joined")
    assert (notice.audience_ref, notice.params) == (built.unit.ref, {"unit": built.unit.name, "role": "verifier"})
    assert Delivery.select().where(Delivery.notice == notice.id).count() == 2


def test_one_account_works_for_several_units(db):
    first, second = certified_unit(email="manager@unit.example"), certified_unit()
    token = invite(second, "MANAGER@unit.example", "manager")

    team.join(first.actor, token, first.manager.id, "", "")

    found = [(unit.id, role) for unit, role in units.of_account(first.manager.id)]
    assert found == [(first.unit.id, "manager"), (second.unit.id, "manager")]


@pytest.mark.parametrize(
    ("email", "role", "expected"),
    [
        ("", "", [("email", "missing"), ("role", "choose")]),
        ("an.lei@", "system_admin", [("email", "bad_domain"), ("role", "choose")]),
        ("Manager@Unit.example", "verifier", [("email", "member_already")]),
    ],
)
def test_invitation_is_refused_with_every_fault(db, email, role, expected):
    built = certified_unit(email="manager@unit.example")

    with pytest.raises(Invalid) as caught:
        invite(built, email, role)

    assert [one[0] for one in faults(caught.value)] == [one[0] for one in expected]
    assert faults(caught.value)[-1] == expected[-1]
    assert team.invitations(built.unit.id) == []


def test_newer_invitation_replaces_the_older(db):
    built = certified_unit()
    older, newer = invite(built, role="manager"), invite(built, "AN.LEI@unit.example", "verifier")

    with pytest.raises(NotFound) as caught:
        team.join(visitor(), older, None, "安蕾", PASSWORD)
    team.join(visitor(), newer, None, "安蕾", PASSWORD)

    assert caught.value.code == "link_used"
    assert roles(built)[1] == ("AN.LEI@unit.example", "verifier")


def test_open_invitations_are_bounded(db, monkeypatch):
    monkeypatch.setattr(team, "INVITATIONS_AT_ONCE", 2)
    built = certified_unit()
    for number in range(2):
        invite(built, f"an.lei{number}@unit.example")

    with pytest.raises(Conflict) as caught:
        invite(built)

    assert (caught.value.code, caught.value.params) == ("invitations_full", {"maximum": 2})


def test_invitation_ends_by_time_use_or_revocation(db):
    built = certified_unit()
    token = invite(built)
    ref = team.invitations(built.unit.id)[0].ref

    with clock.travel(rules.INVITATION_LIFE):
        assert team.invitations(built.unit.id) == []
        with pytest.raises(NotFound) as late:
            team.join(visitor(), token, None, "安蕾", PASSWORD)
    team.revoke_invitation(built.actor, built.unit.id, ref, LOCALE)
    with pytest.raises(NotFound) as revoked:
        team.join(visitor(), token, None, "安蕾", PASSWORD)
    with pytest.raises(NotFound):
        team.revoke_invitation(built.actor, built.unit.id, ref, LOCALE)

    assert (late.value.code, revoked.value.code) == ("link_expired", "link_used")
    notice = Notice.get(Notice.kind == "invitation-revoked")
    assert Delivery.select().where(Delivery.notice == notice.id).count() == 1


def test_invitation_of_another_unit_is_not_found(db):
    built, other = certified_unit(), certified_unit()
    token = invite(built)
    ref = team.invitations(built.unit.id)[0].ref

    with pytest.raises(NotFound):
        team.revoke_invitation(other.actor, other.unit.id, ref, LOCALE)

    team.join(visitor(), token, None, "安蕾", PASSWORD)


def test_joining_is_refused_to_strangers_members_and_administrators(db):
    built, other = certified_unit(), certified_unit()
    platform_staff("audit_admin", email="auditor@staff.example")
    auditor = queries.by_email("auditor@staff.example")
    token, for_auditor = invite(built), invite(built, "auditor@staff.example")

    with pytest.raises(NotAllowed) as stranger:
        team.join(other.actor, token, other.manager.id, "", "")
    with pytest.raises(Conflict) as apart:
        team.join(actor_of(auditor), for_auditor, auditor.id, "", "")
    with pytest.raises(Invalid) as weak:
        team.join(visitor(), token, None, "", "weak")
    late = invite(built, "clerk@unit.example")
    clerk = member(built, email="clerk@unit.example")
    with pytest.raises(Conflict) as twice:
        team.join(clerk, late, clerk.account_id, "", "")

    assert [caught.value.code for caught in (stranger, apart, twice)] == [
        "other_address",
        "administrator_apart",
        "member_already",
    ]
    assert {field for field, _code in faults(weak.value)} == {"full_name", "password"}


def test_platform_invitation_does_not_open_a_unit(db):
    platform.invite(actor_of(platform_staff("system_admin")), "an.lei@staff.example", "supervisor", LOCALE)
    token = links.token(platform.invitations()[0].ref)

    with pytest.raises(NotFound):
        team.join(visitor(), token, None, "安蕾", PASSWORD)


def test_closed_unit_takes_nobody(db):
    built = certified_unit()
    token = invite(built)
    Unit.update(state="withdrawn").where(Unit.id == built.unit.id).execute()

    with pytest.raises(Conflict) as joining:
        team.join(visitor(), token, None, "安蕾", PASSWORD)
    with pytest.raises(Conflict) as inviting:
        invite(built, "bao@unit.example")

    assert (joining.value.code, inviting.value.code) == ("unit_state", "unit_state")


def test_member_leaves_at_once_and_everyone_is_told(db):
    built = certified_unit(email="manager@unit.example")
    clerk = member(built, email="clerk@unit.example")

    team.end(built.actor, built.unit.id, clerk.ref, LOCALE)

    assert roles(built) == [("manager@unit.example", "manager")]
    assert units.of_account(clerk.account_id) == []
    told = {(notice.audience, notice.audience_ref) for notice in Notice.select().where(Notice.kind == "member-ended")}
    assert told == {("unit", built.unit.ref), ("address", clerk.ref)}
    with pytest.raises(NotFound):
        team.end(built.actor, built.unit.id, clerk.ref, LOCALE)


def test_last_manager_stays(db):
    built = certified_unit()
    member(built)

    with pytest.raises(Conflict) as caught:
        team.end(built.actor, built.unit.id, built.manager.ref, LOCALE)

    assert caught.value.code == "last_manager"
    member(built, "manager")
    team.end(built.actor, built.unit.id, built.manager.ref, LOCALE)


def test_two_managers_who_remove_each_other_leave_one(db):
    built = certified_unit()
    second = member(built, "manager")

    def remove(pair) -> str:
        database.connect()
        try:
            team.end(pair[0], built.unit.id, pair[1], LOCALE)
            return "done"
        except Conflict as refusal:
            return refusal.code
        finally:
            database.disconnect()

    with ThreadPoolExecutor(2) as pool:
        outcome = sorted(pool.map(remove, [(built.actor, second.ref), (second, built.manager.ref)]))

    assert outcome == ["done", "last_manager"]
    assert [role for _email, role in roles(built)] == ["manager"]


def test_member_of_another_unit_is_not_found(db):
    built, other = certified_unit(), certified_unit()
    clerk = member(other)

    with pytest.raises(NotFound):
        team.end(built.actor, built.unit.id, clerk.ref, LOCALE)
    with pytest.raises(NotFound):
        team.one(built.unit.id, "no-such-ref")

    assert len(members.active(other.unit.id)) == 2
