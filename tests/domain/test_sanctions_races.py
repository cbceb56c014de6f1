"""Processes confirm sanctions while others upload and file for the same people and cars: whoever was faster, nobody
whom a sanction means is on the list or on the way to it afterwards, on both databases."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from typing import Any

from tests.builders.filings import answers as typed_answers
from tests.builders.filings import draft, filed, filer, person, signing, vehicle
from tests.builders.sanctions import Which, of_person, officers, proposed
from tests.builders.units import certified_unit
from tests.builders.uploads import prepared, signature, verified
from webapp import configure_core, database
from webapp.domain.closings import sanctioning
from webapp.domain.filings import submitting, uploads
from webapp.domain.filings.models import OPEN_FILING_STATES, Draft, Filing
from webapp.domain.passlist.models import DriverSlot, Entry
from webapp.domain.sanctions.models import Sanction, SanctionEffect
from webapp.errors import Conflict
from webapp.settings import Settings

PEOPLE = 10


def work(settings: Settings, kind: str, plan: list[Any], together: Any, results: Any) -> None:
    configure_core(settings)
    database.connect()
    outcome: Counter[str] = Counter()
    together.wait()
    for one in plan:
        try:
            outcome[f"{kind}:{_do(kind, *one)}"] += 1
        except Conflict as refused:
            outcome[f"{kind}:{refused.code}"] += 1
        except BaseException as error:
            outcome[f"failed:{kind}:{type(error).__name__}:{error}"] += 1
    database.disconnect()
    results.put(dict(outcome))


def _do(kind: str, *given: Any) -> str:
    if kind == "upload":
        actor, unit_id, upload = given
        uploads.upload(actor, unit_id, upload, signature())
    elif kind == "confirm":
        actor, ref = given
        sanctioning.confirm(actor, Which(ref=ref))
    else:
        begun = Draft.get(Draft.ref == given[0])
        submitting.submit(filer(begun), begun.ref, signing(begun), key=begun.ref)
    return "done"


def test_confirming_races_with_uploads_and_filings(db):
    first, second = officers()
    here, there = certified_unit(), certified_unit()
    plan: dict[str, list[Any]] = {"upload": [], "confirm": [], "submit": []}
    for number in range(PEOPLE):
        who, car = person(), vehicle()
        phone = f"1390000{number:04d}"
        sent = filed(here, who=who, vehicles=[car], phone=phone)
        plan["upload"].append((here.actor, here.unit.id, prepared(here, verified(here, sent))))
        named = {"plates": car["plate"]} if number % 2 else of_person(sent.answers)
        plan["confirm"].append((second, proposed(first, **named).ref))
        # The same person with the same car through another unit.
        again = typed_answers(there.unit.unit_class, who=who, vehicles=[car], phone=phone)
        plan["submit"].append((draft(there, again).ref,))
    database.disconnect()
    context = multiprocessing.get_context("spawn")
    results, together = context.Queue(), context.Barrier(len(plan))
    workers = [context.Process(target=work, args=(db, kind, one, together, results)) for kind, one in plan.items()]
    for worker in workers:
        worker.start()
    total = sum((Counter(results.get(timeout=60)) for _ in workers), Counter())
    for worker in workers:
        worker.join(timeout=20)
    database.connect()

    assert [name for name in total if name.startswith("failed")] == []
    assert total["confirm:done"] == PEOPLE
    assert {row.state for row in Sanction.select()} == {"confirmed"}
    assert Entry.select().where(Entry.state != "removed").count() == 0
    assert Filing.select().where(Filing.state << OPEN_FILING_STATES).count() == 0
    assert DriverSlot.select().count() == 0
    entries = {row.ref for row in Entry.select()}
    ended = {row.object_ref for row in SanctionEffect.select().where(SanctionEffect.kind == "entry")}
    assert (ended, len(entries)) == (entries, total["upload:done"])
