"""Editions in words: what each subject is called, where an edition stands, and what it changes."""

from __future__ import annotations

from datetime import date
from typing import Any

from webapp.domain.editions.models import CHANNELS, HOLIDAYS, LEAVING, PERSONAL, POLICY, PRIVACY, UNIT
from webapp.domain.passlist.channels import DAY
from webapp.domain.publishing import differences
from webapp.domain.publishing.contents import Content
from webapp.domain.publishing.differences import Change
from webapp.ui import locales, privacy
from webapp.ui.items import LABELS
from webapp.ui.presenters import SIZE_CLASSES, UNIT_CLASSES, VEHICLE_USES, in_locale, long_date
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

SUBJECTS: dict[str, Any] = {
    PERSONAL: _l("個人信用承諾"),
    UNIT: _l("單位信用承諾"),
    LEAVING: _l("不免檢的說明"),
    PRIVACY: _l("個人信息處理說明"),
    POLICY: _l("填報事項"),
    CHANNELS: _l("通道和時間"),
    HOLIDAYS: _l("假期"),
}
ABOUT: dict[str, Any] = {
    PERSONAL: _l("申報人簽署的文本。要兩位名單管理員"),
    UNIT: _l("單位上傳名單時簽署的文本。要兩位名單管理員"),
    LEAVING: _l("申報前給每個人看的說明。要兩位名單管理員"),
    PRIVACY: _l("個人信息怎樣處理，申報前和每一頁都讀得到。要兩位名單管理員"),
    POLICY: _l("每類單位和車輛要填甚麼"),
    CHANNELS: _l("名稱、開放時間和適用車型。通道查驗和備案確認跟着更改"),
    HOLIDAYS: _l("計算工作日用。已定的期限不變"),
}
#: state -> look of a chip and its word.
STATES: dict[str, tuple[str, Any]] = {
    "drafted": ("waiting", _l("草稿")),
    "open": ("waiting", _l("等另一位確認")),
    "confirmed": ("listed", _l("已確認")),
    "rejected": ("refused", _l("沒有同意")),
    "withdrawn": ("removed", _l("已收回")),
    "dropped": ("removed", _l("已放棄")),
    "cancelled": ("removed", _l("生效前取消")),
}
#: Locales in the order in which texts are shown.
READINGS = tuple(locales.NAMES)
HOUSEHOLD_SWITCH: dict[bool, Any] = {False: _l("不可以"), True: _l("可以")}
LEVELS: dict[str, Any] = {"required": _l("必填"), "optional": _l("可不填"), "not_asked": _l("不問")}


def change_rows(subject: str, before: Content, after: Content) -> list[dict[str, str]]:
    """Each difference as the table shows it: where, before, after; "" where nothing stood or stands."""
    # A channel is called what it was called before; one that is new, what it will be.
    rows = (*after["channels"], *before["channels"]) if subject == CHANNELS else ()
    channels = {row["code"]: in_locale(row["names"]) for row in rows}
    return [
        {"where": _where(one.place, channels), "before": _value(one, "before"), "after": _value(one, "after")}
        for one in differences.between(subject, before, after)
    ]


def _where(place: tuple[str, ...], channels: dict[str, str]) -> str:
    kind, rest = place[0], place[1:]
    if kind in PRIVACY_PLACES:
        return _privacy_where(kind, rest)
    if kind == "sample":
        return _("文本性質")
    if kind == "title":
        return _("%(language)s，標題", language=locales.NAMES[rest[0]])
    if kind == "clause":
        return _("%(language)s，第%(n)s條", language=locales.NAMES[rest[0]], n=rest[1])
    if kind == "household_driver":
        return _("同住家人由車主的單位擔保")
    if kind == "level":
        unit_class, use, item = rest
        return _("%(cls)s，%(use)s：%(item)s", cls=UNIT_CLASSES[unit_class], use=VEHICLE_USES[use], item=LABELS[item])
    if kind == "day":
        return long_date(date.fromisoformat(rest[0]))
    words = {
        "channel": _("整條通道"),
        "opens": _("開放"),
        "closes": _("關閉"),
        "size_classes": _("車型"),
        "names": _("名稱"),
        "note": _("說明"),
    }[kind]
    language = f"（{locales.NAMES[rest[1]]}）" if len(rest) > 1 else ""
    return _("%(channel)s：%(what)s", channel=channels[rest[0]], what=f"{words}{language}")


#: Where a change of the privacy text may stand, beside its sections.
PRIVACY_PLACES: dict[str, Any] = {
    "handler": _l("處理者名稱"),
    "role": _l("單位的角色"),
    "cross_border": _l("出境"),
    "asks_again": _l("請已同意的人再次同意"),
    "basis": _l("法律依據"),
    "paragraph": _l("正文"),
}
PRIVACY_VALUES: dict[str, Any] = {
    "role": privacy.ROLES,
    "cross_border": privacy.CROSS_BORDER,
    "asks_again": privacy.YES_NO,
    "basis": privacy.BASES,
}


def privacy_part(name: str) -> str:
    """What the parts of the privacy text that are edited apart are called."""
    fixed = {"facts": _("處理者、角色和依據"), "short": _("簡要說明")}
    return fixed.get(name) or str(privacy.SECTIONS[name])


def _privacy_where(kind: str, rest: tuple[str, ...]) -> str:
    if kind == "paragraph":
        name, locale, number = rest
        return _("%(part)s，%(language)s，第%(n)s段", part=privacy_part(name), language=locales.NAMES[locale], n=number)
    words = str(PRIVACY_PLACES[kind])
    if kind == "handler":
        return f"{words}（{locales.NAMES[rest[0]]}）"
    return f"{words}：{privacy.PURPOSES[rest[0]]}" if kind == "basis" else words


def _value(change: Change, side: str) -> str:
    value, kind = getattr(change, side), change.place[0]
    if value is None:
        return ""
    if kind in PRIVACY_VALUES:
        return str(PRIVACY_VALUES[kind][value])
    if kind == "sample":
        return _("示範文本") if value else _("正式文本")
    if kind == "household_driver":
        return str(HOUSEHOLD_SWITCH[value])
    if kind == "level":
        return str(LEVELS[value])
    if kind in ("opens", "closes"):
        return hour(value)
    if kind == "size_classes":
        return "、".join(str(SIZE_CLASSES[one]) for one in value)
    return in_locale(value) if kind == "channel" else str(value)


def hour(minutes: int | None) -> str:
    """06:00; 24:00 is the end of the day."""
    return "" if minutes is None else f"{minutes // 60:02d}:{minutes % 60:02d}" if minutes <= DAY else ""
