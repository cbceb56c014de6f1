"""What goes wrong at a gate: half transfers, altered answers, clocks, full disks, kills."""

import base64
import signal
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from urllib3 import HTTPResponse

from tests.builders.filings import vehicle
from tests.builders.gates import PLATES, gate_at, remove, served, unplugged
from tests.builders.lanes import number_changes
from tests.builders.units import certified_unit
from tests.builders.uploads import listed
from webapp import clock
from webapp.cli.gate.client import Gate
from webapp.cli.gate.service import GateError, Unreachable
from webapp.cli.gate.store import Store
from webapp.domain.lanes import answers, feed
from webapp.domain.passlist.models import Entry
from webapp.errors import Invalid


@pytest.fixture
def server(app):
    with served(app) as running:
        yield running


@pytest.fixture
def store(tmp_path):
    kept = Store(tmp_path / "gate.db")
    yield kept
    kept.close()


@pytest.fixture
def gate(server, store) -> Gate:
    return gate_at(server, store)


def test_a_snapshot_that_breaks_off_goes_on_and_the_old_list_answers_meanwhile(gate, monkeypatch):
    monkeypatch.setattr(feed, "BLOCK", 1)
    here = certified_unit()
    for plate in PLATES[:3]:
        listed(here, vehicles=[vehicle(plate=plate)])
    whole = gate.service.lines
    monkeypatch.setattr(gate.service, "lines", lambda path: (line for n, line in enumerate(whole(path)) if n < 4))
    with pytest.raises(Unreachable, match="broke off"):
        gate.sync()
    with pytest.raises(GateError, match="no list"):
        unplugged(gate).check(PLATES[0], "")

    monkeypatch.setattr(gate.service, "lines", whole)
    assert gate.sync()["vehicles"] == 3

    assert [unplugged(gate).check(plate, "")["result"] for plate in PLATES[:3]] == ["listed"] * 3


def test_after_a_restore_the_gate_takes_a_new_snapshot(gate):
    listed(certified_unit(), vehicles=[vehicle(plate=PLATES[0])])
    gate.sync()

    feed.begin_anew()

    assert gate.sync()["vehicles"] == 1
    assert unplugged(gate).check(PLATES[0], "")["result"] == "listed"


def test_an_altered_snapshot_is_noticed_and_not_kept(gate, monkeypatch):
    listed(certified_unit(), vehicles=[vehicle(plate=PLATES[0])])
    whole = gate.service.lines
    monkeypatch.setattr(
        gate.service, "lines", lambda path: (line.replace(b'"listed"', b'"removed"') for line in whole(path))
    )

    with pytest.raises(GateError, match="altered"):
        gate.sync()

    assert gate.store.generation == 0


def test_a_service_with_another_signing_key_is_not_believed(gate, server):
    other = Gate(f"http://127.0.0.1:{server.port}", "x", base64.b64encode(b"k" * 32).decode(), gate.store)
    other.service.headers = gate.service.headers

    with pytest.raises(GateError, match="signature"):
        other.sync()


def listed_cars(count: int) -> list[Entry]:
    here = certified_unit()
    return [listed(here, vehicles=[vehicle(plate=plate)]) for plate in PLATES[:count]]


def broken_off(gate: Gate, monkeypatch, lines: int) -> None:
    """A first transfer that ends after so many lines."""
    whole = gate.service.lines
    with monkeypatch.context() as patched:
        patched.setattr(gate.service, "lines", lambda path: (line for n, line in enumerate(whole(path)) if n < lines))
        with pytest.raises(Unreachable, match="broke off"):
            gate.sync()


def answers_alone(gate: Gate) -> list[str]:
    return [unplugged(gate).check(plate, "")["result"] for plate in PLATES]


def test_what_changes_between_the_halves_of_a_snapshot_is_not_missed(gate, monkeypatch):
    monkeypatch.setattr(feed, "BLOCK", 1)
    here = certified_unit()
    entries = [listed(here, vehicles=[vehicle(plate=plate)]) for plate in PLATES[:4]]
    number_changes()
    broken_off(gate, monkeypatch, 5)
    for entry in entries[:3]:
        remove(here, entry)
    listed(here, vehicles=[vehicle(plate=PLATES[4])])
    number_changes()

    gate.sync()

    assert answers_alone(gate) == ["removed"] * 3 + ["listed"] * 2


def test_half_a_snapshot_of_another_history_begins_anew(gate, monkeypatch):
    monkeypatch.setattr(feed, "BLOCK", 1)
    listed_cars(3)
    broken_off(gate, monkeypatch, 3)
    gate.store.put(1, [{"vehicle": "a" * 20, "plates": ["of before"], "result": "listed"}])

    feed.begin_anew()

    assert gate.sync()["vehicles"] == 3
    assert gate.store.vehicle(["of before"]) is None


@pytest.mark.parametrize("fact", ["client", "signer"])
def test_a_store_of_another_client_or_signing_key_is_filled_anew(gate, fact):
    listed_cars(1)
    gate.sync()
    with gate.store.together():
        gate.store.keep(**{fact: "another"})

    assert gate.sync() == {"vehicles": 1, "changes": 0}


