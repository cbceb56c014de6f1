"""Announcements: what cannot be done, and what to do."""

from __future__ import annotations

from typing import Any

from webapp.ui.words import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "announcement_over": _l("這份公告已不能這樣處理，請看它現在的狀態"),
    "announcement_time": _l("請填時間，例如09:00"),
    "announcement_past": _l("發送時間要在現在以後，一年以內"),
    "announcement_until": _l("要在發送當日或以後，一年以內"),
}
