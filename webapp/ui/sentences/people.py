"""Sentences about sheets of people, rosters and leavers."""

from webapp.ui.words import lazy_gettext as _l

SENTENCES = {
    "row_id_tail": _l("請填證件號碼的最後四位，只用字母和數字"),
    "row_phone": _l("這不是內地、澳門或香港的手提電話號碼。請改正，或留空"),
    "row_identify": _l("證件號碼末四位、職員編號，至少要填一項"),
    "row_person_repeated": _l("這個人與第%(before)s行重複"),
    "sheet_state": _l("這份人員表已經處理過。請看最新內容"),
    "sheet_nothing": _l("這份人員表沒有可以採用的行。請改正後再上傳"),
    "no_roster": _l("單位現在沒有名冊"),
    "nothing_to_end": _l("沒有要移出的登記或申報。可能已由同事處理"),
    "vehicle:retired": _l("單位車輛已停用"),
    "vehicle:unassigned": _l("單位已停止指派這輛車"),
    "plate_same": _l("這是這輛車現在的車牌，沒有改動"),
    "plate_in_use": _l("這個車牌現在不能使用，可能已有另一輛車登記。請先核對行駛證，如有疑問請聯絡平台"),
    "purpose:choose": _l("要有完整號碼，請選擇用途"),
    "format:choose": _l("請選擇檔案格式"),
    "leavers_changed": _l("名單剛有改動。請再看一次下面的人，才確認"),
}
