"""A person takes a copy of his data away (PIPL 45): each on record, none for a day after a phone was set at a counter.

JSON and CSV are sent at once; the PDF is drawn by the worker and kept for a day.
"""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime, timedelta
from typing import Any

from webapp import actors, clock, crypto
from webapp.database import among
from webapp.domain.audit.acts import Act, action, record, record_refs
from webapp.domain.files import actions as files
from webapp.domain.files import documents, sheet_writing
from webapp.domain.filings import queries as filings
from webapp.domain.privacy.models import COPY_FORMS, PDF, DataCopy
from webapp.domain.privacy.my_data_shape import TABLES
from webapp.domain.registry import actions as registering
from webapp.errors import Invalid, NotFound

#: Kind of the issued document; its subject is the ref of the copy.
KIND = "data_copy"
KEPT = timedelta(hours=24)
SLICE = 100


@action("my-data:copy")
def take(act: Act, submission_ref: str, form: str, locale: str) -> dict[str, str]:
    """Put a copy on record; a PDF is then owed, in `locale`. Returns {"copy": ref}. Raises NotFound, Invalid beside
    `form`, Conflict("phone_new")."""
    submission = filings.submission(submission_ref)
    if submission is None:
        raise NotFound("not_found")
    if form not in COPY_FORMS:
        raise Invalid("choose", field="form")
    registering.check_guard(submission.person_id)
    ref = crypto.new_ref()
    DataCopy.insert(
        ref=ref,
        submission_ref=submission_ref,
        person=submission.person_id,
        form=form,
        made_at=act.now,
        kept_until=act.now + KEPT if form == PDF else None,
        act_id=act.id,
    ).execute()
    record(act, "my-data:copied", submission_ref, fields=[form])
    if form == PDF:
        documents.issue(act, KIND, ref, locale)
    return {"copy": ref}


def by_ref(ref: str) -> DataCopy | None:
    """A PDF while it is kept."""
    kept = (DataCopy.kept_until > clock.now()) & DataCopy.ended_at.is_null()
    return DataCopy.get_or_none(DataCopy.ref == ref, kept)


def own(submission_ref: str, ref: str) -> DataCopy:
    """Raises NotFound, also when its day is over."""
    row = by_ref(ref)
    if row is None or row.submission_ref != submission_ref:
        raise NotFound("not_found")
    return row


def kept_of(submission_ref: str) -> list[DataCopy]:
    """PDFs that can still be fetched, newest first."""
    kept = (DataCopy.kept_until > clock.now()) & DataCopy.ended_at.is_null()
    return list(DataCopy.select().where(DataCopy.submission_ref == submission_ref, kept).order_by(DataCopy.id.desc()))


def purge(now: datetime | None = None) -> int:
    """Timer: delete the PDFs whose day is over. Returns how many."""
    due = DataCopy.select(DataCopy.id).where(DataCopy.kept_until <= (now or clock.now()), DataCopy.ended_at.is_null())
    ids = [found for (found,) in due.limit(SLICE).tuples()]
    if not ids:
        return 0
    ended = _forget(actors.system("copy-kept-long-enough"), ids)
    files.erase(ended["files"])
    return int(ended["ended"])


@action("my-data:forget-copies")
def _forget(act: Act, ids: list[int]) -> dict[str, Any]:
    rows = list(DataCopy.select().where(DataCopy.id << among(ids), DataCopy.ended_at.is_null()))
    refs = [row.ref for row in rows]
    erased = documents.forget_files(KIND, refs)
    DataCopy.update(ended_at=act.now).where(DataCopy.id << among(row.id for row in rows)).execute()
    record_refs(act, "my-data:copy-ended", refs)
    return {"ended": len(rows), "files": erased}


# Forms ----------------------------------------------------------------------------------------------------------


def as_json(data: dict[str, Any], schema_address: str) -> bytes:
    """The copy with the address of its schema."""
    return json.dumps({"$schema": schema_address, **data}, ensure_ascii=False, indent=1).encode()


def as_csv(data: dict[str, Any]) -> bytes:
    """A zip with one table for each kind of thing, UTF-8 with its mark, so that spreadsheets open it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, columns in TABLES.items():
            rows = ([_cell(row[column]) for column in columns] for row in data[name])
            archive.writestr(f"{name}.csv", b"".join(sheet_writing.csv_text([*columns], rows)))
    return packed.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(value) if isinstance(value, list) else str(value)
