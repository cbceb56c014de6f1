"""What an edition changes, as pairs of before and after. Words of places and values are the interface's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from webapp.domain.editions.models import CHANNELS, HOLIDAYS, LEAVING, PERSONAL, POLICY, PRIVACY, UNIT
from webapp.domain.pledges import policy, privacy_text
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
        yield from _lines(("clause", locale), old["clauses"], new["clauses"])


def _lines(where: tuple[str, ...], old: list[str], new: list[str]) -> Iterator[Change]:
    """Each line that is another, new or gone; its number ends the place."""
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for offset, (was, is_now) in enumerate(zip_longest(old[old_from:old_to], new[new_from:new_to])):
            place = (new_from if is_now is not None else old_from) + offset + 1
            yield Change((*where, str(place)), was, is_now)


def _privacy(before: Content, after: Content) -> Iterator[Change]:
    old, new = before["facts"], after["facts"]
    for locale in LOCALES:
        if old["handler"].get(locale) != new["handler"].get(locale):
            yield Change(("handler", locale), old["handler"].get(locale), new["handler"].get(locale))
    for name in ("role", "cross_border", "asks_again"):
        if old[name] != new[name]:
            yield Change((name,), old[name], new[name])
    for purpose in privacy_text.PURPOSES:
        if old["bases"].get(purpose) != new["bases"].get(purpose):
            yield Change(("basis", purpose), old["bases"].get(purpose), new["bases"].get(purpose))
    parts = [("short", before["short"], after["short"])]
    parts += [(name, before["sections"][name], after["sections"][name]) for name in privacy_text.SECTIONS]
    for name, was, is_now in parts:
        for locale in LOCALES:
            yield from _lines(("paragraph", name, locale), was.get(locale, []), is_now.get(locale, []))


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
    PRIVACY: _privacy,
    POLICY: _policy,
    CHANNELS: _channels,
    HOLIDAYS: _holidays,
}
