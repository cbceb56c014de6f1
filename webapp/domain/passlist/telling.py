"""Owing people the news of their entries: one job for an act, however many entries it touched (delivery.telling)."""

from __future__ import annotations

from webapp.domain.audit.acts import Act
from webapp.domain.jobs import actions as jobs

TELL = "tell"

#: Notice kind → the change of the entry steps that it tells of.
ENTRY_KINDS = {
    "entry-listed": ("listed",),
    "entry-held": ("held",),
    "entry-released": ("released",),
    "entry-removed": ("removed",),
}


def owe(act: Act, kind: str) -> None:
    """Owe the notice of this kind to everybody whose step this act took."""
    jobs.enqueue(act, TELL, str(act.id), params={"kind": kind}, dedupe_key=f"tell:{act.id}:{kind}")
