"""The bar of staff pages: what this person may open, in the order of the work, with what waits there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import groupby
from typing import Any

from flask import Flask, g, request, url_for

from webapp import clock
from webapp.database import counts
from webapp.domain.accounts import platform
from webapp.domain.accounts import queries as accounts
from webapp.domain.accounts.roles import permissions
from webapp.domain.alerts import watching
from webapp.domain.editions import queries as editions
from webapp.domain.filings import desk, filters
from webapp.domain.lanes import ends
from webapp.domain.notices import queries as notices
from webapp.domain.notices.models import PLATFORM, UNIT
from webapp.domain.privacy import holds, incident_records, rights_desk
from webapp.domain.sanctions import cases_queries
from webapp.domain.sanctions import sanction_queries as sanctions
from webapp.domain.units import proposals, rules
from webapp.domain.units import queries as units
from webapp.domain.units.telling import PLATFORM_REF
from webapp.ui.presenters import time_of_day
from webapp.ui.requests import Staff
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

#: So long before a session ends in any case every page says so.
LAST_MINUTES = timedelta(minutes=15)


@dataclass(frozen=True)
class Item:
    """A page of the bar. It is `current` on every page below its own address. `count`: what waits there, as a number or
    as a query to be counted; None: nothing does."""

    endpoint: str
    label: Any
    permission: str
    count: Callable[[Staff], Any] | None = None
    #: Whether the page concerns them at all; None: always.
    concerns: Callable[[Staff], bool] | None = None
    #: What this page and its neighbours are called together on the bar; None: it stands by itself.
    group: Any = None
    #: Its name among them, where the group's name says the rest; None: its label.
    short: Any = None


def _unread(staff: Staff) -> Any:
    return notices.unread(UNIT, staff.unit.ref) if staff.unit else 0


def _filings(staff: Staff, chip: str) -> int:
    if staff.unit is None:
        return 0
    if "bar_filings" not in g:  # two items of one bar ask for it
        g.bar_filings = filters.count(staff.unit.id)
    return g.bar_filings[chip]


def know_filings(counts: dict[str, int]) -> None:
    """A page that has counted the unit's filings spares the bar from counting them again."""
    g.bar_filings = counts


def _to_verify(staff: Staff) -> int:
    return _filings(staff, filters.WAITING)


def _to_upload(staff: Staff) -> int:
    return _filings(staff, filters.VERIFIED)


def _at_desk(staff: Staff) -> Any:
    return desk.waiting(staff.unit.id) if staff.unit else 0


def _platform_unread(_staff: Staff) -> Any:
    return notices.unread(PLATFORM, PLATFORM_REF)


def _alerts_unread(_staff: Staff) -> Any:
    return notices.unread(PLATFORM, watching.INBOX)


def _units_waiting(_staff: Staff) -> Any:
    return units.waiting()


def _proposals_waiting(_staff: Staff) -> Any:
    return proposals.undecided()


def _sanctions_waiting(_staff: Staff) -> Any:
    return sanctions.undecided()


def _erasures_waiting(_staff: Staff) -> Any:
    return holds.waiting()


def _to_approve(_staff: Staff) -> int:
    return sum(link.approved_at is None for link in platform.invitations())


def _locked(_staff: Staff) -> int:
    return len(accounts.locked())


def _cases_to_answer(staff: Staff) -> Any:
    return cases_queries.waiting_for_unit(staff.unit.ref) if staff.unit else 0


def _cases_open(_staff: Staff) -> Any:
    return cases_queries.waiting()


def _requests_open(_staff: Staff) -> Any:
    return rights_desk.waiting()


def _incidents_open(_staff: Staff) -> Any:
    return incident_records.waiting()


def _keys_ending(_staff: Staff) -> Any:
    return ends.near(clock.now())


def _editions_waiting(_staff: Staff) -> int:
    return editions.count_open()


def _has_vehicles(staff: Staff) -> bool:
    return staff.unit is not None and rules.has_unit_vehicles(staff.unit.unit_class)


ROSTER = _l("名冊和車輛")
UNITS, LIST, PERSONAL, TEXTS = _l("單位"), _l("備案名單"), _l("個人信息"), _l("文本和公告")

