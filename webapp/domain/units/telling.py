"""Telling a unit: a notice in its inbox, and a letter to everybody who works for it."""

from __future__ import annotations

from typing import Any

from webapp import crypto
from webapp.domain.accounts.models import ACTIVE
from webapp.domain.audit.acts import Act
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs import queries as progress
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import EMAIL, PLATFORM, UNIT
from webapp.domain.units import members
from webapp.domain.units.models import Unit

#: Who writes nothing else reads the source language.
DEFAULT_LOCALE = "zh_Hant_MO"
#: The one inbox of the platform.
PLATFORM_REF = "platform"
#: Job: everybody whose filing waits with a unit learns what became of the unit (delivery.telling).
TELL_WAITING = "tell-waiting"


def tell_unit(
    act: Act,
    kind: str,
    unit: Unit,
    *,
    subject: str = "",
    params: dict[str, Any] | None = None,
    sealed: dict[str, Any] | None = None,
) -> None:
    """Owe a unit a notice: its inbox, and an e-mail to each of its active members. `sealed`: what only the e-mail may
    say."""
    notice = notices.queue(act, kind, UNIT, unit.ref, subject=subject or unit.ref, params=params)
    if notice is None:
        return
    for member in members.active(unit.id):
        if member.account.state == ACTIVE:
            address = crypto.unseal(member.account.email, "account", "email", member.account.ref)
            notices.deliver(act, notice, EMAIL, address, member.account.language or DEFAULT_LOCALE, params=sealed)


def owe_waiting(act: Act, kind: str, unit: Unit) -> None:
    """Owe a notice to everybody whose filing waits with the unit: one job, however many they are."""
    jobs.enqueue(
        act, TELL_WAITING, str(act.id), params={"kind": kind}, dedupe_key=f"tell:{act.id}:{kind}", unit_id=unit.id
    )


def told_waiting(act_id: int) -> tuple[int, int] | None:
    """How many of those who wait were told of this act, and how many are to be told; None where it owes nobody such a
    notice, has not been counted, or was finished long ago."""
    job = progress.latest(TELL_WAITING, str(act_id))
    return (job.progress, job.total) if job is not None and job.total else None


def tell_platform(act: Act, kind: str, *, subject: str, params: dict[str, Any] | None = None) -> None:
    """Owe the platform a notice in its inbox."""
    notices.queue(act, kind, PLATFORM, PLATFORM_REF, subject=subject, params=params)
