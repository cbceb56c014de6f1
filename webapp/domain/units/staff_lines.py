"""The lines of a sheet of people: its columns, what one line may say, and how people are compared with it.

A line keeps little: the name, the last four of a document, a staff number, a phone. Two people are the same **exactly**
when their folded names and the last four or the staff number agree, and **likely** the same when name and phone do, or
the end of a number whose bracketed digit was left out. A name alone is never enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from webapp import crypto
from webapp.domain.files import sheets
from webapp.errors import Fault
from webapp.values import phones
from webapp.values.folding import fold
from webapp.values.normalising import compact

COLUMNS = (
    sheets.Column(
        "full_name", "姓名", sheets.WORDS, required=True, words=("名字", "職員姓名", "員工姓名"), longest=120
    ),
    sheets.Column(
        "id_tail", "證件號碼末四位", words=("證件末四位", "證件尾號", "證件號碼", "身份證號碼", "身份證號"), longest=40
    ),
    sheets.Column("staff_number", "職員編號", words=("員工編號", "工號", "員工號"), longest=40),
    sheets.Column(
        "phone", "手提電話", sheets.WORDS, words=("電話", "手機", "手機號碼", "手提電話號碼", "聯絡電話"), longest=40
    ),
)
TAIL = 4

EXACT, LIKELY, NAME, NONE = "exact", "likely", "name", "none"
#: The best first.
FITS = (EXACT, LIKELY, NAME, NONE)
#: Documents whose last digit stands in brackets and is often left out.
BRACKETED = ("mo_bir", "hk_id")


@dataclass(frozen=True)
class Line:
    """`tail` and `staff_number` in their comparable form. `phones`: E.164, several where the region is not known."""

    name: str
    tail: str = ""
    staff_number: str = ""
    phones: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, tuple[str, ...]]:
        """What makes two lines the same person's."""
        return fold(self.name), self.tail, self.staff_number, self.phones


@dataclass(frozen=True)
class Seen:
    """Somebody who filed or is on the list, as lines are compared with him."""

    name: str
    id_type: str
    tail: str
    staff_number: str
    phone_index: bytes | None


def seal(line: Line, table: str, ref: str) -> bytes:
    return crypto.seal(asdict(line), table, "line", ref)


def unseal(sealed: bytes, table: str, ref: str) -> Line:
    kept = crypto.unseal(sealed, table, "line", ref)
    return Line(kept["name"], kept["tail"], kept["staff_number"], tuple(kept["phones"]))


def name_index(name: str) -> bytes:
    return crypto.index("roster-name", fold(name))


def read(row: sheets.SheetRow) -> tuple[Line, list[Fault]]:
    """A row of a sheet as a line, with what is wrong about it (params: `row`)."""
    values, at = row.values, {"row": row.number}
    number, staff = compact(values["id_tail"]), compact(values["staff_number"])
    numbers = _phones(values["phone"])
    wrong = []
    if not fold(values["full_name"]):
        wrong.append(Fault("full_name", "missing", at))
    if number and (len(number) < TAIL or not (number.isascii() and number.isalnum())):
        wrong.append(Fault("id_tail", "row_id_tail", at))
    if values["phone"] and not numbers:
        wrong.append(Fault("phone", "row_phone", at))
    if not number and not staff:
        wrong.append(Fault("id_tail", "row_identify", at))
    return Line(values["full_name"], number[-TAIL:], staff, numbers), wrong


def _phones(typed: str) -> tuple[str, ...]:
    """Every number that may be meant: eight digits without a region may be of Macao or of Hong Kong."""
    return tuple(value for region in phones.REGIONS if typed and (value := phones.check(region, typed).value))


def compare(line: Line, seen: Seen) -> str:
    """EXACT, LIKELY, NAME or NONE."""
    if fold(line.name) != fold(seen.name):
        return NONE
    if line.tail and line.tail == seen.tail:
        return EXACT
    if line.staff_number and line.staff_number == compact(seen.staff_number):
        return EXACT
    if seen.phone_index is not None and seen.phone_index in _indexes(line):
        return LIKELY
    if seen.id_type in BRACKETED and line.tail and line.tail[1:] == seen.tail[:-1]:
        return LIKELY
    return NAME


def same_person(line: Line, other: Line) -> bool:
    """Whether two lines mean one person: by name and the last four or the staff number."""
    if fold(line.name) != fold(other.name):
        return False
    pairs = ((line.tail, other.tail), (line.staff_number, other.staff_number))
    return any(one and one == another for one, another in pairs)


def _indexes(line: Line) -> list[bytes]:
    return [crypto.index("phone", number) for number in line.phones]


def best(lines: Iterable[Any], seen: Seen, of: Callable[[Any], Line]) -> tuple[str, Any]:
    """How well the best of these fits, and which it is; (NONE, None) where there is none."""
    found: tuple[str, Any] = (NONE, None)
    for one in lines:
        fit = compare(of(one), seen)
        if FITS.index(fit) < FITS.index(found[0]):
            found = fit, one
    return found
