"""People: names, ages, and the keys a unit searches its own people by."""

import unicodedata
from datetime import date

from .findings import Checked, Finding, checked, error, warn
from .folding import fold, initials, spellings
from .normalising import CAP, odd_ones, tidy

ADULT = 18
ELDERLY = 70
OLDEST = 130

_SHORTEST = 2
_LONGEST = 40
_LONGEST_LATIN = 80
_MARKS = frozenset(" ·•‧・･∙.'’‘ʼ`´-‐‑–,，()（）﹒．")

_HALF_WIDTH = {0xFF01 + place: 0x21 + place for place in range(94)}


def check_name(text: str | None) -> Checked:
    """A name as on the document; the value is never converted, only tidied of stray space.

    2 to 40 characters, in other scripts than Chinese up to 80 with a warning (Portuguese names are long).
    """
    display = tidy(text)
    if not display:
        return Checked("", "", (error("missing"),))
    findings = _letters(display) + _length(display)
    if any(unicodedata.category(sign) == "Co" for sign in display):
        findings.append(warn("private_use_character"))
    return checked(display, display, findings)


def check_latin_name(text: str | None) -> Checked:
    """A name in Latin letters as on the card; full-width letters become ordinary ones."""
    display = tidy(text)
    if not display:
        return Checked("", "", (error("missing"),))
    value = display.translate(_HALF_WIDTH)
    strange = odd_ones("".join(sign for sign in value if sign.isalpha() and not _is_latin(sign)))
    findings = [error("not_latin", characters=strange)] if strange else _letters(value)
    return checked(value, display, findings + _length(value))


def mask_name(name: str | None) -> str:
    """The name for somebody who may only recognise it: 陳＊＊, M＊＊ L＊＊; the length of Latin words does not show."""
    words = tidy(name).replace("·", " ").split()
    if not words:
        return ""
    if len(words) == 1 and not words[0].isascii():
        return words[0][0] + "＊" * max(1, len(words[0]) - 1)
    return " ".join(f"{word[0]}＊＊" for word in dict.fromkeys([words[0], words[-1]]))


def search_keys(name: str | None, latin_name: str | None = "") -> str:
    """The tokens one person is found by, for substring search: folded names, initials, pinyin; space-joined."""
    tokens = {fold(name), fold(latin_name)}
    for one in (name, latin_name):
        tokens |= initials(one) | spellings(one)
    return " ".join(sorted(tokens - {""}))


def matches(query: str | None, keys: str) -> bool:
    """Whether what was typed is in one token of ``search_keys``, as a whole or each of its words."""
    typed = tidy(query)
    if not typed:
        return True
    whole = fold(typed)
    words = [fold(word) for word in typed.split()]
    return bool(whole) and (whole in keys or all(word in keys for word in words))


def age(birth: date, today: date) -> int:
    """Full years lived. Who was born on 29 February completes a year on 1 March where there is no such day."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def adult(birth: date, today: date) -> bool:
    """Whether the person has completed 18 years."""
    return age(birth, today) >= ADULT


def check_birth_date(birth: date | None, today: date) -> tuple[Finding, ...]:
    """A driver's birth date: past, possible, of age."""
    if birth is None:
        return (error("missing"),)
    if birth > today:
        return (error("birth_date_future"),)
    years = age(birth, today)
    if years > OLDEST:
        return (error("birth_date_impossible"),)
    if years < ADULT:
        return (error("under_age", minimum=ADULT),)
    return (warn("over_70", age=years),) if years >= ELDERLY else ()


def _letters(name: str) -> list[Finding]:
    strange = odd_ones("".join(sign for sign in name if not _in_names(sign)))
    if strange:
        return [error("bad_characters", characters=strange)]
    return [] if any(_is_letter(sign) for sign in name) else [error("no_letters")]


def _length(name: str) -> list[Finding]:
    length = sum(unicodedata.category(sign)[0] != "M" for sign in name)
    longest = _LONGEST if any(_is_ideograph(sign) for sign in name) else _LONGEST_LATIN
    if length < _SHORTEST:
        return [error("too_short", minimum=_SHORTEST)]
    if length > longest or len(name) > CAP:
        return [error("too_long", maximum=longest)]
    return [warn("long_name", maximum=_LONGEST)] if length > _LONGEST else []


def _in_names(sign: str) -> bool:
    return sign in _MARKS or _is_letter(sign) or unicodedata.category(sign)[0] == "M"


def _is_letter(sign: str) -> bool:
    # Ideographs added to Unicode after this Python was made are still unassigned in its tables. Private use
    # characters stand for rare ideographs on older systems.
    return _is_ideograph(sign) or unicodedata.category(sign) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Co")


def _is_ideograph(sign: str) -> bool:
    return (
        "⺀" <= sign <= "⿟"
        or sign == "〇"
        or "㐀" <= sign <= "鿿"
        or "豈" <= sign <= "﫿"
        or "𠀀" <= sign <= "\U0003fffd"
    )


def _is_latin(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith(("LATIN", "MODIFIER LETTER", "FEMININE", "MASCULINE"))
