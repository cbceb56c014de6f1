"""What officers decide, and what the system does by itself when a term runs out."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import sanctions as build
from tests.domain.world.setting import Nothing, World, fresh
from webapp import clock
from webapp.domain.campaigns import advancing
from webapp.domain.campaigns import queries as campaign_queries
from webapp.domain.closings import cases as deciding_cases
from webapp.domain.closings import deregistering, sanction_ending, sanctioning
from webapp.domain.filings import invitation_terms
from webapp.domain.passlist import expiries, removals
from webapp.domain.sanctions import cases_deadlines, cases_rules, proposing
from webapp.domain.sanctions.models import Case, Sanction
from webapp.domain.units import deciding, proposals
from webapp.domain.units import rules as unit_rules
from webapp.domain.units.models import UnitProposal


def suspend(world: World) -> None:
    if world.chance.random() < 0.5:
        raise Nothing
    unit = fresh(world.unit())
    deciding.suspend(world.officer(), unit.id, [unit_rules.SUSPEND_REASONS[0]], "核對資料", unit.version)


def reinstate(world: World) -> None:
    unit = fresh(world.unit())
    deciding.reinstate(world.officer(), unit.id, "已核對", unit.version)


def propose_closing(world: World) -> None:
    """Deregister a unit, now and then with a successor. One unit at least stays."""
    if world.chance.random() < 0.8:
        raise Nothing  # units close seldom; a world of closed ones would be over
    built = world.pick(world.units[1:])
    others = [one.unit.id for one in world.units if one is not built]
    successor = world.chance.choice(others) if world.chance.random() < 0.4 else None
    reasons = unit_rules.DEREGISTER_REASONS[:1]
    deregistering.propose(world.officer(), built.unit.id, reasons, "已註銷登記", successor)


def confirm_closing(world: World) -> None:
    units = [one.unit.id for one in world.units]
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
    act = world.chance.choice(["repair", "propose strike", "strike", "keep"])
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


def terms_run_out(world: World) -> None:
    """What the timers do, at a moment some days ahead for what waits."""
    ahead = timedelta(days=world.chance.choice([0, 0, 1, 5, 20]))
    moment = clock.now() + ahead
    removals.finish_due(moment)
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
    "propose closing": (propose_closing, 1),
    "confirm closing": (confirm_closing, 1),
    "sanction": (sanction, 1),
    "decide sanction": (decide_sanction, 2),
    "end sanction": (end_sanction, 5),
    "decide case": (decide_case, 3),
    "terms run out": (terms_run_out, 4),
}
