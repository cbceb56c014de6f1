"""Classes of driving licences, as the mainland, Macao and Hong Kong print them."""

import re
import unicodedata

from .findings import Checked, checked, error, warn
from .normalising import compact, tidy, unreadable

_MAINLAND = "A1 A2 A3 B1 B2 C1 C2 C3 C4 C5 C6 D E F M N P"
# CICL: light motor cycles. E+C is read as two. The plain letters of other conventions come with these.
_MACAO = "CICL A A1 A2 B C D D1 D2 E"
_HONG_KONG = frozenset(str(number) for number in range(1, 23))
_KNOWN = frozenset(f"{_MAINLAND} {_MACAO}".split()) | _HONG_KONG

# What stands between two classes: signs, and the words people put there or behind a class (B類, C1照).
_BETWEEN = re.compile(r"[\s,、;+&/|和及與与類类照]+")
_TORN = re.compile(r"(?<![A-Z0-9])([A-Z])\s+([0-9])(?![0-9])")
_WORD = re.compile(r"(?:[A-Z][1-9]?)+|[1-9][0-9]?")
_CLASS = re.compile(r"CICL|[A-Z][1-9]?|[0-9]+")


def check(text: str | None) -> Checked:
    """Check one or more classes: ``a1, C1`` → ``A1C1``, ``1、2`` → ``1,2``.

    One class that nobody here prints may be another country's: a warning. More of them are no classes at all.
    """
    display = tidy(text)
    if refusal := unreadable(display):
        return refusal
    plain = _TORN.sub(r"\1\2", unicodedata.normalize("NFKC", display).upper())
    words = [word for word in map(compact, _BETWEEN.split(plain)) if word]
    if not words or not all(_WORD.fullmatch(word) for word in words):
        return checked("", display, [error("bad_format")])
    classes = list(dict.fromkeys(one for word in words for one in _CLASS.findall(word)))
    unknown = [one for one in classes if one not in _KNOWN]
    if len(unknown) > 1:
        return checked("", display, [error("bad_format")])
    return checked(_joined(classes), display, [warn("unknown_class", licence_class=one) for one in unknown])


def _joined(classes: list[str]) -> str:
    """Classes as one word; a comma before a number that would else be read as part of what stands before it."""
    return classes[0] + "".join(f",{one}" if one.isdigit() else one for one in classes[1:])
