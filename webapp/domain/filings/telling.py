"""Telling people what an act did to their filings and entries: one job, however many people (delivery.telling)."""

from __future__ import annotations

from webapp.domain.audit.acts import Act
from webapp.domain.passlist import telling as entries
from webapp.domain.passlist.telling import ENTRY_KINDS, TELL

__all__ = ["ENTRY_KINDS", "FILING_KINDS", "TELL", "owe"]

#: Notice kind → the action of the filing steps, or the change of the entry steps, that it tells of.
FILING_KINDS = {
    "filing-submitted": ("submit", "resubmit"),
    "filing-verified": ("verify",),
    "filing-returned": ("return",),
    "filing-refused": ("refuse",),
    "filing-undone": ("undo",),
    "filing-withdrawn": ("withdraw",),
}


def owe(act: Act, kind: str) -> None:
    """Owe the notice of this kind to everybody whose filing or entry this act took a step of."""
    if kind not in FILING_KINDS and kind not in ENTRY_KINDS:
        raise ValueError(f"{kind} tells of no step")
    entries.owe(act, kind)
