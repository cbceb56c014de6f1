"""Sanctions of the demo: one in force on a car nobody filed, one that waits for the second officer."""

from __future__ import annotations

from webapp.actors import Actor
from webapp.domain.closings import sanctioning
from webapp.domain.sanctions import proposing
from webapp.domain.sanctions.proposing import Which

_DECISION = {
    "authority": "示範市社會信用辦公室",
    "decided_on": "2026-05-20",
    "appeal_route": "六十日內向示範市政府申請行政復議",
    "contact": "示範市社會信用辦公室，0756 000 0000，星期一至五09:00–17:30",
}


def tell(first: Actor, second: Actor) -> None:
    """Propose two, confirm one."""
    known = _proposed(first, decision_number="示失信〔2026〕41號", ground="走私少量受限物品", plates="粵C·Y9999")
    sanctioning.confirm(second, Which(ref=known))
    _proposed(
        first, decision_number="示失信〔2026〕42號", ground="偽造通關文件", plates="粵C·D33907", subject_name="鍾子晴"
    )


def _proposed(officer: Actor, **said: str) -> str:
    ref = proposing.stage(officer, _DECISION | said)["sanction"]
    proposing.propose(officer, Which(ref=ref))
    return ref
