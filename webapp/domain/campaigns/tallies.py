"""Kept counts of campaigns: of each unit in each campaign how many entries there were, how many are confirmed, and how
many are missing (`webapp.kept_counts`).

Missing is who is in force and not confirmed, so it changes with entries too.
"""

from __future__ import annotations

from webapp.domain.campaigns.models import COUNTED
from webapp.kept_counts import KeptCounts, Share, Watched

TOTAL, CONFIRMED, MISSING = COUNTED


def _share(word: str, where: str = "1 = 1") -> Share:
    return Share(("{row}.campaign_id", "{row}.unit_id", f"'{word}'"), where)


_GONE = "EXISTS (SELECT 1 FROM entry AS e WHERE e.id = {row}.entry_id AND e.state = 'removed')"

KEPT = KeptCounts(
    table="campaign_tally",
    keys=("campaign_id", "unit_id", "word"),
    watched=(
        Watched(
            table="campaign_entry",
            shares=(
                _share(TOTAL),
                _share(CONFIRMED, "{row}.confirmed_at IS NOT NULL"),
                _share(MISSING, f"{{row}}.confirmed_at IS NULL AND NOT {_GONE}"),
            ),
            matters=("{row}.campaign_id", "{row}.unit_id", "{row}.entry_id", "{row}.confirmed_at"),
        ),
        Watched(
            table="entry",
            shares=(
                Share(
                    ("c.campaign_id", "c.unit_id", f"'{MISSING}'"),
                    "c.entry_id = {row}.id AND c.confirmed_at IS NULL AND {row}.state <> 'removed'",
                    beside="campaign_entry AS c",
                ),
            ),
            matters=("({row}.state = 'removed')",),
            leads="entry_left_campaigns",
        ),
    ),
    said="campaign {campaign_id}, unit {unit_id}: {number:+} {word}",
)
