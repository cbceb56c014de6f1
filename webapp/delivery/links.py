"""Where a mail's link leads. The worker has no routes to ask, so the addresses stand here; a test asks the routes."""

from __future__ import annotations

from typing import Any

from webapp.domain.filings import queries as filings
from webapp.domain.notices.models import ADDRESS, PLATFORM, SUBMISSION, UNIT

#: Kind → path for messages to an address: the link is the message.
ADDRESS_PATHS = {
    "staff-invited": "/invitation/{token}",
    "password-forgotten": "/password/{token}",
    "password-changed": "/signin",
    "account-locked": "/signin",
    "account-enabled": "/signin",
    "roles-changed": "/signin",
    "lane-key-ending": "/platform/lanes",
    "case-received": "/d/{token}",
    "case-overdue": "/d/{token}",
    "case-decided": "/d/{token}",
    "case-withdrawn": "/d/{token}",
}
UNIT_PATHS = {
    "list-sanctioned": "/unit/list",
    "list-sanction-over": "/unit/list",
    "expiries-near": "/unit/list",
    "waiting-digest": "/unit/filings",
    "list-uploaded": "/unit/uploads",
    "filing-fell-out": "/unit/filings",
    "case-raised": "/unit/cases",
    "case-received": "/unit/cases",
    "case-answer-wanted": "/unit/cases",
    "case-overdue": "/unit/cases",
    "case-decided": "/unit/cases",
    "case-withdrawn": "/unit/cases",
}


def path(kind: str, audience: str, audience_ref: str, params: dict[str, Any]) -> str:
    """The path under PUBLIC_URL where the reader sees or does what the message is about, "" where there is none."""
    if audience == ADDRESS:
        return ADDRESS_PATHS.get(kind, "").format(token=params.get("token", ""))
    if audience == SUBMISSION:
        submission = filings.submission(audience_ref)
        return f"/s/{filings.status_token(submission)}" if submission else ""
    if audience == UNIT:
        return UNIT_PATHS.get(kind, "/unit/notices")
    return "/platform/notices" if audience == PLATFORM else ""
