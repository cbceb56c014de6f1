"""Re-verification campaigns: what cannot be done, and why."""

from __future__ import annotations

from typing import Any

from webapp.ui.words import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "due_on:missing": _l("請填寫最後一天"),
    "campaign_too_soon": _l("最後一天要在%(soonest)s天以後，讓單位和本人有時間處理"),
    "campaign_too_late": _l("最後一天要在%(latest)s天以內"),
    "campaign_running": _l("已有一次核對正在進行，完成或取消後才可再開始"),
    "campaign_nobody": _l("名單上還沒有人，不用核對"),
    "campaign_state": _l("這次核對已經結束或取消"),
    "campaign_confirmed": _l("這一項已經確認，或已不在名單上"),
}
