"""What stands against erasing somebody, and why a hold or an erasure was refused."""

from __future__ import annotations

from typing import Any

from webapp.ui.words import lazy_gettext as _

SENTENCES: dict[str, Any] = {
    "erasure:already_erased": _("資料已經刪除"),
    "erasure:entry_in_force": _("還有登記在名單內，要先移出"),
    "erasure:filing_open": _("還有申報在辦理，要先撤回或辦完"),
    "erasure:invitation_open": _("還有未答覆的第二駕駛員邀請"),
    "erasure:second_driver_waits": _("他的車輛還有第二名駕駛員在等候，期限過後才可刪除"),
    "erasure:case_open": _("還有異議在處理"),
    "erasure:sanctioned": _("現正列入或提議列入嚴重失信名單"),
    "erasure:legal_hold": _("有機關要求保存，期限未過"),
    "erasure_blocked": _("現在不能刪除，請看下面的原因。"),
    "erasure_proposed": _("已有人提出刪除，等待另一位名單管理員確認。"),
    "erasure_over": _("這項刪除已有決定，請重新載入。"),
    "hold_stands": _("已有一項未到期的保存要求。"),
    "hold_over": _("這項保存要求已經結束。"),
    "already_erased": _("資料已經刪除，沒有東西可以保存。"),
    "until:in_the_past": _("請填今日或以後的日期"),
    "until:too_late": _("最多%(days)s日；要更久，到期時再提出"),
}
