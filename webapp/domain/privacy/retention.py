"""How long what is kept: one table. Which term a column has, the register says; who deletes, `purging`."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.domain.accounts.forgetting import CODES_KEPT, LINKS_KEPT, SESSIONS_KEPT
from webapp.domain.filings import drafts, lapsing
from webapp.domain.passlist import printing
from webapp.domain.sanctions import batch_files
from webapp.domain.units import drafts as registrations
from webapp.domain.units import staff_sheets

#: Days, where no setting has another word.
PERSON_DAYS = 365  # after the last thing of a person is over: evidence for objections, then erasure
DELIVERY_DAYS = 30
NOTICE_DAYS = 365
SEARCH_DAYS = 365
LANE_CHECK_DAYS = 730
JOB_DAYS = 30
LIMIT_DAYS = 2


@dataclass(frozen=True)
class Term:
    """`days` after what `begins` says; None: as long as what it belongs to, or for good."""

    code: str
    days: int | None
    begins: str


_USUAL = (35, PERSON_DAYS, 30, 90)
_copies_days, _person_days, _lane_days, _roster_days = _USUAL


def configure(*, copies: int, person: int, lane_plates: int, roster: int) -> None:
    """The terms that are settings, in days."""
    global _copies_days, _person_days, _lane_days, _roster_days
    _copies_days, _person_days, _lane_days, _roster_days = copies, person, lane_plates, roster


def copies_days() -> int:
    """After so many days no copy made before is left."""
    return _copies_days


def person_days() -> int:
    return _person_days


def terms() -> dict[str, Term]:
    """The table, as it holds here."""
    return _table(_copies_days, _person_days, _lane_days, _roster_days)


def usual() -> dict[str, Term]:
    """The table where no setting says otherwise."""
    return _table(*_USUAL)


def _table(copies: int, person: int, lane_plates: int, roster: int) -> dict[str, Term]:
    table = (
        Term("person", person, "all_over"),
        Term("returned", lapsing.LIFE.days, "returned"),
        Term("draft", drafts.LIFE.days, "begun"),
        Term("registration", registrations.LIFE.days, "begun"),
        Term("code", CODES_KEPT.days, "expired"),
        Term("link", LINKS_KEPT.days, "expired"),
        Term("session", SESSIONS_KEPT.days, "ended"),
        Term("limit", LIMIT_DAYS, "last_try"),
        Term("delivery", DELIVERY_DAYS, "written"),
        Term("notice", NOTICE_DAYS, "written"),
        Term("search", SEARCH_DAYS, "made"),
        Term("lane_plate", lane_plates, "asked"),
        Term("lane_check", LANE_CHECK_DAYS, "asked"),
        Term("staff_sheet", staff_sheets.KEPT.days, "sent"),
        Term("sanction_file", batch_files.KEPT.days, "sent"),
        Term("roster", roster, "entered"),
        Term("list_export", printing.KEPT.days, "made"),
        Term("job", JOB_DAYS, "finished"),
        Term("copy", copies, "made"),
        Term("erasure", None, "for_good"),
        Term("record", None, "record"),
        Term("account", None, "while_account"),
        Term("unit", None, "while_unit"),
        Term("public", None, "for_good"),
        Term("technical", None, "with_row"),
    )
    return {term.code: term for term in table}
