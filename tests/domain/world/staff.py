"""What units do, at their desks."""

from __future__ import annotations

from datetime import timedelta

from tests.builders.uploads import signature
from tests.domain.world.setting import Nothing, World, fresh
from webapp import clock
from webapp.domain.campaigns import actions as campaigns
from webapp.domain.campaigns import queries as campaign_queries
from webapp.domain.closings import deregistering, fleet, leaving
from webapp.domain.filings import assigning, assigning_drivers, uploads, verifying
from webapp.domain.filings.models import Filing, Upload
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.rules import UNIT_CAUSES
from webapp.domain.units import codes, vehicles
from webapp.domain.units import queries as units
from webapp.domain.units.models import RegisterVehicle

REASONS = ["filing:by_mistake"]


def verify(world: World) -> None:
    built = world.unit_with(Filing, "submitted")
    filing = world.filing("submitted", unit=built)
    verifying.verify(built.actor, built.unit.id, filing.ref, filing.version)


def verify_many(world: World) -> None:
    built = world.unit_with(Filing, "submitted")
    rows = list(Filing.select().where(Filing.unit == built.unit.id, Filing.state == "submitted"))
    verifying.verify_all(built.actor, built.unit.id, world.some(rows))


def send_back(world: World) -> None:
    built = world.unit_with(Filing, "submitted")
    filing = world.filing("submitted", unit=built)
    verifying.return_(built.actor, built.unit.id, filing.ref, filing.version, ["plate:differs"], "請看清楚")


def refuse(world: World) -> None:
    built = world.unit_with(Filing, "submitted", "returned")
    filing = world.filing("submitted", "returned", unit=built)
    verifying.refuse(built.actor, built.unit.id, filing.ref, filing.version, ["unit_relation:not_ours"], "")


def undo(world: World) -> None:
    built = world.unit_with(Filing, "verified")
    filing = world.filing("verified", unit=built)
    verifying.undo(built.actor, built.unit.id, filing.ref, filing.version, REASONS)


def assign(world: World) -> None:
    built = world.unit_with(Filing, "submitted")
    filing = world.filing("submitted", "verified", unit=built)
    assigning.assign(built.actor, built.unit.id, filing.ref, filing.version, world.chance.choice(world.fleet))


def assign_drivers(world: World) -> None:
    """A vehicle of the register for people of the unit, or several of them for one person."""
    built = world.unit_with(Entry, "listed", "suspended")
    if world.chance.random() < 0.5:
        row = _registered(world, built.unit.id)
        chosen = world.some(assigning_drivers.people(built.unit.id, row).rows)
        assigning_drivers.assign_drivers(built.actor, built.unit.id, row.ref, chosen)
        return
    refs = [_registered(world, built.unit.id).ref for _ in range(2)]
    entry = world.entry("listed", "suspended", unit=built)
    assigning_drivers.assign_vehicles(built.actor, built.unit.id, entry.ref, refs)


def unassign_driver(world: World) -> None:
    built = world.unit()
    row = _registered(world, built.unit.id)
    one = world.pick([*fleet.drivers(built.unit.id, row), *assigning_drivers.waiting(built.unit.id, row)])
    fleet.unassign(built.actor, built.unit.id, row.ref, one.ref, one.version)


def prepare(world: World) -> None:
    built = world.unit_with(Filing, "verified")
    rows = list(Filing.select().where(Filing.unit == built.unit.id, Filing.state == "verified"))
    uploads.prepare(built.actor, built.unit.id, world.some(rows))


def upload(world: World) -> None:
    """Sign what was prepared, or prepare everything that is verified and sign it at once."""
    built = world.unit_with(Filing, "verified")
    waiting = list(Upload.select().where(Upload.unit == built.unit.id, Upload.state == "prepared"))
    if waiting and world.chance.random() < 0.5:
        ref = world.chance.choice(waiting).ref
    else:
        rows = list(Filing.select().where(Filing.unit == built.unit.id, Filing.state == "verified"))
        ref = uploads.prepare(built.actor, built.unit.id, world.some(rows))["upload"]
    uploads.upload(built.actor, built.unit.id, ref, signature())


