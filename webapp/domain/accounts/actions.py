"""What people do to their own accounts, and what every account begins with."""

from __future__ import annotations

from collections.abc import Callable

from webapp import crypto
from webapp.actors import Actor
from webapp.database import lock
from webapp.domain.accounts import links, passwords, rules, sessions, states
from webapp.domain.accounts.links import email_index
from webapp.domain.accounts.models import ACTIVE, Account, PastPassword, SingleUseLink
from webapp.domain.accounts.queries import by_email, email_of, name_of
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs.models import URGENT
from webapp.domain.limits import actions as limits
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import ADDRESS, EMAIL
from webapp.errors import Conflict, Fault, Invalid, NotAllowed, NotFound
from webapp.values import emails


def create_account(act: Act, email: str, name: str, password: str) -> Account:
    """Step: a new account for a mailbox that has been proved.

    Raises Invalid with every fault at once, beside `email`, `full_name` and `password`; `email:email_taken` when the
    mailbox, in any spelling, already has an account.
    """
    checked = emails.check(email)
    found = rules.faults("email", checked.errors) + rules.name_faults(name)
    found += rules.password_faults(password, name, checked.value)
    if found:
        raise Invalid(faults=found)
    if by_email(checked.value) is not None:
        raise Invalid("email_taken", field="email")
    ref = crypto.new_ref()
    account = Account.create(
        ref=ref,
        email_index=email_index(checked.value),
        email=crypto.seal(checked.value, "account", "email", ref),
        name=crypto.seal(name.strip(), "account", "name", ref),
        password_hash=passwords.hashed(password),
        state=ACTIVE,
        created_at=act.now,
        password_at=act.now,
    )
    record(act, "account:created", ref)
    return account


def account_of(act: Act, link: SingleUseLink, account_id: int | None, name: str, password: str) -> Account:
    """Step: who answers an invitation: the signed-in account of that mailbox, or a new one.

    Raises NotAllowed `other_address` when the signed-in account has another mailbox, and what create_account raises.
    """
    if account_id is None:
        return create_account(act, links.address(link), name, password)
    account = locked(account_id)
    if bytes(account.email_index) != bytes(link.email_index):
        raise NotAllowed("other_address")
    return account


@action("account:change-password")
def _change_password(act: Act, account_id: int, new_hash: str, locale: str) -> dict[str, str]:
    account = locked(account_id)
    _set_password(act, account, new_hash, locale)
    return {}


def prove_password(account: Account, typed: str) -> None:
    """Who is signed in knows the password as well. Guessing is bounded by the limit of signing in. Raises Invalid
    `wrong_password` beside `old_password`; TooMany."""
    if found := _wrong_password(account, typed):
        raise Invalid(faults=found)


def _wrong_password(account: Account, typed: str) -> list[Fault]:
    limits.take("sign-in-account", account.ref)
    if not passwords.matches(typed, account.password_hash):
        return [Fault("old_password", "wrong_password")]
    limits.give_back("sign-in-account", account.ref)
    return []


def change_password(
    actor: Actor,
    account: Account,
    old: str,
    new: str,
    *,
    locale: str,
    key: str,
    prove: Callable[[], None] = lambda: None,
) -> None:
    """Replace the password by one who knows the old one. Every session ends, the caller's too.

    `prove` checks another factor, when all else is right: a code works once. Guessing the old one is bounded by the
    limit of signing in. Raises Invalid with every fault, beside `old_password` and `new_password`; TooMany; what
    `prove` raises.
    """
    found = _wrong_password(account, old)
    found += rules.password_faults(new, name_of(account), email_of(account), "new_password")
    if new and new == old:
        found += [Fault("new_password", "same_password")]
    if not found and passwords.of_past(new, passwords.barred(account)[1:]):
        found += [Fault("new_password", "used_before", {"count": rules.PASSWORDS_BARRED})]
    if found:
        raise Invalid(faults=found)
    prove()
    _change_password(actor, account.id, passwords.hashed(new), locale, key=key)


#: Job that mails a link for a new password.
SEND_LINK = "send-password-link"


@action("account:ask-password")
def ask_password(act: Act, email: str, locale: str) -> dict[str, str]:
    """Owe whoever has this mailbox a link for a new password. Where nobody has, the answer is the same and as much is
    written, so that the time it takes does not tell either."""
    account = by_email(email)
    subject = account.ref if account else crypto.new_ref()
    jobs.enqueue(act, SEND_LINK, subject, params={"locale": locale}, queue=URGENT)
    return {}


