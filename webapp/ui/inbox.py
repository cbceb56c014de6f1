"""An inbox as a page: each notice as one sentence, with the way to what it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_babel import lazy_gettext as _l

from webapp.domain.notices.models import PLATFORM, Notice
from webapp.ui.presenters import long_time, reason

#: kind -> the sentence, with the parameters of webapp.domain.notices.kinds.
SENTENCES: dict[str, Any] = {
    "unit-registered": _l("%(unit)s提交了登記，等待認證"),
    "unit-certified": _l("單位已認證。申報二維碼已經生成，可以下載海報"),
    "unit-returned": _l("登記退回補正：%(reasons)s"),
    "unit-refused": _l("不予認證：%(reasons)s"),
    "unit-suspended": _l("單位暫停：%(reasons)s。暫停期間不能驗核和上傳"),
    "unit-reinstated": _l("單位已恢復，可以繼續驗核和上傳"),
    "staff-joined": _l("有新同事加入單位"),
    "filing-withdrawn": _l("申報%(number)s由申報人撤回"),
    "filing-fell-out": _l("上傳%(number)s時有%(count)s份申報沒有包括在內"),
    "entry-removed": _l("申報%(number)s已移出名單"),
    "removal-requested": _l("申報%(number)s的本人申請移出，請在%(until)s前處理"),
    "removal-overdue": _l("申報%(number)s的移出申請過期，系統已經移出"),
    "list-uploaded": _l("名單%(number)s已上傳，包括%(covered)s份申報"),
    "waiting-digest": _l("待驗核%(waiting)s份，已驗核待上傳%(verified)s份，過期%(overdue)s份"),
    "unit-idle": _l("%(unit)s有%(overdue)s份申報超過十個工作日沒有驗核"),
    "dispute-raised": _l("申報%(number)s有人提出異議"),
}
#: kind -> where it leads in a unit's inbox.
WAYS = {
    "unit-certified": "unit.code",
    "unit-returned": "unit.standing",
    "unit-refused": "unit.standing",
    "unit-suspended": "unit.standing",
    "unit-reinstated": "unit.standing",
    "staff-joined": "unit.team",
    "filing-withdrawn": "unit.filings",
    "filing-fell-out": "unit.uploads",
    "list-uploaded": "unit.uploads",
    "waiting-digest": "unit.filings",
    "entry-removed": "unit.passlist",
    "removal-requested": "unit.passlist",
    "removal-overdue": "unit.passlist",
}


@dataclass(frozen=True)
class Line:
    words: str
    when: str
    url: str
    unread: bool


def lines(notices: Sequence[Notice]) -> list[Line]:
    return [Line(_words(one), long_time(one.created_at), _way(one), one.read_at is None) for one in notices]


def _words(notice: Notice) -> str:
    sentence = SENTENCES.get(notice.kind, _l("有一項更新"))
    params = dict(notice.params or {})
    if "reasons" in params:
        params["reasons"] = "；".join(reason(code) for code in params["reasons"])
    try:
        return str(sentence) % params
    except KeyError:
        return str(_l("有一項更新"))


def _way(notice: Notice) -> str:
    if notice.audience == PLATFORM and notice.kind in ("unit-registered", "unit-idle"):
        return url_for("platform.unit", ref=notice.subject)
    endpoint = WAYS.get(notice.kind, "")
    return url_for(endpoint) if notice.audience != PLATFORM and endpoint in current_app.view_functions else ""
