"""Sheets of people and the roster as pages show them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from webapp.domain.closings import leaving
from webapp.domain.units import roster, staff_lines, staff_sheets
from webapp.domain.units.models import StaffSheet, Unit
from webapp.domain.units.roster import Match
from webapp.domain.units.staff_lines import EXACT, LIKELY, NAME, NONE, Line, Seen
from webapp.errors import Fault
from webapp.ui import sentences, sheets
from webapp.ui.words import gettext as _
from webapp.values import phones
from webapp.values.folding import fold
from webapp.values.normalising import compact

#: Rows of each part of a preview that a page shows; the rest is counted.
SHOWN = 100


def file_faults(sheet: StaffSheet) -> list[str]:
    """Why a file could not be read."""
    field = "roster" if sheet.kind == staff_sheets.ROSTER else "file"
    return [sentences.of(Fault(field, code, params)) for code, params in sheet.faults or ()]


def preview(unit: Unit, sheet: StaffSheet) -> dict[str, Any]:
    """What confirming this sheet would do."""
    read = staff_sheets.lines(sheet)
    errors = [(number, _at_its_column(fault)) for number, _line, wrong in read for fault in wrong]
    about: dict[str, Any] = {"errors": errors, "taken": sheet.rows - sheet.wrong}
    if sheet.kind == staff_sheets.ROSTER:
        return about | {
            "change": roster.compared(unit.id, [line for _number, line, wrong in read if not wrong]),
            "same_file": roster.is_same_file(unit.id, bytes(sheet.digest)),
        }
    meant = leaving.found(unit.id, sheet)
    by_fit = {fit: [one for one in meant if one.fit == fit] for fit in (EXACT, LIKELY)}
    absent = [one for one in meant if one.fit in (NAME, NONE)]
    return about | {
        "exact": by_fit[EXACT],
        "likely": by_fit[LIKELY],
        "absent": absent,
        "shown": SHOWN,
        "digest": leaving.digest(meant),
    }


def wrong_rows(sheet: StaffSheet) -> Iterator[list[str]]:
    """Rows of the file of errors: row number, what was read, what is to be changed."""
    for number, line, wrong in staff_sheets.lines(sheet):
        if wrong:
            told = _("；").join(_at_its_column(fault) for fault in wrong)
            yield [str(number), line.name, line.tail, line.staff_number, said_phone(line), told]


_COLUMNS = {column.name: column for column in staff_lines.COLUMNS}


def _at_its_column(fault: Fault) -> str:
    """What is wrong, behind the name of the column where it is."""
    return _("%(column)s：%(what)s", column=sheets.head(_COLUMNS[fault.field]), what=sentences.of(fault))


def said_phone(line: Line) -> str:
    return phones.split(line.phones[0])[1] if line.phones else ""


def beside(seen: Seen, match: Match, phone: str) -> list[dict[str, Any]]:
    """The roster's line and the filing, item by item: name, roster, filing, and whether they agree (None: unknown)."""
    line = match.line
    if line is None:
        return []
    return [
        _item(_("姓名"), line.name, seen.name, fold(line.name) == fold(seen.name)),
        _item(_("證件末四位"), line.tail, seen.tail, line.tail == seen.tail),
        _item(_("職員編號"), line.staff_number, seen.staff_number, line.staff_number == compact(seen.staff_number)),
        _item(_("手提電話"), said_phone(line), phones.split(phone)[1], phone in line.phones),
    ]


def _item(name: str, on_roster: str, filed: str, same: bool) -> dict[str, Any]:
    known = bool(on_roster and filed)
    return {"name": name, "roster": on_roster, "filed": filed, "same": same if known else None}
