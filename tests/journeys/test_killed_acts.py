"""SIGKILL in the middle of each kind of act, of the process that does it and of the database: all of it is there or
nothing, and whoever sends again finds it done once.

A process of its own does the act and dies at a statement, before its commit, or after it and before anybody was told.
Each prints its row of the table in docs/operations.md (`make faults`).
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import peewee
import psycopg
import pytest

from tests import postgres
from tests.builders import filings, sanctions, uploads
from tests.builders.lanes import client as lane_client
from tests.builders.units import BuiltUnit, certified_unit
from tests.journeys.test_faults import prepared
from webapp import crypto, database
from webapp.actors import system
from webapp.domain.audit.models import Act
from webapp.domain.closings import deregistering, sanctioning
from webapp.domain.filings import submitting, verifying, withdrawing
from webapp.domain.filings import uploads as uploading
from webapp.domain.lanes import keys
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.units import codes, proposals
from webapp.settings import Settings

#: The process, or what serves it, dies at this statement of the act; or at its commit; or when it is done.
COMMIT, DONE = -1, -2
MOMENTS = (1, 4, 12, COMMIT, DONE)
#: Sends the act under its key; the same again is a repeat.
Send = Callable[[], object]


def submit(here: BuiltUnit) -> tuple[str, Send]:
    draft = filings.draft(here)
    signing, who = filings.signing(draft), filings.filer(draft)
    return draft.ref, lambda: submitting.submit(who, draft.ref, signing, key=draft.ref)


def withdraw(here: BuiltUnit) -> tuple[str, Send]:
    sent, key = filings.filed(here), crypto.random_token()
    who = system("filer")
    return key, lambda: withdrawing.withdraw(who, sent.submission.ref, sent.filing.ref, sent.filing.version, key=key)


def verify(here: BuiltUnit) -> tuple[str, Send]:
    rows = uploads.chosen([filings.filed(here).filing for _ in range(2)])
    key = crypto.random_token()
    return key, lambda: verifying.verify_all(here.actor, here.unit.id, rows, key=key)


def send_back(here: BuiltUnit) -> tuple[str, Send]:
    row, key = filings.filed(here).filing, crypto.random_token()
    return key, lambda: verifying.return_(
        here.actor, here.unit.id, row.ref, row.version, ["plate:differs"], "請補充", key=key
    )


def upload(here: BuiltUnit) -> tuple[str, Send]:
    made = uploads.prepared(here, uploads.verified(here, filings.filed(here), filings.filed(here)))
    signature, key = uploads.signature(), crypto.random_token()
    return key, lambda: uploading.upload(here.actor, here.unit.id, made, signature, key=key)


def remove(here: BuiltUnit) -> tuple[str, Send]:
    entry, key = uploads.listed(here), crypto.random_token()
    rows = Chosen(rows=((entry.ref, Entry.get_by_id(entry.id).version),))
    return key, lambda: removals.remove(here.actor, here.unit.id, rows, "left_unit", key=key)


def sanction(here: BuiltUnit) -> tuple[str, Send]:
    sent, (first, second) = filings.filed(here), sanctions.officers()
    uploads.uploaded(here, uploads.verified(here, sent))
    which = sanctions.which(sanctions.proposed(first, **sanctions.of_person(sent.answers)))
    key = crypto.random_token()
    return key, lambda: sanctioning.confirm(second, which, key=key)


def deregister(here: BuiltUnit) -> tuple[str, Send]:
    there, (first, second) = certified_unit(), sanctions.officers()
    uploads.listed(there)
    made = deregistering.propose(first, there.unit.id, ["unit:dissolved"], "公司已解散")["proposal"]
    version, key = proposals.one(made).version, crypto.random_token()
    return key, lambda: deregistering.confirm(second, made, version, key=key)


def change_code(here: BuiltUnit) -> tuple[str, Send]:
    there, key = certified_unit(), crypto.random_token()
    return key, lambda: codes.rotate(there.actor, there.unit.id, there.code, key=key)


def change_lane_key(here: BuiltUnit) -> tuple[str, Send]:
    (ref, _), fresh, key = lane_client(), crypto.random_token(), crypto.random_token()
    return key, lambda: keys.rotate(system("test"), ref, fresh, key=key)


KINDS = (submit, withdraw, verify, send_back, upload, remove, sanction, deregister, change_code, change_lane_key)
#: Those that `make test` looks at; the others belong to `make faults`.
QUICK = (submit, upload, sanction)
each_kind = pytest.mark.parametrize(
    "kind", [kind if kind in QUICK else pytest.param(kind, marks=pytest.mark.soak) for kind in KINDS]
)


# Dying ------------------------------------------------------------------------------------------------------------


def dying(moment: int, die: Callable[[], None]) -> None:
    """From now on this process, or its database, dies at that moment of its next act."""
    base, seen = database.database.obj, []
    execute, commit = base.execute_sql, base.commit

    def counted(*words: object, **more: object) -> object:
        seen.append(1)
        if len(seen) == moment:
            die()
        return execute(*words, **more)

    def committed() -> object:
        if moment == COMMIT:
            die()
        return commit()

    base.execute_sql, base.commit = counted, committed


def done_in_a_process(send: Send, moment: int, victim: str) -> None:
    """Let a child do the act and die on the way, or when it is done."""
    database.disconnect()
    child = os.fork()
    if child == 0:
        try:
            database.connect()
            me = os.getpid()
            whose = me if victim == "process" else database.database.connection().info.backend_pid
            dying(moment, lambda: os.kill(whose, signal.SIGKILL))
            send()
            os.kill(whose, signal.SIGKILL)
        finally:
            os._exit(1)
    os.waitpid(child, 0)
    connected_again()


def connected_again() -> None:
    """A database of which a process was killed comes back by itself."""
    until = time.monotonic() + 60
    while True:
        try:
            database.connect()
            database.database.execute_sql("SELECT 1")
            return
        except peewee.DatabaseError:
            database.disconnect()
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def everything() -> dict[str, list[str]]:
    """Every row of every table."""
    tables = database.database.get_tables()
    return {
        table: sorted(map(repr, database.database.execute_sql(f'SELECT * FROM "{table}"').fetchall()))
        for table in tables
    }


def acts(key: str) -> list[Act]:
    return list(Act.select().where(Act.key == key))


class Counted:
    """The row of the table: acts sent, acknowledged, found again, doubled."""

    def __init__(self, fault: str) -> None:
        self.fault, self.row = fault, [0, 0, 0, 0]

    def add(self, *numbers: int) -> None:
        self.row = [had + more for had, more in zip(self.row, numbers, strict=True)]

    def told(self) -> None:
        print(f"\n| {self.fault} | " + " | ".join(map(str, self.row)) + " |")


@pytest.fixture(scope="module")
def killed() -> Iterator[dict[str, Counted]]:
    rows: dict[str, Counted] = {}
    yield rows
    for row in rows.values():
        row.told()


def die_everywhere(kind: Callable, victim: str, counted: Counted) -> None:
    here = certified_unit()
    for moment in MOMENTS:
        key, send = kind(here)
        before = everything()
        done_in_a_process(send, moment, victim)
        after, found = everything(), acts(key)
        assert len(found) == (moment == DONE or after != before), moment
        assert found or after == before, moment
        assert [act for act in found if act.mac is None or act.result is None] == []

        answered = send()
        once = everything()
        again = send()

        assert (again, everything()) == (answered, once)
        assert once == after if found else once != after
        counted.add(1, 1, len(acts(key)), len(acts(key)) - 1)
        assert len(acts(key)) == 1


@each_kind
def test_process_killed_in_the_middle_of_an_act(db, kind, killed):
    counted = killed.setdefault("process", Counted("SIGKILL of the process, five moments of each kind of act"))

    die_everywhere(kind, "process", counted)


@pytest.fixture(scope="module")
def of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A PostgreSQL that may be killed."""
    with postgres.server(durable=True) as url:
        with psycopg.connect(url + "/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE passlist")
        yield prepared(Path(tmp_path_factory.mktemp("killed")), f"{url}/passlist")
        database.disconnect()


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_database_killed_in_the_middle_of_an_act(of_its_own, kind, killed):
    counted = killed.setdefault("database", Counted("SIGKILL of the database, five moments of each kind of act"))

    die_everywhere(kind, "database", counted)
