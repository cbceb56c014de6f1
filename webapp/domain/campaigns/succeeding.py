"""A unit's people go on under a successor (closings.succession): that they are to be confirmed goes along with them.

Steps of the act that moves them; the callers hold both units, persons and vehicles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from webapp import clock, crypto
from webapp.database import among
from webapp.domain.audit.acts import Act, record
from webapp.domain.campaigns import rules, states
from webapp.domain.campaigns.actions import HOLD
from webapp.domain.campaigns.models import HELD, RUNNING, SETTLED, Campaign, CampaignEntry, CampaignUnit
from webapp.domain.passlist.models import EntryHold
from webapp.domain.units.models import Unit
from webapp.domain.units.telling import tell_unit
from webapp.row_sets import insert_rows

#: Begins the scope of what a successor has to confirm; the proposal he took over by follows.
TAKEN_OVER = "successor:"


def go_on(act: Act, unit: Unit, successor: Unit, made: Mapping[int, int], proposal_ref: str) -> None:
    """`made`: an entry of the unit → the one that goes on for it. Whoever is held gets the whole term anew, for the
    successor was asked nothing yet; whom the platform's running campaigns still ask about, they ask the successor."""
    _ask_on(act, unit, successor, made)
    held = EntryHold.select(EntryHold.entry).where(
        EntryHold.entry << among(made.values()), EntryHold.kind == HOLD, EntryHold.released_at.is_null()
    )
    ids = sorted(entry for (entry,) in held.tuples())
    if ids:
        _confirm_anew(act, successor, ids, proposal_ref)


def _confirm_anew(act: Act, successor: Unit, entry_ids: list[int], proposal_ref: str) -> None:
    """A campaign of those who are held, as far as the day after the last one: last notice and removal follow."""
    today = clock.local_date(act.now)
    campaign = Campaign.create(
        ref=crypto.new_ref(),
        unit_class=successor.unit_class,
        due_on=today,
        state=states.next_state(states.NONE, "take-over"),
        scope=TAKEN_OVER + proposal_ref,
        started_at=act.now,
        act_id=act.id,
    )
    CampaignUnit.create(campaign=campaign.id, unit=successor.id, stage=SETTLED, stage_on=today, outcome=HELD)
    _add(act, campaign.id, successor.id, entry_ids)
    until = today + timedelta(days=rules.HOLD_DAYS)
    EntryHold.update(until=clock.start_of_day(until)).where(
        EntryHold.entry << among(entry_ids), EntryHold.kind == HOLD, EntryHold.released_at.is_null()
    ).execute()
    told = {"count": len(entry_ids), "until": until.isoformat()}
    tell_unit(act, "unconfirmed-held", successor, subject=campaign.ref, params=told)
    record(act, "campaign:taken-over", campaign.ref, unit_id=successor.id)


def _ask_on(act: Act, unit: Unit, successor: Unit, made: Mapping[int, int]) -> None:
    running = (
        CampaignUnit.select(CampaignUnit)
        .join(Campaign, on=(CampaignUnit.campaign == Campaign.id))
        .where(
            CampaignUnit.unit << [unit.id, successor.id],
            Campaign.unit.is_null(),
            Campaign.state == RUNNING,
        )
        .order_by(CampaignUnit.id)
    )
    parts = {(row.campaign_id, row.unit_id): row for row in running}
    for (campaign_id, whose), part in parts.items():
        there = parts.get((campaign_id, successor.id))
        if whose != unit.id or part.outcome or (there and there.outcome):
            continue
        asked = CampaignEntry.select(CampaignEntry.entry).where(
            CampaignEntry.campaign == campaign_id,
            CampaignEntry.entry << among(made),
            CampaignEntry.confirmed_at.is_null(),
        )
        ids = sorted(made[entry] for (entry,) in asked.tuples())
        if ids and there is None:
            CampaignUnit.create(campaign=campaign_id, unit=successor.id, stage=part.stage, stage_on=part.stage_on)
        _add(act, campaign_id, successor.id, ids)


def _add(act: Act, campaign_id: int, unit_id: int, entry_ids: Iterable[int]) -> None:
    rows = [{"campaign": campaign_id, "unit": unit_id, "entry": one, "act_id": act.id} for one in entry_ids]
    insert_rows(CampaignEntry, [row | {"confirmed_at": None} for row in rows])
