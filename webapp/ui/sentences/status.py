"""Sentences of the private status page and of what people do there."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "already_disputed": _("這份申報已有異議，平台正在查證"),
    "nothing_returned": _("現在沒有要補正的申報，請看最新進度"),
    "correction_over": _("單位或你自己剛才已處理這份申報，這次補正不能提交。請看最新進度"),
    "identity_differs": _("證件號碼換了另一個人的。同一份提交還有其他車輛在辦理，請撤回這一份，再用正確的證件重新申報"),
    "second_taken": _("這輛車已有第二名駕駛員。一輛自用車輛最多兩名駕駛員，其中一名是車主"),
    "request_over": _("這個問題已經有答覆，或已經過期"),
    "not_the_owner": _("這輛車現在的車主不是你，不能這樣做"),
    "already_invited": _("這輛車已有一個未答覆的邀請。要換人，請先收回它"),
    "no_second": _("這輛車現在沒有第二名駕駛員"),
    "joint_owner": _("他也是這輛車的車主，不能由你取消。有爭議請聯絡名單管理員"),
    "owner:declined": _("車主不同意"),
    "owner:released": _("車主不再同意你駕駛這輛車"),
    "owner:silent": _("車主沒有在期限前回覆"),
    "unit:deregistered": _("單位已註銷"),
    # why an upload left a filing out, for its person
    "fallen:changed_meanwhile": _("上傳時資料剛有更新"),
    "fallen:disputed": _("申報有異議"),
    "fallen:waiting_owner": _("車主還未同意"),
    "fallen:no_vehicle": _("單位還未指派車輛"),
    "fallen:use_not_for_class": _("這類單位不能申報這種車輛"),
    "fallen:plate_moved": _("車牌已屬於另一輛車"),
    "fallen:of_another_unit": _("車輛已是另一個單位的車輛"),
    "fallen:other_use": _("車輛已作另一種用途備案"),
    "fallen:entry_ended": _("要更改的登記已終止"),
    "fallen:already_listed": _("你和這輛車已在名單內"),
    "fallen:owner_not_listed": _("車主還未列入名單"),
    "fallen:slot_taken": _("這輛車已有另一位車主"),
    "fallen:third_driver": _("這輛車已有兩名駕駛員"),
    "fallen:is_owner": _("你已是這輛車的車主"),
}