@pytest.mark.parametrize("after", ["", "x"])
def test_an_altered_answer_about_changes_changes_nothing(gate, monkeypatch, after):
    listed_cars(1)
    gate.sync()
    number_changes()
    altered = feed.changes

    def changed(ref, cursor):
        return altered(ref, cursor) | {"after": after}

    monkeypatch.setattr(feed, "signature", lambda _content, signed=feed.signature: signed(b"something else"))
    with pytest.raises(GateError, match="signature"):
        gate.sync()
    monkeypatch.undo()
    monkeypatch.setattr(feed, "changes", changed)
    cursor = gate.store.fact("cursor")

    with pytest.raises(GateError, match="another question"):
        gate.sync()

    assert gate.store.fact("cursor") == cursor


def test_an_answer_to_another_place_of_the_list_is_not_gone_on_with(gate, monkeypatch):
    monkeypatch.setattr(feed, "BLOCK", 1)
    listed_cars(3)
    broken_off(gate, monkeypatch, 3)
    whole = gate.service.lines
    monkeypatch.setattr(gate.service, "lines", lambda _path: whole("/snapshot?after="))

    with pytest.raises(GateError, match="another question"):
        gate.sync()


@pytest.mark.parametrize("page", [b"<html>please pay</html>", b"[]", b'{"hello": 1}'])
def test_a_page_of_some_other_server_on_the_way_is_no_answer(gate, monkeypatch, page):
    listed_cars(1)
    gate.sync()
    monkeypatch.setattr(gate.service, "_request", lambda *_: HTTPResponse(page, status=200))

    assert gate.check(PLATES[0], "")["offline"] is True
    with pytest.raises(Unreachable, match="not the service"):
        gate.replay()
    assert len(gate.store.remembered(9)) == 1


def test_a_clock_that_is_wrong_is_put_right_by_what_the_service_says(gate):
    gate.sync()
    alone = unplugged(gate)
    with clock.travel(timedelta(hours=3)):
        ahead = alone.check(PLATES[0], "shizimen-tunnel")
        late = ahead["age_seconds"]
    ahead_by = timedelta(hours=3).total_seconds()
    with gate.store.together():
        gate.store.keep(ahead=str(ahead_by))
    with clock.travel(timedelta(hours=3)):
        right = alone.check(PLATES[0], "shizimen-tunnel")
    with clock.travel(timedelta(days=-400)):
        unknown = alone.check(PLATES[0], "shizimen-tunnel")

    assert 10_800 <= late < 10_900
    assert (right["age_seconds"] < 100, right["clock_ahead_seconds"]) == (True, 10_800)
    assert unknown["age_seconds"] is None


def test_how_far_a_clock_is_ahead_is_seen_at_each_sync(gate, monkeypatch):
    told = feed.changes
    behind = timedelta(minutes=30)
    gate.sync()
    monkeypatch.setattr(feed, "changes", lambda *asked: told(*asked) | {"as_of": answers.instant(clock.now() + behind)})

    gate.sync()

    assert -1801 < float(gate.store.fact("ahead")) < -1795


def test_what_the_service_does_not_take_is_kept_and_said(gate):
    gate.sync()
    alone = unplugged(gate)
    with clock.travel(timedelta(days=-400)):
        alone.check(PLATES[0], "shenjing")
    alone.check(PLATES[1], "shenjing")

    assert (gate.replay(), gate.store.refused()) == (1, {"bad_instant": 1})
    assert gate.store.remembered(9) == []


def test_a_channel_nobody_told_of_is_refused_alone_too(gate):
    gate.sync()

    with pytest.raises(Invalid, match="unknown_channel"):
        unplugged(gate).check(PLATES[0], "nowhere")
    assert gate.store.remembered(9) == []


def test_a_full_disk_keeps_what_was_there_and_is_said(app, server, gate, tmp_path):
    listed_cars(2)
    gate.sync()
    full = sqlite3.connect(tmp_path / "gate.db")
    pages = full.execute("PRAGMA page_count").fetchone()[0]
    full.close()
    gate.store._base.execute(f"PRAGMA max_page_count = {pages}")
    with gate.store.together():
        gate.store.keep(cursor="x" * 10 + ".1")

    with pytest.raises(sqlite3.OperationalError, match="full"):
        for _ in range(500):
            unplugged(gate).check(PLATES[0], "")
    kept = len(gate.store.remembered(500))

    gate.store._base.execute("PRAGMA max_page_count = 100000")
    assert answers_alone(gate)[:2] == ["listed"] * 2
    assert len(gate.store.remembered(900)) == kept + len(PLATES)


KILLED = """
import os, signal, sys
from pathlib import Path
from webapp.cli.gate import client, store
put, calls = store.Store.put, []
def dies(self, *told):
    put(self, *told)
    calls.append(1)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
store.Store.put = dies
url, key, signing_key, path = sys.argv[1:]
client.Gate(url, key, signing_key, store.Store(Path(path))).sync()
"""


def test_a_gate_killed_in_the_middle_of_a_transfer_goes_on_where_it_was(server, store, gate, monkeypatch, tmp_path):
    monkeypatch.setattr(feed, "BLOCK", 1)
    listed_cars(4)
    key = gate.service.headers["Authorization"].removeprefix("Bearer ")
    child = [sys.executable, "-c", KILLED, f"http://127.0.0.1:{server.port}", key, feed.public_key()]

    died = subprocess.run([*child, str(tmp_path / "gate.db")], cwd=Path(__file__).parents[2], check=False)
    asked = []
    whole = gate.service.lines
    monkeypatch.setattr(gate.service, "lines", lambda path: asked.append(path) or whole(path))
    gate.sync()

    assert died.returncode == -signal.SIGKILL
    assert asked[0] != "/snapshot?after="
    assert answers_alone(gate) == ["listed"] * 4 + ["not_listed"]
