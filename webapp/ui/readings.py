"""Readings of people's data and alerts in the words of whoever audits them."""

from __future__ import annotations

import contextlib
from typing import Any

from webapp.domain.accounts import queries as accounts
from webapp.domain.alerts import watching
from webapp.domain.audit import readings
from webapp.domain.audit.readings import Reading
from webapp.domain.searches import queries as searches
from webapp.domain.units import queries as units
from webapp.errors import NotFound
from webapp.ui.exports import PURPOSES
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

HOWS: dict[str, Any] = {
    readings.PAGE_READ: _l("打開此人的頁面"),
    readings.NUMBERS_READ: _l("查看完整號碼"),
    readings.PAPER_READ: _l("打開文件"),
    readings.EVIDENCE_READ: _l("打開異議證據"),
    readings.EXPORTED: _l("在匯出的名單內"),
    readings.CORRECTED: _l("在櫃枱代為補正"),
}
#: Of an export with full numbers.
EXPORTED_FULL = _l("在匯出的名單內，包括完整號碼")
ALERTS: dict[str, Any] = {
    watching.EXPORTS: _l("一日內匯出%(n)s人的資料"),
    watching.NUMBERS: _l("一小時內查看%(n)s次完整號碼"),
    watching.NIGHT: _l("深夜登入"),
    watching.REFUSALS: _l("一小時內%(n)s次操作被拒"),
    watching.BROKEN: _l("每日核對發現%(n)s處與當時不符"),
}


def rows(found: list[Reading]) -> list[dict[str, Any]]:
    """Each reading with who did it, for which unit, how and why. Staff are named, people outside never."""
    people = accounts.by_ids({one.account_id for one in found if one.account_id})
    organisations = units.by_ids({one.unit_id for one in found if one.unit_id})
    asked = searches.reasons({one.result["search"] for one in found if one.result.get("search")})
    return [
        {
            "act_id": one.act_id,
            "at": one.at,
            "name": accounts.name_of(people[one.account_id]) if one.account_id in people else _outside(one.actor_kind),
            "unit": organisations[one.unit_id].name if one.unit_id in organisations else "",
            "how": EXPORTED_FULL if one.how == readings.EXPORTED and one.items else HOWS[one.how],
            "why": str(PURPOSES.get(one.purpose, "")) or asked.get(one.result.get("search", ""), ""),
        }
        for one in found
    ]


def _outside(kind: str) -> str:
    return _("本人") if kind == "filer" else _("系統")


def alert(act: Any) -> dict[str, Any]:
    """An alert with whom it names: a member of staff, or a network address."""
    said = act.result or {}
    who, name = str(said.get("who", "")), ""
    with contextlib.suppress(NotFound):  # of somebody without an account the address alone is known
        name = accounts.name_of(accounts.by_ref(who))
    kind = ALERTS.get(said.get("kind", ""))
    return {
        "act": act,
        "what": str(kind) % {"n": said.get("count", 0)} if kind else "",
        "account": who if name else "",
        "who": name or ("" if who == "record" else who),
        "severe": said.get("kind") == watching.BROKEN,
    }
