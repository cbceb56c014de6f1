"""Accounts nobody uses, last days, separated administrators, networks, and what production does not start with."""

from datetime import timedelta
from ipaddress import ip_network
from itertools import pairwise

import peewee
import pytest

from tests.builders import authenticator
from tests.builders.accounts import LOCALE, actor_of, platform_staff
from tests.builders.units import PASSWORD
from webapp import clock, database
from webapp.actors import system
from webapp.cli import fit
from webapp.domain.accounts import (
    actions,
    passwords,
    platform,
    policy,
    queries,
    rules,
    second_factor,
    sessions,
    tending,
)
from webapp.domain.accounts.models import AccountRole
from webapp.domain.audit.acts import action
from webapp.domain.notices.models import Delivery, Notice
from webapp.errors import Conflict, Invalid, NotAllowed
from webapp.settings import SettingsError


@pytest.fixture(autouse=True)
def house(request) -> None:
    """The house rules as they are where nobody set them otherwise."""
    if "db" in request.fixturenames:
        request.getfixturevalue("db")
    policy.configure(policy.Policy())


def breathe() -> None:
    """Nothing to do between two accounts."""


def state(account) -> str:
    return queries.by_ref(account.ref).state


def test_what_nobody_uses_is_disabled_and_told_and_the_last_keeper_stays(db):
    keeper, idle, used = platform_staff("system_admin"), platform_staff(), platform_staff()

    with clock.travel(policy.current().unused / 2):
        sessions.begin(actor_of(used), used)
    with clock.travel(policy.current().unused + timedelta(seconds=1)):
        count = tending.disable_due(breathe)
        again = tending.disable_due(breathe)
        platform.enable(actor_of(keeper), idle.ref, queries.by_ref(idle.ref).version, LOCALE)
        after = tending.disable_due(breathe)

    assert (count, again, after) == (1, 0, 0)
    told = Delivery.select().join(Notice, on=(Delivery.notice == Notice.id)).where(Notice.kind == "account-unused")
    assert [one.locale for one in told] == [LOCALE]
    assert [state(one) for one in (keeper, idle, used)] == ["active", "active", "active"]


def test_an_account_ends_with_its_last_day(db):
    keeper, guest = platform_staff("system_admin"), platform_staff()
    today = clock.today()
    for wrong in ("soon", (today - timedelta(days=1)).isoformat()):
        with pytest.raises(Invalid) as refused:
            tending.set_end(actor_of(keeper), guest.ref, wrong, guest.version)
        assert refused.value.faults[0].field == "ends_on"
    with pytest.raises(NotAllowed):
        tending.set_end(actor_of(keeper), keeper.ref, today.isoformat(), keeper.version)
    token = sessions.begin(actor_of(guest), guest)

    tending.set_end(actor_of(keeper), guest.ref, today.isoformat(), guest.version)

    assert sessions.current(token) is not None
    with clock.travel(timedelta(days=1)):
        assert sessions.current(token) is None
        with pytest.raises(NotAllowed):
            sessions.begin(actor_of(guest), guest)
        assert tending.disable_due(breathe) == 1
    assert state(guest) == "disabled"


def test_accounts_are_looked_through_a_page_at_a_time(db, monkeypatch):
    people = [platform_staff() for _ in range(3)]
    authenticator.enrol(people[0])
    monkeypatch.setattr(tending, "PAGE", 2)

    rows, following = tending.to_review()
    rest, last = tending.to_review(following)

    assert [row.account.id for row in rows + rest] == [one.id for one in people]
    assert ([row.second_factor for row in rows], last) == ([True, False], 0)
    assert rows[0].roles == ("platform_officer",)


@pytest.mark.parametrize("second", ["security_admin", "audit_admin"])
def test_the_database_refuses_two_of_the_three_administrators(db, second):
    keeper = platform_staff("system_admin")

    with pytest.raises(peewee.IntegrityError), database.transaction():
        AccountRole.create(account=keeper.id, role=second)


def test_a_second_factor_is_reset_by_another_and_every_session_ends(db):
    guard, account = platform_staff("security_admin"), platform_staff()
    authenticator.enrol(account)
    token = sessions.begin(actor_of(account), account)

    with pytest.raises(NotAllowed):
        second_factor.reset(actor_of(account), account.id, LOCALE)
    second_factor.reset(actor_of(guard), account.id, LOCALE)
    with pytest.raises(Conflict):
        second_factor.reset(actor_of(guard), account.id, LOCALE)

    assert (second_factor.of_account(account.id), second_factor.codes_left(account.id)) == (None, 0)
    assert sessions.current(token) is None


def test_a_demanded_password_is_due_and_the_last_five_stay_barred(db):
    guard, account = platform_staff("security_admin"), platform_staff()
    used = [PASSWORD, *(f"Quiet-Ferry-48{number}" for number in range(10, 15))]
    for old, new in pairwise(used):
        actions.change_password(actor_of(account), queries.by_ref(account.ref), old, new, locale=LOCALE, key=new)
    mine = queries.by_ref(account.ref)

    with pytest.raises(Invalid) as barred:
        actions.change_password(actor_of(account), mine, used[-1], used[1], locale=LOCALE, key="again-again")
    actions.demand_password(actor_of(guard), account.id, LOCALE)

    assert [(fault.field, fault.code) for fault in barred.value.faults] == [("new_password", "used_before")]
    assert not passwords.of_past(PASSWORD, passwords.barred(mine))
    assert rules.password_due(queries.by_ref(account.ref), clock.now())
    with pytest.raises(NotAllowed):
        actions.demand_password(actor_of(guard), guard.id, LOCALE)


@pytest.mark.parametrize(
    ("address", "role", "admitted"),
    [
        ("10.1.2.3", "system_admin", True),
        ("192.0.2.1", "system_admin", False),
        ("192.0.2.1", "audit_admin", False),
        ("192.0.2.1", "platform_officer", True),
        ("", "security_admin", False),
    ],
)
def test_administrators_work_from_the_networks_of_the_settings(address, role, admitted):
    before = policy.current()
    policy.configure(policy.Policy(networks=(ip_network("10.1.0.0/16"),)))
    try:
        assert rules.may_work_from(address, frozenset({role})) is admitted
    finally:
        policy.configure(before)


@action("demo:test-fill")
def _fill(_act) -> dict[str, str]:
    return {}


def test_production_does_not_serve_a_demo(db, monkeypatch):
    monkeypatch.setattr(type(db), "production", property(lambda _settings: True))
    if database.is_sqlite():
        fit.check(db)
    else:
        with pytest.raises(SettingsError, match="the role of DATABASE_URL may"):  # this one owns its tables
            fit.check(db)

    _fill(system("test"))

    with pytest.raises(SettingsError, match="filled as a demo"):
        fit.check(db)
