"""Notices on pages: the same words as in mails, in the reader's language (templates/notices)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from webapp.delivery import wording
from webapp.domain.notices.models import Notice
from webapp.ui import locales


@dataclass(frozen=True)
class Shown:
    """One notice as an inbox or a status page shows it. `body` is plain text; its paragraphs are separate lines."""

    kind: str
    title: str
    body: str
    at: datetime
    unread: bool
    subject: str

    @property
    def paragraphs(self) -> list[str]:
        return [line for line in self.body.splitlines() if line]


def shown(notices: Iterable[Notice]) -> list[Shown]:
    """Notices in the reader's language, in the order given."""
    locale = locales.select()
    found = []
    for notice in notices:
        words = wording.notice(notice.kind, locale, notice.params)
        found.append(
            Shown(notice.kind, words.title, words.body, notice.created_at, notice.read_at is None, notice.subject)
        )
    return found
