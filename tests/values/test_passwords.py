"""Staff passwords."""

import pytest

from webapp.values import passwords


def codes(password: str | None, name: str = "", email: str = "") -> list[str]:
    return [one.code for one in passwords.check(password, name, email)]


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("demo-Pass-2026", []),
        ("correct!Horse9battery", []),
        ("Kx7 vmq2 ptz9", []),
        ("橫琴Ab1-橫琴二線通道", []),
        ("Kx7-vmq2-ptz9 " * 9, []),
        ("Kx7-vmq2" * 16, []),
        ("Kx7-vmq2" * 16 + "!", ["too_long"]),
        ("", ["missing"]),
        (None, ["missing"]),
        ("x" * 10_000, ["too_long"]),
        ("Kx7-vmq2-pt", ["too_short"]),
        ("kxvmqptzwrbn", ["too_few_classes"]),
        ("kxvmqptzwr12", ["too_few_classes"]),
        ("aaaaaAAAAA11", ["too_few_different"]),
        ("Password2026!", ["common_password"]),
        ("P@ssw0rd2026!!", ["common_password"]),
        ("passwordPassword1", ["common_password"]),
        ("Qwertyuiop123!", ["common_password"]),
        ("1qaz@WSX3edc", ["common_password"]),
        ("Hengqin2026!", ["common_password"]),
        ("Sonyericsson1!", ["common_password"]),
        ("Chickenwing101!", ["common_password"]),
        ("q1W2e3R4t5Y6", ["common_password"]),
        ("!!!2026admin!!!A", []),
        ("Ab1", ["too_short", "too_few_different"]),
    ],
)
def test_strength(password: str | None, expected: list[str]) -> None:
    assert codes(password) == expected


@pytest.mark.parametrize(
    ("password", "name", "email", "expected"),
    [
        ("Zhangweiqiang-1", "張偉強", "", ["contains_name"]),
        ("Kx7-張偉强-vmq2", "張偉強", "", ["contains_name"]),
        ("Cheong-kx7-vmq2", "CHEONG Wai", "", ["contains_name"]),
        ("Kx7-li-vmq2-ptz", "Li Na", "", []),
        ("Kx7-Committee-2", "", "committee@demo.test", ["contains_email"]),
        ("Kx7-vmq2-ptz-ab", "", "ab@demo.test", []),
        ("ab@demo.test-A1", "", "ab@demo.test", ["contains_email"]),
        ("demo-Pass-2026", "示範單位專人", "committee@demo.test", []),
    ],
)
def test_neither_name_nor_address(password: str, name: str, email: str, expected: list[str]) -> None:
    assert codes(password, name, email) == expected


def test_what_is_barred_are_words_of_this_place_and_tens_of_thousands_of_breached_passwords() -> None:
    barred = passwords._common()

    assert len(barred) > 25_000
    assert {"hengqin", "macao", "guangdong", "haiguan", "admin", "chickenwing101"} <= barred
