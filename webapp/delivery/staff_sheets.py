"""Handler `read-staff-sheet`: a sheet of people is read in slices, so that its page can say how far it has come."""

from __future__ import annotations

from webapp.delivery.work import Work
from webapp.domain.units import staff_sheets
from webapp.errors import Invalid


def read(work: Work) -> None:
    sheet = staff_sheets.by_ref(work.job.subject)
    if sheet is None or sheet.state != staff_sheets.READING:
        return
    try:
        found = staff_sheets.parse(sheet)
    except Invalid as refused:
        with work.slice():
            staff_sheets.fail_reading(sheet, refused)
        return
    for start in range(work.job.cursor, len(found), staff_sheets.SLICE):
        with work.slice():
            if not staff_sheets.still_reading(sheet):
                return
            some = found[start : start + staff_sheets.SLICE]
            staff_sheets.write_lines(sheet, some)
            work.advance(start + len(some), len(some), len(found))
    with work.slice():
        staff_sheets.finish_reading(sheet, len(found), sum(bool(wrong) for _number, _line, wrong in found))
