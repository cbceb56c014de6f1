"""The reference gate against a real server: it keeps up, answers alone, notices what was altered, tells later."""

import base64
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from urllib3 import HTTPResponse
from werkzeug.serving import make_server

from tests.builders.filings import vehicle
from tests.builders.lanes import client as lane_client
from tests.builders.lanes import fresh, number_changes
from tests.builders.units import certified_unit
from tests.builders.uploads import listed
from webapp import clock
from webapp.cli.gate import client as gates
from webapp.cli.gate import group
from webapp.cli.gate.client import Gate
from webapp.cli.gate.service import GateError, Unreachable
from webapp.cli.gate.store import Store
from webapp.domain.lanes import answers, feed, journal
from webapp.domain.lanes.models import LaneCheck
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.errors import Invalid

PLATES = [f"粵C·E5501{n}" for n in range(5)]


@pytest.fixture
def server(app):
    fresh()
    running = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def store(tmp_path):
    kept = Store(tmp_path / "gate.db")
    yield kept
    kept.close()


@pytest.fixture
def gate(server, store) -> Gate:
    _ref, key = lane_client()
    return Gate(f"http://127.0.0.1:{server.port}", key, feed.public_key(), store)


def unplugged(gate: Gate) -> Gate:
    """The same gate while the service is out of reach."""
    return Gate("http://127.0.0.1:9", "any", feed.public_key(), gate.store)


def remove(built, entry: Entry) -> None:
    row = Entry.get_by_id(entry.id)
    removals.remove(built.actor, built.unit.id, Chosen(rows=((row.ref, row.version),)), "left_unit")


def test_a_gate_keeps_up_and_answers_without_the_service(gate):
    here = certified_unit()
    first = listed(here, vehicles=[vehicle(plate=PLATES[0])])
    number_changes()
    assert gate.sync() == {"vehicles": 1, "changes": 0}
    listed(here, vehicles=[vehicle(plate=PLATES[1])])
    remove(here, first)
    number_changes()
    assert gate.sync() == {"vehicles": 0, "changes": 2}

    online = [gate.check(plate, "shenjing") for plate in PLATES[:3]]
    alone = [unplugged(gate).check(plate, "shenjing") for plate in PLATES[:3]]

    keys = ("result", "reason", "vehicle", "drivers", "channel")
    assert [{k: one[k] for k in keys} for one in alone] == [{k: one[k] for k in keys} for one in online]
    assert [one["result"] for one in alone] == ["removed", "listed", "not_listed"]
    assert [one["offline"] for one in online + alone] == [False] * 3 + [True] * 3
    assert all(one["age_seconds"] < 60 for one in alone)


def test_what_was_answered_alone_is_told_once(gate, monkeypatch):
    gate.sync()
    alone = unplugged(gate)
    for plate in PLATES:
        alone.check(plate, "shenjing")
    monkeypatch.setattr(gates, "BATCH", 2)

    assert gate.replay() == 5
    assert gate.replay() == 0

    journal.take_in()
    rows = list(LaneCheck.select())
    assert [(row.offline, row.result, row.channel) for row in rows] == [(True, "not_listed", "shenjing")] * 5


def test_a_gate_without_a_list_says_so(gate):
    with pytest.raises(GateError, match="no list in the store yet"):
        unplugged(gate).check(PLATES[0], "")
    with pytest.raises(Unreachable):
        unplugged(gate).sync()


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


def test_a_wrong_key_is_said(server, store):
    with pytest.raises(GateError, match="key is not accepted"):
        Gate(f"http://127.0.0.1:{server.port}", "wrong", feed.public_key(), store).sync()


def test_the_store_holds_no_plate(gate, tmp_path):
    listed(certified_unit(), vehicles=[vehicle(plate=PLATES[0])])
    gate.sync()
    gate.store.close()

    assert b"E55010" not in (tmp_path / "gate.db").read_bytes()
    assert (tmp_path / "gate.db").stat().st_mode & 0o077 == 0


def test_the_commands_answer_in_json(server, tmp_path, app):
    _ref, key = lane_client()
    options = ["--url", f"http://127.0.0.1:{server.port}", "--key", key, "--signing-key", feed.public_key()]
    options += ["--store", str(tmp_path / "gate.db")]
    run = app.test_cli_runner().invoke

    synced = run(group, ["sync", *options])
    checked = run(group, ["check", *options, "--channel", "shenjing", PLATES[0]])
    told = run(group, ["replay", *options])
    wrong = run(group, ["check", *options, ""])

    assert [json.loads(one.stdout) for one in (synced, told)] == [
        {"vehicles": 0, "changes": 0},
        {"told": 0, "refused": {}},
    ]
    assert json.loads(checked.stdout)["result"] == "not_listed"
    assert (wrong.exit_code, "plate:missing" in wrong.output) == (1, True)


# What goes wrong at a gate ----------------------------------------------------------------------------------------


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


def test_a_gate_that_runs_keeps_up_and_ends_when_told(server, tmp_path, app):
    _ref, key = lane_client()
    options = ["--url", f"http://127.0.0.1:{server.port}", "--key", key, "--signing-key", feed.public_key()]
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    telling = threading.Timer(3.0, os.kill, (os.getpid(), signal.SIGTERM))
    telling.start()
    try:
        ran = app.test_cli_runner().invoke(group, ["run", *options, "--store", str(tmp_path / "g.db"), "--every", "1"])
    finally:
        telling.join()
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])

    first, *_, last = [json.loads(line) for line in ran.stdout.splitlines()]
    assert (first["vehicles"], first["told"], first["refused"], last) == (0, 0, {}, {"ended": True})


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"--store": "/nowhere/at/all.db"}, "store cannot be used"), ({"--signing-key": "short"}, "signing key is none")],
)
def test_options_that_cannot_be_are_said_in_a_sentence(app, tmp_path, changes, words):
    options = {"--key": "any", "--signing-key": feed.public_key(), "--store": str(tmp_path / "g.db")} | changes

    said = app.test_cli_runner().invoke(group, ["sync", *[word for pair in options.items() for word in pair]])

    assert (said.exit_code, words in said.output) == (1, True)
