"""Words of uploads and of the list in force, and their rows as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask

from webapp import clock
from webapp.domain.filings import upload_lists
from webapp.domain.filings.models import Filing, Upload, UploadLine
from webapp.domain.notices import queries as notices
from webapp.domain.passlist import expiries, queries
from webapp.domain.passlist.models import Entry, EntryHold
from webapp.domain.registry.cards import open_card
from webapp.ui.presenters import long_time, short_day
from webapp.ui.sentences.uploads import SENTENCES, SKIPPED
from webapp.ui.verifying import SHORT_TYPES
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values import documents, people, plates

#: Causes of removal: word, and beside a choice what it means.
CAUSES: dict[str, Any] = {
    "left_unit": _l("已離開單位或已遷離社區"),
    "vehicle_retired": _l("車輛不再使用"),
    "not_confirmed": _l("無法確認仍屬本單位"),
    "requested": _l("本人要求移出"),
    "deceased": _l("本人已去世"),
    "entered_in_error": _l("列入有誤"),
    "sanctioned": _l("列入嚴重失信名單"),
    "unit_deregistered": _l("單位已註銷"),
    "basis_ended": _l("列入的依據已終止（車主、同意、證件或指派）"),
    "superseded": _l("由新的申報取代"),
}
CAUSE_HINTS: dict[str, Any] = {
    "requested": _l("只適用於本人已提出要求的"),
    "deceased": _l("不會向其電話或電郵發出任何訊息"),
    "entered_in_error": _l("例如驗核了另一個人"),
}
HOLDS: dict[str, Any] = {
    "owner_missing": _l("等待車主重新列入"),
    "licence_expired": _l("駕駛證已過期"),
    "document_expired": _l("證件或居住證已過期"),
    "not_confirmed": _l("等待單位確認"),
    "removal_requested": _l("本人要求移出"),
}
EXPIRING: dict[str, Any] = {
    "licence": _l("駕駛證"),
    "document": _l("身份證件"),
    "residence_permit": _l("居住證"),
}
CHANGES: dict[str, Any] = {
    "listed": _l("列入名單"),
    "held": _l("暫停"),
    "released": _l("恢復"),
    "replated": _l("更換車牌"),
    "removed": _l("移出名單"),
}


def install(app: Flask) -> None:
    app.jinja_env.filters.update(
        removal_cause=lambda code: str(CAUSES[code]),
        hold_kind=lambda code: str(HOLDS[code]),
        fallen_reason=fallen_reason,
        left_because=lambda code: str(SKIPPED.get(code, SKIPPED["stale"])),
        masked_line=masked_line,
        masked_name=people.mask_name,
        masked_plate=plates.mask,
        verified_day=lambda line: short_day(date.fromisoformat(line["verified_on"])) if line["verified_on"] else "",
    )


def masked_line(line: dict[str, Any]) -> str:
    """居民身份證 尾號1187, of a line of an upload."""
    tail = documents.display_number(line["id_type"], line["tail"])
    return _("%(kind)s 尾號%(tail)s", kind=SHORT_TYPES[line["id_type"]], tail=tail)


def fallen_reason(code: str) -> str:
    """Why a filing fell out of an upload."""
    return str(SENTENCES[f"upload:{code}"])


@dataclass(frozen=True)
class Row:
    """A filing or an entry as a row shows it; of a document the kind and the last four."""

    ref: str
    version: int
    name: str
    id_type: str
    tail: str
    plates: tuple[str, ...]
    vehicle_use: str
    size_class: str | None
    slot: str | None
    day: datetime
    state: str = ""
    flags: tuple[tuple[str, str], ...] = ()  # look and words of the macro `flag`
    tickable: bool = True
    assigned: bool = False


def filing_rows(filings: Iterable[Filing]) -> list[Row]:
    rows = []
    for filing in filings:
        card = open_card(filing)
        rows.append(
            Row(
                ref=filing.ref,
                version=filing.version,
                name=card.name,
                id_type=card.id_type,
                tail=card.tail,
                plates=tuple(card.plates),
                vehicle_use=filing.vehicle_use,
                size_class=filing.size_class,
                slot=filing.slot,
                day=filing.submitted_at,
                flags=tuple(_filing_flags(filing)),
                state=filing.state,
                tickable=upload_lists.may_be_chosen(filing),
                assigned=filing.assigned,
            )
        )
    return rows


def _filing_flags(filing: Filing) -> Iterable[tuple[str, str]]:
    if filing.assigned:
        yield "ok", _("單位指派，依本人已簽署的承諾")
    if filing.disputed:
        yield "bad", fallen_reason("disputed")
    if filing.waiting:
        yield "wait", fallen_reason("waiting_owner")
    if filing.vehicle_id is None:
        yield "warn", fallen_reason("no_vehicle")
    if filing.fallen_reason:
        yield "warn", _("上次沒有列入：%(reason)s", reason=fallen_reason(filing.fallen_reason))


def entry_rows(entries: Iterable[Entry]) -> list[Row]:
    """Rows of the list in force: holds, slots, what ends soon and who was not reached: four statements."""
    known = list(entries)
    holds, slots = queries.holds(known), queries.slots(known)
    near = expiries.of_entries([entry.id for entry in known], clock.today() + timedelta(days=expiries.NEAR_DAYS))
    lost = notices.unreached_among(entry.submission_ref for entry in known)
    rows = []
    for entry in known:
        card = open_card(entry)
        flags = _entry_flags(entry, holds.get(entry.id, []), entry.submission_ref in lost, near.get(entry.id, []))
        rows.append(
            Row(
                ref=entry.ref,
                version=entry.version,
                name=card.name,
                id_type=card.id_type,
                tail=card.tail,
                plates=tuple(card.plates),
                vehicle_use=entry.vehicle_use,
                size_class=entry.size_class,
                slot=slots.get(entry.id),
                day=entry.removed_at or entry.listed_at,
                state=entry.state,
                flags=tuple(flags),
                tickable=entry.state != "removed",
            )
        )
    return rows


def _entry_flags(
    entry: Entry, holds: list[EntryHold], lost: bool, ending: list[tuple[str, date]]
) -> Iterable[tuple[str, str]]:
    if entry.cause:
        yield "wait", str(CAUSES[entry.cause])
    if lost:
        yield "warn", _("通知未能送達本人")
    for hold in holds:
        yield "warn", hold_words(hold)
    for item, day in ending:
        if day >= clock.today():
            yield "wait", _("%(item)s有效至%(day)s", item=EXPIRING[item], day=short_day(day))


def hold_words(hold: EntryHold) -> str:
    """A hold and its term, in one line."""
    kind = str(HOLDS[hold.kind])
    return _("%(hold)s，至%(day)s", hold=kind, day=short_day(clock.last_date(hold.until))) if hold.until else kind


def line_rows(upload: Upload, lines: Iterable[UploadLine]) -> list[dict[str, Any]]:
    """Lines of an upload as its pages show them."""
    shown = list(lines)
    filings = upload_lists.filings_of_lines(shown)
    return [
        upload_lists.open_line(upload, line)
        | {
            "ref": filings[line.filing_id].ref,
            "position": line.position,
            "reason": fallen_reason(line.fallen_reason) if line.fallen_reason else "",
        }
        for line in shown
    ]


def history(entry: Entry) -> list[dict[str, str]]:
    """The entry's steps for the macro `timeline`."""
    return [
        {
            "state": "done",
            "title": str(CHANGES[step.change]),
            "when": long_time(step.at),
            "note": _step_note(step.change, step.reason),
        }
        for step in queries.steps(entry)
    ]


def _step_note(change: str, reason: str | None) -> str:
    if not reason:
        return ""
    return str((CAUSES if change == "removed" else HOLDS)[reason])
