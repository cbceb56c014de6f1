"""Accounts nobody uses any more, or whose last day is over: disabled by the system, and the list to look through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from peewee import Expression

from webapp import actors, clock
from webapp.database import among
from webapp.domain.accounts import policy, rules
from webapp.domain.accounts.actions import change_state, locked, tell
from webapp.domain.accounts.models import ACTIVE, Account, AccountRole, SecondFactor
from webapp.domain.accounts.platform import KEEPER, of_another
from webapp.domain.audit.acts import Act, action, record
from webapp.errors import Invalid
from webapp.values import dates

#: Who disables what is not used: an actor of its own in the record.
TENDER = "account-tending"
PAGE = 50
#: Of letters to accounts that never chose a language.
LOCALE = "zh_Hant_MO"


@dataclass(frozen=True)
class Reviewed:
    """One account as somebody looks through them."""

    account: Account
    roles: tuple[str, ...]
    second_factor: bool


def disable_due(breathe: Callable[[], None]) -> int:
    """Disable what nobody used for the days of the settings, and what is past its last day; returns how many.

    One act for each, so that whoever is stopped half-way goes on with the next. The last system administrator stays:
    without him nobody could enable anybody.
    """
    count = 0
    for account_id in _due(clock.now()):
        breathe()
        count += _disable(actors.system(TENDER), account_id)["disabled"]
    return count


def _due(now: datetime) -> list[int]:
    ended = Account.ends_on < clock.local_date(now)
    wanted = ended | _unused(now) if policy.current().unused is not None else ended
    return [row.id for row in Account.select(Account.id).where(Account.state == ACTIVE, wanted).order_by(Account.id)]


def _unused(now: datetime) -> Expression:
    before = now - policy.current().unused  # type: ignore[operator]
    return (
        (Account.created_at < before)
        & (Account.signed_in_at.is_null() | (Account.signed_in_at < before))
        & (Account.enabled_at.is_null() | (Account.enabled_at < before))
    )


@action("account:disable-due")
def _disable(act: Act, account_id: int) -> dict[str, int]:
    keepers = [
        row.account_id
        for row in AccountRole.select(AccountRole.account)
        .join(Account, on=(AccountRole.account == Account.id))
        .where(AccountRole.role == KEEPER, Account.state == ACTIVE)
    ]
    account = locked(account_id)
    if account.state != ACTIVE or account.id not in _due(act.now) or keepers == [account.id]:
        return {"disabled": 0}
    ended = account.ends_on is not None and account.ends_on < clock.local_date(act.now)
    change_state(act, account, "disable")
    record(act, "account:disabled", account.ref, fields=["state"])
    days = policy.current().unused
    if ended or days is None:
        tell(act, account, "account-ended", LOCALE)
    else:
        tell(act, account, "account-unused", LOCALE, {"days": str(days.days)})
    return {"disabled": 1}


@action("account:set-end")
def set_end(act: Act, account_ref: str, typed: str, version: int | None) -> dict[str, str]:
    """Give another's account a last day, or none where nothing is typed. Raises Invalid beside `ends_on`, NotAllowed,
    Conflict."""
    account = of_another(act, account_ref, version)
    checked = dates.check(typed) if typed.strip() else None
    if checked is not None and checked.errors:
        raise Invalid(faults=rules.faults("ends_on", checked.errors))
    ends_on = dates.parse(typed) if checked is not None else None
    if ends_on is not None and ends_on < clock.local_date(act.now):
        raise Invalid("in_past", field="ends_on")
    account.ends_on = ends_on
    account.version += 1
    account.save()
    record(act, "account:end-set", account.ref, fields=["ends_on"])
    return {}


def to_review(after: int = 0) -> tuple[list[Reviewed], int]:
    """Accounts in use, oldest first, a page at a time: (rows, what to ask the next page with; 0: the last)."""
    found = list(
        Account.select().where(Account.state == ACTIVE, Account.id > after).order_by(Account.id).limit(PAGE + 1)
    )
    rows = found[:PAGE]
    ids = among(row.id for row in rows)
    held: dict[int, list[str]] = {}
    for account_id, role in (
        AccountRole.select(AccountRole.account, AccountRole.role).where(AccountRole.account << ids).tuples()
    ):
        held.setdefault(account_id, []).append(role)
    safe = {one for (one,) in SecondFactor.select(SecondFactor.account).where(SecondFactor.account << ids).tuples()}
    reviewed = [Reviewed(row, tuple(sorted(held.get(row.id, ()))), row.id in safe) for row in rows]
    return reviewed, rows[-1].id if len(found) > PAGE else 0
