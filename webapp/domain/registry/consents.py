"""What a person agreed to, under which edition of the privacy text, and what he took back (PIPL 13–16, 23).

Consents are given with a submission, once for each purpose, and again where an edition asks for it; each is a row that
says when it was given and when it ended. Steps of an act, and reading.
"""

from __future__ import annotations

from collections.abc import Iterable

from webapp import crypto
from webapp.domain.audit.acts import Act, record_refs
from webapp.domain.pledges import privacy_text
from webapp.domain.pledges.privacy_text import PrivacyText
from webapp.domain.registry.models import PROCESSING, SHARING, Consent

PURPOSES = (PROCESSING, SHARING)


def give(act: Act, person_id: int, submission_ref: str, text: PrivacyText) -> None:
    """Step: every purpose is agreed to under this text; what was agreed to before under another ends."""
    _end(act, [submission_ref], PURPOSES)
    made = [crypto.new_ref() for _ in PURPOSES]
    for ref, purpose in zip(made, PURPOSES, strict=True):
        Consent.create(
            ref=ref,
            person=person_id,
            submission_ref=submission_ref,
            purpose=purpose,
            edition=text.edition,
            digest=text.digest,
            language=text.locale,
            given_at=act.now,
            act_id=act.id,
        )
    record_refs(act, "consent:given", made)


def withdraw(act: Act, submission_refs: Iterable[str], purposes: Iterable[str]) -> int:
    """Step: these purposes are agreed to no more. Returns how many consents ended."""
    ended = _end(act, submission_refs, purposes)
    record_refs(act, "consent:withdrawn", ended)
    return len(ended)


def _end(act: Act, submission_refs: Iterable[str], purposes: Iterable[str]) -> list[str]:
    live = (
        (Consent.submission_ref << list(submission_refs))
        & (Consent.purpose << list(purposes))
        & Consent.ended_at.is_null()
    )
    refs = [ref for (ref,) in Consent.select(Consent.ref).where(live).tuples()]
    Consent.update(ended_at=act.now).where(live).execute()
    return refs


def of(submission_refs: Iterable[str]) -> list[Consent]:
    """Every consent of these submissions, oldest first."""
    return list(Consent.select().where(Consent.submission_ref << list(submission_refs)).order_by(Consent.id))


def live(submission_refs: Iterable[str]) -> list[Consent]:
    """Those that stand."""
    return [one for one in of(submission_refs) if one.ended_at is None]


def is_asked_again(submission_ref: str) -> bool:
    """Whether what stands was agreed to under a text that has been replaced by one that asks again."""
    standing = live([submission_ref])
    return bool(standing) and privacy_text.asks_again(min(one.edition for one in standing))