@action("account:send-password-link")
def send_password_link(act: Act, account_ref: str, locale: str) -> dict[str, str]:
    """Mail the link that was asked for. To an unknown or disabled account nothing is sent."""
    account = Account.get_or_none(Account.ref == account_ref)
    if account is None or account.state != ACTIVE:
        return {}
    address = email_of(account)
    links.revoke_all(act, "password", address)
    link = links.make(act, "password", address, rules.PASSWORD_LINK_LIFE)
    links.send(act, link, "password-forgotten", account.language or locale, {})
    record(act, "account:password-asked", account.ref)
    return {}


def set_password(actor: Actor, token: str, password: str, locale: str, *, key: str | None = None) -> None:
    """A new password by a link that was mailed. Ends every session, and a lock: the mailbox is proved.

    The second factor stays: a mailbox alone opens nothing. Raises Invalid beside `password`; NotFound, Conflict
    `link_used`.
    """
    new_hash = ""
    account = _behind(token)
    if account is not None:
        found = rules.password_faults(password, name_of(account), email_of(account))
        if not found and passwords.of_past(password, passwords.barred(account)):
            found = [Fault("password", "used_before", {"count": rules.PASSWORDS_BARRED})]
        if found:
            raise Invalid(faults=found)
        new_hash = passwords.hashed(password)
    # Without an account the act answers: with its first result where the same form is sent again, else by refusing.
    _set_by_link(actor, token, new_hash, locale, key=key)


def _behind(token: str) -> Account | None:
    """The account that a password link still works for."""
    try:
        account = by_email(links.address(links.opened(token, "password")))
    except NotFound:
        return None
    return account if account is not None and account.state == ACTIVE else None


@action("account:set-password")
def _set_by_link(act: Act, token: str, new_hash: str, locale: str) -> dict[str, str]:
    link = links.opened(token, "password")
    links.use(act, link)
    account = by_email(links.address(link))
    if account is None or account.state != ACTIVE or not new_hash:
        raise Conflict("link_used")
    account = locked(account.id)
    account.failures, account.locked_until = 0, None
    _set_password(act, account, new_hash, locale)
    return {}


def _set_password(act: Act, account: Account, new_hash: str, locale: str) -> None:
    PastPassword.create(account=account.id, password_hash=account.password_hash, replaced_at=act.now)
    account.password_hash = new_hash
    account.password_at = act.now
    account.version += 1
    account.save()
    sessions.end_all(act, account.id)
    links.revoke_all(act, "password", email_of(account))
    record(act, "account:password-changed", account.ref)
    tell(act, account, "password-changed", locale)


@action("account:choose-language")
def choose_language(act: Act, account_id: int, language: str) -> dict[str, str]:
    """The language of pages and letters for this account: a locale such as `zh_Hant_MO`."""
    account = locked(account_id)
    account.language = language
    account.version += 1
    account.save()
    record(act, "account:language-chosen", account.ref, fields=["language"])
    return {}


@action("account:demand-password")
def demand_password(act: Act, account_id: int, locale: str) -> dict[str, str]:
    """Whoever signs in to this account next has to choose another password before anything else."""
    if account_id == act.actor.account_id:
        raise NotAllowed("own_account")
    account = locked(account_id)
    account.password_at = None
    account.version += 1
    account.save()
    record(act, "account:password-demanded", account.ref)
    tell(act, account, "password-demanded", locale)
    return {}


@action("account:unlock")
def unlock(act: Act, account_id: int) -> dict[str, str]:
    """Open a locked account before its time. The person at the other end has been recognised outside the system."""
    account = locked(account_id)
    if not rules.is_locked(account, act.now):
        raise Conflict("not_locked")
    account.failures, account.locked_until = 0, None
    account.version += 1
    account.save()
    record(act, "account:unlocked", account.ref)
    return {}


def change_state(act: Act, account: Account, action_name: str) -> None:
    """Step: disable or enable, by the table of states."""
    account.state = states.next_state(account.state, action_name)
    account.version += 1
    if action_name == "enable":
        account.enabled_at = act.now  # and unused only from now on
    account.save()
    if action_name == "disable":
        sessions.end_all(act, account.id)


def tell(act: Act, account: Account, kind: str, locale: str, params: dict[str, str] | None = None) -> None:
    """Step: a letter to the account's own mailbox about what happened to it."""
    notice = notices.queue(act, kind, ADDRESS, account.ref, params=params)
    if notice is not None:
        notices.deliver(act, notice, EMAIL, email_of(account), account.language or locale)


def locked(account_id: int) -> Account:
    """Step: the account's row, held until the transaction ends."""
    lock(Account, [account_id])
    return Account.get_by_id(account_id)
