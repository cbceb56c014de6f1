"""A sanctions file of 5,000 rows against 200,000 entries: `python -m tests.bench.sanctions_bench [entries] [rows]`.

On SQLite in a temporary folder; with BENCH_DATABASE=postgresql on a server of its own. Read, preview,
propose, confirm, notices queued, and the same file again, with what each left behind: seconds, and the most memory the
process held during each (the peak is forgotten before it begins).
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from tests import postgres
from tests.bench.measuring import forget_peak, held_megabytes, peak_megabytes
from tests.builders import sanctions as build_sanctions
from tests.builders import units as build_units
from tests.builders import uploads as build_uploads
from tests.builders.delivery import drain
from tests.conftest import make_settings, seed_constants
from webapp import clock, configure_core, crypto, database, schema
from webapp.database import transaction
from webapp.domain.closings import sanction_preview, sanctioning
from webapp.domain.filings.models import Submission
from webapp.domain.notices.models import Notice
from webapp.domain.passlist.models import DriverSlot, Entry
from webapp.domain.registry.cards import open_card, seal_card
from webapp.domain.registry.models import Person, PersonDocument, PersonPhone, PersonToken, Plate, Vehicle
from webapp.domain.sanctions import batches, proposing
from webapp.domain.sanctions.models import Sanction, SanctionBatch
from webapp.domain.sanctions.proposing import Which
from webapp.row_sets import insert_rows
from webapp.settings import Settings

SLICE = 20_000
UNITS = 23


def prepare(settings: Settings, entries: int) -> None:
    configure_core(settings)
    database.connect()
    schema.upgrade()
    seed_constants()
    fill(entries)
    if not database.is_sqlite():
        database.database.execute_sql("ANALYZE")
    database.disconnect()


def fill(entries: int) -> None:
    """That many people, each with a car of his own and an entry in one of UNITS units, like one that was uploaded."""
    template = build_uploads.listed(build_units.certified_unit())
    sent = Submission.get(Submission.ref == template.submission_ref)
    units = [build_units.certified_unit().unit.id for _ in range(UNITS)]
    for start in range(0, entries, SLICE):
        with transaction():
            _fill_slice(range(start + 1, min(start + SLICE, entries) + 1), template, sent, units)
        print(f"  filled {min(start + SLICE, entries)}", file=sys.stderr, flush=True)


def _fill_slice(numbers: range, template: Entry, sent: Submission, units: list[int]) -> None:
    now = clock.now()

    def highest(model: Any) -> int:
        return model.select(model.id).order_by(model.id.desc()).limit(1).scalar() or 0

    person, vehicle, slot = highest(Person), highest(Vehicle), highest(DriverSlot)
    insert_rows(Person, [{"ref": crypto.new_ref(), "created_at": now} for _ in numbers])
    insert_rows(Vehicle, [{"ref": crypto.new_ref(), "vehicle_use": "own", "created_at": now} for _ in numbers])
    place = {n: position for position, n in enumerate(numbers, start=1)}
    insert_rows(
        PersonDocument,
        [
            {
                "person": person + place[n],
                "id_type": "home_return",
                "key_index": crypto.index("document", f"home-return:{document(n)}"),
                "created_at": now,
            }
            for n in numbers
        ],
    )
    insert_rows(
        PersonToken,
        [{"person": person + place[n], "kind": "birth_name", "token": token(n)} for n in numbers],
    )
    insert_rows(
        PersonPhone,
        [
            {
                "person": person + place[n],
                "phone_index": (index := crypto.index("phone", f"+86138{n:08d}")),
                "phone": crypto.seal(f"+86138{n:08d}", "person_phone", "phone", index.hex()),
                "proved_at": now,
            }
            for n in numbers
        ],
    )
    insert_rows(
        Plate,
        [
            {"vehicle": vehicle + place[n], "plate_index": crypto.index("plate", plate(n)), "created_at": now}
            for n in numbers
        ],
    )
    insert_rows(
        DriverSlot,
        [
            {"vehicle": vehicle + place[n], "slot": "owner", "person": person + place[n], "in_force": True}
            for n in numbers
        ],
    )
    refs = {n: crypto.new_ref() for n in numbers}
    insert_rows(
        Submission,
        [
            {
                "ref": refs[n],
                "number": f"HQ-{n}",
                "unit": units[n % UNITS],
                "person": person + place[n],
                "phone_index": crypto.index("phone", f"+86138{n:08d}"),
                "language": sent.language,
                "link_version": 1,
                "answers": sent.answers_id,
                "pledge": sent.pledge_id,
                "filed_at": now,
                "act_id": sent.act_id,
            }
            for n in numbers
        ],
    )
    names = ("answers_id", "position", "pledge_id", "number", "upload_ref", "size_class")
    like = {name.removesuffix("_id"): getattr(template, name) for name in names}
    card, entry_refs = open_card(template), {n: crypto.new_ref() for n in numbers}
    insert_rows(
        Entry,
        [
            like
            | {
                "ref": entry_refs[n],
                "card": seal_card(entry_refs[n], "entry", card),
                "unit": units[n % UNITS],
                "person": person + place[n],
                "vehicle": vehicle + place[n],
                "slot": slot + place[n],
                "vehicle_use": "own",
                "household": False,
                "submission_ref": refs[n],
                "state": "listed",
                "listed_at": now,
                "act_id": template.act_id,
                "version": 1,
            }
            for n in numbers
        ],
    )


def token(n: int) -> bytes:
    """Spread over the 20 bits as keyed hashes are."""
    return ((n * 2_654_435_761 & 0xFFFFF) << 4).to_bytes(3, "big")


def document(n: int) -> str:
    return f"M{20_000_000 + n}"


def plate(n: int) -> str:
    return f"粤{'ABDEFGHJKLMNPQRSTUV'[n // 100_000]}{n % 100_000:05d}"


def sheet(rows: int, entries: int) -> bytes:
    """Half by document, a quarter by plate, a quarter of nobody on the list."""
    heads = "列入機關,決定編號,決定日期,列入原因,申訴途徑,聯絡方法,姓名或名稱,出生日期,證件類別,證件號碼,車牌號碼"
    lines = [heads]
    step = max(1, entries // rows)
    for n in range(1, rows + 1):
        start = f"示範信用辦,決{n}號,2026-05-20,走私,六十日內復議,0756 000 0000,陳大文,1985-03-02"
        who = n * step
        named = {0: ("", "", plate(who)), 1: ("", "", f"粤Y{n:05d}")}.get(n % 4, ("回鄉證", document(who), ""))
        lines.append(",".join((start, *named)))
    return ("\ufeff" + "\r\n".join(lines)).encode()


def timed(name: str, work: Callable[[], Any]) -> Any:
    gc.collect()
    forget_peak()
    before, begun = held_megabytes(), time.perf_counter()
    done = work()
    taken = time.perf_counter() - begun
    print(f"{name:<34} {taken:8.1f} s   memory {before:4} MiB, at most {peak_megabytes():4} MiB   {done}", flush=True)
    return done


def facts() -> dict[str, int]:
    """What must stay the same when the same is said again."""
    return {
        "in force": Entry.select().where(Entry.state << ("listed", "suspended")).count(),
        "removed": Entry.select().where(Entry.state == "removed").count(),
        "sanctions": Sanction.select().count(),
        "notices": Notice.select().count(),
    }


def main(entries: int, rows: int) -> None:
    if os.environ.get("BENCH_DATABASE") == "postgresql":
        with postgres.server(durable=True) as server:
            with psycopg.connect(server + "/postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE bench")
            measure(entries, rows, f"{server}/bench")
    else:
        measure(entries, rows, "")


def measure(entries: int, rows: int, server: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = server or f"sqlite:///{folder}/bench.db"
        settings = make_settings(Path(folder), url)
        # In a process of its own: what filling needs is not what is measured.
        filling = multiprocessing.get_context("spawn").Process(target=prepare, args=(settings, entries))
        filling.start()
        filling.join()
        if filling.exitcode:
            raise SystemExit("the list could not be filled: nothing to measure against")
        configure_core(settings)
        database.connect()
        first, second = build_sanctions.officers()
        print(f"{url.split(':')[0]}, {Entry.select().count()} entries, {rows} rows; {facts()}")
        content = sheet(rows, entries)
        ref = timed("sent", lambda: batches.send_file(first, content, "sheet.csv")["batch"])
        timed("read and staged, near matches", lambda: drain(settings, "records"))
        batch = SanctionBatch.get(SanctionBatch.ref == ref)
        preview = timed("preview", lambda: _counts(sanction_preview.of_batch(batch)))
        timed("proposed", lambda: proposing.propose(first, Which(batch=ref, expected=preview["total"])))
        timed("confirmed, in one transaction", lambda: sanctioning.confirm(second, Which(batch=ref)))
        timed("everybody told", lambda: drain(settings, "records"))
        print(f"  notices queued: {Notice.select().where(Notice.kind << ('sanctioned', 'list-sanctioned')).count()}")
        told = facts()
        print(f"  {told}")
        timed("the same file again", lambda: batches.send_file(first, content, "sheet.csv")["known"])
        more = timed("its rows in another file", lambda: _again(settings, first, content))
        print(f"  known rows: {more.known} of {more.rows}; changed: {facts() != told}")
        timed("sweep that finds nothing", sanctioning.sweep)
        database.disconnect()


def _counts(preview: sanction_preview.Preview) -> dict[str, int]:
    return {name: getattr(preview, name) for name in ("total", "exact", "absent", "near", "entries")}


def _again(settings: Settings, officer: Any, content: bytes) -> SanctionBatch:
    ref = batches.send_file(officer, content + b"\r\n", "again.csv")["batch"]
    drain(settings, "records")
    return SanctionBatch.get(SanctionBatch.ref == ref)


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    main(*(given + [200_000, 5_000][len(given) :]))
