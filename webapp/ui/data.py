"""The register of data in the reader's words."""

from __future__ import annotations

from typing import Any

from webapp.ui.words import lazy_gettext as _l

CLASSES: dict[str, Any] = {
    "public": _l("公開"),
    "internal": _l("內部"),
    "personal": _l("個人"),
    "sensitive": _l("敏感"),
}
FORMS: dict[str, Any] = {
    "plain": _l("明文"),
    "sealed": _l("加密"),
    "index": _l("密鑰索引"),
    "hash": _l("摘要"),
}
PURPOSES: dict[str, Any] = {
    "identify": _l("辨認申報人"),
    "reach": _l("聯絡申報人"),
    "drive": _l("核對駕駛資格"),
    "belong": _l("核對所屬單位或居住"),
    "vehicle": _l("辨認車輛和車主"),
    "verify": _l("單位驗核和上傳"),
    "pledge": _l("信用承諾的證明"),
    "list": _l("備案名單"),
    "sanction": _l("嚴重失信列入"),
    "case": _l("處理異議"),
    "search": _l("查找名單"),
    "lane": _l("通道查驗"),
    "sign_in": _l("人員登入"),
    "tell": _l("通知"),
    "publish": _l("公布的文本和規則"),
    "measure": _l("統計"),
    "record": _l("操作記錄"),
    "rights": _l("行使個人權利"),
    "keys": _l("密鑰"),
    "run": _l("系統運作"),
}
NECESSITIES: dict[str, Any] = {
    "needed": _l("必要"),
    "by_policy": _l("按申報事項的規定"),
    "optional": _l("可不提供"),
}
ERASURES: dict[str, Any] = {
    "nothing": _l("不涉個人"),
    "emptied": _l("清空"),
    "deleted": _l("整行刪除"),
    "expires": _l("短期內自行刪除"),
    "proof": _l("只留摘要作證明"),
    "record": _l("只留事件，不含資料"),
    "staff": _l("屬人員或單位，隨帳號保留"),
}
TERMS: dict[str, Any] = {
    "person": _l("個人資料"),
    "returned": _l("退回的申報"),
    "draft": _l("草稿"),
    "registration": _l("單位登記草稿"),
    "code": _l("驗證碼"),
    "link": _l("一次性連結"),
    "session": _l("登入記錄"),
    "limit": _l("嘗試次數"),
    "delivery": _l("訊息的地址和內容"),
    "notice": _l("通知"),
    "search": _l("查找的字和原因"),
    "lane_plate": _l("查驗的車牌"),
    "lane_check": _l("查驗記錄"),
    "staff_sheet": _l("人員表"),
    "sanction_file": _l("嚴重失信列入的檔案"),
    "roster": _l("名冊"),
    "list_export": _l("匯出的名單"),
    "job": _l("背景工作"),
    "copy": _l("備份"),
    "erasure": _l("刪除記錄"),
    "record": _l("操作記錄"),
    "account": _l("帳號"),
    "unit": _l("單位"),
    "public": _l("公開資料"),
    "technical": _l("技術資料"),
}
BEGINS: dict[str, Any] = {
    "all_over": _l("全部登記和申報結束後"),
    "returned": _l("退回後"),
    "begun": _l("開始後"),
    "expired": _l("到期後"),
    "ended": _l("結束後"),
    "last_try": _l("最後一次後"),
    "written": _l("寫入後"),
    "made": _l("產生後"),
    "asked": _l("查驗後"),
    "sent": _l("送來後"),
    "entered": _l("採用後"),
    "finished": _l("完成後"),
    "for_good": _l("長期保留"),
    "record": _l("至少一年"),
    "while_account": _l("帳號存續期間"),
    "while_unit": _l("單位存續期間"),
    "with_row": _l("隨所屬記錄"),
}
