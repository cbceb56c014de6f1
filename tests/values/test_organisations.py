"""Registration numbers of units by place."""

import pytest

from webapp.values import organisations

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(body: str) -> str:
    """The 17 characters with their check, worked out apart from the code under test (GB 32100 weights)."""
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    return body + SIGNS[-sum(w * SIGNS.index(s) for w, s in zip(weights, body, strict=True)) % 31]


def answer(place: str, text: str | None) -> tuple[str, list[str]]:
    found = organisations.check(place, text)
    return found.value, [one.code for one in found.findings]


@pytest.mark.parametrize(
    ("text", "value", "hint"),
    [
        ("91440400MA4UH7T126", "91440400MA4UH7T126", "enterprise"),
        ("12440400mb2c123454", "12440400MB2C123454", "organ"),
        (" 9144 0400 MA4U-H7T1 26 ", "91440400MA4UH7T126", "enterprise"),
        ("９１４４０４００ＭＡ４ＵＨ７Ｔ１２６", "91440400MA4UH7T126", "enterprise"),
        (credit_code("52440405MJM123456"), credit_code("52440405MJM123456"), "social"),
        (credit_code("54440405MEA123456"), credit_code("54440405MEA123456"), "resident"),
        (credit_code("N2440402MF1234567"), credit_code("N2440402MF1234567"), "enterprise"),
        (credit_code("A1440400123456789"), credit_code("A1440400123456789"), None),
        (credit_code("Y1440003MA0000017"), credit_code("Y1440003MA0000017"), None),
        (credit_code("G1110000123456789"), credit_code("G1110000123456789"), None),
    ],
)
def test_credit_codes_with_their_class_hint(text: str, value: str, hint: str | None) -> None:
    assert answer("cn", text) == (value, [])
    assert organisations.class_hint(value) == hint


def test_every_check_character_but_one_is_refused() -> None:
    good = "91440400MA4UH7T126"

    assert [sign for sign in SIGNS if answer("cn", good[:17] + sign)[0]] == [good[17]]


@pytest.mark.parametrize(
    ("place", "text", "expected"),
    [
        ("cn", "", ["missing"]),
        ("cn", None, ["missing"]),
        ("cn", "9" * 10_000, ["too_long"]),
        ("cn", "91440400MA4UH7T12", ["wrong_length"]),
        ("cn", "440400123456789", ["wrong_length"]),
        ("cn", "91440400MO4UH7T126", ["bad_characters"]),
        ("cn", "91440400MA4UH7T12Z", ["bad_characters"]),
        ("cn", "9144040AMA4UH7T126", ["bad_format"]),
        ("cn", "91440400MA4UH7T127", ["check_digit"]),
        ("cn", "91440400AM4UH7T126", ["check_digit"]),
        ("hk", "123456", ["wrong_length"]),
        ("hk", "123456789", ["wrong_length"]),
        ("hk", "1234567A", ["bad_format"]),
        ("mo", "1", ["too_short"]),
        ("mo", "1" * 31, ["too_long"]),
        ("mo", "<script>", ["bad_characters"]),
        ("mo", "::", ["bad_format"]),
        ("us", "123", ["unknown_place"]),
    ],
)
def test_wrong_numbers_are_refused(place: str, text: str | None, expected: list[str]) -> None:
    assert answer(place, text) == ("", expected)


@pytest.mark.parametrize(
    ("place", "text", "value"),
    [
        ("hk", "12345678", "12345678"),
        ("hk", "1234567", "01234567"),
        ("hk", "12345678-000", "12345678000"),
        ("hk", "12345678-000-01-23-4", "12345678000"),
        ("hk", "12345678-000-01-23-A", "12345678000"),
        ("mo", "12345 SO", "12345SO"),
        ("mo", "第 1234/2020 號", "第12342020號"),
        ("mo", "81234567", "81234567"),
    ],
)
def test_numbers_of_hong_kong_and_macao(place: str, text: str, value: str) -> None:
    assert answer(place, text) == (value, [])


def test_a_hong_kong_business_is_the_same_as_its_main_branch() -> None:
    assert organisations.identity_key("hk", "12345678") == organisations.identity_key("hk", "12345678000")
    assert organisations.identity_key("hk", "12345678") != organisations.identity_key("hk", "12345678001")
    assert organisations.identity_key("hk", "12345678") != organisations.identity_key("mo", "12345678")
