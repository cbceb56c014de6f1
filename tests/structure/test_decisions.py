"""Decisions are numbered without a gap, and nobody's number is somebody else's."""

from pathlib import Path

DECISIONS = sorted((Path(__file__).parents[2] / "docs" / "decisions").glob("*.md"))


def test_decisions_are_numbered_one_after_the_other():
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_each_says_its_number_first():
    wrong = [path.name for path in DECISIONS if not path.read_text().startswith(f"# {int(path.name[:4])}. ")]

    assert wrong == []
