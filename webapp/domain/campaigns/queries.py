"""Reading campaigns: how far they are, of a unit or of all, and whose confirmation is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from peewee import JOIN, SQL, Case, fn

from webapp.database import among, compared
from webapp.domain.campaigns.models import COUNTED, Campaign, CampaignEntry, CampaignTally, CampaignUnit
from webapp.domain.campaigns.states import OPEN
from webapp.domain.passlist import queries as passlist
from webapp.domain.passlist.models import IN_FORCE_SQL, Entry
from webapp.domain.passlist.queries import Page
from webapp.domain.passlist.selection import Chosen
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import looking
from webapp.domain.registry.cards import sealed_finder
from webapp.domain.registry.looking import Place
from webapp.domain.units import tallies as unit_tallies
from webapp.domain.units.models import Unit
from webapp.errors import NotFound

MISSING, CONFIRMED = "missing", "confirmed"
UNITS = 30
#: So few are found one by one.
RARE = 2000


@dataclass(frozen=True)
class Progress:
    """`total` entries when it began; `confirmed` of them; `missing`: still in force and not confirmed; the rest left
    the list meanwhile."""

    total: int = 0
    confirmed: int = 0
    missing: int = 0

    @property
    def gone(self) -> int:
        return self.total - self.confirmed - self.missing


def one(ref: str) -> Campaign:
    """Raises NotFound."""
    found = Campaign.get_or_none(Campaign.ref == ref)
    if found is None:
        raise NotFound("not_found")
    return found


def of_unit(unit_id: int) -> list[tuple[Campaign, CampaignUnit]]:
    """Every campaign that concerns a unit, newest first."""
    rows = (
        CampaignUnit.select(CampaignUnit, Campaign)
        .join(Campaign, on=(CampaignUnit.campaign == Campaign.id), attr="whole")
        .where(CampaignUnit.unit == unit_id)
        .order_by(Campaign.id.desc())
    )
    return [(row.whole, row) for row in rows]


def in_unit(unit_id: int, ref: str) -> tuple[Campaign, CampaignUnit]:
    """A campaign that concerns this unit. Raises NotFound."""
    for campaign, row in of_unit(unit_id):
        if campaign.ref == ref:
            return campaign, row
    raise NotFound("not_found")


def to_confirm(unit_id: int) -> int:
    """How many entries of the unit wait for its confirmation in open campaigns."""
    waits = [kept for kept in (progress(one, unit_id).missing for one in _open_of(unit_id)) if kept]
    if len(waits) < 2:
        return sum(waits)
    rows = _rows(unit_id).select(CampaignEntry.entry)  # one entry may wait in two
    return rows.where(CampaignEntry.confirmed_at.is_null(), Entry.state << IN_FORCE).distinct().count()  # type: ignore[no-any-return]


def platform() -> list[Campaign]:
    """The platform's campaigns, newest first."""
    return list(Campaign.select().where(Campaign.unit.is_null()).order_by(Campaign.id.desc()))


def open_refs() -> list[str]:
    rows = Campaign.select(Campaign.ref).where(Campaign.state << OPEN).order_by(Campaign.id)
    return [ref for (ref,) in rows.tuples()]


#: In the order of Progress, as they are kept.
_SUMS = tuple(fn.SUM(Case(None, [(CampaignTally.word == word, CampaignTally.number)], 0)) for word in COUNTED)


def progress(campaign_id: int, unit_id: int | None = None) -> Progress:
    query = CampaignTally.select(*_SUMS).where(CampaignTally.campaign == campaign_id)
    row = (query if unit_id is None else query.where(CampaignTally.unit == unit_id)).tuples().get()
    return Progress(*(int(value or 0) for value in row))


def _open_of(unit_id: int) -> list[int]:
    rows = (
        CampaignUnit.select(CampaignUnit.campaign)
        .join(Campaign, on=(CampaignUnit.campaign == Campaign.id))
        .where(CampaignUnit.unit == unit_id, Campaign.state << OPEN)
    )
    return [found for (found,) in rows.tuples()]


@dataclass(frozen=True)
class Slow:
    """A unit of a campaign and how far it is."""

    unit: Unit
    outcome: str | None
    progress: Progress


