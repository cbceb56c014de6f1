"""Codes copied by hand."""

import pytest

from webapp import crypto
from webapp.values import codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DEMQ0001", "DEMQ0001"),
        ("demq-0002", "DEMQ0002"),
        (" demq ooo1 ", "DEMQ0001"),
        ("ＤＥＭＱ－０００Ｉ", "DEMQ0001"),
        ("demqOOOl", "DEMQ0001"),
        ("DEMU0001", ""),
        ("DEMQ*001", ""),
        ("二線", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_slips_of_the_eye_are_read_right(text: str | None, code: str) -> None:
    assert codes.normalise_code(text) == code


def test_random_codes_use_the_alphabet_and_differ() -> None:
    made = {codes.random_code(8) for _ in range(200)}

    assert len(made) == 200
    assert {len(code) for code in made} == {8}
    assert set("".join(made)) == set(codes.ALPHABET)


def test_check_character_finds_every_slip_and_every_swap() -> None:
    good = codes.with_check("7K3QF0WZ9TB2M")
    slips = [
        good[:place] + sign + good[place + 1 :]
        for place in range(len(good))
        for sign in codes.ALPHABET
        if sign != good[place]
    ]
    swaps = [
        good[:place] + good[place + 1] + good[place] + good[place + 2 :]
        for place in range(len(good) - 1)
        if good[place] != good[place + 1]
    ]

    assert codes.has_valid_check(good) is True
    assert [wrong for wrong in slips + swaps if codes.has_valid_check(wrong)] == []
    assert [codes.has_valid_check(short) for short in ("", "0", "ü0")] == [False, False, False]


def test_tokens_and_references_are_long_enough_not_to_be_guessed() -> None:
    """URL-safe base64 has six bits a sign, base32 five: 192 bits a token, 100 a reference."""
    tokens, refs = {crypto.random_token() for _ in range(200)}, {crypto.new_ref() for _ in range(200)}

    assert (len(tokens), {len(one) for one in tokens}) == (200, {32})
    assert (len(refs), {len(one) for one in refs}) == (200, {20})
    assert min(len(set(column)) for column in zip(*tokens, strict=True)) > 30, "a sign that never changes"