UNIT_ITEMS = (
    Item("unit.home", _l("首頁"), "unit:read"),
    Item("unit.filings", _l("驗核"), "filings:read", _to_verify),
    Item("unit.uploads", _l("上傳"), "uploads:read", _to_upload),
    Item("unit.passlist", _l("備案名單"), "list:read"),
    Item("unit.counter", _l("櫃枱協助"), "counter:help", _at_desk),
    Item("unit.roster", _l("名冊"), "people:manage", group=ROSTER),
    Item("unit.vehicles", _l("單位車輛"), "register:read", concerns=_has_vehicles, group=ROSTER),
    Item("unit.cases", _l("異議"), "cases:read", _cases_to_answer),
    Item("unit.code", _l("二維碼"), "code:read"),
    Item("unit.team", _l("人員"), "team:manage"),
    Item("unit.inbox", _l("通知"), "inbox:read", _unread),
)
PLATFORM_ITEMS = (
    Item("platform.figures", _l("概覽"), "figures:read"),
    Item("platform.units", _l("單位認證"), "units:read", _units_waiting, group=UNITS, short=_l("認證")),
    Item("platform.proposals", _l("單位事項"), "units:decide", _proposals_waiting, group=UNITS, short=_l("事項")),
    Item("platform.search", _l("查找"), "list:search", group=LIST),
    Item("platform.campaigns", _l("核對名單"), "campaigns:manage", group=LIST),
    Item("platform.sanctions", _l("嚴重失信"), "sanctions:read", _sanctions_waiting),
    Item("platform.cases", _l("異議"), "cases:read", _cases_open),
    Item("platform.audit", _l("操作記錄"), "audit:read", _alerts_unread),
    Item(
        "platform.rights_requests",
        _l("個人信息要求"),
        "rights:answer",
        _requests_open,
        group=PERSONAL,
        short=_l("要求"),
    ),
    Item(
        "platform.incidents_register",
        _l("個人信息事件"),
        "incidents:manage",
        _incidents_open,
        group=PERSONAL,
        short=_l("事件"),
    ),
    Item("platform.assessments_register", _l("影響評估"), "assessments:manage", group=PERSONAL),
    Item("platform.erasures", _l("刪除資料"), "people:erase", _erasures_waiting, group=PERSONAL, short=_l("刪除")),
    Item("platform.data_register", _l("資料登記冊"), "data:read", group=PERSONAL, short=_l("登記冊")),
    Item("platform.editions", _l("文本和事項"), "texts:manage", _editions_waiting, group=TEXTS),
    Item("platform.announcements", _l("公告"), "announcements:manage", group=TEXTS),
    Item("platform.inbox", _l("通知"), "platform:inbox", _platform_unread),
    Item("platform.accounts", _l("平台人員"), "accounts:manage"),
    Item("platform.lane_clients", _l("通道接入"), "lanes:manage", _keys_ending),
    Item("lane.check", _l("通道查驗"), "lanes:check"),
    Item("platform.unlock", _l("解鎖"), "accounts:unlock", _locked),
    Item("platform.security", _l("帳號安全"), "accounts:secure", _to_approve),
)


class Bar:
    """The bar of one person, as it is drawn. It is worked out once and where a page draws it: a part of a page mostly
    does not."""

    def __init__(self, staff: Staff) -> None:
        self._staff = staff

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(_grouped(self.pages))

    @cached_property
    def pages(self) -> list[dict[str, Any]]:
        """Every page this person may open, with what waits there."""
        items = _open_to(self._staff)
        shown = [_shown(item, count) for item, count in zip(items, _counted(items, self._staff), strict=True)]
        return [*shown, _shown(Item("staff.account", _l("帳號"), ""))]


def install(app: Flask) -> None:
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    staff = g.get("staff")
    if staff is None:
        return {}
    return {
        "bar": Bar(staff),
        "organisation": staff.unit.name if staff.unit else _("名單管理平台"),
        "person_name": staff.name,
        "session_seconds": int((staff.session_ends - clock.now()).total_seconds()),
        "session_last_seconds": int((staff.session_ends_at_last - clock.now()).total_seconds()),
        "session_last_soon": staff.session_ends_at_last - clock.now() < LAST_MINUTES,
        "session_last_words": _(
            "這次登入快滿時限，%(time)s會自動登出。請先完成並儲存手上的工作，再重新登入。",
            time=time_of_day(staff.session_ends_at_last),
        ),
    }


def _counted(items: list[Item], staff: Staff) -> list[int]:
    """What waits at each of these, all queries by one statement."""
    waiting = [item.count(staff) if item.count else 0 for item in items]
    found = iter(counts([query for query in waiting if not isinstance(query, int)]))
    return [number if isinstance(number, int) else next(found) for number in waiting]


def _open_to(staff: Staff) -> list[Item]:
    """What the guards let this person open and his unit has a use for."""
    in_unit = permissions(staff.unit_role, frozenset()) if staff.unit else frozenset()
    on_platform = permissions(None, staff.platform_roles)
    items = [
        item for item in UNIT_ITEMS if item.permission in in_unit and (item.concerns is None or item.concerns(staff))
    ]
    return items + [item for item in PLATFORM_ITEMS if item.permission in on_platform]


def _shown(item: Item, count: int = 0) -> dict[str, Any]:
    url = url_for(item.endpoint)
    below = request.path.rstrip("/") + "/"
    # The home page of a unit is above all its others.
    current = below == url.rstrip("/") + "/" or (
        item.endpoint != "unit.home" and below.startswith(url.rstrip("/") + "/")
    )
    return {
        "label": item.label,
        "url": url,
        "count": count,
        "current": current,
        "group": item.group,
        "short": item.short,
    }


def _grouped(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The bar as it is drawn: neighbours of one group as one, with its `pages`. A page whose neighbours are not open to
    this person stands under its own name."""
    drawn = []
    for group, found in groupby(items, key=lambda item: item["group"]):
        pages = list(found)
        if group is None or len(pages) == 1:
            drawn += [page | {"pages": []} for page in pages]
            continue
        count, current = sum(page["count"] for page in pages), any(page["current"] for page in pages)
        named = [page | {"label": page["short"] or page["label"]} for page in pages]
        drawn.append({"label": group, "url": pages[0]["url"], "count": count, "current": current, "pages": named})
    return drawn


def first_page(staff: Staff) -> str:
    """Where somebody begins after signing in."""
    for item in _open_to(staff):
        return url_for(item.endpoint)
    return url_for("staff.account")
