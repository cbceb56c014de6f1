"""Reading units, their people and their enrolment codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from peewee import fn

from webapp import clock, crypto
from webapp.database import among
from webapp.domain.files.models import StoredFile
from webapp.domain.units import rules, tallies
from webapp.domain.units.models import (
    CODE_ACTIVE,
    CODE_REVOKED,
    OPEN_STATES,
    CodeBar,
    CodeUse,
    EnrolmentCode,
    Membership,
    Unit,
    UnitStep,
)
from webapp.errors import NotFound
from webapp.values.codes import normalise_code
from webapp.values.folding import fold
from webapp.values.normalising import compact

PAGE = 30
CODE_LENGTH = 8

OPEN, UNKNOWN, ROTATED, REVOKED = "open", "unknown", "rotated", "revoked"
SUSPENDED, CLOSED, CEILING = "suspended", "closed", "ceiling"


@dataclass(frozen=True)
class CodeAnswer:
    """What a scanned or typed code leads to. `unit` and `code` are None only where the standing is unknown."""

    standing: str
    unit: Unit | None = None
    code: EnrolmentCode | None = None


def by_code(text: str) -> CodeAnswer:
    """The standing of an enrolment code as typed or scanned; raises on no text."""
    wanted = normalise_code(text)
    row = EnrolmentCode.get_or_none(EnrolmentCode.code == wanted) if len(wanted) == CODE_LENGTH else None
    if row is None:
        return CodeAnswer(UNKNOWN)
    unit = by_id(row.unit_id)
    return CodeAnswer(_standing(unit, row), unit, row)


def _standing(unit: Unit, code: EnrolmentCode) -> str:
    if unit.state == "suspended":
        return SUSPENDED
    if unit.state != "certified":
        return CLOSED
    if code_barred(unit.id):
        return REVOKED
    if code.state != CODE_ACTIVE:
        return REVOKED if code.state == CODE_REVOKED else ROTATED
    return CEILING if begun_on(code, clock.today()) >= unit.daily_ceiling else OPEN


def begun_on(code: EnrolmentCode, day: date) -> int:
    """Drafts begun through a code on one day."""
    return CodeUse.select(CodeUse.begun).where(CodeUse.code == code.id, CodeUse.day == day).scalar() or 0


def uses(code: EnrolmentCode, since: date) -> list[CodeUse]:
    """Days with drafts begun through a code, oldest first."""
    return list(CodeUse.select().where(CodeUse.code == code.id, CodeUse.day >= since).order_by(CodeUse.day))


def active_code(unit_id: int) -> EnrolmentCode | None:
    return EnrolmentCode.get_or_none(EnrolmentCode.unit == unit_id, EnrolmentCode.state == CODE_ACTIVE)


def code_barred(unit_id: int) -> bool:
    """Whether the platform lets the unit have no code for now (units.bars)."""
    return CodeBar.select(CodeBar.id).where(CodeBar.unit == unit_id, CodeBar.ended_at.is_null()).exists()


def takes_filings(unit: Unit) -> bool:
    """Whether people may begin and send new filings to it."""
    return rules.accepts_filings(unit) and not code_barred(unit.id)


def codes_of(unit_id: int) -> list[EnrolmentCode]:
    """Every code the unit ever had, newest first."""
    return list(EnrolmentCode.select().where(EnrolmentCode.unit == unit_id).order_by(EnrolmentCode.version.desc()))


def one(ref: str) -> Unit:
    """A unit by its reference, for the platform. Raises NotFound."""
    unit = Unit.get_or_none(Unit.ref == ref)
    if unit is None:
        raise NotFound("not_found")
    return unit


def by_id(unit_id: int) -> Unit:
    """A unit by its number in our own rows. Raises NotFound."""
    unit = Unit.get_or_none(Unit.id == unit_id)
    if unit is None:
        raise NotFound("not_found")
    return unit


def by_ids(ids: Iterable[int]) -> dict[int, Unit]:
    return {unit.id: unit for unit in Unit.select().where(Unit.id << among(ids))}


def working_for(account_id: int, unit_id: int) -> tuple[Unit, str] | None:
    """The unit and the role somebody has there, None where he does not work for it. One statement."""
    row = (
        Unit.select(Unit, Membership.role)
        .join(Membership, on=(Membership.unit == Unit.id), attr="membership")
        .where(Unit.id == unit_id, Membership.account == account_id, Membership.ended_at.is_null())
        .first()
    )
    return (row, row.membership.role) if row else None


def of_account(account_id: int) -> list[tuple[Unit, str]]:
    """The units somebody works for, with the role in each, oldest membership first."""
    rows = (
        Membership.select(Membership.unit, Membership.role)
        .where(Membership.account == account_id, Membership.ended_at.is_null())
        .order_by(Membership.id)
        .tuples()
    )
    roles = dict(list(rows))
    units = {unit.id: unit for unit in Unit.select().where(Unit.id << list(roles))}
    return [(units[unit_id], role) for unit_id, role in roles.items()]


def details(unit: Unit) -> dict[str, Any]:
    """Opened: legal_representative, manager_name, manager_phone (E.164), email."""
    return crypto.unseal(unit.details, "unit", "details", unit.ref)


def manager_name(unit: Unit) -> str:
    return details(unit)["manager_name"]


def committees_with_code() -> list[Unit]:
    """Certified community committees that people can file with: they have an active code (a barred one has none).
    Oldest first."""
    return list(_with_code(COMMITTEES).order_by(Unit.id))


def committees_named(words: str, *, after: int | None = None) -> list[Unit]:
    """One page of them, for residents who have no code. Name, address and phone are public."""
    query = _with_code(replace(COMMITTEES, words=words)).order_by(Unit.id).limit(PAGE)
    return list(query if after is None else query.where(Unit.id > after))


def _with_code(wanted: Filter) -> Any:
    coded = EnrolmentCode.select(EnrolmentCode.unit).where(EnrolmentCode.state == CODE_ACTIVE)
    return _matching(wanted).where(Unit.id << coded)


def certified_by(text: str) -> list[Unit]:
    """Certified units with this enrolment code or registration number, as typed."""
    answer = by_code(text)
    if answer.unit is not None and answer.standing in (OPEN, CEILING):
        return [answer.unit]
    number = compact(text).upper()
    return list(Unit.select().where(Unit.registration_number == number, Unit.state == "certified").order_by(Unit.id))


def taken(place: str, number: str, branch_key: str, *, but: int | None = None) -> bool:
    """Whether another unit with this registration number and branch is in motion or in force."""
    unit = _with_number(place, number, branch_key)
    return unit is not None and unit.id != but


def holding(place: str, number: str, branch: str) -> Unit | None:
    """The unit in motion or in force that has this registration number and branch, as typed."""
    return _with_number(place, number, fold(branch))


def _with_number(place: str, number: str, branch_key: str) -> Unit | None:
    # At most one: the database has a unique index over these.
    return Unit.get_or_none(
        Unit.registration_place == place,
        Unit.registration_number == number,
        Unit.branch_key == branch_key,
        Unit.state << OPEN_STATES,
    )


def steps(unit: Unit) -> list[UnitStep]:
    """The unit's history, oldest first."""
    return list(UnitStep.select().where(UnitStep.unit == unit.id).order_by(UnitStep.id))


