"""Filling a database: processes invent slices, this one writes them, each slice in one transaction."""

from __future__ import annotations

import gc
import io
import marshal
import multiprocessing
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from typing import Any

from PIL import Image

from webapp import actors, configure_core
from webapp.cli.synth import entries, planning, units, writing
from webapp.cli.synth.bare import bare
from webapp.cli.synth.planning import Bases, Plan
from webapp.cli.synth.telling import LANGUAGE, Given
from webapp.cli.synth.writing import Rows, Writer
from webapp.database import database, is_sqlite, transaction
from webapp.domain.accounts import passwords
from webapp.domain.accounts.models import Account
from webapp.domain.audit import sequencer
from webapp.domain.audit.acts import Act, action
from webapp.domain.audit.models import LIST_STREAM
from webapp.domain.audit.models import Act as ActRow
from webapp.domain.files import actions as files
from webapp.domain.filings.models import Filing, Submission, Upload
from webapp.domain.passlist.models import DriverSlot, Entry, EntryStep
from webapp.domain.pledges import policy, privacy_text, texts
from webapp.domain.pledges.models import Pledge
from webapp.domain.registry.models import Answers, Person, Vehicle
from webapp.domain.units import tallies
from webapp.domain.units.models import Unit
from webapp.settings import Settings

PASSWORD = "synth-Pass-2026"  # noqa: S105 - of invented people, and said aloud
#: Slices that may lie ready while another is written.
AHEAD = 3


def fill(
    settings: Settings, count: int, *, seed: int, today: date, waiting: int = 0, processes: int | None = None
) -> Plan:
    """Invent `count` entries and write them. The same seed gives the same list on the same day; only what sealing
    takes from the machine's randomness differs."""
    proof = int(_begin(actors.system("synth"), count, seed)["proof"])
    plan = planning.make(count, seed, today, _bases(), waiting)
    refs = units.references(plan)
    given = _given(plan, refs)
    tellers = processes or os.cpu_count() or 1
    while sequencer.number_committed(LIST_STREAM, EntryStep):
        pass
    writer = Writer()
    with bare([*writing.COLUMNS, "sequence"]):
        first_act = plan.bases.act + plan.entries + 2 * plan.open_filings + 5 * (len(plan.batches) + 2)
        with transaction():
            writer.write(units.tell(plan, refs, first_act, proof, passwords.hashed(PASSWORD)))
        for rows in _told(settings, plan, given, tellers):
            with transaction():
                writer.write(rows)
        with transaction():
            writer.number()
            writing.settle_numbers()
    tallies.KEPT.mend()
    tallies.UNITS.mend()
    if not is_sqlite():
        database.execute_sql("ANALYZE")  # as its own daemon does in life; SQLite has no such
    return plan


@action("synth:fill")
def _begin(act: Act, count: int, seed: int) -> dict[str, int]:
    """On record that what follows is invented; and the one paper that all its units show."""
    output = io.BytesIO()
    Image.new("RGB", (200, 80), "white").save(output, "PNG")
    proof = files.keep(act, "proof", "image/png", output.getvalue(), name="synth.png")
    return {"entries": count, "seed": seed, "proof": proof.id}


def _bases() -> Bases:
    tables: dict[str, Any] = {
        "act": ActRow,
        "account": Account,
        "unit": Unit,
        "person": Person,
        "vehicle": Vehicle,
        "slot": DriverSlot,
        "answers": Answers,
        "pledge": Pledge,
        "submission": Submission,
        "filing": Filing,
        "entry": Entry,
        "upload": Upload,
    }
    return Bases(
        **{name: model.select(model.id).order_by(model.id.desc()).scalar() or 0 for name, model in tables.items()}
    )


def _given(plan: Plan, refs: list[tuple[str, str]]) -> Given:
    personal, unit = texts.current("personal", LANGUAGE), texts.current("unit", LANGUAGE)
    read = privacy_text.current(LANGUAGE)
    return Given(
        (personal.id, personal.digest),
        (unit.id, unit.digest),
        policy.current().version,
        (read.edition, read.digest),
        {made.number: ref for made, (_, ref) in zip(plan.units, refs, strict=True)},
        {made.number: ref for made, (ref, _) in zip(plan.units, refs, strict=True)},
    )


def _told(settings: Settings, plan: Plan, given: Given, processes: int) -> Iterator[Rows]:
    """The slices in their order; while one is written, others are being told."""
    slices = deque(plan.slices())
    if processes == 1 or len(slices) == 1:
        for first, last in slices:
            yield entries.tell(plan, given, first, last)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _start, (settings, plan, given)) as pool:
        waiting = deque(pool.submit(_tell, *slices.popleft()) for _ in range(min(processes + AHEAD, len(slices))))
        while waiting:
            yield marshal.loads(waiting.popleft().result())  # noqa: S302 - of our own process
            if slices:
                waiting.append(pool.submit(_tell, *slices.popleft()))


_work: list[tuple[Plan, Given]] = []


def _start(settings: Settings, plan: Plan, given: Given) -> None:
    gc.disable()  # rows by the hundred thousand, and none of them in a circle
    configure_core(settings)
    _work[:] = [(plan, given)]


def _tell(first: int, last: int) -> bytes:
    """Rows are tuples of numbers, texts and bytes: marshal takes half the time of pickle."""
    return marshal.dumps(dict(entries.tell(*_work[0], first, last)))
