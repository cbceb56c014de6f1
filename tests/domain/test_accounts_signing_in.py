"""Signing in: the password, the lock, and sessions as rows."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest

from tests.builders.accounts import LOCALE, actor_of, platform_staff, visitor
from tests.builders.units import PASSWORD
from webapp import clock, database
from webapp.domain.accounts import actions, platform, policy, queries, sessions, signing_in
from webapp.domain.accounts.models import Account, Session
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.notices.models import Delivery, Notice
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany


def check(email: str, password: str, address: str = "192.0.2.1") -> Account:
    return signing_in.check_password(visitor(address), email, password, locale=LOCALE)


def refused(email: str, password: str) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        check(email, password)
    return [(fault.field, fault.code) for fault in caught.value.faults]


@pytest.mark.parametrize("spelling", ["AN.LEI@STAFF.EXAMPLE", " an.lei@staff.example ", "an.lei＠staff.example"])
def test_right_password_opens_the_account_in_any_spelling_of_its_mailbox(db, spelling):
    account = platform_staff(email="an.lei@staff.example")

    assert check(spelling, PASSWORD).id == account.id


def test_unknown_wrong_and_disabled_are_answered_alike_and_recorded(db):
    account = platform_staff(email="an.lei@staff.example")
    gone = platform_staff(email="gone@staff.example")
    keeper = platform_staff("system_admin")
    platform.disable(actor_of(keeper), gone.ref, gone.version, LOCALE)

    answers = [
        refused("an.lei@staff.example", "Harbour-Lantern-28"),
        refused("nobody@staff.example", PASSWORD),
        refused("gone@staff.example", PASSWORD),
        refused("not an address", PASSWORD),
        refused("", ""),
        refused("an.lei@staff.example", "x" * 100_000),
    ]

    assert answers == [[("", "credentials")]] * 6
    tried = Act.select().where(Act.verb == "account:sign-in").order_by(Act.id)
    assert [(act.outcome, act.account_id, act.codes) for act in tried] == [
        ("refused", account.id, [["", "credentials"]]),
        ("refused", None, [["", "credentials"]]),
        ("refused", gone.id, [["", "credentials"]]),
        ("refused", None, [["", "credentials"]]),
        ("refused", None, [["", "credentials"]]),
        ("refused", account.id, [["", "credentials"]]),
    ]


def test_elsewhere_a_right_password_of_an_administrator_is_answered_like_any_wrong_one(db):
    """Whoever guesses at an administrator's password from outside does not learn that he has it, nor by the lock."""
    guard = platform_staff("security_admin", email="guard@staff.example")
    platform_staff(email="an.lei@staff.example")
    before = policy.current()
    policy.configure(replace(before, networks=(ip_network("10.1.0.0/16"),)))
    try:
        answers = [refused("guard@staff.example", word) for word in (PASSWORD, "wrong", *[PASSWORD] * 4)]
        answers += [refused("nobody@staff.example", PASSWORD), refused("an.lei@staff.example", "wrong")]
        entering = check("an.lei@staff.example", PASSWORD).id
    finally:
        policy.configure(before)

    assert answers == [[("", "credentials_here")]] * 8
    assert [row.id for row in queries.locked()] == [guard.id]
    kept = Act.select().where(Act.verb == "account:sign-in", Act.account_id == guard.id).order_by(Act.id)
    outside, wrong = [["", "outside_network"]], [["", "credentials_here"]]
    assert [act.codes for act in kept] == [outside, wrong, outside, outside, outside, wrong]
    assert entering != guard.id


