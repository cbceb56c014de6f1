"""Editions of texts, policy, channels and holidays: what cannot be done, and what to do."""

from __future__ import annotations

from typing import Any

from webapp.ui.words import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "edition_over": _l("這個版本已不能這樣處理，請看它現在的狀態"),
    "edition_outdated": _l("這段時間內已有另一個新版本。請以最新版本為準，重新修改"),
    "edition_before": _l("已有一個更遲生效的版本。生效日期要在它之後，或先取消它"),
    "edition_unchanged": _l("內容與現有版本相同，沒有改動"),
    "edition_waits": _l("已有一個版本在等確認，完成或收回後才可再提出"),
    "edition_in_force": _l("這個版本已經生效，不能取消。請另發新版本"),
    "edition_day": _l("生效日期要在今天或以後，兩年以內"),
    "edition_clauses": _l("最多%(most)s條，每條最多%(longest)s個字"),
    "edition_clauses_differ": _l("各語言的條數要相同，應有%(wanted)s條"),
    "policy_fixed": _l("這一項是名單運作所必需，不能關閉或放寬"),
    "channels_count": _l("要有至少一條通道，最多%(most)s條"),
    "channel_code": _l("編號只用小寫英文字母、數字和連字號，例如hengqin-bridge"),
    "channel_code_taken": _l("已有另一條通道用這個編號"),
    "channel_hours": _l("請填時間，例如06:00；關閉要在開放之後，全日是00:00至24:00"),
    "holiday_line": _l("第%(line)s行看不懂。每行寫日期、空格、名稱，例如2027-01-01 元旦"),
    "holiday_twice": _l("第%(line)s行的日期已經寫過"),
    "holidays_count": _l("最多%(most)s日"),
}
