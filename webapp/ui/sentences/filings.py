"""Sentences of the questionnaire, of signing and of what stands in the way of a filing."""

from webapp.ui.words import lazy_gettext as _

SENTENCES = {
    # answers
    "unit_relation:not_open": _("這個單位不接受這種關係的申報，請另選一項"),
    "vehicle_use:not_open": _("你與單位的關係不能申報這種車輛，請另選一項"),
    "no_glyph": _("“%(characters)s”這個字印不出來，文件上會以編碼代替。如證件確是這個字，便可繼續"),
    "same_plate": _("兩個車牌相同，請只填一次"),
    "repeated_vehicle": _("這輛車已在前面填過，請改填另一輛，或不加這輛車"),
    "too_many_vehicles": _("一次最多申報%(maximum)s輛車。其餘的車輛請在提交後另行申報"),
    "lorry": _("貨車只能走部分通道。如確是貨車，便可繼續"),
    "tail_format": _("請填寫最後%(length)s位，只要數字或字母"),
    "phone_code:missing": _("請輸入驗證碼"),
    "phone_full": _("這個電話號碼已有%(people)s人使用，不能再加。請用另一個號碼"),
    # signing
    "privacy_changed": _("個人信息處理說明剛剛更新了。請再看一次，然後重新選取同意並簽署"),
    "consent_processing:missing": _("要同意處理個人信息才能備案"),
    "consent_sharing:missing": _("要同意交予海關和口岸部門才能備案"),
    "pledge_agreed:missing": _("請閱讀信用承諾，並選取這一項"),
    "signature_method:missing": _("請選一種簽署方式"),
    "signature:missing": _("請在框內簽上姓名"),
    "bad_drawing": _("簽名沒有收到，請重簽，或改用輸入姓名"),
    "empty_drawing": _("簽名太短，請在框內簽上姓名"),
    "signed_name:missing": _("請輸入姓名"),
    "signed_name:not_the_name": _("請輸入與證件相同的姓名"),
    # at the counter
    "attested:missing": _("請當面核對本人和證件，看着他簽署，再選取這一項"),
    "signed_sheet:missing": _("請上傳本人已簽署的紙本"),
    "sheet_not_made": _("請先製作紙本，列印給本人簽署"),
    "sheet_outdated": _("資料在列印後有更改，這張紙本不能用。請再列印，由本人重新簽署"),
    "staff_phone": _("這是本單位職員的電話，不能證明是申報人。請用本人的電話；沒有電話便改用紙本簽署"),
    "contest_yourself": _("如車輛是申報人的，或那份申報不是他交的，請他自己掃描單位二維碼申報，便可請平台查證"),
    "phone_needed": _("本人沒有電話，請改用紙本簽署"),
    # the unit, the draft
    "unit_closed": _("這個單位現在不接受新的申報"),
    "code_closed": _("這個二維碼現在不能開始申報"),
    "draft_changed": _("填寫的內容剛才有更改，請重新核對後再簽署"),
    "text_changed": _("承諾文本剛才更新了，請閱讀新文本後再簽署"),
    "wrong_state": _("這份申報現在不能做這一步，請看最新進度"),
    "nothing_disputed": _("現在沒有其他申報與你的相撞，請再提交一次"),
    # collisions; %(plate)s is masked
    "is_unit_vehicle": _("%(plate)s已登記為單位車輛，不能再作自用車輛申報"),
    "is_own_use": _("%(plate)s已作自用車輛申報，不能再作單位車輛申報"),
    "of_another_unit": _("%(plate)s已是另一個單位的車輛，不能由這個單位申報"),
    "owner_taken": _("%(plate)s已有另一位車主。你是共有車主或第二名駕駛員，請選第二名駕駛員，由那位車主同意"),
    "invitation_over": _("%(plate)s的邀請已收回、過期或已用。請向車主再取連結，或改為請車主同意"),
    "household_second": _("家人只可以做第二名駕駛員。你是車主，請返回選擇你自己與單位的關係"),
    "household_elsewhere": _("%(plate)s的車主不經這個單位列入名單。家人要用車主所屬單位的二維碼申報"),
    "third_driver": _("%(plate)s已有兩名駕駛員。一輛自用車輛最多兩名，其中一名是車主"),
    "already_in_motion": _("你經這個單位申報同一輛車，已在辦理，編號%(number)s。不用再交一次"),
    "already_in_force": _("你和同一輛車已在這個單位的名單內，編號%(number)s。有變更請由進度頁辦理"),
    "cannot_accept": _("這份申報不能接受。請帶證件到單位查詢，編號%(reference)s"),
}
