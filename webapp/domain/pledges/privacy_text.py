"""What everybody is told of the handling of his data before he files (PIPL 17, 18, 22, 23, 30): layered, in editions.

A content is {"facts": {"handler": {locale: name}, "role", "cross_border", "bases": {purpose: basis}, "asks_again"},
"short": {locale: [line]}, "sections": {section: {locale: [paragraph]}}}. Who is responsible, and how he is reached, is
a setting (webapp.settings), because it stands on every page.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.domain.editions import queries
from webapp.domain.editions.models import PRIVACY
from webapp.domain.pledges.privacy_first import SECTIONS as FIRST_SECTIONS
from webapp.domain.pledges.privacy_first import SHORT

#: In the order of the page.
SECTIONS = tuple(FIRST_SECTIONS)
ENTRUSTED, OWN_HANDLER = "entrusted", "own_handler"
ROLES = (ENTRUSTED, OWN_HANDLER)
NONE, SOME = "none", "some"
CROSS_BORDER = (NONE, SOME)
CONSENT, DUTY = "consent", "duty"
BASES = (CONSENT, DUTY)
#: What data are used for, with the legal basis the first wording names.
PURPOSES = {
    "verifying": CONSENT,
    "lanes": CONSENT,
    "telling": CONSENT,
    "deciding": DUTY,
    "evidence": DUTY,
    "figures": DUTY,
}
_HANDLER = {
    "zh_Hant_MO": "橫琴粵澳深度合作區“二線”通道信用通行名單管理平台",
    "zh_Hans_CN": "横琴粤澳深度合作区“二线”通道信用通行名单管理平台",
    "pt": "Plataforma da lista de passagem da «segunda linha» da Zona de Cooperação Aprofundada em Hengqin",
    "en": "Second-line pass list platform of the Guangdong-Macao In-Depth Cooperation Zone in Hengqin",
}


@dataclass(frozen=True)
class PrivacyText:
    """One edition in one language. `digest` names exactly what was shown; edition 0 is the first wording."""

    edition: int
    locale: str
    digest: str
    facts: dict[str, Any]
    short: list[str]
    sections: dict[str, list[str]]
    since: datetime | None

    @property
    def handler(self) -> str:
        names: dict[str, str] = self.facts["handler"]
        return names.get(self.locale) or names["zh_Hant_MO"]


def first() -> dict[str, Any]:
    """The content before its first edition."""
    return {
        "facts": {
            "handler": dict(_HANDLER),
            "role": ENTRUSTED,
            "cross_border": NONE,
            "bases": dict(PURPOSES),
            "asks_again": True,
        },
        "short": {locale: list(lines) for locale, lines in SHORT.items()},
        "sections": {
            name: {locale: list(lines) for locale, lines in wordings.items()}
            for name, wordings in FIRST_SECTIONS.items()
        },
    }


def current(locale: str) -> PrivacyText:
    """The wording in force for a reader."""
    row = queries.in_force(PRIVACY)
    if row is None:
        return reading(first(), 0, locale)
    return reading(row.content, row.number, locale, row.effective_from)


def edition(number: int | None, locale: str) -> PrivacyText:
    """The edition of this number, if it is or was in force; otherwise the one in force."""
    if number == 0:
        return reading(first(), 0, locale)
    row = next((one for one in queries.in_force_since(PRIVACY, 0) if one.number == number), None)
    return current(locale) if row is None else reading(row.content, row.number, locale, row.effective_from)


def earlier() -> list[tuple[int, datetime | None]]:
    """Number of every edition that is or was in force, with when it began; newest first."""
    rows = [(row.number, row.effective_from) for row in queries.in_force_since(PRIVACY, 0)]
    return [*reversed(rows), (0, None)]


def reading(content: dict[str, Any], edition: int, locale: str, since: datetime | None = None) -> PrivacyText:
    """A content as its reader sees it: in his language, else in Traditional Chinese."""
    wanted = locale if locale in content["short"] else "zh_Hant_MO"
    short, facts = content["short"][wanted], content["facts"]
    sections = {name: content["sections"][name][wanted] for name in SECTIONS}
    said = json.dumps([facts, short, sections], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return PrivacyText(edition, wanted, hashlib.sha256(said.encode()).hexdigest(), facts, short, sections, since)


def asks_again(edition: int) -> bool:
    """Whether an edition that changes what people agree to has come into force since this one."""
    return any(row.content["facts"]["asks_again"] for row in queries.in_force_since(PRIVACY, edition))
