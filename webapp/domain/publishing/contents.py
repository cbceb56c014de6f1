"""What an edition of each subject holds, checked as officers typed it, and what is in force without any edition.

Shapes: texts {"sample": bool, "texts": {locale: {"title", "clauses": [...]}}}; policy {"rules": {class: {use: {item:
level}}}, "household_driver": bool}; channels {"channels": [fields of passlist.Channel]}; holidays {"days": [[ISO day,
name], …]}; privacy as pledges.privacy_text says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from webapp import clock
from webapp.domain.editions import queries
from webapp.domain.editions.models import CHANNELS, HOLIDAYS, LEAVING, PERSONAL, POLICY, PRIVACY, UNIT
from webapp.domain.jobs import calendar
from webapp.domain.passlist import channels
from webapp.domain.pledges import leaving, policy, privacy_text, texts
from webapp.domain.units.models import SIZE_CLASSES
from webapp.errors import Fault
from webapp.values import dates

Content = dict[str, Any]

LOCALES = (*texts.SIGNABLE, "pt", "en")
TITLE_LONGEST, CLAUSE_LONGEST, MOST_CLAUSES, HANDLER_LONGEST = 60, 600, 30, 120
MOST_CHANNELS, MOST_DAYS, NAME_LONGEST, NOTE_LONGEST = 20, 400, 40, 120
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def current(subject: str, at: datetime | None = None) -> Content:
    """The content in force at an instant (now): of the edition, or what every system starts with."""
    row = queries.in_force(subject, at)
    return row.content if row is not None else first(subject)


def first(subject: str) -> Content:
    """What the subject holds before its first edition."""
    return _FIRST[subject]()


def faults(subject: str, content: Content) -> list[Fault]:
    """Everything wrong with a content, at once; field names are those of the forms (blueprints.platform)."""
    return _CHECKS[subject](content)


# Texts --------------------------------------------------------------------------------------------------------


def _first_pledge(kind: str) -> Callable[[], Content]:
    return lambda: {"sample": True, "texts": texts.samples(kind)}


def _text_faults(content: Content) -> list[Fault]:
    found: list[Fault] = []
    lengths = {}
    for locale in LOCALES:
        text = content["texts"].get(locale, {"title": "", "clauses": []})
        title, clauses = text["title"], text["clauses"]
        if not title:
            found.append(Fault(f"title_{locale}", "missing"))
        elif len(title) > TITLE_LONGEST:
            found.append(Fault(f"title_{locale}", "too_long", {"maximum": TITLE_LONGEST}))
        if not clauses:
            found.append(Fault(f"clauses_{locale}", "missing"))
        elif len(clauses) > MOST_CLAUSES or any(len(clause) > CLAUSE_LONGEST for clause in clauses):
            found.append(
                Fault(f"clauses_{locale}", "edition_clauses", {"most": MOST_CLAUSES, "longest": CLAUSE_LONGEST})
            )
        lengths[locale] = len(clauses)
    # Every language says the same clauses in the same order.
    for locale in LOCALES[1:]:
        if lengths[locale] and lengths[LOCALES[0]] and lengths[locale] != lengths[LOCALES[0]]:
            found.append(Fault(f"clauses_{locale}", "edition_clauses_differ", {"wanted": lengths[LOCALES[0]]}))
    return found


# Privacy ------------------------------------------------------------------------------------------------------


def _privacy_faults(content: Content) -> list[Fault]:
    facts, found = content["facts"], []
    for locale in LOCALES:
        name = facts["handler"].get(locale, "")
        if not 0 < len(name) <= HANDLER_LONGEST:
            found.append(Fault(f"handler_{locale}", "too_long" if name else "missing", {"maximum": HANDLER_LONGEST}))
    closed = {"role": privacy_text.ROLES, "cross_border": privacy_text.CROSS_BORDER}
    found += [Fault(name, "choose") for name, words in closed.items() if facts[name] not in words]
    found += [
        Fault(f"basis_{purpose}", "choose")
        for purpose in privacy_text.PURPOSES
        if facts["bases"].get(purpose) not in privacy_text.BASES
    ]
    for part in (content["short"], *(content["sections"][name] for name in privacy_text.SECTIONS)):
        for locale in LOCALES:
            found += _paragraph_faults(locale, part.get(locale, []))
    return found


def _paragraph_faults(locale: str, lines: list[str]) -> list[Fault]:
    if not lines:
        return [Fault(f"clauses_{locale}", "missing")]
    if len(lines) > MOST_CLAUSES or any(len(line) > CLAUSE_LONGEST for line in lines):
        return [Fault(f"clauses_{locale}", "edition_clauses", {"most": MOST_CLAUSES, "longest": CLAUSE_LONGEST})]
    return []


# Policy -------------------------------------------------------------------------------------------------------


def _policy_faults(content: Content) -> list[Fault]:
    found = []
    for unit_class, use, item in policy.places():
        level = content["rules"].get(unit_class, {}).get(use, {}).get(item)
        if level not in policy.LEVELS:
            found.append(Fault(f"{use}_{item}", "choose"))
        elif not policy.allows(item, unit_class, level):
            found.append(Fault(f"{use}_{item}", "policy_fixed"))
    strange = {item for uses in content["rules"].values() for levels in uses.values() for item in levels}
    return found + [Fault("", "policy_fixed") for _ in strange - set(policy.EDITABLE)][:1]


def household_driver(content: Content) -> bool:
    """The switch of a policy; editions older than it lack it."""
    return content.get("household_driver") is True


# Channels -----------------------------------------------------------------------------------------------------


def _channel_faults(content: Content) -> list[Fault]:
    rows = content["channels"]
    found: list[Fault] = []
    if not 0 < len(rows) <= MOST_CHANNELS:
        found.append(Fault("", "channels_count", {"most": MOST_CHANNELS}))
    if len({row["code"] for row in rows}) != len(rows):
        found.append(Fault("code", "channel_code_taken"))
    for row in rows:
        if not _CODE.fullmatch(row["code"]) or len(row["code"]) > NAME_LONGEST:
            found.append(Fault("code", "channel_code"))
        found += [
            Fault(f"name_{locale}", "too_long" if row["names"].get(locale) else "missing", {"maximum": NAME_LONGEST})
            for locale in LOCALES
            if not 0 < len(row["names"].get(locale, "")) <= NAME_LONGEST
        ]
        found += [
            Fault(f"note_{locale}", "too_long", {"maximum": NOTE_LONGEST})
            for locale, said in (row["note"] or {}).items()
            if len(said) > NOTE_LONGEST
        ]
        opens, closes = row["opens"], row["closes"]
        if opens is None:
            found.append(Fault("opens", "channel_hours"))
        if closes is None or (opens is not None and closes <= opens):
            found.append(Fault("closes", "channel_hours"))
        if not row["size_classes"] or not set(row["size_classes"]) <= set(SIZE_CLASSES):
            found.append(Fault("size_classes", "choose"))
    return found


def minutes(text: str) -> int | None:
    """Minutes after midnight of `HH:MM`, 24:00 being the end of the day; None where it is none."""
    match = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", text.strip())
    if match is None:
        return None
    hours, rest = int(match[1]), int(match[2])
    found = hours * 60 + rest
    return found if rest < 60 and found <= channels.DAY else None


# Holidays -----------------------------------------------------------------------------------------------------


def read_holidays(text: str) -> tuple[list[list[str]], list[Fault]]:
    """`2027-01-01 元旦`, one a line, as [[ISO day, name], …] in order; and what cannot be read."""
    days: dict[date, str] = {}
    found: list[Fault] = []
    for number, line in enumerate(text.splitlines(), start=1):
        said, _, name = line.strip().partition(" ")
        if not said:
            continue
        day = dates.parse(said)
        if day is None or not name.strip() or len(name.strip()) > NAME_LONGEST:
            found.append(Fault("days", "holiday_line", {"line": number}))
        elif day in days:
            found.append(Fault("days", "holiday_twice", {"line": number}))
        else:
            days[day] = " ".join(name.split())
    return [[day.isoformat(), name] for day, name in sorted(days.items())], found[:5]


def _holiday_faults(content: Content) -> list[Fault]:
    return [Fault("days", "holidays_count", {"most": MOST_DAYS})] if len(content["days"]) > MOST_DAYS else []


_FIRST: dict[str, Callable[[], Content]] = {
    PERSONAL: _first_pledge(PERSONAL),
    UNIT: _first_pledge(UNIT),
    LEAVING: lambda: {"sample": False, "texts": leaving.FIRST},
    PRIVACY: privacy_text.first,
    POLICY: lambda: {"rules": policy.first_rules(), "household_driver": False},
    CHANNELS: lambda: {"channels": [channels.plain(row) for row in channels.first_channels()]},
    HOLIDAYS: lambda: {"days": [[day.isoformat(), name] for day, name in calendar.first_holidays()]},
}
_CHECKS: dict[str, Callable[[Content], list[Fault]]] = {
    PERSONAL: _text_faults,
    UNIT: _text_faults,
    LEAVING: _text_faults,
    PRIVACY: _privacy_faults,
    POLICY: _policy_faults,
    CHANNELS: _channel_faults,
    HOLIDAYS: _holiday_faults,
}


def effective_faults(text: str) -> tuple[date | None, list[Fault]]:
    """The day from which it is to hold: today or later, within two years."""
    checked = dates.check(text)
    if checked.errors:
        return None, [Fault("effective_on", one.code, dict(one.params)) for one in checked.errors]
    day, today = date.fromisoformat(checked.value), clock.today()
    if not 0 <= (day - today).days <= 731:
        return None, [Fault("effective_on", "edition_day")]
    return day, []
