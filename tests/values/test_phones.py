"""Mobile numbers: the numbering plans decide, the library's tables only warn."""

import phonenumbers
import pytest

from webapp.values import phones


def answer(region: str, text: str | None) -> tuple[str, list[str]]:
    found = phones.check(region, text)
    return found.value, [("?" if one.warning else "") + one.code for one in found.findings]


@pytest.mark.parametrize(
    ("region", "text", "value"),
    [
        ("86", "13800138000", "+8613800138000"),
        ("86", "138 0013 8000", "+8613800138000"),
        ("86", "+86 138-0013-8000", "+8613800138000"),
        ("86", "008613800138000", "+8613800138000"),
        ("86", "8613800138000", "+8613800138000"),
        ("86", "（１３８）００１３８０００", "+8613800138000"),
        ("853", "6612 3456", "+85366123456"),
        ("853", "+853 62123456", "+85362123456"),
        ("852", "5123 4567", "+85251234567"),
        ("852", "(852) 9123 4567", "+85291234567"),
    ],
)
def test_usual_numbers(region: str, text: str, value: str) -> None:
    assert answer(region, text) == (value, [])


@pytest.mark.parametrize("start", ["60", "61", "64", "67", "69"])
def test_all_of_six_is_mobile_in_macao(start: str) -> None:
    assert answer("853", f"{start}123456") == (f"+853{start}123456", ["?unknown_range"])


@pytest.mark.parametrize("start", ["140", "146", "149", "154", "160", "164", "169", "174", "179", "194"])
def test_mainland_ranges_the_library_does_not_know_only_warn(start: str) -> None:
    assert answer("86", f"{start}12345678") == (f"+86{start}12345678", ["?unknown_range"])


@pytest.mark.parametrize(
    ("region", "text", "expected"),
    [
        ("86", "", ["missing"]),
        ("86", None, ["missing"]),
        ("86", "1" * 10_000, ["too_long"]),
        ("86", "1380013800", ["wrong_length"]),
        ("86", "138001380000", ["wrong_length"]),
        ("86", "12800138000", ["not_mobile"]),
        ("86", "07561234567", ["not_mobile"]),
        ("86", "1380013800a", ["bad_characters"]),
        ("86", "+853 6612 3456", ["other_region"]),
        ("86", "+351 912 345 678", ["wrong_length"]),
        ("86", "138****8000", ["bad_characters"]),
        ("86", "١٣٨٠٠١٣٨٠٠٠", ["bad_characters"]),
        ("853", "28123456", ["not_mobile"]),
        ("853", "661234567", ["wrong_length"]),
        ("853", "+852 6612 3456", ["other_region"]),
        ("852", "21234567", ["not_mobile"]),
        ("852", "31234567", ["not_mobile"]),
        ("1", "2025550123", ["unknown_region"]),
    ],
)
def test_wrong_numbers_are_refused(region: str, text: str | None, expected: list[str]) -> None:
    assert answer(region, text) == ("", expected)


def test_whatever_the_plans_allow_has_a_possible_length_for_the_library() -> None:
    starts = (
        [("86", f"1{n}", 11) for n in range(3, 10)] + [("853", "6", 8)] + [("852", str(n), 8) for n in range(4, 10)]
    )

    numbers = [f"+{region}{start.ljust(length, '2')}" for region, start, length in starts]

    assert [number for number in numbers if not phonenumbers.is_possible_number(phonenumbers.parse(number))] == []


@pytest.mark.parametrize(
    ("e164", "parts", "masked", "printed"),
    [
        ("+8613800138000", ("86", "13800138000"), "138****8000", "+86 138 0013 8000"),
        ("+85366123456", ("853", "66123456"), "+853 66****56", "+853 6612 3456"),
        ("+85291234567", ("852", "91234567"), "+852 91****67", "+852 9123 4567"),
        ("", ("", ""), "", ""),
        ("+1202", ("", ""), "", ""),
    ],
)
def test_stored_numbers_split_mask_and_print(e164: str, parts: tuple[str, str], masked: str, printed: str) -> None:
    assert phones.split(e164) == parts
    assert phones.mask(e164) == masked
    assert phones.display(e164) == printed