def test_known_locked_and_unknown_mailboxes_cost_as_many_writes(db, monkeypatch):
    """A write waits for the disk, which takes longer than nothing."""
    platform_staff(email="an.lei@staff.example")
    platform_staff(email="locked@staff.example")
    for _ in range(5):
        refused("locked@staff.example", "wrong")
    writes: list[str] = []
    execute = database.database.obj.execute_sql

    def counted(sql, *more, **kwargs):
        writes.extend([sql] if sql.startswith(("INSERT", "UPDATE", "DELETE")) else [])
        return execute(sql, *more, **kwargs)

    monkeypatch.setattr(database.database.obj, "execute_sql", counted)
    costs = {}
    for email in ("an.lei@staff.example", "locked@staff.example", "nobody@staff.example"):
        refused(email, "wrong")
        writes.clear()
        refused(email, "wrong")
        costs[email] = len(writes)

    assert len(set(costs.values())) == 1, costs


def test_the_try_that_locks_writes_as_much_for_a_mailbox_nobody_has(db, monkeypatch):
    """Locking records, tells and sends; a mailbox nobody has is no quicker at its fifth failure, nor after."""
    platform_staff(email="an.lei@staff.example")
    refused("warm@staff.example", "wrong")
    writes: list[str] = []
    execute = database.database.obj.execute_sql

    def counted(sql, *more, **kwargs):
        writes.extend([sql] if sql.startswith(("INSERT", "UPDATE", "DELETE")) else [])
        return execute(sql, *more, **kwargs)

    def costs(email: str) -> list[int]:
        found = []
        for hours in (0, 1):  # the second time after the lock has run out
            with clock.travel(timedelta(hours=hours)):
                for _ in range(7):
                    writes.clear()
                    refused(email, "wrong")
                    found.append(len(writes))
        return found

    monkeypatch.setattr(database.database.obj, "execute_sql", counted)

    known, unknown = costs("an.lei@staff.example"), costs("nobody@staff.example")

    assert known == unknown
    assert known[4] > known[3] == known[5], "the fifth is the one that locks"
    assert known[11] == known[4]


def test_unknown_mailbox_costs_a_hash_too(db, monkeypatch):
    """The work is the same: one verification of the same cost, whoever is asked for."""
    platform_staff(email="an.lei@staff.example")
    costs = []
    hasher = signing_in.passwords._hasher
    verify = type(hasher).verify

    def counted(self, known, password):
        costs.append(known.split("$")[3])
        return verify(self, known, password)

    monkeypatch.setattr(type(hasher), "verify", counted)
    refused("an.lei@staff.example", "Harbour-Lantern-28")
    refused("nobody@staff.example", "Harbour-Lantern-28")

    assert costs == [f"m={db.password_memory * 1024},t=1,p=1"] * 2


def test_five_failures_lock_for_thirty_minutes_and_the_owner_is_told(db):
    account = platform_staff(email="an.lei@staff.example")
    for _ in range(4):
        refused("an.lei@staff.example", "wrong")
    assert queries.locked() == []

    refused("an.lei@staff.example", "wrong")

    assert [row.id for row in queries.locked()] == [account.id]
    assert refused("an.lei@staff.example", PASSWORD) == [("", "credentials")]
    assert AuditLine.select().where(AuditLine.tag == "account:locked", AuditLine.object_ref == account.ref).count() == 1
    notice = Notice.get(Notice.kind == "account-locked")
    assert (notice.audience_ref, notice.params) == (account.ref, {"minutes": 30})
    assert Delivery.select().where(Delivery.notice == notice.id).count() == 1

    with clock.travel(timedelta(minutes=29)):
        assert refused("an.lei@staff.example", PASSWORD) == [("", "credentials")]
    with clock.travel(policy.current().lock):
        assert check("an.lei@staff.example", PASSWORD).id == account.id


def test_a_lock_that_ran_out_counts_anew(db):
    platform_staff(email="an.lei@staff.example")
    for _ in range(5):
        refused("an.lei@staff.example", "wrong")

    with clock.travel(timedelta(minutes=31)):
        refused("an.lei@staff.example", "wrong")

        assert queries.locked() == []
        assert Account.get().failures == 1


