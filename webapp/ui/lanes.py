"""Words of the lane page and of the clients that ask by API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webapp import clock
from webapp.domain.lanes.answers import Answer
from webapp.domain.passlist import channels
from webapp.domain.passlist.models import Channel
from webapp.ui import locales
from webapp.ui.passlist import CAUSES, HOLDS
from webapp.ui.presenters import SIZE_CLASSES, VEHICLE_USES
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values import plates

RESULTS: dict[str, Any] = {
    "listed": _l("在名單內"),
    "suspended": _l("暫停"),
    "removed": _l("已移出"),
    "not_listed": _l("不在名單內"),
}
LOOKS = {"listed": "listed", "suspended": "suspended", "removed": "removed", "not_listed": "absent"}
REASONS: dict[str, Any] = {
    "in_force": _l("本通道可以通行"),
    "channel_closed": _l("本通道現在不開放"),
    "vehicle_not_for_channel": _l("這類車輛不能走本通道"),
    "unknown_plate": _l("沒有這個車牌的備案"),
    "never_listed": _l("已申報，但還未列入"),
    "not_a_plate": _l("不像車牌，請看清楚再輸入"),
    "plate_ended": _l("這個車牌已不再使用"),
    **HOLDS,
    **CAUSES,
}


@dataclass(frozen=True)
class Shown:
    """An answer as the lane page shows it."""

    plate: str
    look: str
    words: str
    line: str
    facts: list[tuple[str, str]]


def shown(answer: Answer) -> Shown:
    found = answer.found
    facts: list[tuple[str, str]] = []
    if found.size_class:
        size, use = str(SIZE_CLASSES[found.size_class]), str(VEHICLE_USES[found.vehicle_use])
        facts.append((_("車輛"), _("%(size)s，%(use)s", size=size, use=use)))
        facts.append((_("備案駕駛員"), _("%(count)s名", count=found.drivers)))
    facts.append((_("本通道"), _hours(answer)))
    local = answer.at.astimezone(clock.ZONE)
    facts.append((_("數據時間"), _("%(month)s月%(day)s日 ", month=local.month, day=local.day) + f"{local:%H:%M:%S}"))
    return Shown(
        plate=plates.display(answer.plate),
        # A vehicle that may not pass here is no green answer, whatever the list says of it.
        look=LOOKS[found.result] if answer.reason == "in_force" or found.result != "listed" else "suspended",
        words=str(RESULTS[found.result]),
        line=str(REASONS[answer.reason]),
        facts=facts,
    )


def _hours(answer: Answer) -> str:
    row = _row(answer.channel)
    name = name_of(row)
    if row.opens == 0 and row.closes == channels.DAY:
        return _("%(name)s，全日開放", name=name)
    if answer.open:
        return _("%(name)s，開放至%(time)s", name=name, time=_time(row.closes))
    return _("%(name)s，%(time)s開放", name=name, time=_time(row.opens))


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _row(code: str) -> Channel:
    return next(row for row in channels.all_channels() if row.code == code)


def name_of(row: Channel) -> str:
    """A channel's name in the reader's language."""
    return row.names.get(str(locales.select()), row.names[locales.SOURCE])


def channel(code: str) -> str:
    return name_of(_row(code))


def channel_choices() -> list[tuple[str, str]]:
    return [(row.code, name_of(row)) for row in channels.all_channels()]


def channel_names(codes: list[str] | None) -> str:
    """The channels a key is good for."""
    if codes is None:
        return _("所有通道")
    return "、".join(name for code, name in channel_choices() if code in codes)
