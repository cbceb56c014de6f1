"""Drafts: answers on their way, sealed, saved at each page, gone after seven days.

A draft is opened by a secret in a cookie; the resume link gives that cookie again. Both are derived, so that opening a
link writes nothing; the table holds their hashes only. Who closes a private page closes the drafts of it with the page:
no cookie given before opens them. Saving a page is no act: nothing is filed before it is signed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from webapp import clock, crypto
from webapp.columns import to_micros
from webapp.database import transaction
from webapp.domain.filings.answering import Answers
from webapp.domain.filings.models import Draft, Submission
from webapp.domain.limits import actions as limits
from webapp.domain.units import codes as unit_codes
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.errors import Conflict

LIFE = timedelta(days=7)


def begin(code: str, *, language: str, address: str, answers: Answers | None = None) -> Draft:
    """Begin a draft through an enrolment code, with what is known already.
    Raises Conflict("code_closed", standing=…), TooMany."""
    limits.take("draft-address", address)
    with transaction():
        answer = units.by_code(code)
        if answer.standing != units.OPEN or answer.unit is None or answer.code is None:
            raise Conflict("code_closed", standing=answer.standing)
        unit_codes.count_begun(answer.code.id)
        return make(answer.unit, language=language, answers=answers or {}, code_id=answer.code.id)


def make(
    unit: Unit,
    *,
    language: str,
    answers: Answers,
    code_id: int | None = None,
    corrects: int | None = None,
    begun_from: int | None = None,
) -> Draft:
    """A new draft. Inside a transaction."""
    ref = crypto.new_ref()
    now = clock.now()
    return Draft.create(
        ref=ref,
        unit=unit.id,
        code=code_id,
        secret_hash=crypto.token_hash(secret(ref)),
        resume_hash=crypto.token_hash(resume_token(ref)),
        answers=sealed(ref, answers),
        language=language,
        corrects=corrects,
        begun_from=begun_from,
        created_at=now,
        created_on=clock.local_date(now),
        expires_at=now + LIFE,
    )


def secret(ref: str) -> str:
    """What the cookie of this draft holds in any case."""
    return crypto.derive_token("draft-cookie", ref)


def resume_token(ref: str) -> str:
    """What the resume link of this draft holds."""
    return crypto.derive_token("draft-resume", ref)


def cookie(draft: Draft) -> str:
    """What opens this draft from now on: its secret, and which closing of its private pages it was given after."""
    return secret(draft.ref) + _closing(draft)


def _closing(draft: Draft) -> str:
    """The mark of the last time that a page this draft was begun on, or has become, was closed; "" for never."""
    if not (draft.begun_from or draft.corrects or draft.submission_ref):
        return ""
    pages = Submission.select(Submission.closed_at).where(
        (Submission.id << [draft.begun_from, draft.corrects]) | (Submission.ref << [draft.submission_ref])
    )
    last = max((page.closed_at for page in pages if page.closed_at), default=None)
    return "." + crypto.derive_token("draft-closing", f"{draft.ref}:{to_micros(last)}") if last else ""


def opened(ref: str, shown: str) -> Draft | None:
    """The draft, for whoever shows its cookie and while it lives; None says nothing about why."""
    draft = Draft.get_or_none(Draft.ref == ref, Draft.expires_at > clock.now())
    own, dot, mark = shown.partition(".")
    if draft is None or not crypto.same(crypto.token_hash(own), bytes(draft.secret_hash)):
        return None
    return draft if crypto.same(dot + mark, _closing(draft)) else None


def by_resume_token(token: str) -> Draft | None:
    return Draft.get_or_none(Draft.resume_hash == crypto.token_hash(token), Draft.expires_at > clock.now())


def answers_of(draft: Draft) -> Answers:
    return crypto.unseal(draft.answers, "draft", "answers", draft.ref)


def save(draft: Draft, answers: Answers) -> None:
    """Keep the answers. A draft that was sent meanwhile stays as it was sent."""
    with transaction():
        Draft.update(answers=sealed(draft.ref, answers), version=Draft.version + 1).where(
            Draft.id == draft.id, Draft.submission_ref.is_null()
        ).execute()
    draft.version += 1


def sent_as(ref: str) -> str | None:
    """Ref of the submission that a draft has become."""
    sent: str | None = Draft.get(Draft.ref == ref).submission_ref
    return sent


def unit_of(draft: Draft) -> Unit:
    return units.by_id(draft.unit_id)


def may_go_on(draft: Draft) -> bool:
    """Whether its unit still takes filings. Which code it was begun under no longer matters."""
    return units.takes_filings(unit_of(draft))


def purge(now: datetime) -> int:
    """Delete what has lived its seven days; returns how many. A job of the worker."""
    with transaction():
        return Draft.delete().where(Draft.expires_at <= now).execute()


def sealed(ref: str, answers: Answers) -> bytes:
    """Answers as the row of this draft keeps them."""
    return crypto.seal(answers, "draft", "answers", ref)
