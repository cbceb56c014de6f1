"""Codes people copy by hand: Crockford's base32, without I, L, O, U."""

import secrets
import unicodedata

from .normalising import tidy

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})


def random_code(length: int) -> str:
    """A new code of that many characters, five random bits each."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def normalise_code(text: str | None) -> str:
    """The code meant: capitals, no spaces or dashes, I and L read as 1, O as 0; ``''`` if it cannot be one."""
    plain = unicodedata.normalize("NFKC", tidy(text)).upper()
    signs = (sign for sign in plain if not sign.isspace() and unicodedata.category(sign) != "Pd")
    code = "".join(signs).translate(_READ_AS)
    return code if set(code) <= set(ALPHABET) else ""


def check_character(body: str) -> str:
    """The character that guards a code against any one wrong character and any two swapped neighbours.

    The code is read as a polynomial over the field of 32 elements (x^5 + x^2 + 1), evaluated at x.
    """
    total = 0
    for sign in body:
        total = _times_x(total ^ ALPHABET.index(sign))
    return ALPHABET[total]


def with_check(body: str) -> str:
    """The code with its check character behind it. ``body`` must be normalised."""
    return body + check_character(body)


def has_valid_check(code: str) -> bool:
    """Whether a normalised code ends with its check character."""
    return len(code) > 1 and set(code) <= set(ALPHABET) and check_character(code[:-1]) == code[-1]


def _times_x(element: int) -> int:
    doubled = element << 1
    return doubled ^ 0b100101 if doubled & 0b100000 else doubled
