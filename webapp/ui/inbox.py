"""An inbox as a page: each notice in the words of its mail, with the way to what it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, url_for

from webapp.domain.notices.models import PLATFORM, Notice
from webapp.ui.notices import shown
from webapp.ui.presenters import long_time

#: kind -> where it leads in a unit's inbox.
WAYS: dict[str, str] = {
    "unit-certified": "unit.code",
    "unit-returned": "unit.standing",
    "unit-refused": "unit.standing",
    "unit-suspended": "unit.standing",
    "unit-reinstated": "unit.standing",
    "manager-named": "unit.standing",
    "manager-confirmed": "unit.standing",
    "manager-changed": "unit.team",
    "recovery-asked": "unit.standing",
    "unit-changed": "unit.standing",
    "unit-succeeds": "unit.passlist",
    "proposal-rejected": "unit.standing",
    "member-joined": "unit.team",
    "member-ended": "unit.team",
    "filing-withdrawn": "unit.filings",
    "filing-fell-out": "unit.uploads",
    "list-uploaded": "unit.uploads",
    "waiting-digest": "unit.filings",
    "entry-removed": "unit.passlist",
    "removal-requested": "unit.passlist",
    "removal-overdue": "unit.passlist",
    "list-sanctioned": "unit.passlist",
    "list-sanction-over": "unit.passlist",
    "unit-sanctioned": "unit.standing",
    "unit-sanction-over": "unit.code",
    "expiries-near": "unit.passlist",
    "confirmation-asked": "unit.campaigns",
    "confirmation-near": "unit.campaigns",
    "unconfirmed-held": "unit.campaigns",
    "unconfirmed-last": "unit.campaigns",
    "unconfirmed-removed": "unit.campaigns",
    "nobody-confirmed": "unit.campaigns",
}

#: kind -> where it leads in the platform's inbox, and whether its subject is named there.
PLATFORM_WAYS: dict[str, tuple[str, bool]] = {
    "sanctions-proposed": ("platform.sanctions", False),
    "sanction-near": ("platform.sanction", True),
    "strike-proposed": ("platform.sanction", True),
    "unit-sanctioned": ("platform.unit", True),
}


@dataclass(frozen=True)
class Line:
    words: str
    about: list[str]
    when: str
    url: str
    unread: bool


def lines(notices: Sequence[Notice]) -> list[Line]:
    return [
        Line(said.title, said.paragraphs, long_time(said.at), _way(one), said.unread)
        for one, said in zip(notices, shown(notices), strict=True)
    ]


def _way(notice: Notice) -> str:
    if notice.kind.startswith("case-"):
        return url_for("platform.case" if notice.audience == PLATFORM else "unit.case", ref=notice.subject)
    if notice.audience == PLATFORM and notice.kind in ("unit-registered", "unit-idle"):
        return url_for("platform.unit", ref=notice.subject)
    if notice.audience == PLATFORM and notice.kind in PLATFORM_WAYS:
        endpoint, named = PLATFORM_WAYS[notice.kind]
        return url_for(endpoint, **({"ref": notice.subject} if named else {}))
    endpoint = WAYS.get(notice.kind, "")
    if notice.audience == PLATFORM and notice.kind == "proposal-made":
        return url_for("platform.proposal", ref=notice.subject)
    if notice.kind == "edition-proposed":
        return url_for("platform.edition", ref=notice.subject)
    return url_for(endpoint) if notice.audience != PLATFORM and endpoint in current_app.view_functions else ""
