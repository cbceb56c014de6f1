"""Reading accounts."""

from __future__ import annotations

from collections.abc import Iterable

from webapp import clock, crypto
from webapp.database import among
from webapp.domain.accounts.links import email_index
from webapp.domain.accounts.models import Account, AccountClass, AccountRole
from webapp.errors import NotFound
from webapp.values import emails


def by_ref(ref: str) -> Account:
    """Raises NotFound."""
    account = Account.get_or_none(Account.ref == ref)
    if account is None:
        raise NotFound("not_found")
    return account


def by_email(email: str) -> Account | None:
    checked = emails.check(email)
    return Account.get_or_none(Account.email_index == email_index(checked.value)) if checked.value else None


def by_ids(ids: Iterable[int]) -> dict[int, Account]:
    return {account.id: account for account in Account.select().where(Account.id << among(ids))}


def name_of(account: Account) -> str:
    return crypto.unseal(account.name, "account", "name", account.ref)


def email_of(account: Account) -> str:
    return crypto.unseal(account.email, "account", "email", account.ref)


def roles_of(account_id: int) -> frozenset[str]:
    """Platform roles of an account."""
    rows = AccountRole.select(AccountRole.role).where(AccountRole.account == account_id).tuples()
    return frozenset(role for (role,) in rows)


def classes_of(account_id: int) -> frozenset[str]:
    """The classes of units whose figures an account was given."""
    rows = AccountClass.select(AccountClass.unit_class).where(AccountClass.account == account_id).tuples()
    return frozenset(found for (found,) in rows)


def platform_staff() -> list[tuple[Account, frozenset[str]]]:
    """Everybody who holds a platform role, with the roles, oldest account first."""
    held: dict[int, set[str]] = {}
    for account_id, role in AccountRole.select(AccountRole.account, AccountRole.role).tuples():
        held.setdefault(account_id, set()).add(role)
    rows = Account.select().where(Account.id << among(held)).order_by(Account.id)
    return [(account, frozenset(held[account.id])) for account in rows]


def locked() -> list[Account]:
    """Accounts locked at this moment, the latest to open first."""
    return list(Account.select().where(Account.locked_until > clock.now()).order_by(Account.locked_until.desc()))
