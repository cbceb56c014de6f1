"""The unit's list as a PDF: ordered by an export, drawn by the worker, for the account that asked, for a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from webapp import actors, clock, crypto
from webapp.database import among
from webapp.domain.audit.acts import Act, action, record_refs
from webapp.domain.files import actions as files
from webapp.domain.files import documents
from webapp.domain.passlist.models import ListExport
from webapp.errors import NotFound

PDF = "pdf"
#: Of the issued document; its subject is the export's ref.
KIND = "list_export"
KEPT = timedelta(hours=24)
#: Exports ended by one act.
SLICE = 100


def order(act: Act, unit_id: int, state: str, purpose: str, rows: int, locale: str) -> str:
    """Step: owe the PDF of an export that is on record. Returns the export's ref."""
    ref = crypto.new_ref()
    ListExport.insert(
        ref=ref,
        unit=unit_id,
        account_id=act.actor.account_id,
        state=state,
        purpose=purpose,
        rows=rows,
        created_at=act.now,
        kept_until=act.now + KEPT,
        act_id=act.id,
    ).execute()
    documents.issue(act, KIND, ref, locale, unit_id)
    return ref


def by_ref(ref: str) -> ListExport | None:
    """The export, while it is kept."""
    return ListExport.get_or_none(
        ListExport.ref == ref, ListExport.ended_at.is_null(), ListExport.kept_until > clock.now()
    )


def own(unit_id: int, account_id: int, ref: str) -> ListExport:
    """The account's own export of this unit. Raises NotFound, also when its day is over."""
    found = by_ref(ref)
    if found is None or (found.unit_id, found.account_id) != (unit_id, account_id):
        raise NotFound("not_found")
    return found


def purge(now: datetime | None = None) -> int:
    """Timer: delete the PDFs whose day is over; what stays says that there was an export. Returns how many."""
    due = ListExport.select(ListExport.id).where(
        ListExport.kept_until <= (now or clock.now()), ListExport.ended_at.is_null()
    )
    ids = [found for (found,) in due.limit(SLICE).tuples()]
    if not ids:
        return 0
    ended = _forget(actors.system("export-kept-long-enough"), ids)
    files.erase(ended["files"])
    return int(ended["ended"])


@action("list:forget-exports")
def _forget(act: Act, ids: list[int]) -> dict[str, Any]:
    rows = list(ListExport.select().where(ListExport.id << among(ids), ListExport.ended_at.is_null()))
    refs = [row.ref for row in rows]
    erased = documents.forget_files(KIND, refs)
    ListExport.update(ended_at=act.now).where(ListExport.id << among([row.id for row in rows])).execute()
    record_refs(act, "list:export-ended", refs)
    return {"ended": len(rows), "files": erased}
