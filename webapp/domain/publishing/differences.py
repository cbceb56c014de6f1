"""What an edition changes, as pairs of before and after. Words of places and values are the interface's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from webapp.domain.editions.models import CHANNELS, HOLIDAYS, LEAVING, PERSONAL, POLICY, UNIT
from webapp.domain.pledges import policy
from webapp.domain.publishing import contents
from webapp.domain.publishing.contents import LOCALES, Content


@dataclass(frozen=True)
class Change:
    """One difference. `place` names it by codes, e.g. ("clause", "pt", "3"); None stands where nothing was or is."""

    place: tuple[str, ...]
    before: Any
    after: Any


def between(subject: str, before: Content, after: Content) -> list[Change]:
    """Every difference of two contents of a subject, in reading order."""
    return list(_FINDERS[subject](before, after))


def _texts(before: Content, after: Content) -> Iterator[Change]:
    if before["sample"] != after["sample"]:
        yield Change(("sample",), before["sample"], after["sample"])
    for locale in LOCALES:
        old = before["texts"].get(locale, {"title": "", "clauses": []})
        new = after["texts"].get(locale, {"title": "", "clauses": []})
        if old["title"] != new["title"]:
            yield Change(("title", locale), old["title"], new["title"])
        matcher = SequenceMatcher(None, old["clauses"], new["clauses"], autojunk=False)
        for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
            if tag == "equal":
                continue
            pairs = zip_longest(old["clauses"][old_from:old_to], new["clauses"][new_from:new_to])
            for offset, (was, is_now) in enumerate(pairs):
                place = (new_from if is_now is not None else old_from) + offset + 1
                yield Change(("clause", locale, str(place)), was, is_now)


def _policy(before: Content, after: Content) -> Iterator[Change]:
    for unit_class, use, item in policy.places():
        was, now = before["rules"][unit_class][use][item], after["rules"][unit_class][use][item]
        if was != now:
            yield Change(("level", unit_class, use, item), was, now)
    switches = contents.household_driver(before), contents.household_driver(after)
    if switches[0] != switches[1]:
        yield Change(("household_driver",), *switches)


def _channels(before: Content, after: Content) -> Iterator[Change]:
    old = {row["code"]: row for row in before["channels"]}
    new = {row["code"]: row for row in after["channels"]}
    for code in [*old, *(code for code in new if code not in old)]:
        if code not in new:
            yield Change(("channel", code), old[code]["names"], None)
        elif code not in old:
            yield Change(("channel", code), None, new[code]["names"])
        was, now = old.get(code), new.get(code)
        if now is None:
            continue
        for name in ("opens", "closes", "size_classes"):
            if was is None or was[name] != now[name]:
                yield Change((name, code), was and was[name], now[name])
        for name in ("names", "note"):
            for locale in LOCALES:
                said_before = ((was and was[name]) or {}).get(locale, "")
                said_now = (now[name] or {}).get(locale, "")
                if said_before != said_now and not (was is None and name == "names"):
                    yield Change((name, code, locale), said_before, said_now)


def _holidays(before: Content, after: Content) -> Iterator[Change]:
    old, new = dict(before["days"]), dict(after["days"])
    for day in sorted({*old, *new}):
        if old.get(day) != new.get(day):
            yield Change(("day", day), old.get(day), new.get(day))


_FINDERS: dict[str, Callable[[Content, Content], Iterator[Change]]] = {
    PERSONAL: _texts,
    UNIT: _texts,
    LEAVING: _texts,
    POLICY: _policy,
    CHANNELS: _channels,
    HOLIDAYS: _holidays,
}
