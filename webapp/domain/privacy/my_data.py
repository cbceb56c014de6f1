"""Everything that is kept on one person, as he may see it: whatever the phone he has proved was signed with (design 3).

What only the person on file may know (sanctions, phones on file) is there where that phone is the one on file. Other
people's data are not: of a shared car its other driver, of a case the other side. What channels asked of a car is given
to its owner alone, because another's trips are another's data.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from webapp import clock
from webapp.domain.filings.models import Submission
from webapp.domain.privacy import my_data_filed, my_data_told
from webapp.domain.privacy.my_data_scope import Row, scope_of
from webapp.domain.privacy.my_data_shape import INSTANT, TABLES, TEXT, VERSION, WORDS

#: Each gives some of the tables.
PARTS = (
    my_data_filed.person,
    my_data_filed.declared,
    my_data_filed.signed,
    my_data_filed.in_motion,
    my_data_filed.in_force,
    my_data_filed.helped,
    my_data_told.contested,
    my_data_told.told,
    my_data_told.asked,
    my_data_told.given,
)


def gather(submission: Submission) -> dict[str, Any]:
    """Every table of `my_data_shape` as it stands now."""
    scope = scope_of(submission)
    found: dict[str, Any] = {"version": VERSION, "made_at": clock.now().isoformat()}
    for part in PARTS:
        found |= {name: [_plain(name, row) for row in rows] for name, rows in part(scope).items()}
    return found


def _plain(table: str, row: Row) -> Row:
    """The row with every column of its table, in their order, as JSON can carry it."""
    plain: Row = {}
    for column, kind in TABLES[table].items():
        value = row.get(column)
        if kind == INSTANT:
            plain[column] = value.isoformat() if isinstance(value, datetime) else None
        elif kind == WORDS:
            plain[column] = list(value or ())
        else:
            plain[column] = "" if value is None and kind == TEXT else value
    return plain
