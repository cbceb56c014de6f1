"""What people ask about their data, incidents, and a text that asks again."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

from tests.builders import editions
from tests.builders.filings import Filed
from tests.builders.status import actor
from webapp import clock
from webapp.domain.audit import readings
from webapp.domain.audit.acts import Act, action
from webapp.domain.privacy import incident_records, incidents, rights_desk
from webapp.domain.privacy.models import Incident, RightsRequest
from webapp.domain.publishing import actions as publishing

LETTER = {
    "texts": {
        "zh_Hant_MO": {"harm": "可能被人冒用身份。", "measures": "已停用帳號。", "advice": "請提防陌生來電。"},
        "zh_Hans_CN": {"harm": "可能被人冒用身份。", "measures": "已停用账号。", "advice": "请提防陌生来电。"},
    },
    "contact": "何慎行，0756 000 0052",
}


def asked(sent: Filed, kind: str = "explain", words: str = "想知道資料怎樣處理") -> RightsRequest:
    return rights_desk.one(rights_desk.ask(actor(sent), sent.submission.ref, kind, words)["request"])


def noted(officer: Any, scope: str, *refs: str, hours: float = 24) -> Incident:
    """An incident of the last `hours`, until a moment from now."""
    now = clock.now()
    what = incidents.Happened(
        ["identity", "contact"],
        "disclosed",
        scope,
        refs,
        now - timedelta(hours=hours),
        now + timedelta(minutes=1),
        "示範經過",
    )
    return incident_records.one(incidents.note(officer, what)["incident"])


def released(row: Incident, authority: str = "") -> Incident:
    """Its letters drafted by one officer and released by another."""
    incidents.propose(editions.officer(), row.ref, LETTER, row.version)
    incidents.release(editions.officer(), row.ref, row.version + 1, authority, "zh_Hant_MO")
    return incident_records.one(row.ref)


def new_text(*, asks_again: bool = True, line: str = "新的說明。", day: str = "") -> int:
    """Another edition of the privacy text in force now, or from a day on: its number."""
    content = copy.deepcopy(publishing.upcoming("privacy"))
    content["facts"]["asks_again"] = asks_again
    for locale in content["short"]:
        content["short"][locale] = [line]
    return editions.published("privacy", content, day).number


@action("test:read")
def read_numbers(act: Act, ref: str) -> dict[str, str]:
    """Somebody of the staff opens the numbers of a filing or entry."""
    readings.note(act, readings.NUMBERS_READ, [ref], items=["id_number"])
    return {}