def test_signing_in_forgets_earlier_failures(db):
    account = platform_staff(email="an.lei@staff.example")
    for _ in range(4):
        refused("an.lei@staff.example", "wrong")

    sessions.begin(actor_of(account), check("an.lei@staff.example", PASSWORD))

    assert Account.get_by_id(account.id).failures == 0


def test_failures_use_up_the_limit_of_a_mailbox_known_or_not_and_successes_do_not(db):
    account = platform_staff(email="an.lei@staff.example")
    for _ in range(12):
        sessions.begin(actor_of(account), check("an.lei@staff.example", PASSWORD))
    for number in range(10):
        with pytest.raises(Invalid):
            check("nobody@staff.example", "wrong", f"192.0.2.{number}")

    with pytest.raises(TooMany):
        check("nobody@staff.example", "wrong", "192.0.2.99")


def test_unlock_opens_the_account_and_is_recorded(db):
    account = platform_staff(email="an.lei@staff.example")
    for _ in range(5):
        refused("an.lei@staff.example", "wrong")
    guard = platform_staff("security_admin")

    actions.unlock(actor_of(guard), account.id)

    assert check("an.lei@staff.example", PASSWORD).id == account.id
    assert AuditLine.select().where(AuditLine.tag == "account:unlocked").get().object_ref == account.ref
    with pytest.raises(Conflict) as caught:
        actions.unlock(actor_of(guard), account.id)
    assert caught.value.code == "not_locked"


def test_session_lives_while_used_and_ends_idle_or_old(db):
    account = platform_staff()
    token = sessions.begin(actor_of(account), account)
    row = Session.get()

    assert sessions.current(token)[1].id == account.id
    assert sessions.current("another token") is None
    with clock.travel(policy.current().idle - timedelta(seconds=1)):
        assert sessions.current(token) is not None
        sessions.touch(row)
    with clock.travel(policy.current().idle * 2 - timedelta(seconds=5)):
        assert sessions.current(token) is not None
    with clock.travel(policy.current().idle * 2):
        assert sessions.current(token) is None
    Session.update(seen_at=clock.now() + policy.current().absolute).execute()
    with clock.travel(policy.current().absolute):
        assert sessions.current(token) is None


def test_last_use_is_written_at_most_once_a_minute(db):
    account = platform_staff()
    sessions.begin(actor_of(account), account)
    row = Session.get()

    with clock.travel(timedelta(seconds=59)):
        sessions.touch(row)
    assert Session.get().seen_at == row.seen_at
    with clock.travel(timedelta(seconds=61)):
        sessions.touch(row)
    assert Session.get().seen_at > row.seen_at


def test_session_begins_only_for_an_active_account(db):
    account = platform_staff()
    platform.disable(actor_of(platform_staff("system_admin")), account.ref, account.version, LOCALE)

    with pytest.raises(NotAllowed):
        sessions.begin(actor_of(account), account)
    assert Session.select().count() == 0


def test_session_of_another_account_cannot_be_ended(db):
    mine, other = platform_staff(), platform_staff()
    token = sessions.begin(actor_of(other), other)
    ref = Session.get().ref

    with pytest.raises(NotFound):
        sessions.end(actor_of(mine), mine.id, ref)
    assert sessions.current(token) is not None
    sessions.end(actor_of(other), other.id, ref)
    assert sessions.current(token) is None
    with pytest.raises(NotFound):
        sessions.choose_unit(actor_of(other), ref, 1)


def test_parallel_guesses_get_no_more_tries_than_one_after_another(db):
    platform_staff(email="an.lei@staff.example")

    def guess(number: int) -> None:
        database.connect()
        try:
            with pytest.raises(Invalid):
                check("an.lei@staff.example", f"wrong-{number}", f"192.0.2.{number}")
        finally:
            database.disconnect()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(guess, range(8)))

    assert Account.get().failures == 5
    assert len(queries.locked()) == 1
    assert Act.select().where(Act.verb == "account:lock").count() >= 1
    assert AuditLine.select().where(AuditLine.tag == "account:locked").count() == 1
