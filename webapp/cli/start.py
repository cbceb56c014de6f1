"""What every system has from its first start: sample pledge texts, the first item policy, channels, holidays."""

from __future__ import annotations

from datetime import date

from webapp import clock
from webapp.database import transaction
from webapp.domain.lanes import feed
from webapp.domain.passlist import channels
from webapp.domain.pledges import policy, texts

#: The first texts and policy hold from the day the guideline was published.
GUIDELINE_DAY = date(2024, 2, 18)


def seed() -> None:
    """Write what is missing; what is there stays as officers edited it."""
    with transaction():
        begin = clock.start_of_day(GUIDELINE_DAY)
        texts.seed(begin)
        policy.seed(begin)
        channels.seed()
        feed.seed()
