"""The steps of a filing as its person reads them: what was done so far, who moves next and by when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from webapp import clock
from webapp.domain.filings.following import Journey
from webapp.domain.filings.waiting import OVERDUE_AFTER
from webapp.domain.jobs import calendar
from webapp.ui.presenters import last_day, long_date, long_time, reason
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

STEPS: dict[str, Any] = {
    "submit": _l("你已提交並簽署承諾"),
    "verify": _l("單位已驗核"),
    "return": _l("單位退回補正"),
    "resubmit": _l("你已補正並重新簽署"),
    "refuse": _l("單位不予受理"),
    "withdraw": _l("你已撤回"),
    "undo": _l("單位取消驗核"),
    "upload": _l("單位已上傳"),
    "close": _l("申報已結束"),
    "fall": _l("單位上傳時未能包括這份申報"),
    "assign": _l("單位指派車輛"),
    "assign-driver": _l("單位指派你駕駛這輛車"),
}
ENTRY_STEPS: dict[str, Any] = {
    "listed": _l("列入名單"),
    "held": _l("暫停"),
    "released": _l("恢復"),
    "replated": _l("更換車牌"),
    "removed": _l("移出名單"),
}
OWNER_STEPS: dict[str, Any] = {
    "accepted": _l("車主已同意"),
    "declined": _l("車主不同意"),
    "expired": _l("車主沒有在期限前回覆"),
    "revoked": _l("已收回請求"),
}
CAUSES: dict[str, Any] = {
    # Why, only the proved person reads, in a frame of its own (templates/filer/status/status.html).
    "sanctioned": _l("名單管理平台的決定"),
    "requested": _l("按你的要求"),
    "left_unit": _l("已離開單位或已遷離社區"),
    "unit_deregistered": _l("單位已註銷"),
    "not_confirmed": _l("單位沒有確認"),
    "basis_ended": _l("列入的依據已終止（車主、同意、證件、單位類別或指派）"),
    "vehicle_retired": _l("車輛已停用"),
    "entered_in_error": _l("登記有誤"),
    "deceased": _l("申報人已離世"),
    "superseded": _l("已由新的登記取代"),
}


def verify_by(journey: Journey) -> Any:
    """The last day on which the unit verifies in time."""
    return calendar.nth_working_day(journey.filing.submitted_at, OVERDUE_AFTER)


def upload_by(journey: Journey) -> Any:
    """The day by which units usually upload; no rule sets one."""
    verified = [step for step in journey.steps if step.action == "verify"]
    return calendar.nth_working_day(verified[-1].at if verified else journey.filing.submitted_at, OVERDUE_AFTER)


def so_far(journey: Journey) -> list[dict[str, str]]:
    """What was done, oldest first: by the filing, between owner and second driver, and to the entry."""
    events: list[tuple[datetime, int, str, str]] = []
    for order, step in enumerate(journey.steps):
        said = "；".join(reason(code) for code in step.reasons or ()) if step.action != "fall" else ""
        events.append((step.at, order, str(STEPS[step.action]), said))
    request = journey.request
    if request is not None:
        events.append(
            (request.made_at, 1000, _("已請車主同意") if request.made_by == "second" else _("車主邀請你"), "")
        )
        if request.ended_at is not None:
            events.append((request.ended_at, 1001, str(OWNER_STEPS[request.state]), ""))
    for order, one in enumerate(journey.entry_steps, start=2000):
        events.append((one.at, order, str(ENTRY_STEPS[one.change]), _entry_reason(one.change, one.reason)))
    return [
        {"state": "done", "title": title, "when": long_time(at), "note": note}
        for at, _order, title, note in sorted(events, key=lambda event: event[:2])
    ]


def _entry_reason(change: str, code: str | None) -> str:
    if change == "removed" and code:
        return str(CAUSES[code])
    return ""


def ahead_paused() -> list[dict[str, str]]:
    """The unit is suspended: nobody moves before it comes back."""
    return [
        {"state": "now", "title": _("等待單位恢復")},
        {"state": "next", "title": _("列入名單"), "note": _("在此之前名單沒有改變")},
    ]


def ahead(journey: Journey, now: datetime) -> list[dict[str, str]]:
    """Who moves next and by when, then what follows."""
    filing = journey.filing
    listing = {"state": "next", "title": _("列入名單"), "note": _("在此之前名單沒有改變")}
    owner = []
    if filing.waiting and journey.request is not None and filing.state in ("submitted", "verified"):
        until = _("最遲%(day)s", day=last_day(journey.request.until))
        owner = [{"state": "now", "title": _("等待車主同意"), "when": until}]
    if filing.state == "submitted":
        due = verify_by(journey)
        late = clock.local_date(now) > due
        when = _("應在%(day)s或之前完成，已過期", day=long_date(due)) if late else _("最遲%(day)s", day=long_date(due))
        knot = {"state": "now", "title": _("單位驗核你是否屬於該單位"), "when": when}
        return [*owner, knot, {"state": "next", "title": _("單位作出承諾並上傳")}, listing]
    if filing.state == "returned":
        return [
            {"state": "now", "title": _("等你補正並重新簽署")},
            {"state": "next", "title": _("單位再驗核")},
            listing,
        ]
    if filing.state == "verified":
        upload = {
            "state": "now",
            "title": _("等待單位上傳"),
            "when": _("預計最遲%(day)s", day=long_date(upload_by(journey))),
        }
        return [*owner, {**upload, "state": "next", "when": ""} if owner else upload, listing]
    if journey.entry is not None and journey.entry.state == "suspended":
        terms = [hold.until for hold in journey.holds if hold.until]
        when = _("最遲%(day)s", day=last_day(min(terms))) if terms else ""
        return [{"state": "now", "title": _("暫停中"), "when": when}]
    return []
