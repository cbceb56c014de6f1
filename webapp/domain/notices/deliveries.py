"""Deliveries as the worker carries them: opened, sent, reported, or given up; and who could not be reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp import clock, crypto
from webapp.database import transaction
from webapp.domain.notices import kinds
from webapp.domain.notices.models import (
    DELIVERED,
    FAILED,
    QUEUED,
    SENT,
    SMS,
    SUBMISSION,
    UNDELIVERABLE,
    Delivery,
    Notice,
    Unreached,
)


@dataclass(frozen=True)
class Parcel:
    """One message with everything needed to say and send it."""

    delivery: Delivery
    kind: str
    audience: str
    audience_ref: str
    subject: str
    address: str
    params: dict[str, Any]  # the notice's own, and those only this message may say

    @property
    def waiting(self) -> bool:
        return self.delivery.state == QUEUED

    def stale(self, now: datetime) -> bool:
        """Whether it would only confuse by now: a code that has expired."""
        life = kinds.SHELF_LIFE.get(self.kind)
        return life is not None and now > self.delivery.created_at + life


def parcel(ref: str) -> Parcel | None:
    delivery = Delivery.get_or_none(Delivery.ref == ref)
    if delivery is None:
        return None
    notice = Notice.get_by_id(delivery.notice_id)
    own = crypto.unseal(delivery.params, "delivery", "params", ref) if delivery.params else {}
    return Parcel(
        delivery,
        notice.kind,
        notice.audience,
        notice.audience_ref,
        notice.subject,
        crypto.unseal(delivery.address, "delivery", "address", ref),
        (notice.params or {}) | own,
    )


def tried(parcel: Parcel, code: str) -> None:
    """It was not taken this time; it will be tried again. Inside a transaction."""
    Delivery.update(attempts=Delivery.attempts + 1, error=code).where(
        Delivery.id == parcel.delivery.id, Delivery.state == QUEUED
    ).execute()


def sent(parcel: Parcel) -> None:
    """It was handed over. What only the message may say is forgotten. Inside a transaction."""
    _end(parcel, SENT, {"sent_at": clock.now(), "error": None})
    if parcel.audience == SUBMISSION:
        _reached([parcel.audience_ref])


def gave_up(parcel: Parcel, code: str, *, for_good: bool, other_way: bool = False) -> None:
    """It will never arrive: refused for good, or tried long enough. `other_way`: another message carries the notice
    now, so that nothing is known of the person yet. Inside a transaction."""
    _end(parcel, UNDELIVERABLE if for_good else FAILED, {"ended_at": clock.now(), "error": code})
    if parcel.audience == SUBMISSION and not other_way:
        _unreached([parcel.audience_ref], clock.now())


def _end(parcel: Parcel, state: str, changes: dict[str, Any]) -> None:
    Delivery.update(state=state, params=None, attempts=Delivery.attempts + 1, **changes).where(
        Delivery.id == parcel.delivery.id, Delivery.state == QUEUED
    ).execute()


#: What a gateway may report of a message, and from which states that is news. It may know before we recorded that we
#: handed it over, or although we gave up.
REPORTS = {
    DELIVERED: (QUEUED, SENT, FAILED, UNDELIVERABLE),
    FAILED: (QUEUED, SENT),
    UNDELIVERABLE: (QUEUED, SENT, FAILED),
}


def reported(reports: Mapping[str, str]) -> int:
    """A gateway's word on messages: {ref: state of REPORTS}. Returns how many that was news of; unknown ones and
    repeats change nothing. A fixed number of statements. Not an act: it changes no fact of the list."""
    now = clock.now()
    changed = 0
    with transaction():
        for state, before in REPORTS.items():
            refs = [ref for ref, said in reports.items() if said == state]
            wanted = (Delivery.ref << refs) & (Delivery.state << before) & (Delivery.channel == SMS)
            people = _people(wanted)
            changed += Delivery.update(state=state, ended_at=now, params=None).where(wanted).execute()
            if state == DELIVERED:
                _reached(people)
            else:
                _unreached(people, now)
    return changed


def _people(wanted: Any) -> list[str]:
    """The submissions whose notices these deliveries carry."""
    rows = (
        Delivery.select(Notice.audience_ref)
        .join(Notice, on=(Delivery.notice == Notice.id))
        .where(wanted, Notice.audience == SUBMISSION)
        .distinct()
    )
    return [ref for (ref,) in rows.tuples()]


def _reached(refs: list[str]) -> None:
    if refs:
        Unreached.delete().where(Unreached.audience_ref << refs).execute()


def _unreached(refs: list[str], now: datetime) -> None:
    if refs:
        rows = [{"audience_ref": ref, "since": now} for ref in refs]
        Unreached.insert_many(rows).on_conflict_ignore().execute()
