"""Sentences about assigning vehicles of the register to drivers."""

from webapp.ui.words import lazy_gettext as _l

SENTENCES = {
    "assign:choose": _l("請先選取要指派的人或車輛"),
    "not_assignable": _l("此人已要求移出或已不在名單內，不能再指派車輛"),
}

#: Why somebody or a vehicle was left out: filings.assigning_drivers.SKIPPED.
SKIPPED = {
    "not_found": _l("已不在名單內，或已要求移出"),
    "vehicle_gone": _l("車輛已不在本單位的登記內"),
    "stale": _l("選取後有更新"),
    "assigned_already": _l("已駕駛這輛車，或正在辦理"),
    "sanctioned": _l("名單管理平台的決定，現在不能列入"),
    "plate_in_use": _l("車牌現在由其他登記使用，請先核對"),
}
