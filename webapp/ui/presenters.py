"""How values are shown: Jinja filters for times, plates, sizes and the words of codes, in the reader's language."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any

from flask import Flask
from flask_babel import format_date, format_datetime, get_locale
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape

from webapp import clock
from webapp.errors import Fault
from webapp.ui import deeds, guards, locales, sentences
from webapp.ui.words import gettext
from webapp.ui.words import lazy_gettext as _l
from webapp.values import phones, plates

UNIT_CLASSES: dict[str, Any] = {
    "organ": _l("機關、事業單位、法定機構和駐區單位"),
    "enterprise": _l("企業"),
    "social": _l("社會組織"),
    "resident": _l("社區居民委員會"),
    "duty": _l("因公需經常進出的單位"),
    "other": _l("其他單位"),
}
REGISTRATION_PLACES: dict[str, Any] = {"cn": _l("內地"), "mo": _l("澳門"), "hk": _l("香港")}
SIZE_CLASSES: dict[str, Any] = {
    "small": _l("小型車"),
    "medium": _l("中型車"),
    "large": _l("大型車"),
    "lorry": _l("貨車"),
}
VEHICLE_USES: dict[str, Any] = {"own": _l("自用車輛"), "unit": _l("單位車輛")}
PLATFORM_ROLES: dict[str, Any] = {
    "platform_officer": _l("名單管理員"),
    "system_admin": _l("系統管理員"),
    "security_admin": _l("安全管理員"),
    "audit_admin": _l("審計管理員"),
    "supervisor": _l("指導單位"),
    "lane_officer": _l("查驗員"),
}
PROPOSALS: dict[str, Any] = {
    "deregister": _l("註銷單位"),
    "change": _l("更改單位資料"),
    "hand_over": _l("更換單位專人"),
    "recover": _l("取回單位帳號"),
}
PROPOSAL_STATES: dict[str, Any] = {
    "asked": _l("等名單管理員處理"),
    "open": _l("等確認"),
    "confirmed": _l("已確認"),
    "rejected": _l("沒有同意"),
    "withdrawn": _l("已收回"),
    "lapsed": _l("單位已註銷，不再處理"),
}
_REFERENCE = re.compile("(?<![0-9A-Za-z-])[0-9A-Z]{2,4}(?:-[0-9A-Z]{4}){1,2}(?![0-9A-Za-z-])")
_TAG = re.compile("(<[^>]*>)")

ROLES: dict[str, Any] = {"manager": _l("單位專人"), "verifier": _l("驗核員")}


def install(app: Flask) -> None:
    from webapp.ui import (
        announcements,
        cases,
        items,
        passlist,
        sanctions,
        verifying,
    )  # which are built on the words above

    announcements.install(app)
    cases.install(app)
    items.install(app)
    passlist.install(app)
    sanctions.install(app)
    verifying.install(app)
    app.jinja_env.filters.update(
        date=long_date,
        datetime=long_time,
        day=short_day,
        last_day=last_day,
        moment=moment,
        time_of_day=time_of_day,
        deed=deeds.deed,
        digest=digest,
        plate=plates.display,
        phone=phones.display,
        size=size,
        unit_class=UNIT_CLASSES.__getitem__,
        registration_place=REGISTRATION_PLACES.__getitem__,
        size_class=SIZE_CLASSES.__getitem__,
        vehicle_use=VEHICLE_USES.__getitem__,
        unit_role=ROLES.__getitem__,
        proposal=PROPOSALS.__getitem__,
        proposal_state=PROPOSAL_STATES.__getitem__,
        platform_role=PLATFORM_ROLES.__getitem__,
        code_groups=code_groups,
        references=references,
        channel_hours=channel_hours,
        in_locale=in_locale,
        reason=reason,
    )
    app.jinja_env.globals.update(
        may_unit=partial(guards.may, guards.UNIT), may_platform=partial(guards.may, guards.PLATFORM)
    )


def long_date(value: date | datetime | None) -> str:
    """2026年11月23日, of a day or of an instant (the zone's civil day)."""
    day = _day(value)
    return "" if day is None else format_date(day, "long")


def long_time(value: datetime | None) -> str:
    """2026年11月23日 14:05 in the zone."""
    return "" if value is None else f"{long_date(value)} {format_datetime(value, 'HH:mm')}"


def time_of_day(value: datetime) -> str:
    """14:05 in the zone."""
    return value.astimezone(clock.ZONE).strftime("%H:%M")


def moment(value: datetime) -> str:
    """2026-11-23 14:05:09 in the zone: for the record, where order and seconds matter."""
    return value.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M:%S")


def last_day(until: datetime | None) -> str:
    """The last day on which a term is still open: a term that ends with a day ends at the midnight after it."""
    return "" if until is None else long_date(clock.last_date(until))


def short_day(value: date | datetime | None) -> str:
    """11月23日 in lists, with the year where it is not this one."""
    day = _day(value)
    if day is None:
        return ""
    return _short_day(day, day.year == clock.today().year, str(get_locale()))


@lru_cache(maxsize=4096)
def _short_day(day: date, this_year: bool, _language: str) -> str:
    """A list says the same few days in each of its rows."""
    if not this_year:
        return format_date(day, "long")
    return format_date(day, "M月d日" if _chinese() else "MMM d")


def _day(value: date | datetime | None) -> date | None:
    return clock.local_date(value) if isinstance(value, datetime) else value


def _chinese() -> bool:
    locale = get_locale()
    return locale is None or locale.language == "zh"


def size(octets: int) -> str:
    """86 KB, 1.2 MB."""
    if octets < 1024 * 1024:
        return f"{max(1, round(octets / 1024))} KB"
    return f"{octets / (1024 * 1024):.1f} MB"


def digest(value: bytes) -> str:
    """Hexadecimal in groups of eight, so that it can be copied by hand and wraps on a phone."""
    text = bytes(value).hex()
    return " ".join(text[place : place + 8] for place in range(0, len(text), 8))


def code_groups(code: str) -> str:
    """DEMQ-0001: a code as people read it aloud."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def references(value: Any) -> Any:
    """The same text with its references (HQ-7K2F-93QD, DEMQ-0001) in one piece: a line may break at a hyphen, and half
    a number is read out as the whole."""
    if not isinstance(value, str | LazyString) or "-" not in value or "hq-ref" in value:
        return value
    parts = _TAG.split(str(escape(value)))
    parts[::2] = [_REFERENCE.sub(r'<span class="hq-ref">\g<0></span>', part) for part in parts[::2]]
    return Markup("".join(parts))  # noqa: S704 - what was not markup is escaped above


def channel_hours(channel: Any) -> str:
    """全日, or 06:00–24:00; of a channel or of what an edition says of one."""
    opens, closes = (
        (channel["opens"], channel["closes"]) if isinstance(channel, dict) else (channel.opens, channel.closes)
    )
    if opens == 0 and closes == 24 * 60:
        return gettext("全日")
    return f"{opens // 60:02d}:{opens % 60:02d}–{closes // 60:02d}:{closes % 60:02d}"


def in_locale(texts: dict[str, str] | None) -> str:
    """The text of the reader's language out of {locale: text}, or the source language's."""
    return (texts or {}).get(locales.select()) or (texts or {}).get(locales.SOURCE, "")


def reason(code: str) -> str:
    """The words of a reason of the form `field:code`."""
    field, _, what = code.partition(":")
    return sentences.of(Fault(field, what))
