"""What must not come back with a copy: whoever was signed in, had a code or a cookie when it was made, and the erased.

A session that ended after the copy was made would be open again, a link or a recovery code that was used would work
again: all of them end. People go on by their private links, staff sign in anew with their authenticators and make new
recovery codes; who was typing begins again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from webapp import actors
from webapp.backups.archive import BadArchive
from webapp.domain.accounts.models import OneTimeCode, RecoveryCode, Session, SingleUseLink
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings.models import Draft
from webapp.domain.privacy import clearing, erasing, erasure_list, keys
from webapp.domain.registry.models import Person
from webapp.domain.units.models import RegistrationDraft


@dataclass(frozen=True)
class Settled:
    """What came to an end."""

    sessions: int
    recovery_codes: int
    erased: int  # people who had been erased since


def settle(lines: list[erasure_list.Line]) -> Settled:
    """End what was open and erase again whoever had been erased. Raises BadArchive where the keys do not open what was
    put back."""
    unfit = keys.faults()
    if unfit:
        raise BadArchive("; ".join(unfit))
    ended = _end(actors.system("backup"))
    return Settled(ended["sessions"], ended["recovery_codes"], sum(_erase_again(line) for line in lines))


def list_of(copies: Path, given: Path | None, kept: Path) -> list[erasure_list.Line]:
    """The list of erasures to be replayed: the file given, or that in the folder of the copies, and what BACKUP_DIR
    (`kept`) has besides, so that an older list brings nobody back and shortens none. Raises BadArchive."""
    path = given or copies / erasure_list.NAME
    if not path.exists():
        raise BadArchive(f"{path} is missing: without it people who were erased since would be brought back")
    try:
        return erasure_list.merged(erasure_list.read(path), erasure_list.read(kept / erasure_list.NAME))
    except erasure_list.Unmarked as wrong:
        raise BadArchive(str(wrong)) from None


@action("backup:settle")
def _end(act: Act) -> dict[str, int]:
    sessions = Session.update(ended_at=act.now, offered=None).where(Session.ended_at.is_null()).execute()
    codes = RecoveryCode.update(used_at=act.now).where(RecoveryCode.used_at.is_null()).execute()
    OneTimeCode.delete().execute()
    links = SingleUseLink.update(expires_at=act.now).where(SingleUseLink.expires_at > act.now).execute()
    drafts = 0
    for model in (Draft, RegistrationDraft):
        drafts += model.update(expires_at=act.now).where(model.expires_at > act.now).execute()
    record(act, "backup:settled", "sessions")
    return {"sessions": sessions, "recovery_codes": codes, "links": links, "drafts": drafts}


def _erase_again(line: erasure_list.Line) -> int:
    person = Person.get_or_none(Person.ref == line.person)
    if person is None or person.erased_at is not None:
        return 0
    done = erasing.replay(actors.system("erasure-list"), line.person, line.erasure, line.number, line.certificate)
    clearing.clear(done["files"])
    return 1
