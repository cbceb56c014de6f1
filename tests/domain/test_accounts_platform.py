"""Staff of the platform: invited, given roles, disabled; and that the record was read."""

from datetime import timedelta

import pytest

from tests.builders.accounts import LOCALE, actor_of, also, invited, platform_staff, visitor
from tests.builders.units import PASSWORD, certified_unit
from webapp import clock
from webapp.actors import ACCOUNT, Actor, system
from webapp.domain.accounts import links, platform, queries, rules, sessions
from webapp.domain.accounts.models import Account
from webapp.domain.accounts.roles import PLATFORM_ROLES, UNIT_ROLES, permissions
from webapp.domain.audit import viewing
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.notices.models import Delivery, Notice
from webapp.domain.units import team
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound


def faults(refusal: Exception) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in refusal.faults]


def test_invited_person_makes_an_account_with_the_role(db):
    email, token = invited("platform_officer", "an.lei@staff.example")

    made = platform.join(visitor(), token, None, "安蕾", PASSWORD, LOCALE)

    account = queries.by_email(email)
    assert made == {"account": account.ref}
    assert queries.roles_of(account.id) == {"platform_officer"}
    assert [held.ref for held, _roles in queries.platform_staff()] == [account.ref]
    assert platform.invitations() == []


def test_invitation_mails_its_link_and_no_one_else_reads_it(db):
    platform.invite(system("test"), "an.lei@staff.example", "supervisor", LOCALE)

    notice = Notice.get(Notice.kind == "staff-invited")
    token = links.token(platform.invitations()[0].ref)
    assert (notice.audience, notice.params) == ("address", {"role": "supervisor"})
    assert Delivery.select().where(Delivery.notice == notice.id).count() == 1
    assert token not in str(notice.params) + notice.audience_ref + notice.dedupe_key


@pytest.mark.parametrize(
    ("email", "role", "expected"),
    [
        ("", "", [("email", "missing"), ("role", "choose")]),
        ("an.lei", "manager", [("email", "bad_format"), ("role", "choose")]),
        ("an.lei@staff.example", "no_such_role", [("role", "choose")]),
    ],
)
def test_invitation_is_refused_with_every_fault(db, email, role, expected):
    with pytest.raises(Invalid) as caught:
        platform.invite(system("test"), email, role, LOCALE)

    assert faults(caught.value) == expected


def test_existing_account_gains_the_role_after_signing_in(db):
    account = platform_staff("platform_officer", email="an.lei@staff.example")
    _email, token = invited("supervisor", "An.Lei@staff.example")

    platform.join(actor_of(account), token, account.id, "", "", LOCALE)

    assert queries.roles_of(account.id) == {"platform_officer", "supervisor"}


def test_invitation_works_once_in_time_and_for_its_mailbox_only(db):
    other = platform_staff()
    _email, token = invited("supervisor", "an.lei@staff.example")

    with pytest.raises(NotAllowed) as stranger:
        platform.join(actor_of(other), token, other.id, "", "", LOCALE)
    with clock.travel(rules.INVITATION_LIFE), pytest.raises(NotFound) as late:
        platform.join(visitor(), token, None, "安蕾", PASSWORD, LOCALE)
    with pytest.raises(Invalid) as weak:
        platform.join(visitor(), token, None, "", "weak", LOCALE)
    platform.join(visitor(), token, None, "安蕾", PASSWORD, LOCALE)
    with pytest.raises(NotFound) as again:
        platform.join(visitor(), token, None, "安蕾", PASSWORD, LOCALE)
    with pytest.raises(NotFound) as unknown:
        platform.join(visitor(), "no-such-token", None, "安蕾", PASSWORD, LOCALE)

    refusals = [caught.value.code for caught in (stranger, late, weak, again, unknown)]
    assert refusals == ["other_address", "link_expired", "missing", "link_used", "link_unknown"]


def test_known_mailbox_must_sign_in_and_a_held_role_is_not_given_twice(db):
    account = platform_staff("supervisor", email="an.lei@staff.example")
    _email, token = invited("supervisor", "an.lei@staff.example")

    with pytest.raises(Invalid) as anonymous:
        platform.join(visitor(), token, None, "安蕾", PASSWORD, LOCALE)
    with pytest.raises(Conflict) as twice:
        platform.join(actor_of(account), token, account.id, "", "", LOCALE)

    assert faults(anonymous.value) == [("email", "email_taken")]
    assert twice.value.code == "role_already"


def test_repeated_acceptance_is_answered_with_the_first_result(db):
    _email, token = invited("supervisor")

    first = platform.join(visitor(), token, None, "安蕾", PASSWORD, LOCALE, key="key-of-form")
    again = platform.join(visitor(), token, None, "安蕾", PASSWORD, LOCALE, key="key-of-form")

    assert first == again
    assert Account.select().count() == 1


def test_invitation_of_a_unit_is_not_one_of_the_platform(db):
    built = certified_unit()
    team.invite(built.actor, built.unit.id, "an.lei@staff.example", "verifier", LOCALE)
    token = links.token(team.invitations(built.unit.id)[0].ref)

    with pytest.raises(NotFound):
        platform.join(visitor(), token, None, "安蕾", PASSWORD, LOCALE)
    with pytest.raises(NotFound):
        platform.revoke_invitation(system("test"), team.invitations(built.unit.id)[0].ref, LOCALE)
    assert platform.invitations() == []


def test_revoked_invitation_opens_nothing_and_the_person_is_told(db):
    _email, token = invited("supervisor")
    ref = platform.invitations()[0].ref

    platform.revoke_invitation(system("test"), ref, LOCALE)

    with pytest.raises(NotFound):
        platform.join(visitor(), token, None, "安蕾", PASSWORD, LOCALE)
    with pytest.raises(NotFound):
        platform.revoke_invitation(system("test"), ref, LOCALE)
    assert Notice.select().where(Notice.kind == "invitation-revoked").count() == 1