def note(unit: Unit, step: UnitStep) -> str:
    """The officer's words of one step, opened."""
    return crypto.unseal(step.note, "unit_step", "note", f"{unit.ref}:{step.act_id}") if step.note else ""


def paper(unit: Unit, field: str) -> StoredFile | None:
    """The stored `proof` or `authorisation`, without its content."""
    file_id = {"proof": unit.proof_id, "authorisation": unit.authorisation_id}.get(field)
    return None if file_id is None else StoredFile.get_by_id(file_id)


@dataclass(frozen=True)
class Filter:
    """What an officer looks for: a state, a class, a name or a registration number."""

    state: str = ""
    unit_class: str = ""
    words: str = ""


#: Whom residents without a unit turn to.
COMMITTEES = Filter(state="certified", unit_class="resident")


def found(wanted: Filter, *, after: int | None = None, limit: int = PAGE) -> list[Unit]:
    """Units for the platform. Those waiting come oldest first, all others newest first; `after` is the last id seen."""
    oldest_first = wanted.state == "pending"
    query = _matching(wanted).order_by(Unit.id if oldest_first else Unit.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Unit.id > after if oldest_first else Unit.id < after)
    return list(query)


def counts(wanted: Filter) -> dict[str, int]:
    """How many units there are in each state, within class and words: as they are kept, or counted."""
    if not wanted.words.strip():
        return tallies.of_units(wanted.unit_class)
    query = _matching(Filter("", wanted.unit_class, wanted.words))
    rows = query.select(Unit.state, fn.COUNT(Unit.id)).group_by(Unit.state).tuples()
    return dict(list(rows))


def waiting() -> Any:
    """Units that wait for the platform, for `database.counts`."""
    return Unit.select().where(Unit.state == "pending")


def _matching(wanted: Filter) -> Any:
    query = Unit.select()
    if wanted.state:
        query = query.where(Unit.state == wanted.state)
    if wanted.unit_class:
        query = query.where(Unit.unit_class == wanted.unit_class)
    if wanted.words.strip():
        folded = fold(wanted.words)
        # Signs alone fold to nothing, which every name contains.
        named = Unit.name_fold.contains(folded) if folded else Unit.id.is_null()
        query = query.where(named | (Unit.registration_number == folded.upper()))
    return query


def any_registered() -> bool:
    """Whether a unit ever registered here."""
    return Unit.select(Unit.id).limit(1).exists()
