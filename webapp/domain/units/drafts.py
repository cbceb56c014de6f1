"""A registration on its way: what was typed and uploaded, sealed, until its e-mail is proved. Gone after a day.

Drafts are no acts: they change no fact and nobody is known yet. The cookie `<ref>.<secret>` opens one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from webapp import clock, crypto
from webapp.database import transaction
from webapp.domain.files import actions as files
from webapp.domain.files import intake
from webapp.domain.files.models import StoredFile
from webapp.domain.units.models import RegistrationDraft

LIFE = timedelta(hours=24)
FILES = ("proof", "authorisation")


def begin() -> tuple[RegistrationDraft, str]:
    """A new draft and the value of its cookie."""
    ref, secret, now = crypto.new_ref(), crypto.random_token(), clock.now()
    with transaction():
        draft = RegistrationDraft.create(
            ref=ref,
            secret_hash=crypto.token_hash(secret),
            answers=crypto.seal({}, "registration_draft", "answers", ref),
            created_at=now,
            expires_at=now + LIFE,
        )
    return draft, f"{ref}.{secret}"


def opened(cookie: str) -> RegistrationDraft | None:
    """The draft this cookie opens, while it lives."""
    ref, _, secret = cookie.partition(".")
    draft = RegistrationDraft.get_or_none(RegistrationDraft.ref == ref)
    if draft is None or not crypto.same(bytes(draft.secret_hash), crypto.token_hash(secret)):
        return None
    return draft if clock.now() < draft.expires_at else None


def answers(draft: RegistrationDraft) -> dict[str, Any]:
    """Fields as they were typed."""
    return crypto.unseal(draft.answers, "registration_draft", "answers", draft.ref)


def save(draft: RegistrationDraft, typed: dict[str, Any]) -> None:
    sealed = crypto.seal(typed, "registration_draft", "answers", draft.ref)
    with transaction():
        RegistrationDraft.update(answers=sealed).where(RegistrationDraft.id == draft.id).execute()
    draft.answers = sealed


def keep_file(draft: RegistrationDraft, field: str, accepted: intake.Accepted) -> None:
    """Keep an upload with the draft, in place of the one before."""
    before = getattr(draft, f"{field}_id")
    with transaction():
        file = files.keep(None, field, accepted.media_type, accepted.content, name=accepted.name)
        RegistrationDraft.update({field: file.id}).where(RegistrationDraft.id == draft.id).execute()
        if before is not None:
            StoredFile.delete().where(StoredFile.id == before).execute()
    setattr(draft, field, file.id)


def file_of(draft: RegistrationDraft, field: str) -> StoredFile | None:
    kept = getattr(draft, f"{field}_id")
    return None if kept is None else StoredFile.get_by_id(kept)


def remember_code(draft: RegistrationDraft, code_ref: str) -> None:
    with transaction():
        RegistrationDraft.update(code_ref=code_ref).where(RegistrationDraft.id == draft.id).execute()
    draft.code_ref = code_ref


def purge() -> int:
    """Delete drafts whose day is over, with the files nobody took over; their bytes go with the sweep of orphans.
    Returns how many drafts went."""
    now = clock.now()
    with transaction():
        gone = list(
            RegistrationDraft.select(
                RegistrationDraft.id,
                RegistrationDraft.proof,
                RegistrationDraft.authorisation,
                RegistrationDraft.unit_ref,
            )
            .where(RegistrationDraft.expires_at <= now)
            .limit(500)
        )
        left = [file for draft in gone if not draft.unit_ref for file in (draft.proof_id, draft.authorisation_id)]
        RegistrationDraft.delete().where(RegistrationDraft.id << [draft.id for draft in gone]).execute()
        StoredFile.delete().where(StoredFile.id << [file for file in left if file is not None]).execute()
    return len(gone)
