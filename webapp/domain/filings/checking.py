"""A page under check: what was typed on it, the rules it is read by, and what is found. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from webapp.domain.filings.answering import Answers
from webapp.domain.filings.items import BY_NAME
from webapp.domain.pledges.policy import NOT_ASKED, REQUIRED, Policy
from webapp.errors import Fault
from webapp.values.findings import Finding
from webapp.values.normalising import tidy

#: Given a text, the characters of it that our paper cannot print (documents.fonts; the domain does not know paper).
Unprintable = Callable[[str], list[str]]
#: Signs of the end of a number, and fewest of a number without a public layout.
TAIL = 4


@dataclass
class Page:
    """One page under check: what was typed, the rules it is read by, and the faults found so far."""

    typed: dict[str, Any]
    answers: Answers
    policy: Policy
    unit_class: str
    today: date
    unprintable: Unprintable
    faults: list[Fault] = field(default_factory=list)

    def text(self, item: str) -> str:
        return str(self.typed.get(item) or "")

    def fault(self, item: str, code: str, /, **params: Any) -> None:
        self.faults.append(Fault(item, code, params))

    def warning(self, item: str, code: str, /, **params: Any) -> None:
        self.faults.append(Fault(item, code, params, warning=True))

    def take(self, item: str, findings: Iterable[Finding]) -> None:
        self.faults += [Fault(item, found.code, dict(found.params), found.warning) for found in findings]

    def asks(self, item: str, use: str | None = None) -> str:
        return self.policy.level(item, self.unit_class, use)

    def wanted(self, item: str, use: str | None = None) -> bool:
        """Whether the item is to be checked: required, or optional and given."""
        level = self.asks(item, use)
        return level == REQUIRED or (level != NOT_ASKED and bool(tidy(self.text(item))))


def free_text(page: Page, item: str, use: str | None = None) -> None:
    if not page.wanted(item, use):
        return
    text, longest = tidy(page.text(item)), BY_NAME[item].longest
    if not text:
        page.fault(item, "missing")
    elif len(text) > longest:
        page.fault(item, "too_long", maximum=longest)
    elif page.unprintable(text):
        page.warning(item, "no_glyph", characters="".join(page.unprintable(text)[:5]))
