"""Sentences of uploads and of the list in force: refusals, why a filing fell out, why a row was left as it is."""

from webapp.ui.words import lazy_gettext as _

SENTENCES = {
    # uploads
    "unit_not_certified": _("單位現在不能上傳。原因見單位首頁，恢復後可以繼續"),
    "nothing_to_upload": _("選取的申報都不能上傳了。請看每份的原因，再重新選擇"),
    "upload_done": _("這份名單已經上傳，不用再簽署"),
    "upload_abandoned": _("這份名單已作廢，請重新選擇"),
    "sealed_paper:not_printed": _("請先在本頁製作並列印承諾書，蓋章後再上傳"),
    "paper_differs": _("列印之後有%(fallen)s份申報不能列入，紙本與名單不符。請作廢後重新選擇、列印和蓋章"),
    "row:choose": _("請先選取要上傳的申報"),
    "signed_name:not_the_manager": _("請輸入單位專人的姓名，與登記的相同"),
    "sealed_paper:missing": _("請選擇已簽署蓋章的承諾書檔案"),
    # why a filing fell out of an upload
    "upload:not_verified": _("已撤回、退回或取消驗核"),
    "upload:changed_meanwhile": _("選取後有更改，請看過後重新選取"),
    "upload:disputed": _("有異議，由平台處理"),
    "upload:waiting_owner": _("等待車主同意"),
    "upload:no_vehicle": _("還沒有指派車輛"),
    "upload:use_not_for_class": _("這類單位不能申報這種車輛"),
    "upload:plate_moved": _("車牌現在屬於另一輛車，或已停用"),
    "upload:other_use": _("這輛車已作另一種用途（自用或單位）"),
    "upload:of_another_unit": _("這輛車是另一個單位的車輛"),
    "upload:leaving": _("本人已要求移出名單"),
    "upload:document_taken": _("新證件已是另一人的，請先查證"),
    "upload:entry_ended": _("要更改的那一項已不在名單"),
    "upload:already_listed": _("此人和這輛車已在本單位的名單"),
    "upload:owner_not_listed": _("車主還不在名單，車主列入後可再上傳"),
    "upload:slot_taken": _("這輛車已有另一位車主在名單"),
    "upload:third_driver": _("這輛車已有兩名駕駛員"),
    "upload:household_owner": _("車主不經本單位列入名單，家人不能單獨列入"),
    "upload:is_owner": _("此人是這輛車的車主，不能同時作第二名駕駛員"),
    # the list in force
    "entry_removed": _("這一項已經移出名單"),
    "entry_state": _("這一項現在不能做這一步，請看最新狀況"),
    "not_requested": _("申報人沒有要求移出，請改選另一個原因"),
    "cause:choose": _("請選擇移出的原因，申報人會看到"),
    "cause:cause_not_yours": _("請在列出的原因中選一項"),
    "unit_not_active": _("單位現在不能更改名單"),
    "removal_already_requested": _("已經要求移出，單位正在辦理"),
    "removal_not_requested": _("沒有要撤回的移出要求"),
}

#: Why a bulk removal left an entry as it is.
SKIPPED = {
    "not_found": _("已不在本單位的名單"),
    "entry_removed": _("已經移出名單"),
    "stale": _("選取後有更新"),
    "not_requested": _("申報人沒有要求移出"),
}
