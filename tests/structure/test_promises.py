"""What the documents of security promise: every row is filled, every test named exists, numbers are the code's."""

import re
from collections import Counter
from pathlib import Path

import pytest

from webapp import MAX_REQUEST
from webapp.blueprints.public.genuine import LARGEST_FILE
from webapp.blueprints.unit.filings_bulk import MOST_ROWS
from webapp.domain.files import intake, pdf_intake, sheet_xlsx, sheets
from webapp.domain.filings import drafts, items
from webapp.domain.limits.actions import RULES
from webapp.domain.pledges import drawings, strokes
from webapp.domain.registry.queries import PEOPLE_PER_PHONE
from webapp.domain.sanctions.cases_rules import MOST_FILES
from webapp.domain.units.models import Unit
from webapp.domain.units.team import INVITATIONS_AT_ONCE

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
#: Name of a test file → its text; two of one name in different folders count as one.
TESTS: dict[str, str] = {}
for path in (ROOT / "tests").rglob("test_*.py"):
    TESTS[path.name] = TESTS.get(path.name, "") + path.read_text("utf-8")
NAMED = re.compile(r"\b(test_\w+\.py)(?:::(test_\w+))?")
#: Requirements of ASVS 5.0.0: 70 of level 1, 183 of level 2, and how many of both each section begins with (those of
#: level 3 come last in theirs).
ASVS = {"1": 70, "2": 183}
SECTIONS = (
    "1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4"
    " 5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2"
    " 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4"
    " 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1"
    " 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2"
)
#: What shows a requirement that is met, where no test does: a rule of the linter or a target that fails.
SHOWN = re.compile(r"ruff S\d{3}|`make (?:check|sbom)`")


def rows(name: str, columns: int) -> list[list[str]]:
    lines = (DOCS / name).read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines if line.startswith("| ")]
    return [row for row in cells if len(row) == columns and re.fullmatch(r"[\d.]+", row[0])]


@pytest.mark.parametrize("name", ["security.md", "threats.md", "controls.md", "asvs.md", "limits.md"])
def test_every_test_that_is_named_exists(name):
    missing = [
        (file, test)
        for file, test in NAMED.findall((DOCS / name).read_text("utf-8"))
        if file not in TESTS or (test and f"def {test}(" not in TESTS[file])
    ]

    assert missing == []


def test_all_fifty_controls_have_a_row_and_no_cell_is_empty():
    found = rows("controls.md", 5)

    assert [row[0] for row in found] == [str(number) for number in range(1, 51)]
    assert [row for row in found if not all(row)] == []
    assert {row[2] for row in found} <= {"met", "host"}
    assert [row[0] for row in found if row[2] == "met" and not NAMED.search(row[4])] == []


def test_every_requirement_of_asvs_has_a_row_and_no_cell_is_empty():
    found = rows("asvs.md", 5)

    assert {level: sum(row[1] == level for row in found) for level in ASVS} == ASVS
    assert len({row[0] for row in found}) == len(found)
    numbers = {
        f"{section}.{number}"
        for section, count in (one.split(":") for one in SECTIONS.split())
        for number in range(1, int(count) + 1)
    }
    assert {row[0] for row in found} == numbers
    assert [row for row in found if not all(row)] == []
    standing = Counter(row[3] for row in found)
    assert set(standing) == {"met", "n/a", "host"}
    said = re.search(
        r"(\d+) requirements: (\d+) met, (\d+) not applicable, (\d+) the host's",
        (DOCS / "asvs.md").read_text("utf-8"),
    )
    assert [int(one) for one in said.groups()] == [len(found), *(standing[one] for one in ("met", "n/a", "host"))]
    met = [row for row in found if row[3] == "met"]
    assert [row[0] for row in met if not (NAMED.search(row[4]) or SHOWN.search(row[4]))] == []


@pytest.mark.parametrize("name", ["controls.md", "asvs.md"])
def test_rows_name_tests_not_files(name):
    """A file shows nothing; which of its tests does is what a row says."""
    text = (DOCS / name).read_text("utf-8")

    assert [file for file, test in NAMED.findall(text) if not test and file != "test_promises.py"] == []


def test_limits_in_words_are_those_of_the_code():
    text = (DOCS / "limits.md").read_text("utf-8")
    said = re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    mebi = 1024 * 1024

    assert {rule: (int(size), 60 * int(minutes)) for rule, size, minutes in said} == {
        name: (rule.size, rule.seconds) for name, rule in RULES.items()
    }
    for words in (
        f"phone on file is the same | {PEOPLE_PER_PHONE} |",
        f"vehicles of one submission | {items.MAX_VEHICLES} |",
        f"sets no other number | {Unit.daily_ceiling.default} |",
        f"a unit's staff | {INVITATIONS_AT_ONCE} |",
        f"side of a case | {MOST_FILES} |",
        f"days a draft stays | {drafts.LIFE.days} |",
        f"confirmed with its number | {MOST_ROWS} |",
        f"not believed | {intake.LARGEST // mebi} MB | pictures {intake.LARGEST_PIXELS // 10**6} million pixels",
        f"tables of a PDF {pdf_intake.LARGEST_TABLES // mebi} MB, one of them {pdf_intake.LARGEST_TABLE // mebi} MB",
        f"MB, {pdf_intake.MOST_PAGES} pages,",
        f"pages, {pdf_intake.MOST_OBJECTS:,} objects",
        f"at most {intake.LONGEST_SIDE:,} pixels long",
        f"{sheets.Limits().megabytes} MB (`IMPORT_MEGABYTES`), {sheets.Limits().rows:,} rows (`IMPORT_ROWS`)",
        f"{sheet_xlsx.LARGEST_UNPACKED // mebi} MB, {sheet_xlsx.MOST_PARTS} parts, {sheet_xlsx.MOST_COLUMNS} columns",
        f"{drawings.LONGEST:,} and {strokes.LONGEST:,} signs | {drawings.LARGEST // 10**6} million pixels",
        f"{strokes.MOST_POINTS:,} points",
        f"| {LARGEST_FILE // mebi} MB | | read for its seal",
        f"| {MAX_REQUEST // mebi} MB, 1,000 parts, 2 MB of fields |",
    ):
        assert words in text
