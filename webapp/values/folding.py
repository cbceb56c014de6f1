"""Folding names for comparison, and their readings. Never for storing or showing a name."""

import os
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache, partial
from itertools import islice, product

import opencc

from .normalising import tidy

MOST_READINGS = 32
_MOST_SPELLINGS = 8

# Variants the converter leaves as they are; found with names seen in Macao and Hong Kong.
_HOLES = str.maketrans(
    "衞栢邨呉兪钜淸靑緖頴廸燿濶吿郞飮勲壻黙羗倂尙髙冨曁槪颕", "卫柏村吴俞巨清青绪颖迪耀阔告郎饮勋婿默羌并尚高富暨概颖"
)

# Readings a character has as a surname and hardly elsewhere (simplified form).
_SURNAMES = {
    "单": "shan", "仇": "qiu", "解": "xie", "曾": "zeng", "翟": "zhai", "区": "ou", "朴": "piao", "查": "zha",
    "任": "ren", "华": "hua", "盖": "ge", "繁": "po", "员": "yun", "种": "chong", "重": "chong", "秘": "bi",
    "冼": "xian", "洗": "xian", "召": "shao", "那": "na", "折": "she", "乐": "yue", "覃": "qin", "缪": "miao",
    "宓": "mi", "谌": "chen", "祭": "zhai", "叶": "ye", "黑": "he", "句": "gou", "褚": "chu", "隗": "wei",
    "贲": "ben", "石": "shi", "盛": "sheng", "车": "che", "贾": "jia", "柏": "bai", "晁": "chao", "薄": "bo",
    "逄": "pang", "郗": "xi", "牟": "mu", "干": "gan", "占": "zhan", "沈": "shen", "尹": "yin", "纪": "ji",
}  # fmt: skip
_DOUBLE_SURNAMES = {
    "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "长孙": ("zhang", "sun"), "澹台": ("tan", "tai"),
    "单于": ("chan", "yu"), "鲜于": ("xian", "yu"), "令狐": ("ling", "hu"), "宰父": ("zai", "fu"),
}  # fmt: skip


def fold(text: str | None) -> str:
    """The form in which equal names are equal: width, case, accents, script, spaces and punctuation taken away.

    Different people may fold alike (余 and 餘): show the exact characters, never match on a name alone.
    """
    folded = tidy(text)
    while (again := _fold_once(folded)) != folded:
        folded = again
    return folded


def initials(text: str | None) -> frozenset[str]:
    """All sequences of initials a name may be typed with, at most ``MOST_READINGS``: 張偉強 gives {zwq}.

    A Latin word counts with its first letter. The usual readings, surnames first, come before the rare ones.
    """
    choices = [tuple(dict.fromkeys(reading[0] for reading in readings)) for readings in _readings(text)]
    return frozenset("".join(one) for one in islice(product(*choices), MOST_READINGS)) - {""}


def spellings(text: str | None) -> frozenset[str]:
    """Whole spellings of a name in pinyin without tones, at most eight; Latin words as they are, folded."""
    return frozenset("".join(one) for one in islice(product(*_readings(text)), _MOST_SPELLINGS)) - {""}


def _fold_once(text: str) -> str:
    open_form = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    letters = "".join(sign for sign in open_form if _counts(sign))
    return "".join(map(_simplify, unicodedata.normalize("NFKC", letters)))


def _counts(sign: str) -> bool:
    # Unassigned and private characters stay: ideographs newer than this Python's tables are among them.
    category = unicodedata.category(sign)
    return category[0] in "LN" or category in ("Cn", "Co")


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=65536)
def _simplify(sign: str) -> str:
    # One character at a time: the phrases of the converter would make a character fold by its neighbours.
    if sign < "⺀":
        return sign
    return _converter().convert(sign).translate(_HOLES)


@cache
def _read_aloud() -> Callable[[str], list[list[str]]]:
    # Loaded when the first name is read, and without its dictionary of phrases: single characters need none of it, and
    # a process is 50 MB lighter.
    os.environ.update(PYPINYIN_NO_PHRASES="true", PYPINYIN_NO_DICT_COPY="true")
    import pypinyin

    return partial(pypinyin.pinyin, style=pypinyin.Style.NORMAL, heteronym=True, errors="ignore")


@lru_cache(maxsize=65536)
def _readings_of(sign: str) -> tuple[str, ...]:
    if sign < "⺀":
        return ()
    found = _read_aloud()(sign)
    return tuple(dict.fromkeys(one for one in found[0] if one)) if found else ()


def _readings(text: str | None) -> list[tuple[str, ...]]:
    """For each Chinese character its readings, for each Latin word itself; surname readings in front."""
    parts: list[tuple[str, ...]] = []
    word = ""
    name = unicodedata.normalize("NFKC", tidy(text))
    for sign in name + " ":
        readings = _readings_of(sign)
        if not readings and (sign.isalnum() or unicodedata.category(sign)[0] == "M"):
            word += sign
            continue
        if fold(word):
            parts.append((fold(word),))
        word = ""
        if readings:
            parts.append(readings)
    return _with_surname("".join(map(_simplify, name[:2])), parts)


def _with_surname(start: str, parts: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    known = _DOUBLE_SURNAMES.get(start) or ((_SURNAMES[start[0]],) if start[:1] in _SURNAMES else ())
    for place, reading in enumerate(known[: len(parts)]):
        parts[place] = tuple(dict.fromkeys((reading, *parts[place])))
    return parts
