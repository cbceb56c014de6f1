"""Words of the request desk, of incidents and of impact assessments."""

from __future__ import annotations

from typing import Any

from webapp.documents import copy_words
from webapp.domain.privacy import incident_records, rights_desk
from webapp.domain.privacy.models import Incident, RightsRequest
from webapp.ui import sentences
from webapp.ui.presenters import last_day, long_time
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

#: Kind -> what a person reads who chooses it.
ASKS: dict[str, tuple[Any, Any]] = {
    "erase": (_l("刪除我的資料"), _l("要先移出名單、辦完在途的事；承諾的證據只留下不含資料的證明")),
    "explain": (_l("解釋怎樣處理我的資料"), _l("例如系統為甚麼自動暫停或移出")),
    "complain": (_l("投訴"), _l("認為資料被不當處理")),
    "correct": (_l("更正或補充"), _l("大部分項目可以在“更改資料”自己改；改不到的在這裏提出")),
    "inspect": (_l("查閱這一頁看不到的資料"), _l("說明想看甚麼")),
    "copy": (_l("以其他方式取得複本"), _l("例如紙本、大字")),
}
KINDS: dict[str, Any] = {
    "inspect": _l("查閱資料"),
    "copy": _l("取得複本"),
    "correct": _l("更正資料"),
    "erase": _l("刪除資料"),
    "withdraw": _l("撤回同意"),
    "explain": _l("解釋處理規則"),
    "complain": _l("投訴"),
    "relative": _l("近親屬的要求"),
}
WAYS: dict[str, Any] = {"online": _l("進度頁"), "letter": _l("信件"), "counter": _l("櫃枱"), "telephone": _l("電話")}
#: state -> look of a chip and its word.
STATES: dict[str, tuple[str, Any]] = {
    "open": ("waiting", _l("處理中")),
    "granted": ("verified", _l("已接受")),
    "refused": ("refused", _l("不接受")),
    "taken_back": ("removed", _l("已收回")),
}
STEPS: dict[str, Any] = {
    "ask": _l("提出"),
    "grant": _l("答覆：接受"),
    "refuse": _l("答覆：不接受"),
    "take_back": _l("收回"),
    "escalate": _l("過期未答覆，上報平台"),
}
PURPOSES: dict[str, Any] = {"processing": _l("處理個人信息"), "sharing": _l("交予海關和口岸部門作通道查驗")}
DATA_KINDS: dict[str, Any] = {
    "identity": _l("姓名和證件"),
    "contact": _l("電話和電郵"),
    "address": _l("住址"),
    "licence": _l("駕駛證"),
    "vehicle": _l("車輛和車牌"),
    "signature": _l("簽名"),
    "evidence": _l("個案的證據"),
    "lane_checks": _l("通道查詢"),
}
CAUSES: dict[str, Any] = {
    "disclosed": _l("被不應看到的人看到或取得"),
    "altered": _l("被改動"),
    "lost": _l("遺失"),
    "misused": _l("被超出用途使用"),
    "unavailable": _l("一段時間不能使用"),
}
SCOPES: dict[str, Any] = {
    "unit": _l("單位的全部人員"),
    "numbers": _l("指定的申報、登記、文件或檔案"),
    "account": _l("某帳號在這段時間看過的人"),
    "everybody": _l("全部人"),
}
INCIDENT_STATES: dict[str, tuple[str, Any]] = {
    "noted": ("waiting", _l("已登記")),
    "proposed": ("waiting", _l("通知等另一位發出")),
    "released": ("verified", _l("通知已發出")),
    "closed": ("removed", _l("已結束")),
}
INCIDENT_STEPS: dict[str, Any] = {
    "note": _l("登記"),
    "propose": _l("擬定通知"),
    "send_back": _l("退回再擬"),
    "release": _l("發出通知"),
    "close": _l("結束"),
}
ASSESSMENT_KINDS: dict[str, Any] = {
    "sensitive": _l("處理敏感個人信息"),
    "automated": _l("自動化決策"),
    "entrusting": _l("委託處理"),
    "giving": _l("向其他處理者提供"),
    "exporting": _l("向境外提供"),
    "other": _l("其他有重大影響的處理"),
}
RESULTS: dict[str, tuple[str, Any]] = {
    "acceptable": ("verified", _l("可以")),
    "with_measures": ("verified", _l("採取措施後可以")),
    "not_acceptable": ("refused", _l("不可以")),
}
#: What a letter about an incident says unless the officer writes otherwise: part, then kinds of data it is for.
HARM: dict[str, Any] = {
    "identity": _l("可能被人冒用身份。"),
    "contact": _l("可能收到詐騙電話、短訊或電郵。"),
    "address": _l("住址可能被他人得知。"),
    "licence": _l("駕駛證號碼可能被冒用。"),
    "vehicle": _l("車牌和車輛可能被他人得知。"),
    "signature": _l("簽名的圖像可能被冒用。"),
    "evidence": _l("交出的證據可能被他人看到。"),
    "lane_checks": _l("車輛出入通道的時間可能被他人得知。"),
}


def table(name: str) -> str:
    return _(copy_words.TABLES[name])


def column(name: str) -> str:
    return _(copy_words.COLUMNS[name])


def value(code: str) -> str:
    """A code in words; what is none, as it is."""
    said = copy_words.VALUES.get(code)
    return _(said) if said else code


def reasons(row: RightsRequest) -> list[str]:
    return [str(sentences.SENTENCES[code]) for code in row.reasons or ()]


def timeline(row: RightsRequest) -> list[dict[str, str]]:
    """Steps for the macro `timeline`, and what comes next by when."""
    knots = [
        {"state": "done", "title": str(STEPS[step.action]), "when": long_time(step.at)}
        for step in rights_desk.steps(row)
    ]
    if row.state == "open":
        day = last_day(row.due_at)
        when = _("應在%(day)s或之前完成，已過期", day=day) if row.overdue_at else _("最遲%(day)s", day=day)
        knots.append({"state": "now", "title": _("名單管理員答覆"), "when": when})
    return knots


def incident_timeline(row: Incident) -> list[dict[str, str]]:
    return [
        {"state": "done", "title": str(INCIDENT_STEPS[step.action]), "when": long_time(step.at)}
        for step in incident_records.steps(row)
    ]


def harm(kinds: list[str]) -> str:
    return "".join(str(HARM[kind]) for kind in kinds)