@pytest.mark.parametrize("role", sorted(rules.ADMINISTRATORS))
def test_administrators_hold_nothing_else(db, role):
    keeper = platform_staff("system_admin")
    account = platform_staff("platform_officer", email="an.lei@staff.example")

    with pytest.raises(Invalid) as asked:
        platform.invite(actor_of(keeper), "an.lei@staff.example", role, LOCALE)

    assert faults(asked.value) == [("role", "roles_apart")]
    assert queries.roles_of(account.id) == {"platform_officer"}


def test_no_administrator_sees_a_filing_or_anothers_work():
    filings = {
        permission for permission in UNIT_ROLES["manager"] if permission.startswith(("filings", "list", "number"))
    }
    for role in rules.ADMINISTRATORS:
        held = permissions(None, frozenset({role}))
        assert held == PLATFORM_ROLES[role]
        assert held & (filings | {"units:read", "units:decide"}) == frozenset()
    assert len(set().union(*(PLATFORM_ROLES[role] for role in rules.ADMINISTRATORS))) == sum(
        len(PLATFORM_ROLES[role]) for role in rules.ADMINISTRATORS
    )


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (["system_admin"], "roles_by_invitation"),  # a unit anybody may register makes an account
        (["supervisor", "platform_officer"], "roles_by_invitation"),
        (["god"], "choice_unknown"),
        (["supervisor", "god"], "choice_unknown"),
    ],
)
def test_nobody_gives_a_role_alone_nor_takes_one_by_a_word_that_is_none(db, wanted, code):
    guard, account = platform_staff("security_admin"), platform_staff("supervisor")

    with pytest.raises(Invalid) as caught:
        platform.keep_roles(actor_of(guard), account.ref, wanted, account.version, LOCALE)

    assert faults(caught.value) == [("roles", code)]
    assert queries.roles_of(account.id) == {"supervisor"}


def test_roles_are_given_by_invitation_and_taken(db):
    guard, account = platform_staff("security_admin"), platform_staff("platform_officer")

    also(account, "supervisor")
    assert queries.roles_of(account.id) == {"platform_officer", "supervisor"}
    with pytest.raises(Conflict) as stale:  # the page does not know of the new one
        platform.keep_roles(actor_of(guard), account.ref, ["platform_officer"], account.version, LOCALE)
    platform.keep_roles(actor_of(guard), account.ref, [], account.version + 1, LOCALE)

    assert stale.value.code == "stale"
    assert queries.roles_of(account.id) == frozenset()
    changes = AuditLine.select().where(AuditLine.tag == "account:roles-changed", AuditLine.object_ref == account.ref)
    assert changes.count() == 3
    assert Notice.select().where(Notice.kind == "roles-changed", Notice.audience_ref == account.ref).count() == 3


def test_stale_page_own_account_and_unknown_account_are_refused(db):
    keeper, account = platform_staff("system_admin"), platform_staff()
    who = actor_of(keeper)

    found = []
    for ref, version in ((account.ref, 99), (account.ref, None), (keeper.ref, keeper.version), ("no-such-ref", 1)):
        for act, given in ((platform.keep_roles, [[]]), (platform.disable, []), (platform.enable, [])):
            with pytest.raises((Conflict, NotAllowed, NotFound)) as caught:
                act(who, ref, *given, version, LOCALE)
            found.append(caught.value.code)

    assert found == ["stale"] * 6 + ["own_account"] * 3 + ["not_found"] * 3


def test_disabled_account_is_out_at_once_and_can_return(db):
    keeper, account = platform_staff("system_admin"), platform_staff()
    token = sessions.begin(actor_of(account), account)

    platform.disable(actor_of(keeper), account.ref, account.version, LOCALE)
    assert sessions.current(token) is None
    with pytest.raises(Conflict) as twice:
        platform.disable(actor_of(keeper), account.ref, account.version + 1, LOCALE)
    platform.enable(actor_of(keeper), account.ref, account.version + 1, LOCALE)

    assert twice.value.code == "account_state"
    assert sessions.current(token) is None
    assert sessions.current(sessions.begin(actor_of(account), account)) is not None
    with pytest.raises(Conflict):
        platform.enable(actor_of(keeper), account.ref, account.version + 2, LOCALE)


def test_last_keeper_stays(db):
    first, second = platform_staff("system_admin"), platform_staff("system_admin")
    platform.disable(actor_of(first), second.ref, second.version, LOCALE)

    for act in (platform.disable, lambda *rest: platform.keep_roles(rest[0], rest[1], [], *rest[2:])):
        with pytest.raises(Conflict) as caught:
            act(system("test"), first.ref, first.version, LOCALE)
        assert caught.value.code == "last_keeper"


def test_reading_the_record_is_recorded_once_an_hour_and_session(db):
    auditor = platform_staff("audit_admin")

    def read(session_ref: str) -> None:
        viewing.viewed(Actor(ACCOUNT, auditor.ref, account_id=auditor.id, session_ref=session_ref))

    start = clock.now().replace(minute=0, second=0, microsecond=0) - clock.now() + timedelta(minutes=1)
    with clock.travel(start):
        read("first")
        read("first")
        read("second")
    with clock.travel(start + timedelta(hours=1)):
        read("first")

    assert Act.select().where(Act.verb == "record:view", Act.account_id == auditor.id).count() == 3
    lines = AuditLine.select().where(AuditLine.tag == "record:viewed").order_by(AuditLine.id)
    assert [line.object_ref for line in lines] == ["first", "second", "first"]
