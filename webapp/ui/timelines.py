"""A unit's history as a timeline: what was done, where it stands now, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from webapp.domain.units import states
from webapp.domain.units.models import Unit, UnitStep
from webapp.ui.presenters import long_time, reason
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

STEPS: dict[str, Any] = {
    states.REGISTER: _l("單位提交登記"),
    states.RESUBMIT: _l("單位補正後再次提交"),
    states.CERTIFY: _l("平台認證，生成二維碼"),
    states.RETURN: _l("平台退回補正"),
    states.REFUSE: _l("平台不予認證"),
    states.WITHDRAW: _l("單位撤回登記"),
    states.SUSPEND: _l("平台暫停"),
    states.REINSTATE: _l("平台恢復"),
    states.DEREGISTER: _l("平台註銷"),
    "change": _l("平台認證更改的資料"),
    "hand_over": _l("更換單位專人"),
    "recover": _l("取回單位帳號"),
}


def of_unit(unit: Unit, history: Sequence[UnitStep], *, for_unit: bool = False) -> list[dict[str, str]]:
    """Steps for the macro `timeline`, oldest first; `for_unit` adds what the unit itself has to do."""
    knots = [
        {
            "state": "done",
            "title": str(STEPS[step.action]),
            "when": long_time(step.at),
            "note": "；".join(reason(code) for code in step.reasons or ()),
        }
        for step in history
    ]
    if unit.state == "pending":
        knots.append({"state": "now", "title": _("平台核對資料"), "note": _("你現在不用做甚麼") if for_unit else ""})
        knots.append({"state": "next", "title": _("認證並生成二維碼")})
    if unit.state == "returned":
        knots.append(
            {"state": "now", "title": _("由單位補正"), "note": _("改好標明的項目後再提交") if for_unit else ""}
        )
        knots.append({"state": "next", "title": _("平台核對資料")})
    if unit.state == "suspended":
        knots.append({"state": "now", "title": _("暫停中"), "note": _("可以移出人員和回覆查詢，不能驗核和上傳")})
    return knots
