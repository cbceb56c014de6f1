"""First step of signing in: is this the account's password? The second factor stands between it and the session
(second_factor.prove, sessions.begin). Wrong passwords and wrong codes count together."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from peewee import Expression

from webapp import clock, crypto
from webapp.actors import Actor
from webapp.database import is_sqlite, lock, retrying, transaction
from webapp.domain.accounts import passwords, policy
from webapp.domain.accounts.links import email_index
from webapp.domain.accounts.models import Account
from webapp.domain.accounts.queries import email_of, roles_of
from webapp.domain.accounts.rules import ADMINISTRATORS, is_locked, may_enter, may_work_from
from webapp.domain.audit.acts import Act, action, record, record_refusal
from webapp.domain.limits import actions as limits
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import ADDRESS, EMAIL
from webapp.errors import Invalid, NotAllowed, Refusal
from webapp.values import emails

VERB = "account:sign-in"
#: Failures at a mailbox nobody has, counted like those of an account.
STRANGER = "sign-in-stranger"
#: Rows that `_lock` writes: its act, twice; the account, the line, the notice, the message and its job.
LOCK_WRITES = 7


def check_password(actor: Actor, email: str, password: str, *, locale: str) -> Account:
    """The account of this e-mail and password.

    Unknown e-mail, wrong password, locked and disabled accounts, and an administrator elsewhere than he may work, all
    raise the same Invalid (`credentials`, or `credentials_here` where administrators may not work) after the same
    work, so nobody learns which accounts exist, nor that a password is right. The attempt is taken before the check
    and given back when it was right; earlier ones are forgotten only when the session begins, so wrong codes of the
    second factor count as well. Raises TooMany.
    """
    checked = emails.check(email)
    subject = emails.key(checked.value or checked.display[:254])
    limits.take("sign-in-address", actor.address or actor.ref)
    limits.take("sign-in-account", subject)
    account, may_try = take_attempt(Account.email_index == email_index(subject))
    stranger_locks = False
    if account is None:
        # As much is written for a mailbox nobody has: the time a write takes would tell.
        stranger_locks = limits.strike(STRANGER, subject, policy.current().failures, policy.current().lock)
    from_here = may_work_from(actor.address, roles_of(account.id if account else 0))
    right = passwords.matches(password, account.password_hash if account else None)
    entering = account is not None and may_try and right and may_enter(account, clock.today())
    if account and entering and from_here:
        limits.give_back("sign-in-address", actor.address or actor.ref)
        limits.give_back("sign-in-account", subject)
        give_attempt_back(account.id)
        return account
    who = replace(actor, account_id=account.id) if account else actor
    if stranger_locks:
        limits.write_as_often(STRANGER, subject, LOCK_WRITES)
    kept = NotAllowed("outside_network") if entering else None
    refuse(who, account, _refusal(actor.address), locale, kept=kept)


def _refusal(address: str) -> Invalid:
    """What everybody at this address is told who does not get in by his password."""
    house = policy.current()
    code = "credentials" if may_work_from(address, ADMINISTRATORS) else "credentials_here"
    return Invalid(code, failures=house.failures, minutes=_minutes())


def refuse(
    who: Actor, account: Account | None, refusal: Invalid, locale: str, *, kept: Refusal | None = None
) -> NoReturn:
    """Record that a password or code was wrong, lock the account that has no attempt left, and raise the refusal.
    `kept` goes on record in its place, where the record may know more than whoever tries."""
    record_refusal(who, VERB, crypto.random_token(), kept or refusal)
    if account and account.failures >= policy.current().failures and not is_locked(account, clock.now()):
        _lock(who, account.id, locale)
    raise refusal


def give_attempt_back(account_id: int) -> None:
    """It was right after all."""
    with transaction():
        Account.update(failures=Account.failures - 1).where(Account.id == account_id, Account.failures > 0).execute()


def take_attempt(whose: Expression) -> tuple[Account | None, bool]:
    """Count one attempt at an account; (account or None, whether what was typed may decide)."""

    def once() -> tuple[Account | None, bool]:
        with transaction():
            now = clock.now()
            found = Account.select().where(whose)
            account = (found if is_sqlite() else found.for_update()).first()
            if account is None:
                return None, False
            locked = is_locked(account, now)
            if not locked and account.locked_until is not None:
                account.failures, account.locked_until = 0, None
            may_try = not locked and account.failures < policy.current().failures
            account.failures += may_try
            account.save()  # also what stays the same: the time a write takes would tell a locked account
            return account, may_try

    return retrying(once)


@action("account:lock")
def _lock(act: Act, account_id: int, locale: str) -> dict[str, str]:
    lock(Account, [account_id])
    account = Account.get_by_id(account_id)
    if account.failures < policy.current().failures or is_locked(account, act.now):
        return {}  # unlocked or locked by somebody else meanwhile
    account.locked_until = act.now + policy.current().lock
    account.save()
    record(act, "account:locked", account.ref)
    notice = notices.queue(act, "account-locked", ADDRESS, account.ref, params={"minutes": _minutes()})
    if notice is not None:
        notices.deliver(act, notice, EMAIL, email_of(account), account.language or locale)
    return {}


def minutes_left(account: Account) -> int:
    """How long a locked account stays so, from now on."""
    assert account.locked_until is not None
    return 1 + int((account.locked_until - clock.now()).total_seconds() // 60)


def _minutes() -> int:
    return int(policy.current().lock.total_seconds() // 60)
