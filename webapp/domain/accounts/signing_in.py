"""First step of signing in: is this the account's password? The second opens the session (sessions.begin); what is
to be checked besides the password stands between the two."""

from __future__ import annotations

from dataclasses import replace

from webapp import clock, crypto
from webapp.actors import Actor
from webapp.database import is_sqlite, lock, retrying, transaction
from webapp.domain.accounts import passwords
from webapp.domain.accounts.links import email_index
from webapp.domain.accounts.models import ACTIVE, Account
from webapp.domain.accounts.queries import email_of
from webapp.domain.accounts.rules import FAILURES_BEFORE_LOCK, LOCK, is_locked
from webapp.domain.audit.acts import Act, action, record, record_refusal
from webapp.domain.limits import actions as limits
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import ADDRESS, EMAIL
from webapp.errors import Invalid
from webapp.values import emails

VERB = "account:sign-in"


def check_password(actor: Actor, email: str, password: str, *, locale: str) -> Account:
    """The account of this e-mail and password.

    Unknown e-mail, wrong password, locked and disabled accounts all raise the same Invalid `credentials` after the
    same work, so nobody learns which accounts exist. The attempt is taken before the check and forgotten when the
    session begins, so what fails between the two steps counts as well. Raises TooMany.
    """
    checked = emails.check(email)
    subject = emails.key(checked.value or checked.display[:254])
    limits.take("sign-in-address", actor.address or actor.ref)
    limits.take("sign-in-account", subject)
    account, may_try = _take_attempt(subject)
    right = passwords.matches(password, account.password_hash if account else None)
    if account and may_try and right and account.state == ACTIVE:
        limits.give_back("sign-in-address", actor.address or actor.ref)
        limits.give_back("sign-in-account", subject)
        return account
    who = replace(actor, account_id=account.id) if account else actor
    refusal = Invalid("credentials")
    record_refusal(who, VERB, crypto.random_token(), refusal)
    if account and account.failures >= FAILURES_BEFORE_LOCK and not is_locked(account, clock.now()):
        _lock(who, account.id, locale)
    raise refusal


def _take_attempt(email: str) -> tuple[Account | None, bool]:
    """Count one attempt; (account or None, whether the password may decide)."""

    def once() -> tuple[Account | None, bool]:
        with transaction():
            now = clock.now()
            found = Account.select().where(Account.email_index == email_index(email))
            account = (found if is_sqlite() else found.for_update()).first()
            if account is None:
                return None, False
            if is_locked(account, now):
                return account, False
            if account.locked_until is not None:
                account.failures, account.locked_until = 0, None
            may_try = account.failures < FAILURES_BEFORE_LOCK
            account.failures += may_try
            account.save()
            return account, may_try

    return retrying(once)


@action("account:lock")
def _lock(act: Act, account_id: int, locale: str) -> dict[str, str]:
    lock(Account, [account_id])
    account = Account.get_by_id(account_id)
    if account.failures < FAILURES_BEFORE_LOCK or is_locked(account, act.now):
        return {}  # unlocked or locked by somebody else meanwhile
    account.locked_until = act.now + LOCK
    account.save()
    record(act, "account:locked", account.ref)
    notice = notices.queue(
        act, "account-locked", ADDRESS, account.ref, params={"minutes": int(LOCK.total_seconds() // 60)}
    )
    if notice is not None:
        notices.deliver(act, notice, EMAIL, email_of(account), account.language or locale)
    return {}
