"""The strokes of a drawn signature as they came from the pad, for drawing it again at any size: numbers alone.

    {"width": 358, "height": 160, "strokes": [[[12.5, 80.0, 0], [14.1, 82.3, 16]], …]}

Width and height of the pad and all places are CSS pixels, times milliseconds since the first point.
"""

from __future__ import annotations

import json
from typing import Any, TypedDict

from webapp.errors import Invalid

#: Characters of the JSON, and points of all strokes; the pad's script leaves out points beyond the same bound.
LONGEST = 240_000
MOST_POINTS = 8_000
#: A pad is no larger, and a finger that slides off it no further away.
FARTHEST = 10_000
#: One day: a pad may have stayed open for long.
LATEST = 24 * 3600 * 1000


class Strokes(TypedDict):
    width: float
    height: float
    strokes: list[list[list[float]]]


def read(text: str) -> Strokes | None:
    """What the pad sent; None where it sent nothing. Raises Invalid("bad_drawing") for anything a pad does not send."""
    if not text:
        return None
    if len(text) > LONGEST:
        raise _bad()
    try:
        sent = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _bad() from error
    if not isinstance(sent, dict) or set(sent) != set(Strokes.__annotations__):
        raise _bad()
    strokes = [_stroke(one) for one in _list(sent["strokes"])]
    if sum(map(len, strokes)) > MOST_POINTS:
        raise _bad()
    return Strokes(width=_number(sent["width"], 1), height=_number(sent["height"], 1), strokes=strokes)


def _stroke(sent: Any) -> list[list[float]]:
    return [_point(point) for point in _list(sent)]


def _point(sent: Any) -> list[float]:
    if len(_list(sent)) != 3:
        raise _bad()
    x, y, time = sent
    return [_number(x, -FARTHEST), _number(y, -FARTHEST), int(_number(time, 0, LATEST))]


def _list(sent: Any) -> list[Any]:
    if not isinstance(sent, list) or not sent:
        raise _bad()
    return sent


def _number(sent: Any, least: float, most: float = FARTHEST) -> float:
    """Not a number fails every comparison."""
    if isinstance(sent, bool) or not isinstance(sent, int | float) or not least <= sent <= most:
        raise _bad()
    return round(float(sent), 1)


def _bad() -> Invalid:
    return Invalid("bad_drawing", field="signature")
