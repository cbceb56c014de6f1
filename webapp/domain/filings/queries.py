"""Reading submissions and filings, scope first. Lists of a unit are in `lists`."""

from __future__ import annotations

from typing import Any

from webapp import crypto
from webapp.domain.filings.models import Filing, FilingStep, Submission
from webapp.values.normalising import compact

_REF = 20
_PROOF = 16


def status_token(submission: Submission) -> str:
    """The secret of the private status link; derivable, so that a notice can print it again. A new version ends it."""
    return submission.ref + _proof(submission.ref, submission.link_version)


def _proof(ref: str, link_version: int) -> str:
    return crypto.derive_token("status", f"{ref}:{link_version}")[:_PROOF]


def submission_by_token(token: str) -> Submission | None:
    """The submission whose private link this is, or None."""
    ref, proof = token[:_REF], token[_REF:]
    if len(token) != _REF + _PROOF or not token.isascii():
        return None
    submission = Submission.get_or_none(Submission.ref == ref)
    if submission is None or not crypto.same(proof, _proof(ref, submission.link_version)):
        return None
    return submission


def submission(ref: str) -> Submission | None:
    return Submission.get_or_none(Submission.ref == ref)


def by_number(typed: str) -> Submission | None:
    """The submission of the reference somebody read out or typed (HQ-7K2F-93QD, with or without its dashes)."""
    said = compact(typed)
    return Submission.get_or_none(Submission.number == f"{said[:2]}-{said[2:6]}-{said[6:]}")


def filings_of(submission: Submission) -> list[Filing]:
    """The filings of one submission, one for each vehicle, in the order they were given."""
    return list(Filing.select().where(Filing.submission == submission.id).order_by(Filing.position))


def steps_of(filing: Filing) -> list[FilingStep]:
    """The timeline of one filing, oldest first."""
    return list(FilingStep.select().where(FilingStep.filing == filing.id).order_by(FilingStep.id))


def note_of(step: FilingStep) -> str:
    """Words of the unit to the person, '' where there are none. Sealed under the act, so that a bulk act seals once."""
    if step.note is None:
        return ""
    words: Any = crypto.unseal(step.note, "filing_step", "note", str(step.act_id))
    return words
