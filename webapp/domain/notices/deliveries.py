"""Deliveries as the worker carries them: opened, sent, or given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp import clock, crypto
from webapp.domain.notices import kinds
from webapp.domain.notices.models import FAILED, QUEUED, SENT, Delivery, Notice


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


def sent(parcel: Parcel) -> None:
    """It was handed over. What only the message may say is forgotten. Inside a transaction."""
    _end(parcel, {"state": SENT, "sent_at": clock.now()})


def gave_up(parcel: Parcel) -> None:
    """It will never arrive. Inside a transaction."""
    _end(parcel, {"state": FAILED})


def _end(parcel: Parcel, changes: dict[str, Any]) -> None:
    Delivery.update(params=None, attempts=Delivery.attempts + 1, **changes).where(
        Delivery.id == parcel.delivery.id, Delivery.state == QUEUED
    ).execute()
