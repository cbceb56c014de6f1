"""The text normalisation all checks share."""

import re
import unicodedata

from .findings import Checked, error

#: No field of this package is longer; what is longer is refused before any costly step.
CAP = 300

_SPACE = re.compile(r"\s+")
# Control, format and lone surrogate characters, and the four letters that are drawn as nothing at all.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000110bd\U000110cd\U00013430-\U00013455"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
_DOTS = frozenset(".·•‧・∙⋅●。/\\−")
# What input methods and foreign keyboards give for the check letter X.
_LIKE_X = str.maketrans({"×": "X", "✕": "X", "Х": "X", "х": "X", "Χ": "X", "χ": "X"})


def tidy(text: str | None) -> str:
    """What was typed without invisible characters, runs of white space as one space, none at the ends.

    Cut to ``CAP`` + 1 characters, so that ``unreadable`` can still tell that there was more.
    """
    spaced = _SPACE.sub(" ", text or "")
    return _SPACE.sub(" ", _INVISIBLE.sub("", spaced)).strip()[: CAP + 1]


def unreadable(display: str, maximum: int = CAP) -> Checked | None:
    """The refusal of a tidied text that is empty or longer than the field can be, None for any other."""
    if not display:
        return Checked("", "", (error("missing"),))
    if len(display) > maximum:
        return Checked("", display, (error("too_long", maximum=maximum),))
    return None


def compact(text: str | None) -> str:
    """The comparable form of a number: half-width, capitals, no spaces, dots, dashes, slashes or brackets."""
    plain = tidy(text).translate(_LIKE_X)
    # What was kept apart by a dot may combine once the dot is gone: repeat until nothing changes.
    while (again := _compact_once(plain)) != plain:
        plain = again
    return plain


def odd_ones(signs: str, most: int = 5) -> str:
    """The distinct characters of a text in their order, at most ``most`` of them, to show what was wrong."""
    return "".join(dict.fromkeys(signs))[:most]


def _compact_once(text: str) -> str:
    return "".join(
        sign
        for sign in unicodedata.normalize("NFKC", text).upper()
        if sign not in _DOTS and not sign.isspace() and unicodedata.category(sign) not in ("Pd", "Ps", "Pe")
    )
