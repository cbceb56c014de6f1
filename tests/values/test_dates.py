"""Dates as typed, and expiry."""

from datetime import date

import pytest

from webapp.values import dates

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05",
        "2026-1-5",
        "２０２６－０１－０５",
        "2026/01/05",
        "2026.1.5",
        "2026年1月5日",
        "2026 年 01 月 05 號",
        "20260105",
        "2026–01–05",
    ],
)
def test_one_day_typed_in_many_ways(text: str) -> None:
    assert dates.parse(text) == date(2026, 1, 5)
    assert dates.check(text).value == "2026-01-05"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["missing"]),
        (None, ["missing"]),
        ("2026-02-29", ["bad_date"]),
        ("2026-13-01", ["bad_date"]),
        ("0000-01-01", ["bad_date"]),
        ("05-01-2026", ["bad_date"]),
        ("26-01-05", ["bad_date"]),
        ("2026-01", ["bad_date"]),
        ("長期", ["bad_date"]),
        ("٢٠٢٦-٠١-٠٥", ["bad_date"]),
        ("2" * 10_000, ["bad_date"]),
    ],
)
def test_what_is_no_date(text: str | None, expected: list[str]) -> None:
    checked = dates.check(text)

    assert (checked.value, [one.code for one in checked.findings]) == ("", expected)
    assert dates.parse(text) is None


@pytest.mark.parametrize(
    ("expiry", "expected"),
    [
        (date(2026, 11, 22), ["expired"]),
        (date(2026, 11, 23), ["?expires_today"]),
        (date(2026, 11, 24), ["?expires_soon"]),
        (date(2026, 12, 23), ["?expires_soon"]),
        (date(2026, 12, 24), []),
        (date(2086, 11, 23), []),
        (date(2086, 11, 24), ["too_far"]),
        (date.max, ["too_far"]),
        (date.min, ["expired"]),
        (None, ["missing"]),
    ],
)
def test_expiry(expiry: date | None, expected: list[str]) -> None:
    found = dates.check_expiry(expiry, TODAY)

    assert [("?" if one.warning else "") + one.code for one in found] == expected
