"""Every kind of notice: who may get it and which parameters its texts use (templates/notices/<kind>.txt)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from webapp.domain.notices.models import ADDRESS, PLATFORM, SUBMISSION, UNIT

KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # kind: (audiences, parameter names)
    "unit-registered": ((PLATFORM,), ("unit",)),
    "unit-certified": ((UNIT,), ("unit", "code")),
    "unit-returned": ((UNIT,), ("unit", "reasons")),
    "unit-refused": ((UNIT,), ("unit", "reasons")),
    "unit-suspended": ((UNIT,), ("unit", "reasons")),
    "unit-reinstated": ((UNIT,), ("unit",)),
    "staff-invited": ((ADDRESS,), ("unit", "role")),
    "invitation-revoked": ((ADDRESS,), ("unit", "role")),
    "member-joined": ((UNIT,), ("unit", "role")),
    "member-ended": ((UNIT, ADDRESS), ("unit", "role")),
    "password-forgotten": ((ADDRESS,), ()),
    "password-changed": ((ADDRESS,), ()),
    "account-locked": ((ADDRESS,), ("minutes",)),
    "account-disabled": ((ADDRESS,), ()),
    "account-enabled": ((ADDRESS,), ()),
    "roles-changed": ((ADDRESS,), ("roles",)),
    "code-requested": ((ADDRESS,), ()),
    "filing-submitted": ((SUBMISSION,), ("number", "unit")),
    "filing-verified": ((SUBMISSION,), ("number", "unit")),
    "filing-returned": ((SUBMISSION,), ("number", "unit", "reasons")),
    "filing-refused": ((SUBMISSION,), ("number", "unit", "reasons")),
    "filing-undone": ((SUBMISSION,), ("number", "unit")),
    "filing-paused": ((SUBMISSION,), ("number", "unit")),
    "filing-resumed": ((SUBMISSION,), ("number", "unit")),
    "filing-withdrawn": ((SUBMISSION, UNIT), ("number", "unit")),
    "unit-closed": ((SUBMISSION,), ("number", "unit", "entries", "filings")),
    "unit-succeeded": ((SUBMISSION,), ("number", "unit", "successor", "entries", "moved", "filings")),
    "unit-deregistered": ((UNIT,), ("unit", "reasons", "people")),
    "unit-succeeds": ((UNIT,), ("unit", "moved", "vehicles")),
    "residents-unplaced": ((UNIT,), ("unit", "people")),
    "manager-named": ((UNIT,), ("unit",)),
    "manager-confirmed": ((UNIT,), ("unit",)),
    "manager-changed": ((UNIT,), ("unit",)),
    "recovery-asked": ((UNIT,), ("unit",)),
    "unit-changed": ((UNIT,), ("unit", "entries", "filings")),
    "class-changed": ((SUBMISSION,), ("number", "unit", "entries", "filings")),
    "proposal-made": ((PLATFORM,), ("unit", "proposal")),
    "proposal-rejected": ((UNIT,), ("unit", "proposal")),
    "vehicle-assigned": ((SUBMISSION,), ("number", "unit")),
    "unit-left": ((SUBMISSION,), ("number", "unit", "entries", "filings")),
    "filing-fell-out": ((UNIT,), ("number", "count")),
    "people-moved": ((UNIT,), ("count",)),
    "phone-changed": ((SUBMISSION,), ("number",)),
    "owner-asked": ((SUBMISSION,), ("number", "until")),
    "owner-accepted": ((SUBMISSION,), ("number",)),
    "owner-declined": ((SUBMISSION,), ("number",)),
    "owner-silent": ((SUBMISSION,), ("number",)),
    "owner-released": ((SUBMISSION,), ("number",)),
    "owner-changed": ((SUBMISSION,), ("number",)),
    "owner-now": ((SUBMISSION,), ("number",)),
    "plate-changed": ((SUBMISSION,), ("number",)),
    "invitation-accepted": ((SUBMISSION,), ("number",)),
    "invitation-declined": ((SUBMISSION,), ("number",)),
    "invitation-expiring": ((SUBMISSION,), ("number", "until")),
    "invitation-expired": ((SUBMISSION,), ("number",)),
    "entry-listed": ((SUBMISSION,), ("number", "unit")),
    "entry-held": ((SUBMISSION,), ("number", "hold", "until")),
    "entry-released": ((SUBMISSION,), ("number", "hold")),
    "licence-expiring": ((SUBMISSION,), ("number", "until")),
    "document-expiring": ((SUBMISSION,), ("number", "until")),
    "permit-expiring": ((SUBMISSION,), ("number", "until")),
    "expiries-near": ((UNIT,), ("soon", "held")),
    "entry-removed": ((SUBMISSION, UNIT), ("number", "unit", "cause")),
    "removal-requested": ((UNIT,), ("number", "until")),
    "removal-overdue": ((UNIT, PLATFORM), ("number", "unit")),
    "list-uploaded": ((UNIT,), ("number", "covered", "fallen")),
    "waiting-digest": ((UNIT,), ("waiting", "verified", "overdue")),
    "unit-idle": ((PLATFORM,), ("unit", "overdue")),
    "sanctioned": ((SUBMISSION,), ("number", "unit", "sanction")),
    "filing-not-accepted": ((SUBMISSION,), ("number",)),
    "sanction-over": ((SUBMISSION,), ("number", "sanction", "how")),
    "list-sanctioned": ((UNIT,), ("unit", "count")),
    "unit-sanctioned": ((UNIT, PLATFORM), ("unit",)),
    "unit-sanction-over": ((UNIT,), ("unit",)),
    "sanctions-proposed": ((PLATFORM,), ("count",)),
    "strike-proposed": ((PLATFORM,), ("sanction",)),
    "case-raised": ((PLATFORM, UNIT), ("number", "case", "until")),
    "case-received": ((SUBMISSION, UNIT, ADDRESS), ("number", "case", "until")),
    "case-answer-wanted": ((SUBMISSION, UNIT), ("number", "case", "until")),
    "case-answered": ((PLATFORM,), ("number", "case")),
    "case-overdue": ((PLATFORM, SUBMISSION, UNIT, ADDRESS), ("number", "case")),
    "case-decided": ((PLATFORM, SUBMISSION, UNIT, ADDRESS), ("number", "case", "decision")),
    "case-withdrawn": ((PLATFORM, SUBMISSION, UNIT, ADDRESS), ("number", "case")),
}

#: Somebody sits and waits for these.
URGENT = ("code-requested", "password-forgotten", "staff-invited")
#: After this long a message still waiting is not sent any more: what it carries has expired.
SHELF_LIFE = {"code-requested": timedelta(minutes=10)}
#: What a person must learn also where he gave no e-mail: it goes to his phone as a text.
TEXTED = (
    "filing-returned",
    "filing-refused",
    "filing-undone",
    "vehicle-assigned",
    "filing-paused",
    "filing-resumed",
    "unit-closed",
    "unit-succeeded",
    "unit-left",
    "class-changed",
    "owner-asked",
    "owner-declined",
    "owner-released",
    "owner-changed",
    "plate-changed",
    "entry-listed",
    "entry-held",
    "entry-removed",
    "licence-expiring",
    "document-expiring",
    "permit-expiring",
    "sanctioned",
    "filing-not-accepted",
    "sanction-over",
    "case-received",
    "case-answer-wanted",
    "case-decided",
)


def check(kind: str, audience: str, params: dict[str, Any]) -> None:
    """A notice that nobody described is a programming error."""
    audiences, names = KINDS[kind]
    if audience not in audiences or set(params) - set(names):
        raise ValueError(f"{kind} is not described for {audience} with {sorted(params)}")
