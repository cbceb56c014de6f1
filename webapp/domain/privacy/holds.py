"""Legal holds: an authority or a court needs somebody's data, so nothing of it is erased before a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from webapp import clock, crypto
from webapp.database import lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.privacy import obstacles
from webapp.domain.privacy.models import PROPOSED, Erasure, LegalHold
from webapp.domain.registry.models import Person
from webapp.errors import Conflict, Fault, Invalid, NotFound

REASON_LONGEST = 500
#: No hold is for ever; a longer one is placed again, by somebody who looks.
LONGEST_DAYS = 3 * 366


@action("hold:place")
def place(act: Act, person_ref: str, reason: str, until: date | None) -> dict[str, str]:
    """Keep everything of this person until a day. Returns {"hold": ref}. Raises NotFound, Invalid beside each field,
    Conflict `hold_stands`, `already_erased`."""
    person = Person.get_or_none(Person.ref == person_ref)
    if person is None or act.actor.account_id is None:
        raise NotFound("not_found")
    lock(Person, [person.id])
    words = _checked(reason, until, clock.today())
    if Person.get_by_id(person.id).erased_at is not None:
        raise Conflict("already_erased")
    if obstacles.held(person.id) is not None:
        raise Conflict("hold_stands")
    ref = crypto.new_ref()
    LegalHold.create(
        ref=ref,
        person=person.id,
        reason=crypto.seal(words, "legal_hold", "reason", ref),
        until=until,
        placed_by=act.actor.account_id,
        placed_at=act.now,
        act_id=act.id,
    )
    record(act, "hold:placed", ref)
    return {"hold": ref}


@action("hold:lift")
def lift(act: Act, hold_ref: str) -> dict[str, str]:
    """It is needed no more. Raises NotFound, Conflict `hold_over`."""
    row = one(hold_ref)
    lock(LegalHold, [row.id])
    row = LegalHold.get_by_id(row.id)
    if row.lifted_at is not None or row.until < clock.today():
        raise Conflict("hold_over")
    LegalHold.update(lifted_at=act.now, lifted_by=act.actor.account_id, act_id=act.id).where(
        LegalHold.id == row.id
    ).execute()
    record(act, "hold:lifted", row.ref)
    return {"hold": row.ref}


def one(ref: str) -> LegalHold:
    """Raises NotFound."""
    found = LegalHold.get_or_none(LegalHold.ref == ref)
    if found is None:
        raise NotFound("not_found")
    return found


def reason_of(row: LegalHold) -> str:
    return crypto.unseal(row.reason, "legal_hold", "reason", row.ref) if row.reason else ""


def lasting() -> list[LegalHold]:
    """Those that keep something today, the one that ends first before the others."""
    rows = LegalHold.select().where(LegalHold.lifted_at.is_null(), LegalHold.until >= clock.today())
    return list(rows.order_by(LegalHold.until, LegalHold.id))


def open_erasures() -> list[Erasure]:
    """Those that wait for a second officer, oldest first."""
    return list(waiting().order_by(Erasure.id))


def waiting() -> Any:
    """A query of the erasures that wait for a second officer."""
    return Erasure.select().where(Erasure.state == PROPOSED)


def _checked(reason: str, until: date | None, today: date) -> str:
    words, faults = reason.strip(), []
    if not words:
        faults.append(Fault("reason", "missing"))
    elif len(words) > REASON_LONGEST:
        faults.append(Fault("reason", "too_long", {"maximum": REASON_LONGEST}))
    if until is None:
        faults.append(Fault("until", "missing"))
    elif until < today:
        faults.append(Fault("until", "in_the_past"))
    elif (until - today).days > LONGEST_DAYS:
        faults.append(Fault("until", "too_late", {"days": LONGEST_DAYS}))
    if faults:
        raise Invalid(faults=faults)
    return words
