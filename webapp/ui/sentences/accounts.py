"""Sentences for accounts: signing in, passwords, codes, links, teams and roles."""

from typing import Any

from webapp.ui.words import lazy_gettext as _

_PASSWORD: dict[str, Any] = {
    "missing": _("請輸入密碼"),
    "too_short": _("密碼至少要%(minimum)s個字"),
    "too_long": _("密碼最多%(maximum)s個字"),
    "too_few_classes": _("密碼要有大寫、小寫、數字、符號之中的%(minimum)s種"),
    "too_few_different": _("密碼至少要有%(minimum)s個不同的字"),
    "contains_name": _("密碼不可包含你的姓名"),
    "contains_email": _("密碼不可包含你的電郵，或電郵@前面的部分"),
    "common_password": _("這個密碼太常見，請另選一個"),
    "same_password": _("新密碼要和現時的不同"),
    "used_before": _("不可用最近%(count)s次用過的密碼"),
}

SENTENCES: dict[str, Any] = {
    "not_supervisor": _("只有指導單位的帳號才設定可看的類別"),
    "credentials": _("電郵或密碼不正確，或帳號暫時不能登入。連續輸錯%(failures)s次，帳號會鎖上%(minutes)s分鐘"),
    "credentials_here": _(
        "電郵或密碼不正確，或帳號暫時不能登入。連續輸錯%(failures)s次，帳號會鎖上%(minutes)s分鐘。"
        "系統、安全和審計管理員只可在指定的網絡登入"
    ),
    **{f"password:{code}": sentence for code, sentence in _PASSWORD.items()},
    **{f"new_password:{code}": sentence for code, sentence in _PASSWORD.items()},
    "approved_already": _("這個邀請已經同意，並已寄出。"),
    "ends_on:in_past": _("最後一日不可早於今日"),
    "account_closed": _("這個帳號現在不能登入。"),
    "code:missing": _("請輸入驗證器上的6位數字"),
    "figures_wrong": _("數字不正確或已用過。請等驗證器換下一個數字再試"),
    "account_locked": _("有人在別處試錯太多次，這個帳號暫時鎖上。請在%(minutes)s分鐘後再試"),
    "recovery_wrong": _("恢復碼不正確或已用過"),
    "second_factor_already": _("這個帳號已設定驗證器，請重新登入。"),
    "no_second_factor": _("這個帳號沒有設定驗證器。"),
    "outside_network": _("管理員只可以在指定的網絡工作。請在辦公室的網絡再試。"),
    "old_password:wrong_password": _("現時的密碼不正確"),
    "email:too_long": _("電郵最多%(maximum)s個字"),
    "email:email_taken": _("這個電郵已有帳號，請先登入"),
    "email:member_already": _("這位人員已經在本單位"),
    "email:no_account": _("這個電郵沒有帳號"),
    "role:choose": _("請選擇身份"),
    "code_wrong": _("驗證碼不正確，還可以試%(left)s次"),
    "code_expired": _("驗證碼已失效，請重新取得"),
    "link_unknown": _("這個連結不完整或不存在。請由郵件重新開啟，或請對方再發一次。"),
    "link_used": _("這個連結已經用過或已取消。如已完成，請直接登入。"),
    "link_expired": _("這個連結已過期。請對方再發一次。"),
    "other_address": _("這個邀請是發給另一個電郵的。請先登出，再由郵件重新開啟。"),
    "session_ended": _("該次登入已經結束。"),
    "invitations_full": _("未回覆的邀請最多%(maximum)s個。請先取消不用的邀請。"),
    "administrator_apart": _("系統、安全和審計管理員不能同時為單位工作。請改用另一個帳號。"),
    "roles_apart": _("系統、安全和審計管理員不能兼任其他身份"),
    "roles_by_invitation": _("新的身份要由系統管理員邀請，再由安全管理員同意。這裏只可收回身份"),
    "role_already": _("這個帳號已有這個身份，不用再加入。"),
    "last_keeper": _("這是最後一位系統管理員，不能移除。請先加入另一位。"),
    "own_account": _("不能更改自己的身份和狀態，請另一位管理員處理。"),
    "account_state": _("帳號的狀態已經改變。請看最新內容後再決定。"),
    "not_locked": _("這個帳號現在沒有鎖上。"),
}
