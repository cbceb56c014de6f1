"""Telling people what an act did to their filings and entries: one job, however many people (delivery.telling)."""

from __future__ import annotations

from webapp.domain.audit.acts import Act
from webapp.domain.jobs import actions as jobs

TELL = "tell"

#: Notice kind → the action of the filing steps, or the change of the entry steps, that it tells of.
FILING_KINDS = {
    "filing-submitted": ("submit", "resubmit"),
    "filing-verified": ("verify",),
    "filing-returned": ("return",),
    "filing-refused": ("refuse",),
    "filing-undone": ("undo",),
    "filing-withdrawn": ("withdraw",),
}
ENTRY_KINDS = {
    "entry-listed": ("listed",),
    "entry-held": ("held",),
    "entry-released": ("released",),
    "entry-removed": ("removed",),
}


def owe(act: Act, kind: str) -> None:
    """Owe the notice of this kind to everybody whose filing or entry this act took a step of."""
    if kind not in FILING_KINDS and kind not in ENTRY_KINDS:
        raise ValueError(f"{kind} tells of no step")
    jobs.enqueue(act, TELL, str(act.id), params={"kind": kind}, dedupe_key=f"tell:{act.id}:{kind}")
