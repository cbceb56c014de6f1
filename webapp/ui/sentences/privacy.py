"""Requests about one's data, incidents, impact assessments: what cannot be done, what to do, and why it was refused."""

from __future__ import annotations

from typing import Any

from webapp.ui.words import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "rights_over": _l("這項要求已經結束，請看它現在的狀態"),
    "rights_open": _l("同樣的要求正在處理，編號%(number)s"),
    "no_such_number": _l("沒有這個編號的申報，請核對；不知道編號可以留空"),
    "kind:choose": _l("請選擇種類"),
    "way:choose": _l("請選擇怎樣收到"),
    "form:choose": _l("請選擇複本的格式"),
    "rights_decision": _l("請選擇接受或不接受"),
    "rights_reason": _l("不接受要選擇理由"),
    "asked_by:missing": _l("請輸入提出要求的人的姓名"),
    "relation:missing": _l("請輸入與已去世的人的關係"),
    "request:not_identified": _l("未能確認提出要求的人是誰"),
    "request:law_requires": _l("法律規定要保存或處理"),
    "request:case_open": _l("有個案或程序未完結，結束後再處理"),
    "request:not_held": _l("平台沒有保存有關資料"),
    "request:others_rights": _l("會披露他人的個人信息"),
    "request:repeated": _l("同樣的要求已經答覆"),
    "request:no_relation": _l("未能確認近親屬關係"),
    "assessment_needed": _l("新的接收方要先有有效的影響評估，請名單管理員登記後再新增"),
    "assessed_later": _l("日期不能在今天之後"),
    "assessment_term": _l("有效期要在評估日期之後，三年以內"),
    "about:missing": _l("請輸入評估甚麼"),
    "author:missing": _l("請輸入評估人的姓名"),
    "findings:missing": _l("請輸入必要性、影響、風險和保護措施"),
    "result:choose": _l("請選擇評估結果"),
    "reference:missing": _l("請輸入合約編號"),
    "incident_over": _l("這宗事件已不能這樣處理，請看它現在的狀態"),
    "incident_time": _l("請填日期和時間，例如2026-11-20 09:30"),
    "incident_to_come": _l("這個時間還未到。請填事件實際開始的時間"),
    "incident_order": _l("結束的時間要在開始之後"),
    "incident_refs": _l("最多%(most)s項"),
    "incident_unknown": _l("找不到：%(numbers)s"),
    "refs:missing": _l("請填受影響的範圍"),
    "refs:choose": _l("有不認識的單位或帳號，請核對"),
    "kinds:choose": _l("請選擇涉及的資料"),
    "incident_cause": _l("請選擇發生了甚麼事"),
    "scope:choose": _l("請選擇怎樣找出受影響的人"),
    "account:missing": _l("請記錄事件的經過"),
    "consent_current": _l("你已在現行的說明下同意，不用再次同意"),
    "proposed_it_yourself": _l("由你擬定，要由另一位名單管理員發出"),
}
