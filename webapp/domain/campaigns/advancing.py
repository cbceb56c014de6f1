"""What each day brings to a campaign: one act for each unit and stage, whose key names both, so that a run that was
killed goes on where it ended and nothing happens twice. Facts of a unit change in one set-based act; the messages to
its people are a job that resumes in slices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from webapp import actors, clock
from webapp.database import among, lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.campaigns import queries, rules, states
from webapp.domain.campaigns.actions import HOLD, hold_locks
from webapp.domain.campaigns.models import (
    ANNOUNCED,
    DONE,
    EXCUSED,
    HELD,
    OVER,
    REMINDED,
    RUNNING,
    SETTLED,
    UNTOUCHED,
    WARNED,
    Campaign,
    CampaignEntry,
    CampaignUnit,
)
from webapp.domain.filings import telling
from webapp.domain.filings.models import Submission
from webapp.domain.jobs import actions as jobs
from webapp.domain.passlist import holds, removals
from webapp.domain.passlist import record as passlist_record
from webapp.domain.passlist.models import Entry, EntryHold
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.sanctions import cases_opening, cases_queries
from webapp.domain.units import queries as units
from webapp.domain.units import rules as unit_rules
from webapp.domain.units.models import Unit
from webapp.domain.units.telling import tell_platform, tell_unit

#: Job: the people of one unit who are not confirmed are told (subject: "<campaign unit id>").
TELL = "tell-unconfirmed"
SLICE = 200


def advance(campaign_ref: str, breathe: Callable[[], None] = lambda: None) -> None:
    """Do whatever is due of a campaign today."""
    today = clock.today()
    while due := _due(campaign_ref, today):
        for row in due:
            breathe()
            stage = rules.AFTER[row.stage]
            _advance_unit(actors.system("campaign"), row.id, stage, today, key=f"{row.id}:{stage}")
    campaign = queries.one(campaign_ref)
    if campaign.state in states.OPEN:
        _advance_whole(campaign, today)


def _due(campaign_ref: str, today: date) -> list[CampaignUnit]:
    """Nothing of a campaign that is over: it may be cancelled between two looks, and then no unit moves any more."""
    campaign = queries.one(campaign_ref)
    if campaign.state not in states.OPEN:
        return []
    rows = CampaignUnit.select().where(CampaignUnit.campaign == campaign.id).order_by(CampaignUnit.id)
    due = ((row, rules.due_on(row.stage, row.stage_on, campaign.due_on)) for row in rows)
    return [row for row, day in due if day is not None and day <= today]


@action("campaign:advance-unit")
def _advance_unit(act: Act, row_id: int, stage: str, today: date) -> dict[str, object]:
    row = CampaignUnit.get_by_id(row_id)
    lock(Unit, [row.unit_id])
    lock(Campaign, [row.campaign_id])
    row, campaign = CampaignUnit.get_by_id(row_id), Campaign.get_by_id(row.campaign_id)
    if campaign.state not in states.OPEN or rules.AFTER.get(row.stage) != stage:
        return {"changed": 0}
    unit = units.by_id(row.unit_id)
    missing = _missing(campaign, unit)
    changes: dict[str, object] = {"stage": stage, "stage_on": today}
    if stage == SETTLED:
        changes["outcome"] = _outcome(campaign, unit, missing)
    outcome = changes.get("outcome", row.outcome)
    if stage in (SETTLED, OVER):
        _change_list(act, unit, missing, stage, outcome, today)
    CampaignUnit.update(**changes).where(CampaignUnit.id == row.id).execute()
    _tell(act, campaign, unit, row.id, stage, outcome, len(missing), today)
    record(act, f"campaign:{stage}", campaign.ref, unit_id=unit.id)
    return {"changed": len(missing)}


def _missing(campaign: Campaign, unit: Unit) -> list[int]:
    rows = (
        CampaignEntry.select(CampaignEntry.entry)
        .join(Entry, on=(CampaignEntry.entry == Entry.id))
        .where(
            CampaignEntry.campaign == campaign.id,
            CampaignEntry.unit == unit.id,
            CampaignEntry.confirmed_at.is_null(),
            Entry.state << IN_FORCE,
        )
    )
    return [entry for (entry,) in rows.order_by(CampaignEntry.entry).tuples()]


def _outcome(campaign: Campaign, unit: Unit, missing: list[int]) -> str:
    if not missing:
        return DONE
    if not unit_rules.may_verify(unit):
        return EXCUSED
    return HELD if queries.progress(campaign.id, unit.id).confirmed else UNTOUCHED


def _change_list(act: Act, unit: Unit, missing: list[int], stage: str, outcome: object, today: date) -> None:
    """Hold the unconfirmed; a fortnight later remove those still held. Nobody where the unit confirmed nobody."""
    if outcome != HELD or not missing:
        return
    hold_locks(missing)
    if stage == SETTLED:
        holds.hold(act, missing, HOLD, clock.start_of_day(today + timedelta(days=rules.HOLD_DAYS)))
        passlist_record.finish(act)
        return
    held = EntryHold.select(EntryHold.entry).where(EntryHold.kind == HOLD, EntryHold.released_at.is_null())
    rows = Entry.select().where(Entry.id << among(missing), Entry.id << held, Entry.state << IN_FORCE)
    removals.end(act, list(rows.order_by(Entry.id)), HOLD)


def _tell(
    act: Act, campaign: Campaign, unit: Unit, row_id: int, stage: str, outcome: object, missing: int, today: date
) -> None:
    if not missing:
        return
    until = (campaign.due_on if stage in (ANNOUNCED, WARNED) else today + timedelta(days=_left(stage))).isoformat()
    told = {"count": missing, "until": until}
    if stage in (ANNOUNCED, WARNED):
        kind = "confirmation-asked" if stage == ANNOUNCED else "confirmation-near"
        tell_unit(act, kind, unit, subject=campaign.ref, params=told)
    elif stage == SETTLED and outcome == UNTOUCHED:
        # One undecided case about this is enough, also where two campaigns end.
        if not cases_queries.open_about(unit.ref, opener_ref=""):
            cases_opening.against_unit(act, unit)
        tell_unit(act, "nobody-confirmed", unit, subject=campaign.ref, params={"unit": unit.name, "count": missing})
        tell_platform(act, "nobody-confirmed", subject=unit.ref, params={"unit": unit.name, "count": missing})
    elif outcome == HELD:
        kinds = {SETTLED: "unconfirmed-held", REMINDED: "unconfirmed-last", OVER: "unconfirmed-removed"}
        tell_unit(act, kinds[stage], unit, subject=campaign.ref, params=told if stage != OVER else {"count": missing})
    if stage == WARNED or (stage == REMINDED and outcome == HELD):
        kind = "confirmation-missing" if stage == WARNED else "removal-near"
        jobs.enqueue(act, TELL, str(row_id), params={"kind": kind, "until": until}, unit_id=unit.id)


def _left(stage: str) -> int:
    """Days from a stage to the removal."""
    return rules.HOLD_DAYS if stage == SETTLED else rules.LAST_NOTICE_DAYS


def tell_slice(row_id: int, act_id: int, kind: str, until: str, after: int) -> tuple[int, int]:
    """Tell the next people of a unit who are not confirmed, beyond the submission `after`. Returns the last and how
    many, (after, 0) when nobody is left. Inside a transaction; a fixed number of statements."""
    row = CampaignUnit.get_by_id(row_id)
    campaign = Campaign.get_by_id(row.campaign_id)
    if campaign.state not in states.OPEN:
        return after, 0
    people = (
        CampaignEntry.select(Submission.id)
        .join(Entry, on=(CampaignEntry.entry == Entry.id))
        .join(Submission, on=(Submission.ref == Entry.submission_ref))
        .where(
            CampaignEntry.campaign == campaign.id,
            CampaignEntry.unit == row.unit_id,
            CampaignEntry.confirmed_at.is_null(),
            Entry.state << IN_FORCE,
            Submission.id > after,
        )
        .distinct()
        .order_by(Submission.id)
        .limit(SLICE)
    )
    told = list(telling.of_submissions(found for (found,) in people.tuples()).values())
    if not told:
        return after, 0
    for one in told:
        one.params["until"] = until
    telling.queue_each(act_id, kind, told)
    return told[-1].submission.id, len(told)


def _advance_whole(campaign: Campaign, today: date) -> None:
    """The campaign as a whole follows its units; the platform hears of each step of its own and of units' warnings."""
    stages = {row.stage for row in CampaignUnit.select().where(CampaignUnit.campaign == campaign.id)}
    system = actors.system("campaign")
    if stages.isdisjoint({"started", ANNOUNCED}) and campaign.state == RUNNING:
        _tell_whole(system, campaign.ref, today, key=f"{campaign.ref}:{WARNED}")
    if stages <= {SETTLED, REMINDED, OVER} and queries.one(campaign.ref).state == "running":
        _move(system, campaign.ref, "fall-due", key=f"{campaign.ref}:fall-due")
    if stages <= {OVER}:
        _move(system, campaign.ref, "end", key=f"{campaign.ref}:end")


@action("campaign:warn-platform")
def _tell_whole(act: Act, campaign_ref: str, today: date) -> dict[str, object]:
    """14 days before, the platform is told how many are missing."""
    campaign = queries.one(campaign_ref)
    progress = queries.progress(campaign.id)
    if progress.missing:
        params = {"count": progress.missing, "until": campaign.due_on.isoformat()}
        tell_platform(act, "confirmation-near", subject=campaign.ref, params=params)
    record(act, "campaign:platform-warned", campaign.ref)
    return {"missing": progress.missing}


@action("campaign:move")
def _move(act: Act, campaign_ref: str, name: str) -> dict[str, object]:
    lock(Campaign, [queries.one(campaign_ref).id])
    campaign = queries.one(campaign_ref)
    if (campaign.state, name) not in states.TRANSITIONS:
        return {"state": campaign.state}
    state = states.next_state(campaign.state, name)
    Campaign.update(state=state, version=Campaign.version + 1).where(Campaign.id == campaign.id).execute()
    record(act, f"campaign:{state}", campaign.ref)
    return {"state": state}