def abandon(world: World) -> None:
    built = world.unit()
    ref = world.pick(list(Upload.select().where(Upload.unit == built.unit.id))).ref
    uploads.abandon(built.actor, built.unit.id, ref)


def remove(world: World) -> None:
    built = world.unit_with(Entry, "listed", "suspended")
    rows = list(Entry.select().where(Entry.unit == built.unit.id, Entry.state != "removed"))
    removals.remove(built.actor, built.unit.id, world.some(rows), world.chance.choice(UNIT_CAUSES))


def let_go(world: World) -> None:
    built = world.unit_with(Entry, "listed", "suspended")
    leaving.leave(built.actor, built.unit.id, world.entry("listed", "suspended", unit=built).ref)


def register_vehicle(world: World) -> None:
    built = world.unit()
    plate = world.chance.choice([*world.fleet, *world.cars[:1]])
    vehicles.add(built.actor, built.unit.id, vehicles.NewVehicle(plate, "small"), ("plate",))


def _registered(world: World, unit_id: int) -> RegisterVehicle:
    rows = RegisterVehicle.select().where(RegisterVehicle.unit == unit_id, RegisterVehicle.ended_at.is_null())
    return world.pick(list(rows))


def retire_vehicle(world: World) -> None:
    built = world.unit()
    fleet.retire(built.actor, built.unit.id, _registered(world, built.unit.id).ref)


def replate_vehicle(world: World) -> None:
    built = world.unit()
    plate = world.chance.choice([*world.fleet, f"粵C·F{world.chance.randrange(10_000):04d}"])
    fleet.change_plate(built.actor, built.unit.id, _registered(world, built.unit.id).ref, plate, ("plate",))


def rotate_code(world: World) -> None:
    built = world.unit()
    code = units.active_code(built.unit.id)
    if code is None:
        raise Nothing
    codes.rotate(built.actor, built.unit.id, code.code)


def start_campaign(world: World) -> None:
    built, today = world.unit(), clock.today()
    campaigns.start_in_unit(built.actor, built.unit.id, (today + timedelta(days=30)).isoformat(), today)


def confirm_people(world: World) -> None:
    built = world.unit_with(Entry, "listed", "suspended")
    campaign, _part = world.pick(campaign_queries.of_unit(built.unit.id))
    rows = list(Entry.select().where(Entry.unit == built.unit.id, Entry.state != "removed"))
    campaigns.confirm(built.actor, built.unit.id, campaign.ref, world.some(rows))


def cancel_campaign(world: World) -> None:
    built = world.unit()
    campaign, _part = world.pick(campaign_queries.of_unit(built.unit.id))
    campaigns.cancel(built.actor, campaign.ref, campaign.version, built.unit.id)


def ask_closing(world: World) -> None:
    built = world.unit()
    deregistering.ask(built.actor, fresh(built).id, "本單位即將結業")


MOVES = {
    "verify": (verify, 6),
    "verify many": (verify_many, 6),
    "send back": (send_back, 2),
    "refuse": (refuse, 1),
    "undo": (undo, 1),
    "assign": (assign, 3),
    "assign drivers": (assign_drivers, 4),
    "unassign driver": (unassign_driver, 2),
    "prepare": (prepare, 1),
    "upload": (upload, 12),
    "abandon": (abandon, 1),
    "remove": (remove, 2),
    "let go": (let_go, 1),
    "register vehicle": (register_vehicle, 3),
    "retire vehicle": (retire_vehicle, 1),
    "replate vehicle": (replate_vehicle, 1),
    "rotate code": (rotate_code, 1),
    "start campaign": (start_campaign, 1),
    "confirm people": (confirm_people, 1),
    "cancel campaign": (cancel_campaign, 1),
    "ask closing": (ask_closing, 1),
}
