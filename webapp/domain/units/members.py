"""Who works for a unit. Steps: they belong to the act of whoever registers, invites or lets somebody go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from webapp.database import lock
from webapp.domain.accounts.models import Account
from webapp.domain.audit.acts import Act, record
from webapp.domain.units.models import MANAGER, Membership, Roster, Unit
from webapp.errors import Conflict, NotFound


@dataclass(frozen=True)
class Member:
    account: Account
    role: str
    membership_id: int


def add(act: Act, unit: Unit, account_id: int, role: str) -> Membership:
    """Take an account into a unit. Somebody who is already there keeps his role: Conflict(`member_already`)."""
    lock(Unit, [unit.id])
    known = Membership.select().where(
        Membership.unit == unit.id, Membership.account == account_id, Membership.ended_at.is_null()
    )
    if known.exists():
        raise Conflict("member_already")
    row = Membership.create(unit=unit.id, account=account_id, role=role, act_id=act.id, started_at=act.now)
    record(act, "unit:member-added", unit.ref, unit_id=unit.id, fields=["role"])
    return row


def end(act: Act, unit: Unit, account_id: int) -> None:
    """End a membership. The last manager stays: Conflict(`last_manager`)."""
    lock(Unit, [unit.id])
    row = _open(unit.id, account_id)
    if row.role == MANAGER and not _another_manager(unit.id, account_id):
        raise Conflict("last_manager")
    Membership.update(ended_at=act.now, act_id=act.id).where(Membership.id == row.id).execute()
    record(act, "unit:member-ended", unit.ref, unit_id=unit.id, fields=["ended_at"])


def is_last_manager(unit_id: int, role: str) -> bool:
    """Whether somebody of this role is the unit's only manager, who stays."""
    return role == MANAGER and sum(member.role == MANAGER for member in active(unit_id)) == 1


def promote(act: Act, unit: Unit, account_id: int) -> None:
    """Make an account a manager of a held unit, whether it works for the unit already or not."""
    Membership.update(ended_at=act.now, act_id=act.id).where(
        Membership.unit == unit.id,
        Membership.account == account_id,
        Membership.role != MANAGER,
        Membership.ended_at.is_null(),
    ).execute()
    known = Membership.select().where(
        Membership.unit == unit.id, Membership.account == account_id, Membership.ended_at.is_null()
    )
    if not known.exists():
        add(act, unit, account_id, MANAGER)


def end_all(act: Act, unit: Unit) -> int:
    """End every membership of a held unit that is deregistered; returns how many."""
    ended = Membership.update(ended_at=act.now, act_id=act.id).where(
        Membership.unit == unit.id, Membership.ended_at.is_null()
    )
    count: int = ended.execute()
    record(act, "unit:members-ended", unit.ref, unit_id=unit.id, fields=["ended_at"])
    return count


def active(unit_id: int) -> list[Member]:
    """Everybody who works for the unit now, longest first."""
    return [_member(row) for row in _active(unit_id)]


def active_with_roster(unit_id: int) -> tuple[list[Member], Roster | None]:
    """The same, and the roster the unit keeps now, by one statement: every page of its list begins with both."""
    kept = (Roster.unit == Membership.unit) & Roster.ended_at.is_null()
    rows = list(
        _active(unit_id).select_extend(Roster).join_from(Membership, Roster, JOIN.LEFT_OUTER, on=kept, attr="kept")
    )
    return [_member(row) for row in rows], next((row.kept for row in rows), None)


def _active(unit_id: int) -> Any:
    return (
        Membership.select(Membership, Account)
        .join(Account, on=(Membership.account == Account.id), attr="person")
        .where(Membership.unit == unit_id, Membership.ended_at.is_null())
        .order_by(Membership.id)
    )


def _member(row: Any) -> Member:
    return Member(row.person, row.role, row.id)


def _open(unit_id: int, account_id: int) -> Membership:
    row = Membership.get_or_none(
        Membership.unit == unit_id, Membership.account == account_id, Membership.ended_at.is_null()
    )
    if row is None:
        raise NotFound("not_found")
    return row


def _another_manager(unit_id: int, account_id: int) -> bool:
    return (
        Membership.select()
        .where(
            Membership.unit == unit_id,
            Membership.role == MANAGER,
            Membership.account != account_id,
            Membership.ended_at.is_null(),
        )
        .exists()
    )
