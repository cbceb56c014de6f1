"""What officers decide, and what the system does by itself when a term runs out."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import filings
from tests.builders import sanctions as build
from tests.builders.sheets import workbook
from tests.domain.world.setting import CLASSES, UNITS, Nothing, World, fresh
from webapp import clock
from webapp.domain.campaigns import actions as campaigns
from webapp.domain.campaigns import advancing
from webapp.domain.campaigns import queries as campaign_queries
from webapp.domain.campaigns.models import Campaign
from webapp.domain.closings import cases as deciding_cases
from webapp.domain.closings import deregistering, recertifying, sanction_ending, sanctioning
from webapp.domain.filings import expiring, invitation_terms, lapsing
from webapp.domain.passlist import expiries, removals
from webapp.domain.passlist.models import Entry
from webapp.domain.sanctions import batches, cases_deadlines, cases_rules, proposing
from webapp.domain.sanctions.models import Case, Sanction, SanctionNear
from webapp.domain.units import deciding, handing_over, proposals
from webapp.domain.units import rules as unit_rules
from webapp.domain.units.models import Unit, UnitProposal
from webapp.values import documents


def suspend(world: World) -> None:
    if world.chance.random() < 0.5:
        raise Nothing
    unit = fresh(world.unit())
    deciding.suspend(world.officer(), unit.id, [unit_rules.SUSPEND_REASONS[0]], "核對資料", unit.version)


def reinstate(world: World) -> None:
    unit = fresh(world.unit())
    if unit.state != "suspended" and world.chance.random() < 0.9:
        raise Nothing
    deciding.reinstate(world.officer(), unit.id, "已核對", unit.version)


def found_unit(world: World) -> None:
    """A unit registers where one has closed."""
    if sum(one.unit.state != "deregistered" for one in world.units) >= UNITS:
        raise Nothing
    world.found(world.chance.choice(CLASSES))


def propose_closing(world: World) -> None:
    """Deregister a unit, mostly one that has people, now and then with another that takes them over."""
    if world.chance.random() < 0.7:
        raise Nothing  # units close seldom; a world of closed ones would be over
    built = world.unit_with(Entry, "listed", "suspended")
    others = [one.unit for one in world.units if one.unit.id != built.unit.id]
    fit = [one.id for one in others if one.state == "certified" and _resident(one) == _resident(built.unit)]
    may = fit if world.chance.random() < 0.9 else [one.id for one in others]
    successor = world.chance.choice(may) if may and world.chance.random() < 0.7 else None
    reasons = unit_rules.DEREGISTER_REASONS[:1]
    deregistering.propose(world.officer(), built.unit.id, reasons, "已註銷登記", successor)


def _resident(unit: Unit) -> bool:
    """Whether its people live there: only another such unit takes them over."""
    return unit.unit_class == "resident"


def confirm_closing(world: World) -> None:
    units = world.unit_ids
    rows = UnitProposal.select().where(UnitProposal.unit << units, UnitProposal.state == "open")
    row = world.pick(list(rows))
    if world.chance.random() < 0.6:
        proposals.reject(world.officer(), row.ref, "資料不足", row.version)
    else:
        deregistering.confirm(world.officer(), row.ref, row.version)


def sanction(world: World) -> None:
    """Propose one against a person, a car, or a unit."""
    chance = world.chance.random()
    if chance < 0.5:
        who = world.chance.choice(world.people)
        named = {name: who[name] for name in ("id_type", "id_number", "id_country")}
    elif chance < 0.9:
        named = {"plate": world.chance.choice([*world.cars, *world.fleet])}
    else:
        unit = world.units[-1].unit
        place, number = unit.registration_place, unit.registration_number
        named = {"registration_place": place, "registration_number": number}
    officer = world.officer()
    row = build.staged(officer, **named)
    proposing.propose(officer, build.which(row))


def _sanction(world: World, *states: str) -> Sanction:
    return world.pick(list(Sanction.select().where(Sanction.state << states).order_by(Sanction.id.desc()).limit(6)))


def decide_sanction(world: World) -> None:
    if world.chance.random() < 0.5:
        raise Nothing
    row = _sanction(world, "proposed")
    act = world.chance.choice(["confirm", "confirm", "reject", "withdraw"])
    if act == "confirm":
        sanctioning.confirm(world.officer(), build.which(row))
    elif act == "reject":
        proposing.reject(world.officer(), build.which(row), "證據不足")
    else:
        proposing.withdraw(world.officer(), build.which(row))


def end_sanction(world: World) -> None:
    row = _sanction(world, "confirmed")
    act = world.chance.choice(["repair", "repair", "repair", "propose strike", "strike", "keep"])
    if act == "repair":
        sanction_ending.repair(world.officer(), build.which(row), clock.today().isoformat(), "已修復")
    elif act == "propose strike":
        sanction_ending.propose_strike(world.officer(), build.which(row), "認定有誤")
    elif act == "strike":
        sanction_ending.strike(world.officer(), build.which(row))
    else:
        sanction_ending.keep(world.officer(), build.which(row), "維持原決定")


def decide_case(world: World) -> None:
    case = world.pick(list(Case.select().where(Case.state == "open").order_by(Case.id.desc()).limit(8)))
    uphold = world.chance.random() < 0.6
    decision = cases_rules.UPHOLD if uphold else cases_rules.DISMISS
    reasons = ["case:records_confirm" if uphold else "case:no_evidence"]
    remedy = world.chance.choice(cases_rules.REMEDIES[case.topic]) if uphold else ""
    deciding_cases.decide(world.officer(), case.ref, decision, reasons, remedy, "已核對記錄", case.version)


def file_of_sanctions(world: World) -> None:
    """A file names some people and cars; some of its rows are known already."""
    if world.chance.random() < 0.7:
        raise Nothing  # a world in which all are sanctioned would be over
    officer = world.officer()
    rows = []
    for _ in range(world.chance.randint(1, 3)):
        who = world.chance.choice(world.people)
        named = {name: who[name] for name in ("id_type", "id_number", "id_country")}
        if world.chance.random() < 0.5:
            named = {"plates": world.chance.choice([*world.cars, *world.fleet])}
        values = build.typed(**named)
        rows.append([values.get(column.name, "") for column in batches.COLUMNS])
    content = workbook(*rows, heads=[column.head for column in batches.COLUMNS])
    ref = batches.send_file(officer, content, "決定.xlsx")["batch"]
    batches.read_all(officer, ref)
    which = proposing.Which(batch=ref)
    if world.chance.random() < 0.8:
        proposing.propose(officer, which)
        sanctioning.confirm(world.officer(), which)
    else:
        proposing.drop(officer, which)


def sanction_by_name(world: World) -> None:
    """A decision that names somebody by a document he did not file with: who is like him, a human decides."""
    if world.chance.random() < 0.7:
        raise Nothing
    who = world.chance.choice(world.people)
    officer = world.officer()
    other = {"id_type": "passport", "id_number": filings.id_number("passport"), "id_country": "PT"}
    born = documents.birth_date(who["id_type"], who["id_number"])
    row = build.staged(officer, subject_name=who["full_name"], birth_date=born.isoformat() if born else "", **other)
    for near in list(SanctionNear.select().where(SanctionNear.sanction == row.id)):
        proposing.decide_near(officer, near.ref, world.chance.choice(["match", "different"]))
    proposing.propose(officer, build.which(row))


def start_everywhere(world: World) -> None:
    today = clock.today()
    wanted = world.chance.choice(["*", "enterprise", "resident"])
    campaigns.start_everywhere(world.officer(), wanted, (today + timedelta(days=30)).isoformat(), today)


def cancel_everywhere(world: World) -> None:
    rows = Campaign.select().where(Campaign.scope.startswith("platform:")).order_by(Campaign.id.desc()).limit(3)
    campaign = world.pick(list(rows))
    campaigns.cancel(world.officer(), campaign.ref, campaign.version)


def decide_on_unit(world: World) -> None:
    """What a unit asked to change about itself is certified, or not."""
    units = world.unit_ids
    asked = UnitProposal.kind << ("change", "hand_over")
    row = world.pick(list(UnitProposal.select().where(UnitProposal.unit << units, UnitProposal.state == "open", asked)))
    if world.chance.random() < 0.3:
        proposals.reject(world.officer(), row.ref, "資料不足", row.version)
    elif row.kind == "change":
        recertifying.confirm(world.officer(), row.ref, row.version)
    else:
        handing_over.confirm(world.officer(), row.ref, row.version)


def terms_run_out(world: World) -> None:
    """What the timers do, at a moment some days ahead for what waits."""
    ahead = timedelta(days=world.chance.choice([0, 0, 1, 5, 20]))
    moment = clock.now() + ahead
    removals.finish_due(moment)
    lapsing.tend(moment)
    expiring.remind(clock.local_date(moment).isoformat())
    invitation_terms.tend(moment)
    expiries.hold_due()
    sanction_ending.end_due()
    sanctioning.sweep()
    cases_deadlines.escalate_due(moment)
    for ref in campaign_queries.open_refs():
        advancing.advance(ref)


MOVES = {
    "suspend": (suspend, 1),
    "reinstate": (reinstate, 6),
    "found unit": (found_unit, 2),
    "propose closing": (propose_closing, 1),
    "confirm closing": (confirm_closing, 1),
    "sanction": (sanction, 1),
    "decide sanction": (decide_sanction, 2),
    "end sanction": (end_sanction, 5),
    "file of sanctions": (file_of_sanctions, 1),
    "sanction by name": (sanction_by_name, 1),
    "start everywhere": (start_everywhere, 1),
    "cancel everywhere": (cancel_everywhere, 1),
    "decide on unit": (decide_on_unit, 3),
    "decide case": (decide_case, 3),
    "terms run out": (terms_run_out, 4),
}
