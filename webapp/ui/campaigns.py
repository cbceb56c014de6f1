"""Words of re-verification campaigns, for units and the platform."""

from __future__ import annotations

from typing import Any

from webapp.domain.campaigns.queries import Campaign, Progress
from webapp.domain.campaigns.succeeding import TAKEN_OVER
from webapp.ui.presenters import UNIT_CLASSES, long_date
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

STATES: dict[str, tuple[str, Any]] = {
    "running": ("wait", _l("進行中")),
    "holding": ("warn", _l("期限已過，未確認的已暫停")),
    "ended": ("ok", _l("已結束")),
    "cancelled": ("wait", _l("已取消")),
}
OUTCOMES: dict[str, tuple[str, Any]] = {
    "done": ("ok", _l("全部確認")),
    "held": ("warn", _l("有人未確認，已暫停")),
    "untouched": ("bad", _l("單位沒有確認任何人，名單沒有改動")),
    "excused": ("wait", _l("單位暫停中，名單沒有改動")),
}


def title(campaign: Campaign) -> str:
    """核對名單，最後一天2027年3月8日."""
    return _("核對名單，最後一天%(day)s", day=long_date(campaign.due_on))


def whose(campaign: Campaign) -> str:
    if campaign.unit_id is not None:
        return _("單位自行核對")
    if campaign.scope.startswith(TAKEN_OVER):
        return _("接手的人，原單位沒有確認")
    if campaign.unit_class is None:
        return _("平台要求，所有單位")
    return _("平台要求，%(kind)s", kind=UNIT_CLASSES[campaign.unit_class])


def share(progress: Progress) -> str:
    return _("已確認%(done)s / %(total)s", done=progress.confirmed, total=progress.total)
