"""What an owner who is about to leave reads of whoever drives his cars second."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from webapp.domain.filings import left_behind
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.rules import OWNER_MISSING_DAYS
from webapp.domain.registry.cards import open_card
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values import plates

FATES: dict[str, Any] = {
    left_behind.HELD: _l(
        "你移出後，這輛車的第二名駕駛員會暫停。你在%(days)s日內重新列入，他便自動恢復；否則他的登記會終止。"
    ),
    left_behind.HELD_HERE: _l(
        "你移出後，單位以你家人身份擔保的第二名駕駛員會暫停。你在%(days)s日內經這個單位重新列入，他便自動恢復；"
        "否則他的登記會終止。"
    ),
    left_behind.OWNS: _l("你移出後，與你共有這輛車的駕駛員成為登記的車主。他的登記照舊有效，不會暫停。"),
    left_behind.STAYS: _l("你經另一個單位仍在名單內，所以這輛車的第二名駕駛員不受影響。"),
    left_behind.WAITS: _l("你同意的第二名駕駛員還在申報。你移出後，他不能列入名單，直至你重新列入。"),
    left_behind.COMES: _l("與你共有這輛車的人還在申報。你移出後，他仍可列入名單，成為登記的車主。"),
    left_behind.INVITED: _l("你發出的邀請還沒有人接受。你移出後，連結不能再用。"),
}


def said(entry: Entry) -> str:
    """Of the car of one entry, "" where nobody is concerned."""
    return _words(left_behind.fates([entry]).get(entry.id, ""))


def said_of_others(entries: Iterable[Entry], but: str) -> list[tuple[list[str], str]]:
    """Plates and sentence of the other cars of these entries where somebody is concerned."""
    others = [entry for entry in entries if entry.ref != but]
    fates = left_behind.fates(others)
    return [
        ([plates.display(one) for one in open_card(entry).plates], _words(fates[entry.id]))
        for entry in others
        if entry.id in fates
    ]


def _words(fate: str) -> str:
    return _("你是車主。%(what)s", what=FATES[fate] % {"days": OWNER_MISSING_DAYS}) if fate else ""
