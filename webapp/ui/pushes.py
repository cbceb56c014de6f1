"""How far messages have come, in words: for whoever must know that somebody was told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from webapp.domain.notices.queries import Push
from webapp.ui.presenters import long_time
from webapp.ui.words import lazy_gettext as _l

READERS: dict[str, Any] = {
    "unit": _l("單位"),
    "platform": _l("平台"),
    "account": _l("工作人員"),
    "submission": _l("本人"),
    "address": _l("收件人"),
}
CHANNELS: dict[str, Any] = {"email": _l("電郵"), "sms": _l("短訊")}
#: The inbox of a person is his status page.
INBOXES: dict[str, Any] = {"submission": _l("申報頁"), "unit": _l("站內通知"), "platform": _l("站內通知")}
#: State → look of the macro `flag`, words.
STATES: dict[str, tuple[str, Any]] = {
    "unread": ("wait", _l("已放入，未讀")),
    "read": ("ok", _l("已讀")),
    "queued": ("wait", _l("發送中")),
    "sent": ("ok", _l("已發出")),
    "delivered": ("ok", _l("已送達")),
    "failed": ("bad", _l("多次發送不成功")),
    "undeliverable": ("bad", _l("號碼或地址不能接收")),
}


@dataclass(frozen=True)
class Way:
    """One line of the part `parts/_pushes.html`."""

    reader: str
    channel: str
    look: str
    words: str
    when: str


def ways(found: Iterable[Push]) -> list[Way]:
    lines = []
    for push in found:
        look, words = STATES[push.state]
        # A person's page keeps no mark of what was read; that it is there is all there is to say.
        if push.channel == "inbox" and push.audience == "submission":
            look, words = "ok", _l("已放入")
        channel = CHANNELS.get(push.channel) or INBOXES.get(push.audience, _l("站內通知"))
        lines.append(Way(str(READERS[push.audience]), str(channel), look, str(words), long_time(push.at)))
    return lines
