"""E-mail addresses."""

import pytest

from webapp.values import emails


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("committee@demo.test", "committee@demo.test", []),
        (" Chan.TaiMan@Demo.TEST ", "Chan.TaiMan@demo.test", []),
        ("ｃｈａｎ＠ｄｅｍｏ。ｔｅｓｔ", "chan@demo.test", []),
        ("chan @ demo.test", "chan@demo.test", []),
        ("o'neil+pass@sub.demo.test", "o'neil+pass@sub.demo.test", []),
        ("123456789@qq.example", "123456789@qq.example", []),
        ("chan@中国.test", "chan@xn--fiqs8s.test", []),
        ("", "", ["missing"]),
        (None, "", ["missing"]),
        ("a" * 10_000, "", ["too_long"]),
        ("chan", "", ["bad_format"]),
        ("@demo.test", "", ["bad_format"]),
        ("chan@", "", ["bad_format"]),
        ("a@b@demo.test", "", ["bad_format"]),
        ("a..b@demo.test", "", ["bad_format"]),
        (".a@demo.test", "", ["bad_format"]),
        ("a" * 65 + "@demo.test", "", ["bad_format"]),
        ("陳@demo.test", "", ["bad_characters"]),
        ('"a b"@demo.test', "", ["bad_characters"]),
        ("chan@demo", "", ["bad_domain"]),
        ("chan@demo..test", "", ["bad_domain"]),
        ("chan@-demo.test", "", ["bad_domain"]),
        ("chan@de_mo.test", "", ["bad_domain"]),
        ("chan@192.168.1.1", "", ["bad_domain"]),
        ("chan@demo.t", "", ["bad_domain"]),
    ],
)
def test_addresses(text: str | None, value: str, expected: list[str]) -> None:
    checked = emails.check(text)

    assert (checked.value, [one.code for one in checked.findings]) == (value, expected)


def test_key_ignores_capitals_and_mask_hides_the_local_part() -> None:
    assert emails.key("Chan@demo.test") == "chan@demo.test"
    assert [emails.mask(value) for value in ("chan@demo.test", "c@demo.test", "chan")] == [
        "c***@demo.test",
        "***@demo.test",
        "",
    ]
