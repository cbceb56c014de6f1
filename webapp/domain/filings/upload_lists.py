"""Reading uploads: what may be uploaded, what one upload covers, and what became of it. Scope first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import SQL, Tuple, fn

from webapp import clock, crypto
from webapp.database import among, plainly
from webapp.domain.files.models import IssuedDocument, StoredFile
from webapp.domain.filings import states, upload_facts
from webapp.domain.filings.models import UNREADY_SQL, Filing, FilingStep, Upload, UploadLine
from webapp.domain.filings.uploading_rules import Candidate, Decision, decide
from webapp.domain.passlist import confirmations
from webapp.domain.passlist import queries as passlist
from webapp.domain.passlist.models import SECOND, Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.pledges.actions import canonical
from webapp.domain.pledges.models import Pledge
from webapp.domain.registry import looking
from webapp.domain.registry.cards import finder, open_card, sealed_finder
from webapp.domain.registry.looking import Place
from webapp.domain.units import tallies
from webapp.domain.units.models import Unit
from webapp.errors import NotFound

PAGE = 30


# What may be uploaded ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """`of`: about so many cards there are where so many at a time are looked at (registry.looking); else 0."""

    rows: list[Filing]
    next: Place | None
    of: int = 0


def verified(unit_id: int, words: str = "", *, after: Place | None = None, limit: int = PAGE) -> Page:
    """Verified filings of the unit, oldest first, found by what was typed; also those that cannot be uploaded yet."""
    query = Filing.select().where(Filing.unit == unit_id, Filing.state == states.VERIFIED)
    if after is not None:
        query = query.where(Tuple(Filing.submitted_at, Filing.id) > after.row())
    query = query.order_by(Filing.submitted_at, Filing.id)
    if words:
        cards = query.select(Filing.submitted_at, Filing.id, Filing.ref, Filing.card)
        looked = looking.through(cards, sealed_finder(words, "filing"), limit, after)
        found = Filing.select().where(Filing.id << among(looked.found)).order_by(Filing.submitted_at, Filing.id)
        behind = tallies.of_filings_in(unit_id, states.VERIFIED)
        return Page(list(found), looked.on, looking.bit_by_bit(behind, after))
    rows = list(query.limit(PAGE + 1))
    shown = rows[:PAGE]
    return Page(shown, Place(shown[-1].submitted_at, shown[-1].id) if len(rows) > PAGE else None)


def may_be_chosen(filing: Filing) -> bool:
    """Whether a verified filing may be ticked: nothing about it is open that the upload would stumble over."""
    return not filing.waiting and not filing.disputed and filing.vehicle_id is not None


def ready_count(unit_id: int, words: str = "") -> int:
    """How many verified filings may be ticked, by one statement."""
    if words:
        finds = sealed_finder(words, "filing")
        return sum(finds(ref, card) for ref, card in plainly(_ready(unit_id).select(Filing.ref, Filing.card)))
    return tallies.of_filings_in(unit_id, states.VERIFIED) - _unready(unit_id).count()


def blocked_count(unit_id: int) -> int:
    """How many verified filings wait for somebody else than the unit."""
    return _unready(unit_id).where(Filing.waiting | Filing.disputed).count()


def chosen_filings(unit_id: int, chosen: Chosen) -> list[Filing]:
    """The verified filings a manager chose, oldest first, by one statement: those he ticked that still have the
    version he saw, or all that may be ticked and that the filter finds."""
    query = Filing.select().where(Filing.unit == unit_id, Filing.state == states.VERIFIED)
    if not chosen.everything:
        seen = chosen.versions()
        rows = query.where(Filing.ref << list(seen)).order_by(Filing.submitted_at, Filing.id)
        return [row for row in rows if row.version == seen[row.ref]]
    rows = _ready(unit_id).order_by(Filing.submitted_at, Filing.id)
    found = finder(chosen.words)
    return [row for row in rows if not chosen.words or found(open_card(row))]


def _ready(unit_id: int) -> Any:
    """The verified filings that may be ticked."""
    return Filing.select().where(
        Filing.unit == unit_id,
        Filing.state == states.VERIFIED,
        ~Filing.waiting,
        ~Filing.disputed,
        Filing.vehicle.is_null(False),
    )


def _unready(unit_id: int) -> Any:
    """Those that may not: few, and in an index of their own."""
    return Filing.select().where(Filing.unit == unit_id, SQL(UNREADY_SQL))


def verified_days(filings: Iterable[Filing]) -> dict[int, datetime]:
    """When each filing was verified last, by its id."""
    rows = (
        FilingStep.select(FilingStep.filing, fn.MAX(FilingStep.at))
        .where(
            FilingStep.filing << among(filing.id for filing in filings),
            FilingStep.action << ("verify", "assign-driver"),
        )
        .group_by(FilingStep.filing)
    )
    return dict(list(rows.tuples()))


# One upload ----------------------------------------------------------------------------------------------------


def one(unit_id: int, ref: str) -> Upload:
    """An upload of this unit. Raises NotFound."""
    row = Upload.get_or_none(Upload.unit == unit_id, Upload.ref == ref)
    if row is None:
        raise NotFound("not_found")
    return row


def by_ref(ref: str) -> Upload | None:
    return Upload.get_or_none(Upload.ref == ref)


def by_pledge(pledge: Pledge) -> Upload | None:
    """The upload that stands under this unit pledge."""
    return Upload.get_or_none(Upload.pledge == pledge.id)


def pledge_of(upload: Upload) -> Pledge | None:
    return None if upload.pledge_id is None else Pledge.get_by_id(upload.pledge_id)


def scan_of(upload: Upload) -> StoredFile | None:
    """The sealed paper as it was scanned in, where the pledge was given on paper."""
    pledge = pledge_of(upload)
    return StoredFile.get_by_id(pledge.drawing_id) if pledge and pledge.method == "sealed_paper" else None


def uploads(unit_id: int, *, before: int | None = None) -> list[Upload]:
    """Uploads of the unit, newest first; those abandoned are left out."""
    query = Upload.select().where(Upload.unit == unit_id, Upload.state != "abandoned")
    if before is not None:
        query = query.where(Upload.id < before)
    return list(query.order_by(Upload.id.desc()).limit(PAGE))


def covered_digests(upload: Upload) -> list[str]:
    """The digests of the lines it covers, in order."""
    lines = UploadLine.select(UploadLine.line_digest).where(
        UploadLine.upload == upload.id, UploadLine.fallen_reason.is_null()
    )
    return [digest for (digest,) in plainly(lines.order_by(UploadLine.position))]


def covered_lines(upload: Upload, *, after: int = 0, limit: int | None = None) -> list[UploadLine]:
    """The lines it covers beyond position `after`, in order: those of the annex."""
    query = (
        UploadLine.select()
        .where(UploadLine.upload == upload.id, UploadLine.fallen_reason.is_null(), UploadLine.position > after)
        .order_by(UploadLine.position)
    )
    return list(query if limit is None else query.limit(limit))


def fallen_lines(upload: Upload, limit: int | None = None) -> list[UploadLine]:
    query = (
        UploadLine.select()
        .where(UploadLine.upload == upload.id, UploadLine.fallen_reason.is_null(False))
        .order_by(UploadLine.position)
    )
    return list(query if limit is None else query.limit(limit))


def open_line(upload: Upload, line: UploadLine) -> dict[str, Any]:
    """What the annex prints of a line: name, id_type, tail, plates (normalised), use, role (owner, second, household,
    or ''), size_class, change (whether it replaces an entry), verified_on (ISO day or '')."""
    return crypto.unseal(line.line, "upload_line", "line", f"{upload.ref}:{line.position}")


@dataclass(frozen=True)
class Summary:
    """What a set of lines amounts to, in the words of the pledge page."""

    filings: int
    people: int
    own: int
    unit: int
    new: int
    changed: int

    @property
    def vehicles(self) -> int:
        return self.own + self.unit


def summary(upload: Upload, without: Iterable[int] = ()) -> Summary:
    """Count the covered lines, leaving out the filings `without`. One statement."""
    rows = (
        UploadLine.select(UploadLine.filing, Filing.person, Filing.vehicle, Filing.vehicle_use, Filing.changes)
        .join(Filing, on=(UploadLine.filing == Filing.id))
        .where(UploadLine.upload == upload.id, UploadLine.fallen_reason.is_null())
    )
    left = set(without)
    return counted(row[1:] for row in plainly(rows) if row[0] not in left)


def counted(rows: Iterable[tuple[int, int | None, str, int | None]]) -> Summary:
    """What filings amount to, by the person, vehicle and use of each and the entry it changes."""
    kept = list(rows)
    uses = {vehicle: use for _, vehicle, use, _ in kept}
    changed = sum(change is not None for *_, change in kept)
    own = sum(use == "own" for use in uses.values())
    people = len({person for person, *_ in kept})
    return Summary(len(kept), people, own, len(uses) - own, len(kept) - changed, changed)


def preview(unit: Unit, upload: Upload) -> Decision:
    """What would happen if a prepared upload were signed now. Reads only; the upload decides again under locks."""
    rows = list(
        UploadLine.select(UploadLine.filing, UploadLine.filing_version)
        .where(UploadLine.upload == upload.id, UploadLine.fallen_reason.is_null())
        .tuples()
    )
    filings = Filing.select().where(Filing.id << among(filing for filing, _ in rows))
    chosen = as_printed(upload, upload_facts.candidates(filings, dict(rows)))
    return decide(chosen, upload_facts.facts(unit, chosen))


def papers_made(upload: Upload) -> tuple[int, int]:
    """How many of the documents an upload owes are made, and how many there are to be: the unit pledge with its annex,
    and a confirmation for each entry."""
    pledge = pledge_of(upload)
    subjects = passlist.made_by(upload.ref, upload.act_id).select(Entry.ref)
    made = IssuedDocument.file.is_null(False) & IssuedDocument.replaced_at.is_null()
    of_entries = IssuedDocument.select().where(
        made,
        IssuedDocument.kind == confirmations.KIND,
        IssuedDocument.subject << subjects,
    )
    own = IssuedDocument.select().where(
        made, IssuedDocument.kind == "unit_pledge", IssuedDocument.subject == (pledge.ref if pledge else "")
    )
    return of_entries.count() + min(1, own.count()), upload.covered + 1


# Lines and digests ---------------------------------------------------------------------------------------------


def filings_of_lines(lines: Iterable[UploadLine]) -> dict[int, Filing]:
    """The filings behind some lines, by id."""
    return {row.id: row for row in Filing.select().where(Filing.id << among(line.filing_id for line in lines))}


def as_printed(upload: Upload, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates of a prepared upload with the role that the lines of second drivers name."""
    found = list(candidates)
    seconds = among(one.filing_id for one in found if one.slot == SECOND)
    lines = UploadLine.select().where(UploadLine.upload == upload.id, UploadLine.filing << seconds)
    roles = {line.filing_id: str(open_line(upload, line)["role"]) for line in lines}
    return [one._replace(printed=roles[one.filing_id]) if one.filing_id in roles else one for one in found]


def line_of(filing: Filing, role: str, verified_at: datetime | None) -> dict[str, Any]:
    """The line of a filing; `role` as uploading_rules has it."""
    card = open_card(filing)
    return {
        "name": card.name,
        "id_type": card.id_type,
        "tail": card.tail,
        "plates": card.plates,
        "use": filing.vehicle_use,
        "role": role,
        "size_class": filing.size_class or "",
        "change": filing.changes_id is not None,
        "verified_on": clock.local_date(verified_at).isoformat() if verified_at else "",
    }


def line_digest(filing: Filing, line: dict[str, Any]) -> str:
    """SHA-256 over the filing's reference and its line in canonical JSON, hex."""
    return digest_of(filing.ref, canonical(line))


def digest_of(filing_ref: str, line: str) -> str:
    """The same, of a line in canonical JSON."""
    return hashlib.sha256(f'["{filing_ref}",{line}]'.encode()).hexdigest()


def list_digest(line_digests: Iterable[str]) -> str:
    """SHA-256 over the digests of the covered lines in their order, hex: what the pledge stands for."""
    return hashlib.sha256("\n".join(line_digests).encode()).hexdigest()
