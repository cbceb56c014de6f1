"""Classes of driving licences: what the mainland, Macao and Hong Kong print is taken, however it is written."""

import pytest

from webapp.values import licences


@pytest.mark.parametrize(
    "text, value",
    [
        # mainland
        ("C1", "C1"), ("c1", "C1"), ("Ｃ１", "C1"), ("C 1", "C1"), ("C-1", "C1"), ("C1照", "C1"), ("C1E", "C1E"),
        ("A1A2", "A1A2"), ("A1、A2", "A1A2"), ("a1, c1", "A1C1"), ("A2D", "A2D"), ("B2 E", "B2E"), ("C6", "C6"),
        ("D/E/F", "DEF"), ("M N P", "MNP"), ("C1 C1", "C1"),
        # Macao
        ("B", "B"), ("B類", "B"), ("A1、B", "A1B"), ("A、B和C", "ABC"), ("D1 D2", "D1D2"), ("E+C", "EC"),
        ("CICL", "CICL"), ("cicl, B", "CICLB"),
        # Hong Kong
        ("1", "1"), ("1, 2", "1,2"), ("1 2 18 19", "1,2,18,19"), ("22", "22"),
        # licences of two places
        ("C1, 1", "C1,1"), ("1、B", "1B"),
    ],
)  # fmt: skip
def test_a_class_that_is_printed_is_taken(text, value):
    found = licences.check(text)

    assert (found.value, found.findings) == (value, ())


@pytest.mark.parametrize("text, value", [("C7", "C7"), ("G", "G"), ("23", "23"), ("C1 T", "C1T")])
def test_one_class_nobody_here_prints_may_be_confirmed(text, value):
    found = licences.check(text)

    assert (found.value, [one.code for one in found.findings]) == (value, ["unknown_class"])


@pytest.mark.parametrize(
    "text",
    ["小型車", "私家車", "01", "C11", "123", "0", "HELLO", "XYZ", "C1?", "C1😀", "-", "類", "A1B2C3D4X9Y9", "有"],
)
def test_what_no_licence_can_say_is_refused(text):
    found = licences.check(text)

    assert (found.value, [one.code for one in found.findings]) == ("", ["bad_format"])