def slowest(campaign_id: int, *, page: int = 0) -> list[Slow]:
    """The units of a campaign, those with the most people missing first."""
    missing = _SUMS[2]
    rows = (
        CampaignUnit.select(CampaignUnit.unit, CampaignUnit.outcome, *_SUMS)
        .join(
            CampaignTally,
            JOIN.LEFT_OUTER,
            on=((CampaignTally.campaign == CampaignUnit.campaign) & (CampaignTally.unit == CampaignUnit.unit)),
        )
        .where(CampaignUnit.campaign == campaign_id)
        .group_by(CampaignUnit.unit, CampaignUnit.outcome)
        .order_by(missing.desc(), CampaignUnit.unit)
        .offset(page * UNITS)
        .limit(UNITS)
    )
    found = list(rows.tuples())
    units = {unit.id: unit for unit in Unit.select().where(Unit.id << among(row[0] for row in found))}
    return [
        Slow(units[unit], outcome, Progress(*(int(value or 0) for value in sums))) for unit, outcome, *sums in found
    ]


def outcomes(campaign_id: int) -> dict[str | None, int]:
    """How many units came to which outcome; None: the day has not come for them."""
    rows = (
        CampaignUnit.select(CampaignUnit.outcome, fn.COUNT(CampaignUnit.id))
        .where(CampaignUnit.campaign == campaign_id)
        .group_by(CampaignUnit.outcome)
    )
    return dict(list(rows.tuples()))


# The people of a unit ----------------------------------------------------------------------------------------------


def _rows(unit_id: int) -> Any:
    """Rows of the unit in open campaigns, joined to their entries."""
    return (
        CampaignEntry.select()
        .join(Campaign, on=(CampaignEntry.campaign == Campaign.id))
        .join(Entry, on=(CampaignEntry.entry == Entry.id))
        .where(CampaignEntry.unit == unit_id, Campaign.state << OPEN)
    )


def _within(campaign_id: int, unit_id: int, which: str, behind: int) -> Any:
    """The unit's entries in a campaign, of which there are so many."""
    rows = CampaignEntry.select(CampaignEntry.entry).where(
        CampaignEntry.campaign == campaign_id, CampaignEntry.confirmed_at.is_null(which != CONFIRMED)
    )
    if behind <= RARE:
        few = rows.where(CampaignEntry.unit == unit_id)
        return Entry.select().where(compared(Entry.unit) == unit_id, Entry.id << few, Entry.state << IN_FORCE)
    # So many that a page of them is soon found among all of the unit, in the order of the page.
    mine = fn.EXISTS(rows.where(CampaignEntry.entry == Entry.id))
    return Entry.select().where(Entry.unit == unit_id, SQL(IN_FORCE_SQL), mine)


def _behind(campaign_id: int, unit_id: int, which: str) -> int:
    kept = progress(campaign_id, unit_id)
    return kept.confirmed if which == CONFIRMED else kept.missing


def matching(campaign_id: int, unit_id: int, words: str) -> int:
    """How many unconfirmed entries the search finds, or there are."""
    if not words.strip():
        return progress(campaign_id, unit_id).missing
    return len(chosen_ids(campaign_id, unit_id, Chosen(everything=True, words=words)))


def entries(
    campaign_id: int,
    unit_id: int,
    which: str = MISSING,
    words: str = "",
    *,
    after: Place | None = None,
    limit: int = passlist.PAGE,
) -> Page:
    """One page of the unit's people in a campaign, newest first."""
    behind = _behind(campaign_id, unit_id, which)
    page = passlist.page_of(_within(campaign_id, unit_id, which, behind), words, after=after, limit=limit)
    return replace(page, of=looking.bit_by_bit(behind, after)) if words.strip() else page


def chosen_ids(campaign_id: int, unit_id: int, chosen: Chosen) -> list[int]:
    """The unconfirmed entries a clerk chose: the rows he ticked, or all that the search finds, oldest first."""
    query = _within(campaign_id, unit_id, MISSING, _behind(campaign_id, unit_id, MISSING)).order_by(Entry.id)
    if not chosen.everything:
        query = query.where(Entry.ref << list(chosen.versions()))
        return [found for (found,) in query.select(Entry.id).tuples()]
    if not chosen.words.strip():
        return [found for (found,) in query.select(Entry.id).tuples()]
    finds = sealed_finder(chosen.words, "entry")
    cards = query.select(Entry.id, Entry.ref, Entry.card).tuples().iterator()
    return [number for number, ref, card in cards if finds(ref, card)]


def digest(entry_ids: Iterable[int]) -> str:
    """What a confirmation stands for: these people and no others, whatever else happens to their entries."""
    return hashlib.sha256(",".join(str(one) for one in sorted(entry_ids)).encode()).hexdigest()[:32]


def concerned(unit_class: str | None) -> tuple[int, int]:
    """(units, entries) that a campaign of the platform would concern now."""
    of_units = unit_tallies.entries_by_unit(IN_FORCE, unit_class)
    return len(of_units), sum(of_units.values())
