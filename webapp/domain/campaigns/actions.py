"""Starting, confirming, cancelling. What each day brings is `advancing`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from webapp import crypto
from webapp.database import among, is_sqlite, lock
from webapp.domain.audit.acts import Act, action, record, record_refs
from webapp.domain.campaigns import queries, rules, states
from webapp.domain.campaigns.models import STARTED, Campaign, CampaignEntry, CampaignUnit
from webapp.domain.jobs import actions as jobs
from webapp.domain.passlist import holds
from webapp.domain.passlist import record as passlist_record
from webapp.domain.passlist.models import Entry, EntryHold
from webapp.domain.passlist.selection import Chosen
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry.models import Person, Vehicle
from webapp.domain.units import queries as units
from webapp.domain.units import rules as unit_rules
from webapp.domain.units.models import CLASSES, Unit
from webapp.errors import Conflict, Invalid, NotFound
from webapp.row_sets import literal

HOLD = "not_confirmed"
#: Job: whatever is due of one campaign (campaigns.advancing).
ADVANCE = "advance-campaign"


@action("campaign:start")
def start_in_unit(act: Act, unit_id: int, due_on: str, today: date) -> dict[str, object]:
    """A unit asks itself. Raises Invalid beside `due_on`, Conflict: unit_not_certified, campaign_running,
    campaign_nobody."""
    day = _day(due_on, today)
    lock(Unit, [unit_id])
    if not unit_rules.may_verify(units.by_id(unit_id)):
        raise Conflict("unit_not_certified")
    return _start(act, f"unit:{unit_id}", day, today, Entry.unit == unit_id, unit=unit_id)


@action("campaign:start-everywhere")
def start_everywhere(act: Act, unit_class: str, due_on: str, today: date) -> dict[str, object]:
    """The platform asks the units of a class, or all ("*"). Raises Invalid beside `unit_class`, `due_on`, Conflict."""
    if unit_class != "*" and unit_class not in CLASSES:
        raise Invalid("choose", field="unit_class")
    day = _day(due_on, today)
    whole = Entry.unit << Unit.select(Unit.id).where(Unit.unit_class == unit_class)
    wanted = whole if unit_class != "*" else Entry.id.is_null(False)
    clash = (Campaign.scope == "platform:*") if unit_class != "*" else Campaign.scope.startswith("platform:")
    if Campaign.select().where(Campaign.state << states.OPEN, clash).exists():
        raise Conflict("campaign_running")
    return _start(
        act, f"platform:{unit_class}", day, today, wanted, unit_class=None if unit_class == "*" else unit_class
    )


def _day(typed: str, today: date) -> date:
    day, problem = rules.read_day(typed, today)
    if day is None:
        raise Invalid(problem, field="due_on", soonest=rules.SOONEST_DAYS, latest=rules.LATEST_DAYS)
    return day


def _start(act: Act, scope: str, day: date, today: date, wanted: object, **whose: object) -> dict[str, object]:
    if Campaign.select().where(Campaign.scope == scope, Campaign.state << states.OPEN).exists():
        raise Conflict("campaign_running")
    state = states.next_state(states.NONE, "start")
    campaign = Campaign.create(
        ref=crypto.new_ref(), due_on=day, state=state, scope=scope, started_at=act.now, act_id=act.id, **whose
    )
    mine = CampaignEntry
    rows = Entry.select(literal(campaign.id, mine.campaign), Entry.unit, Entry.id, literal(act.id, mine.act_id))
    rows = rows.where(Entry.state << IN_FORCE, wanted).order_by(Entry.id)
    # Whoever ends one of them comes before or after: the kept count of who is missing needs both.
    rows = rows if is_sqlite() else rows.for_update("FOR SHARE")
    mine.insert_from(rows, [mine.campaign, mine.unit, mine.entry, mine.act_id]).execute()
    part = CampaignUnit
    taken = mine.select(
        literal(campaign.id, part.campaign), mine.unit, literal(STARTED, part.stage), literal(today, part.stage_on)
    )
    taken = taken.where(mine.campaign == campaign.id).group_by(mine.unit)
    part.insert_from(taken, [part.campaign, part.unit, part.stage, part.stage_on]).execute()
    people = mine.select().where(mine.campaign == campaign.id).count()
    if not people:
        raise Conflict("campaign_nobody")
    record(act, "campaign:started", campaign.ref)
    jobs.enqueue(act, ADVANCE, campaign.ref)
    return {"campaign": campaign.ref, "entries": people}


@action("campaign:confirm")
def confirm(act: Act, unit_id: int, campaign_ref: str, chosen: Chosen) -> dict[str, object]:
    """The unit vouches that these still belong to it, in every open campaign; who was held for it is listed again.

    Returns {"changed": n, "skipped": n}. Raises Conflict: unit_not_certified, campaign_state, count_changed,
    campaign_confirmed (a single row that is not waiting any more)."""
    lock(Unit, [unit_id])
    if not unit_rules.may_verify(units.by_id(unit_id)):
        raise Conflict("unit_not_certified")
    campaign, _row = queries.in_unit(unit_id, campaign_ref)
    states.next_state(campaign.state, "confirm")
    ids = queries.chosen_ids(campaign.id, unit_id, chosen)
    chosen.check_count(len(ids))
    if chosen.digest and chosen.digest != queries.digest(ids):
        raise Conflict("count_changed", expected=chosen.expected, found=len(ids))
    if len(chosen.rows) == 1 and not ids:
        raise Conflict("campaign_confirmed")
    hold_locks(ids)
    still = Campaign.select(Campaign.id).where(Campaign.state << states.OPEN)
    CampaignEntry.update(confirmed_at=act.now, act_id=act.id).where(
        CampaignEntry.entry << among(ids), CampaignEntry.campaign << still, CampaignEntry.confirmed_at.is_null()
    ).execute()
    holds.release(act, ids, HOLD)
    refs = [ref for (ref,) in Entry.select(Entry.ref).where(Entry.id << among(ids)).order_by(Entry.id).tuples()]
    record_refs(act, "entry:confirmed", refs, unit_id=unit_id)
    passlist_record.finish(act)
    return {"changed": len(ids), "skipped": 0 if chosen.everything else len(chosen.rows) - len(ids)}


@action("campaign:cancel")
def cancel(act: Act, campaign_ref: str, version: int, unit_id: int | None = None) -> dict[str, object]:
    """Whoever started it calls it off: who was held for it alone is listed again. Raises Conflict: stale,
    campaign_state; NotFound where it is not the unit's (or, without a unit, the platform's)."""
    if unit_id is not None:
        lock(Unit, [unit_id])
    lock(Campaign, [queries.one(campaign_ref).id])
    campaign = queries.one(campaign_ref)
    if campaign.unit_id != unit_id:
        raise NotFound("not_found")
    state = states.next_state(campaign.state, "cancel")
    if campaign.version != version:
        raise Conflict("stale")
    Campaign.update(state=state, version=Campaign.version + 1).where(Campaign.id == campaign.id).execute()
    freed = _held_for(campaign)
    hold_locks(freed)
    released = holds.release(act, freed, HOLD)
    record(act, "campaign:cancelled", campaign.ref)
    passlist_record.finish(act)
    return {"released": len(released)}


def _held_for(campaign: Campaign) -> list[int]:
    """Entries held as not confirmed that no other open campaign holds."""
    held = EntryHold.select(EntryHold.entry).where(EntryHold.kind == HOLD, EntryHold.released_at.is_null())
    others = (
        CampaignEntry.select(CampaignEntry.entry)
        .join(Campaign, on=(CampaignEntry.campaign == Campaign.id))
        .where(Campaign.state == "holding", CampaignEntry.confirmed_at.is_null())
    )
    rows = CampaignEntry.select(CampaignEntry.entry).where(
        CampaignEntry.campaign == campaign.id, CampaignEntry.entry << held, CampaignEntry.entry.not_in(others)
    )
    return [found for (found,) in rows.tuples()]


def hold_locks(entry_ids: Iterable[int]) -> None:
    """Step: hold persons and vehicles of these entries, in the order of the whole system."""
    pairs = list(Entry.select(Entry.person, Entry.vehicle).where(Entry.id << among(entry_ids)).tuples())
    lock(Person, [person for person, _ in pairs])
    lock(Vehicle, [vehicle for _, vehicle in pairs])
