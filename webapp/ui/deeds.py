"""What acts are called where people read the record: one word for each verb of the domain."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

DEEDS: dict[str, Any] = {
    "account:ask-password": _("要求設定新密碼"),
    "account:change-password": _("更改密碼"),
    "account:choose-language": _("選擇語言"),
    "account:disable": _("停用帳號"),
    "account:enable": _("恢復帳號"),
    "account:lock": _("鎖上帳號"),
    "account:set-password": _("以連結設定新密碼"),
    "account:set-roles": _("更改平台身份"),
    "account:sign-in": _("登入"),
    "account:unlock": _("解鎖帳號"),
    "code:issue": _("發出驗證碼"),
    "enrolment-code:print": _("下載二維碼"),
    "enrolment-code:revoke": _("停用二維碼"),
    "enrolment-code:rotate": _("更換二維碼"),
    "entry:finish": _("到期移出名單"),
    "entry:remove": _("移出名單"),
    "entry:request-removal": _("要求移出名單"),
    "entry:withdraw-request": _("撤回移出要求"),
    "filing:close": _("結束申報"),
    "filing:dispute": _("提出不是我"),
    "filing:read-number": _("查看完整號碼"),
    "filing:refuse": _("不予受理申報"),
    "filing:resubmit": _("補正後再提交"),
    "filing:return": _("退回申報補正"),
    "filing:submit": _("提交申報"),
    "filing:undo": _("取消驗核"),
    "filing:verify": _("驗核申報"),
    "filing:withdraw": _("撤回申報"),
    "owner-request:expire": _("車主沒有回覆"),
    "platform:invite": _("邀請平台人員"),
    "platform:join": _("加入平台"),
    "platform:revoke-invitation": _("取消平台邀請"),
    "record:view": _("查看操作記錄"),
    "register-vehicle:add": _("加入單位車輛"),
    "register-vehicle:end": _("移除單位車輛"),
    "register-vehicle:import": _("匯入單位車輛"),
    "session:choose-unit": _("選擇工作的單位"),
    "session:end": _("登出"),
    "team:end": _("移除單位人員"),
    "team:invite": _("邀請單位人員"),
    "team:join": _("加入單位"),
    "team:revoke-invitation": _("取消單位邀請"),
    "unit-file:read": _("查看單位文件"),
    "unit:certify": _("認證單位"),
    "unit:refuse": _("不予認證"),
    "unit:register": _("登記單位"),
    "unit:reinstate": _("恢復單位"),
    "unit:remind": _("催辦單位"),
    "unit:resubmit": _("單位補正"),
    "unit:return": _("退回單位補正"),
    "unit:set-ceiling": _("設定每日上限"),
    "unit:set-contact": _("更改聯絡資料"),
    "unit:suspend": _("暫停單位"),
    "unit:withdraw": _("單位撤回登記"),
    "upload:abandon": _("放棄上傳"),
    "upload:make": _("上傳名單"),
    "upload:prepare": _("準備上傳"),
    "upload:print": _("列印承諾書"),
}


def deed(verb: str) -> str:
    """The word for a verb; the verb itself where it is of an older version."""
    return str(DEEDS.get(verb, verb))
