"""The exported list in words: column names, values, and who exported it when and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from webapp import clock
from webapp.documents import words
from webapp.domain.files import sheet_writing
from webapp.domain.passlist import exporting
from webapp.domain.units.models import Unit
from webapp.ui.presenters import long_time
from webapp.ui.verifying import SHORT_SIZES, SHORT_TYPES, SHORT_USES, SLOTS
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values import documents, phones, plates

PURPOSES: dict[str, Any] = {code: _l(said) for code, said in words.EXPORT_PURPOSES.items()}
STATES: dict[str, Any] = {code: _l(said) for code, said in words.ENTRY_STATES.items()}
FORMATS: list[tuple[Any, ...]] = [
    ("xlsx", _l("xlsx（試算表）")),
    ("csv", _l("CSV（UTF-8）"), _l("18位號碼在試算表程式中可能只剩15位，要完整號碼請選xlsx")),
    ("pdf", _l("PDF（列印）")),
]


def heads() -> list[str]:
    return [
        _("申報編號"), _("姓名"), _("外文姓名"), _("證件類別"), _("證件號碼"), _("手提電話"), _("車牌"),
        _("用途"), _("車型"), _("身份"), _("狀況"), _("列入日期"),
    ]  # fmt: skip


def mark(unit: Unit, who: str, done: dict[str, Any]) -> list[str]:
    """What stands above the list: whose it is, who exported it when, and what it may be used for."""
    form = _("完整") if done["full"] else _("證件號碼只有末四位")
    said = [
        _("%(unit)s　備案名單，%(rows)s項，%(form)s", unit=unit.name, rows=done["rows"], form=form),
        _("由%(who)s於%(when)s匯出，已記錄。", who=who, when=long_time(clock.now())),
    ]
    if done["purpose"]:
        said.append(_("用途：%(purpose)s。不得作其他用途，用後請銷毀。", purpose=str(PURPOSES[done["purpose"]])))
    return said


def rows(unit_id: int, state: str, full: bool) -> Iterator[list[str]]:
    for line in exporting.lines(unit_id, state, full):
        number = documents.display_number(line.id_type, line.document)
        yield [
            line.number,
            line.name,
            line.latin_name,
            str(SHORT_TYPES[line.id_type]),
            number if full else _("尾號%(tail)s", tail=number),
            phones.display(line.phone),
            "　".join(plates.display(one) for one in line.plates),
            str(SHORT_USES[line.vehicle_use]),
            str(SHORT_SIZES[line.size_class]),
            str(SLOTS[line.slot]) if line.slot else "",
            str(STATES[line.state]),
            clock.local_date(line.listed_at).isoformat(),
        ]


def pieces(unit: Unit, who: str, state: str, done: dict[str, Any]) -> Iterator[bytes]:
    """The file in pieces, as it is read."""
    body, above = rows(unit.id, state, done["full"]), mark(unit, who, done)
    if done["format"] == "csv":
        return sheet_writing.csv_text(heads(), body, above)
    return sheet_writing.xlsx(_("備案名單"), heads(), body, above)
