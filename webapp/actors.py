"""Who acts. Every act, refusal and audit line names one; there is no anonymous actor."""

from __future__ import annotations

from dataclasses import dataclass, replace

ACCOUNT = "account"  # a member of staff, by account ref
FILER = "filer"  # a person on a draft or submission, by its ref
VISITOR = "visitor"  # nobody yet known: registering a unit, entering a code
GATE = "gate"  # a machine at a channel, by its client's ref
SYSTEM = "system"  # the worker and the command line


@dataclass(frozen=True)
class Actor:
    kind: str
    ref: str
    unit_id: int | None = None  # the unit in whose name a member of staff acts
    account_id: int | None = None
    request_id: str = ""
    address: str = ""  # network address, for the record only
    session_ref: str = ""

    def within(self, unit_id: int) -> Actor:
        return replace(self, unit_id=unit_id)


def system(name: str) -> Actor:
    """The system itself, e.g. system("removal-deadline")."""
    return Actor(SYSTEM, name, request_id=f"system-{name}")
