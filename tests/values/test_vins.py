"""VINs and other chassis numbers."""

import pytest

from webapp.values import vins


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("1M8GDM9AXKP042788", "1M8GDM9AXKP042788", []),
        ("lsvaa49j132047371", "LSVAA49J132047371", []),
        ("LSVA A49J 1320 47371", "LSVAA49J132047371", []),
        ("ＬＳＶＡＡ４９Ｊ１３２０４７３７１", "LSVAA49J132047371", []),
        ("11111111111111111", "11111111111111111", []),
        ("LSVAA49J132047372", "LSVAA49J132047372", ["?odd_vin"]),
        ("WVWZZZ1JZXW000001", "WVWZZZ1JZXW000001", ["?odd_vin"]),
        ("ZRR80-0123456", "ZRR800123456", ["?other_chassis_number"]),
        ("GDB-001234", "GDB001234", ["?other_chassis_number"]),
        ("LSVAA49J13204737", "LSVAA49J13204737", ["?other_chassis_number"]),
        ("LSVAA49J1320473711", "", ["too_long"]),
        ("LSVAA49JO32047371", "", ["vin_letters"]),
        ("LSVAA49JI32047371", "", ["vin_letters"]),
        ("LSVAA49JQ32047371", "", ["vin_letters"]),
        ("LSVAA49J*32047371", "", ["bad_characters"]),
        ("車架號碼123456", "", ["bad_characters"]),
        ("AB123", "", ["too_short"]),
        ("ABCDEFGH", "", ["bad_format"]),
        ("", "", ["missing"]),
        (None, "", ["missing"]),
        ("1" * 10_000, "", ["too_long"]),
    ],
)
def test_chassis_numbers(text: str | None, value: str, expected: list[str]) -> None:
    checked = vins.check(text)

    assert (checked.value, [("?" if one.warning else "") + one.code for one in checked.findings]) == (value, expected)


def test_only_the_check_digit_at_position_nine_passes_unasked() -> None:
    quiet = [sign for sign in "0123456789X" if not vins.check(f"LSVAA49J{sign}32047371").findings]

    assert quiet == ["1"]
