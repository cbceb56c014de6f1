"""Searching the whole list: what was typed and cannot be looked for."""

from __future__ import annotations

from typing import Any

from webapp.ui.words import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "search_document": _l("請輸入完整的證件號碼"),
    "search_plate": _l("請輸入完整的車牌"),
    "search_name": _l("請輸入姓名，或全名拼音的首字母"),
    "search_unit": _l("請輸入單位名稱的一部分、登記號碼或二維碼編號"),
    "search_reference": _l("請輸入收據上的編號，例如HQ-7K3M-92TA"),
    "search_reason": _l("請寫明查找的原因，例如個案編號"),
}
