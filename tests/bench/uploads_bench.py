"""Ten thousand filings in one act against a thousand: `python -m tests.bench.uploads_bench [rows]`, on both databases.

Verified and uploaded by the actions, on an invented list; statements counted. The same verifying as a loop: writing row
by row in one act, which looks at no flag; and by an act for each filing. Wall clock, since the database works too.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.measuring import say, statements
from tests.bench.worlds import ENGINES, database_of, server
from tests.builders.uploads import signature
from tests.conftest import make_settings, seed_constants
from webapp import clock, configure_core, crypto, database, schema
from webapp.actors import Actor
from webapp.cli.synth import filling
from webapp.cli.synth.units import MANAGER
from webapp.columns import to_micros
from webapp.database import transaction
from webapp.domain.accounts.models import Account
from webapp.domain.audit import proof
from webapp.domain.audit.acts import Act, action
from webapp.domain.audit.models import AuditLine
from webapp.domain.filings import uploads, verifying
from webapp.domain.filings.models import Filing, FilingStep, Upload, UploadLine
from webapp.domain.jobs.models import Job
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.units.models import Unit

AROUND = 500  # entries that are there already


def measured(work: Callable[[], Any]) -> tuple[float, int, Any]:
    """Milliseconds by the clock, statements, and what came of it."""
    found: list[Any] = []
    begun = time.perf_counter()
    heard = statements(lambda: found.append(work()))
    return (time.perf_counter() - begun) * 1000, len(heard), found[0]


def acts(engine: str, url: str, folder: Path, rows: int) -> dict[str, tuple[float, int]]:
    """Milliseconds and statements of each act over `rows` filings."""
    settings = make_settings(folder, url, "demo")
    configure_core(settings)
    database.connect()
    schema.upgrade()
    seed_constants()
    filling.fill(settings, AROUND, seed=1, today=clock.today(), waiting=rows)
    unit, account = Unit.select().order_by(Unit.id).first(), Account.select().order_by(Account.id).first()
    actor = Actor("account", account.ref, unit_id=unit.id, account_id=account.id, request_id="bench", session_ref="b")
    found = {}
    mine = (Filing.unit == unit.id) & (Filing.state == "verified")
    with transaction():
        Filing.update(state="submitted").where(mine).execute()
    everything = Chosen(everything=True)
    taken, count, _ = measured(lambda: verifying.verify_all(actor, unit.id, everything))
    found["verify"] = taken, count
    taken, count, made = measured(lambda: uploads.prepare(actor, unit.id, everything))
    found["prepare"] = taken, count
    taken, count, done = measured(
        lambda: uploads.upload(actor, unit.id, made["upload"], signature(signed_name=MANAGER))
    )
    found["upload"] = taken, count
    assert done["covered"] >= rows - done["fallen"] > rows * 0.9
    assert Entry.select().where(Entry.upload_ref == made["upload"]).count() == done["covered"]
    found["jobs left for the worker"] = 0, Job.select().where(Job.state == "queued").count()
    found["row by row"] = row_loop(actor, unit.id, made["upload"]), 0
    found["one by one"] = clicked(actor, unit.id, made["upload"]) * rows, 0
    database.disconnect()
    return found


@action("bench:row-by-row")
def _row_by_row(act: Act, unit_id: int) -> dict[str, Any]:
    """What verifying writes, row by row: filing, step and proved line of the record; without looking at any flag."""
    chosen = list(Filing.select().where(Filing.unit == unit_id, Filing.state == "submitted"))
    for position, row in enumerate(chosen, start=1):
        row.state, row.act_id, row.version = "verified", act.id, row.version + 1
        row.save()
        FilingStep.create(filing=row.id, act_id=act.id, at=act.now, action="verify", state="verified")
        line = {"act_id": act.id, "at": to_micros(act.now), "tag": "filing:verified", "object_ref": row.ref}
        line |= {"unit_id": unit_id, "fields": None, "position": position}
        proved = proof.line([line[column] for column in proof.LINE_COLUMNS])
        AuditLine.create(**line, mac=crypto.mac(proved))
    return {}


def row_loop(actor: Actor, unit_id: int, upload: str) -> float:
    covered = UploadLine.select(UploadLine.filing).join(Upload).where(Upload.ref == upload)
    with transaction():
        Filing.update(state="submitted").where(Filing.id << covered).execute()
    begun = time.perf_counter()
    _row_by_row(actor, unit_id)
    return (time.perf_counter() - begun) * 1000


def clicked(actor: Actor, unit_id: int, upload: str) -> float:
    """Milliseconds of a filing that is verified by an act of its own, as whoever clicks does; of a twentieth."""
    covered = [line.filing_id for line in UploadLine.select().join(Upload).where(Upload.ref == upload)][::20]
    with transaction():
        Filing.update(state="submitted").where(Filing.id << covered).execute()
    chosen = list(Filing.select(Filing.ref, Filing.version).where(Filing.id << covered).tuples())
    begun = time.perf_counter()
    for ref, version in chosen:
        verifying.verify(actor, unit_id, ref, version)
    return (time.perf_counter() - begun) * 1000 / len(chosen)


def main(rows: int) -> None:
    for engine in ENGINES:
        with tempfile.TemporaryDirectory() as folder, server(engine) as base:
            found = {}
            for size in (rows // 10, rows):
                place = Path(folder) / str(size)
                url = database_of(base, f"uploads_{size}") if base else f"sqlite:///{place}/bench.db"
                place.mkdir()
                found[size] = acts(engine, url, place, size)
        few, many = found[rows // 10], found[rows]
        for act in ("verify", "prepare", "upload"):
            print(
                f"{engine}: {act} {rows:,}: {many[act][0]:.0f} ms, {many[act][1]} statements; {few[act][1]} for a tenth"
            )
        say(f"{engine}: verify {rows:,} against {rows // 10:,}", many["verify"][0] / few["verify"][0], "≤ 11")
        say(f"{engine}: rows written one by one against verify", many["row by row"][0] / many["verify"][0], "≥ 8")
        say(f"{engine}: an act for each filing against verify", many["one by one"][0] / many["verify"][0], "≥ 8")
        say(f"{engine}: upload of {rows:,} under one pledge", many["upload"][0] / 1000, "< 2 here", " s")
        print(f"   left for the worker: {many['jobs left for the worker'][1]} jobs")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
