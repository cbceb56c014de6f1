"""Whole numbers out of addresses and forms."""

import pytest

from webapp.values.numbers import typed_number, whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("42", 42),
        ("007", 7),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("0" * 19, None),
        ("-1", None),
        ("+1", None),
        ("1.0", None),
        ("1e3", None),
        ("1_000", None),
        (" 1", None),
        ("1\n", None),
        ("١٢", None),
        ("１２", None),
        ("²", None),
        ("十二", None),
        ("1\0", None),
        ("", None),
        (None, None),
    ],
)
def test_only_plain_digits_are_a_number(text: str | None, number: int | None) -> None:
    assert whole_number(text) == number


def test_no_more_digits_than_asked_for() -> None:
    assert (whole_number("99999", digits=5), whole_number("100000", digits=5)) == (99999, None)


@pytest.mark.parametrize(
    ("text", "number"), [(" 200 ", 200), ("２００", 200), ("-200", None), ("2 00", None), ("二百", None), (None, None)]
)
def test_full_width_digits_are_understood_where_people_type(text: str | None, number: int | None) -> None:
    assert typed_number(text, digits=8) == number
