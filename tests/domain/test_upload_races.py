"""Several processes upload the same cars and people through several units at once; the list stays true on both
databases, and every filing that fell out says why."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from typing import Any

from tests.builders.filings import filed, person, vehicle
from tests.builders.units import BuiltUnit, certified_unit
from tests.builders.uploads import chosen, say_yes, signature, verify
from webapp import configure_core, database
from webapp.actors import Actor
from webapp.domain.filings import upload_lists, uploads
from webapp.domain.filings.models import Filing, Upload, UploadLine
from webapp.domain.filings.uploading_rules import REASONS
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import DriverSlot, Entry
from webapp.domain.passlist.selection import Chosen
from webapp.errors import Conflict
from webapp.settings import Settings

CARS, UNITS, WORKERS, SECONDS = 6, 3, 4, 6


def rival_filings(units: list[BuiltUnit]) -> None:
    """For each car an owner who files through every unit, a rival who claims to be the owner, and two second drivers;
    everybody files while nothing is listed yet, and is verified."""
    sent = []
    for number in range(CARS):
        car = vehicle()
        other = car | {"is_owner": "no", "owner_name": "陳嘉敏", "owner_id_tail": "1234"}
        owner, here, there = person(), units[number % UNITS], units[(number + 1) % UNITS]
        plan = [(unit, owner, car) for unit in units]
        plan += [(here, person(), car), (there, person(), other), (here, person(), other)]
        phones = {id(who): f"139{number:04d}{order:04d}" for order, (_, who, _) in enumerate(plan)}
        sent += [(unit, filed(unit, who=who, vehicles=[typed], phone=phones[id(who)])) for unit, who, typed in plan]
    say_yes(units[0], [filing for _, one in sent for filing in one.filings])
    for unit in units:
        mine = [one.filing.id for owner, one in sent if owner is unit]
        verify(unit, list(Filing.select().where(Filing.id << mine)))


def work(settings: Settings, actor: Actor, unit_id: int, seed: int, together: Any, results: Any) -> None:
    """Upload what is verified, now and then remove somebody and begin anew, until the time is over."""
    configure_core(settings)
    database.connect()
    chance = random.Random(seed)
    outcome: Counter[str] = Counter()
    together.wait()
    until = time.time() + SECONDS
    try:
        while time.time() < until:
            try:
                _one_turn(actor, unit_id, chance, outcome)
            except Conflict as refusal:
                outcome[f"refused:{refusal.code}"] += 1
    except BaseException as error:
        outcome[f"failed:{type(error).__name__}:{error}"] += 1
    database.disconnect()
    results.put(dict(outcome))


def _one_turn(actor: Actor, unit_id: int, chance: random.Random, outcome: Counter[str]) -> None:
    ready = list(Filing.select().where(Filing.unit == unit_id, Filing.state == "verified"))
    picked = chance.sample(ready, k=min(len(ready), chance.randint(1, 6)))
    if picked:
        made = uploads.prepare(actor, unit_id, chosen(picked))
        done = uploads.upload(actor, unit_id, made["upload"], signature())
        outcome["covered"] += done["covered"]
        outcome["fallen"] += done["fallen"]
    listed = list(Entry.select().where(Entry.unit == unit_id, Entry.state != "removed"))
    if listed and chance.random() < 0.5:
        entry = chance.choice(listed)
        removals.remove(actor, unit_id, Chosen(rows=((entry.ref, entry.version),)), "left_unit")
        outcome["removed"] += 1
        reopen(unit_id, entry)


def reopen(unit_id: int, entry: Entry) -> None:
    """The person's uploaded filing is verified again, so that the race goes on."""
    with database.transaction():
        Filing.update(state="verified", version=Filing.version + 1).where(
            Filing.unit == unit_id,
            Filing.person == entry.person_id,
            Filing.vehicle == entry.vehicle_id,
            Filing.state == "uploaded",
        ).execute()


def assert_the_list_is_true() -> None:
    in_force = [entry for entry in Entry.select() if entry.state != "removed"]
    slots = {slot.id: slot for slot in DriverSlot.select()}
    drivers = Counter((entry.vehicle_id, entry.person_id) for entry in in_force)
    people = Counter(vehicle for vehicle, _ in drivers)

    assert max(people.values()) <= 2
    assert len({(e.person_id, e.vehicle_id, e.unit_id) for e in in_force}) == len(in_force)
    # Every entry stands on its person's slot, every slot has an entry, or is an owner's that a held second depends on.
    assert all(
        (slots[e.slot_id].person_id, slots[e.slot_id].vehicle_id) == (e.person_id, e.vehicle_id) for e in in_force
    )
    used = {entry.slot_id for entry in in_force}
    for slot in slots.values():
        mate = next((s for s in slots.values() if s.vehicle_id == slot.vehicle_id and s.id != slot.id), None)
        if slot.slot == "second":
            assert mate is not None
            assert (slot.in_force, slot.id in used) == (mate.in_force, True)
        elif slot.id not in used:
            assert mate is not None
            assert (slot.in_force, mate.in_force) == (False, False)
        else:
            assert slot.in_force
    held = {e.slot_id for e in in_force if e.state == "suspended"}
    assert held == {slot.id for slot in slots.values() if slot.slot == "second" and not slot.in_force}


def test_uploads_and_removals_race_over_the_same_cars(db):
    units = [certified_unit() for _ in range(UNITS)]
    rival_filings(units)
    database.disconnect()
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    together = context.Barrier(WORKERS)
    workers = []
    for number in range(WORKERS):
        unit = units[number % UNITS]
        arguments = (db, unit.actor, unit.unit.id, number, together, results)
        workers.append(context.Process(target=work, args=arguments))
    for worker in workers:
        worker.start()
    outcomes = [results.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join(timeout=20)
    database.connect()

    total = sum((Counter(outcome) for outcome in outcomes), Counter())
    assert [name for name in total if name.startswith("failed")] == []
    assert min(total["covered"], total["fallen"], total["removed"]) > 0
    assert_the_list_is_true()
    said = {line.fallen_reason for line in UploadLine.select() if line.fallen_reason}
    assert said <= set(REASONS)
    for upload in Upload.select().where(Upload.state == "done"):
        lines = upload_lists.covered_lines(upload)
        assert (len(lines), upload.digest) == (
            upload.covered,
            upload_lists.list_digest(line.line_digest for line in lines),
        )
