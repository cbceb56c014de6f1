"""What an upload writes to the filings themselves: uploaded, or fallen out with a reason. Set-based steps."""

from __future__ import annotations

from webapp.database import among
from webapp.domain.audit.acts import Act, record_refs
from webapp.domain.filings import states
from webapp.domain.filings.models import Filing, FilingStep, Upload, UploadLine
from webapp.domain.filings.uploading_rules import REASONS, Candidate, Decision
from webapp.row_sets import insert_rows

#: Step of a filing that fell out: it stays verified, with a reason.
FALL = "fall"


def close_filings(act: Act, decision: Decision) -> None:
    """The covered filings are uploaded."""
    covered = decision.covered
    Filing.update(state=states.UPLOADED, fallen_reason=None, act_id=act.id, version=Filing.version + 1).where(
        Filing.id << among(candidate.filing_id for candidate in covered)
    ).execute()
    _step(act, covered, "upload", states.UPLOADED, {})
    record_refs(act, "filing:uploaded", [candidate.ref for candidate in covered])


def write_fallen(act: Act, upload: Upload, decision: Decision) -> None:
    """Mark the lines that fell, and say so on the filings that are still verified."""
    reasons = decision.reasons
    for reason in REASONS:
        lines = [filing for filing, why in reasons.items() if why == reason]
        if lines:
            UploadLine.update(fallen_reason=reason).where(
                UploadLine.upload == upload.id, UploadLine.filing << among(lines)
            ).execute()
            Filing.update(fallen_reason=reason, act_id=act.id, version=Filing.version + 1).where(
                Filing.id << among(lines), Filing.state == states.VERIFIED
            ).execute()
    fallen = [candidate for candidate, _ in decision.fallen if candidate.state == states.VERIFIED]
    _step(act, fallen, FALL, states.VERIFIED, reasons)
    record_refs(act, "filing:fell-out", [candidate.ref for candidate in fallen])


def _step(act: Act, candidates: list[Candidate], name: str, state: str, reasons: dict[int, str]) -> None:
    insert_rows(
        FilingStep,
        [
            {
                "filing": candidate.filing_id,
                "act_id": act.id,
                "at": act.now,
                "action": name,
                "state": state,
                "reasons": [f"upload:{reasons[candidate.filing_id]}"] if reasons else None,
            }
            for candidate in candidates
        ],
    )
