"""Words of sanctions and their rows as pages show them. Of a document the kind and the last four."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Flask

from webapp.domain.closings import sanction_telling
from webapp.domain.sanctions import sanction_queries
from webapp.domain.sanctions.models import OF_UNIT, Sanction, SanctionEffect
from webapp.ui.presenters import long_date, long_time, short_day
from webapp.ui.sentences.sanctions import KEPT_OUT
from webapp.ui.sentences.uploads import SENTENCES as UPLOADS
from webapp.ui.verifying import SHORT_TYPES
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values import documents, plates

STATES: dict[str, Any] = {
    "staged": _l("未提出"),
    "proposed": _l("等待確認"),
    "confirmed": _l("生效"),
    "rejected": _l("已否決"),
    "withdrawn": _l("已撤回"),
    "ended": _l("已結束"),
}
LOOKS = {
    "staged": "returned",
    "proposed": "waiting",
    "confirmed": "suspended",
    "rejected": "refused",
    "withdrawn": "removed",
    "ended": "removed",
}
ENDS: dict[str, Any] = {"repaired": _l("已修復"), "expired": _l("期限已滿"), "struck": _l("已撤銷")}
STEPS: dict[str, Any] = {
    "propose": _l("提出"),
    "confirm": _l("確認"),
    "reject": _l("否決"),
    "withdraw": _l("撤回"),
    "repair-set": _l("訂定修復日期"),
    "repair": _l("修復，列入結束"),
    "expire": _l("期限已滿，列入結束"),
    "propose-strike": _l("建議撤銷"),
    "keep": _l("維持列入"),
    "strike": _l("撤銷"),
}
WHY: dict[str, Any] = {"birth_name": _l("姓名和出生日期相同"), "licence": _l("駕駛證號碼相同")}
CHANNELS: dict[str, Any] = {"page": _l("系統內"), "email": _l("電郵"), "sms": _l("短訊")}
PUSHES: dict[str, Any] = {
    "queued": _l("等待發出"),
    "sent": _l("已發出"),
    "delivered": _l("已送達"),
    "read": _l("已閱"),
    "failed": _l("未能送達"),
    "undeliverable": _l("未能送達"),
}


def install(app: Flask) -> None:
    app.jinja_env.filters.update(
        sanction_state=lambda code: str(STATES[code]),
        sanction_look=LOOKS.__getitem__,
        sanction_end=lambda code: str(ENDS[code]),
        near_why=lambda codes: _("、").join(str(WHY[code]) for code in codes),
        named_numbers=named,
        sanctioned_subject=subject,
        kept_out=kept_out,
        iso_day=lambda text: long_date(date.fromisoformat(text)) if text else "",
        pushed=pushed,
        ground_lines=ground_lines,
    )


def subject(details: dict[str, Any]) -> str:
    """Whom or what a sanction names, in one line: a name, or else its first number."""
    return details["subject_name"] or next((text for _kind, text in named(details)), _("（沒有姓名）"))


def named(details: dict[str, Any]) -> list[tuple[str, str]]:
    """The numbers a sanction names: (kind, shown), kind "plate" or "text"."""
    found = [
        (
            "text",
            _(
                "%(kind)s 尾號%(tail)s",
                kind=SHORT_TYPES[one["id_type"]],
                tail=documents.tail(one["id_number"]),
            ),
        )
        for one in details["documents"]
    ]
    found += [("plate", plates.display(one)) for one in details["plates"]]
    return found + [("text", one["number"]) for one in details["registrations"]]


def kept_out(code: str) -> str:
    """Why an entry could not be made anew."""
    return str(KEPT_OUT.get(code) or UPLOADS.get(f"upload:{code}", code))


def timeline(sanction: Sanction, names: Any) -> list[dict[str, str]]:
    """Its history for the macro `timeline`; `names` turns an account into a name."""
    knots = []
    for step, account in sanction_queries.steps(sanction):
        who = names(account) if account else _("系統")
        note = sanction_queries.note(step)
        knots.append(
            {
                "state": "done",
                "title": str(STEPS[step.action]),
                "when": _("%(when)s，%(who)s", when=long_time(step.at), who=who),
                "note": note,
            }
        )
    ahead = {
        "staged": [("now", _("提出")), ("next", _("另一位名單管理員確認"))],
        "proposed": [("now", _("另一位名單管理員確認"))],
    }
    for state, title in ahead.get(sanction.state, []):
        note = _("確認之後才移出。提出的人不能確認。") if state == "now" and sanction.state == "proposed" else ""
        knots.append({"state": state, "title": title, "note": note})
    if sanction.state == "confirmed" and sanction.strike_proposed_by_id:
        knots.append({"state": "now", "title": _("另一位名單管理員決定是否撤銷")})
    return knots


def pushed(lines: Iterable[dict[str, Any]]) -> str:
    """How far a push has come: 系統內已發出；電郵已發出."""
    said = [
        f"{CHANNELS.get(line['channel'], line['channel'])}{PUSHES.get(line['state'], line['state'])}" for line in lines
    ]
    return _("；").join(dict.fromkeys(said)) or _("正在準備")


def pushes(effects: Iterable[SanctionEffect]) -> dict[int, dict[str, str]]:
    """Both pushes of each effect in words, by its id."""
    return {
        number: {side: pushed(lines) for side, lines in sides.items()}
        for number, sides in sanction_telling.pushes(effects).items()
    }


def push_counts(which: Any) -> dict[str, str]:
    """How the messages of many stand, in words: {"person" | "unit": 12份通知已發出，1份未能送達}."""
    return {
        side: _("，").join(
            _("%(n)s份通知%(state)s", n=number, state=state)
            for state, number in _added({str(PUSHES[code]): count} for code, count in states.items()).items()
        )
        for side, states in sanction_telling.push_counts(which).items()
    }


def _added(counted: Iterable[dict[str, int]]) -> dict[str, int]:
    """Counts of states that read alike, together."""
    found: dict[str, int] = {}
    for one in counted:
        for state, number in one.items():
            found[state] = found.get(state, 0) + number
    return found


def ground_lines(ground: sanction_queries.Ground) -> list[tuple[str, str]]:
    """What those whom it concerns read of a sanction: (name, value)."""
    both = pushes([ground.effect])[ground.effect.id]
    rows = [
        (_("個案"), ground.sanction.number),
        (_("列入機關"), ground.authority),
        (_("決定"), f"{ground.decision_number}　{short_day(date.fromisoformat(ground.decided_on))}"),
        (_("原因"), ground.ground),
        (_("期限至"), long_date(date.fromisoformat(ground.until)) if ground.until else _("直至修復或撤銷")),
        (_("申訴途徑"), ground.appeal_route),
        (_("聯絡"), ground.contact),
    ]
    if ground.effect.kind != OF_UNIT:
        rows.append((_("通知本人"), both["person"]))
    rows.append((_("通知單位"), both["unit"]))
    if ground.over:
        rows.append((_("結果"), str(ENDS[ground.sanction.ended_how])))
    return rows
