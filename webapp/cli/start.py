"""What every system has from its first start: sample pledge texts, the first item policy, channels, holidays."""

from __future__ import annotations

from webapp import clock
from webapp.database import transaction
from webapp.domain.passlist import channels
from webapp.domain.pledges import policy, texts


def seed() -> None:
    """Write what is missing; what is there stays as officers edited it."""
    with transaction():
        now = clock.now()
        texts.seed(now)
        policy.seed(now)
        channels.seed()
