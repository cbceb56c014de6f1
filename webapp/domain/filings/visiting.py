"""The private page as its reader comes and goes: that he opened it, tried to, or closed it is on record."""

from __future__ import annotations

from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings import following
from webapp.domain.filings.models import Submission
from webapp.errors import NotAllowed


@action("status:open")
def open_page(act: Act, submission_id: int, typed: str) -> dict[str, str]:
    """By the end of the document's number. Raises NotAllowed where it is another."""
    submission = Submission.get_by_id(submission_id)
    if not following.knows_tail(submission, typed):
        raise NotAllowed("not_allowed")
    record(act, "status:opened", submission.ref)
    return {}


@action("status:close")
def close_page(act: Act, submission_id: int) -> dict[str, str]:
    """For every browser in which it is open, also one that kept its cookie."""
    submission = Submission.get_by_id(submission_id)
    Submission.update(closed_at=act.now).where(Submission.id == submission_id).execute()
    record(act, "status:closed", submission.ref)
    return {}
