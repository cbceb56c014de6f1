"""Sheets of people, as a unit sends them, and rosters made of them."""

from __future__ import annotations

from tests.builders.delivery import drain
from tests.builders.filings import Filed
from tests.builders.sheets import workbook
from tests.builders.units import BuiltUnit
from webapp.domain.jobs.models import RECORDS
from webapp.domain.units import roster, staff_sheets
from webapp.domain.units.models import StaffSheet

HEADS = ("姓名", "證件號碼末四位", "職員編號", "手提電話")


def line_of(sent: Filed, **changes: str) -> tuple[str, str, str, str]:
    """The line of a sheet that means exactly whoever sent this."""
    given = {
        "name": sent.answers["person"]["full_name"],
        "tail": sent.answers["person"]["id_number"].replace("(", "").replace(")", "")[-4:],
        "staff_number": "",
        "phone": sent.answers["contact"]["phone"],
    } | changes
    return given["name"], given["tail"], given["staff_number"], given["phone"]


def people(*lines: tuple, heads: tuple = HEADS) -> bytes:
    return workbook(*lines, heads=heads)


def sent(db, built: BuiltUnit, kind: str, content: bytes) -> StaffSheet:
    """A sheet that was sent and read."""
    made = staff_sheets.send(built.actor, built.unit.id, kind, content, "人員.xlsx")
    drain(db, RECORDS)
    return staff_sheets.one(built.unit.id, made["sheet"])


def entered(db, built: BuiltUnit, *lines: tuple) -> dict:
    """A roster of these lines."""
    return roster.enter(built.actor, built.unit.id, sent(db, built, staff_sheets.ROSTER, people(*lines)).ref)
