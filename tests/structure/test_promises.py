"""What the documents of security promise: every row is filled, every test named there exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
#: Name of a test file → its text; two of one name in different folders count as one.
TESTS: dict[str, str] = {}
for path in (ROOT / "tests").rglob("test_*.py"):
    TESTS[path.name] = TESTS.get(path.name, "") + path.read_text("utf-8")
NAMED = re.compile(r"\b(test_\w+\.py)(?:::(test_\w+))?")
#: Requirements of ASVS 5.0.0: 70 of level 1, 183 of level 2.
ASVS = {"1": 70, "2": 183}


def rows(name: str, columns: int) -> list[list[str]]:
    lines = (DOCS / name).read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines if line.startswith("| ")]
    return [row for row in cells if len(row) == columns and re.fullmatch(r"[\d.]+", row[0])]


@pytest.mark.parametrize("name", ["security.md", "threats.md", "controls.md", "asvs.md"])
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
    assert [row for row in found if not all(row)] == []
    assert {row[3] for row in found} == {"met", "n/a", "host"}
