"""The gate's own list, fed by the service: kept up, answered from alone, and told of once."""

import json
import os
import signal
import threading
from datetime import timedelta

import pytest

from tests.builders.filings import vehicle
from tests.builders.gates import PLATES, gate_at, remove, served, unplugged
from tests.builders.lanes import client as lane_client
from tests.builders.lanes import fresh, number_changes
from tests.builders.units import certified_unit
from tests.builders.uploads import listed
from webapp import clock
from webapp.actors import system
from webapp.cli.gate import client as gates
from webapp.cli.gate import group
from webapp.cli.gate.client import Gate
from webapp.cli.gate.service import GateError, Unreachable
from webapp.cli.gate.store import Store
from webapp.domain.lanes import feed, journal, keys
from webapp.domain.lanes.answers import instant
from webapp.domain.lanes.models import LaneCheck, LaneClient, LaneKey


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


def set_up(server, store, key: str) -> Gate:
    return Gate(f"http://127.0.0.1:{server.port}", key, feed.public_key(), store)


def end_soon() -> None:
    """The gates' keys end in 29 days."""
    LaneKey.update(ends_at=clock.now() + timedelta(days=29)).execute()
    fresh()


@pytest.fixture
def ending(server, store) -> tuple[str, Gate]:
    """A client whose key ends soon, and the gate that knows it."""
    ref, key = lane_client()
    end_soon()
    gate = set_up(server, store, key)
    gate.sync()
    return ref, gate


def test_a_gate_changes_a_key_that_ends_within_30_days_and_goes_on_with_the_new_one(server, store):
    _ref, key = lane_client()
    gate = set_up(server, store, key)
    gate.sync()
    calm = gate.tend_key()
    end_soon()
    gate.sync()

    changed, again = gate.tend_key(), gate.tend_key()

    new = LaneKey.select().order_by(LaneKey.id.desc()).first()
    assert (calm, changed, again) == ({}, {"key_ends_at": instant(new.ends_at)}, {})
    with clock.travel(timedelta(hours=25)):
        fresh()
        # Started anew as it was set up, with the key that ended meanwhile.
        later = set_up(server, store, key)
        assert (later.sync(), later.check(PLATES[0], "")["offline"]) == ({"vehicles": 0, "changes": 0}, False)
    assert LaneKey.select().count() == 2


def test_a_gate_that_is_given_another_key_by_hand_asks_with_that(server, store, ending):
    ref, gate = ending
    gate.tend_key()
    keys.rotate(system("test"), ref, "brought-by-hand-1")

    set_up(server, store, "brought-by-hand-1").sync()

    assert store.fact("key_ends_at") == instant(LaneKey.select().order_by(LaneKey.id.desc()).first().ends_at)


def test_a_gate_that_gets_no_other_key_says_so_goes_on_and_tries_again_in_an_hour(ending):
    """Its answer was lost, then the service was away: the old key is good, and asks again."""
    _ref, gate = ending
    gate.service.another_key()  # and it never arrived
    away = unplugged(gate)

    kept, at_once = away.tend_key(), gate.tend_key()
    with clock.travel(timedelta(hours=2)):
        fresh()
        gate.sync()
        changed = gate.tend_key()

    assert "does not answer" in kept["key_kept"]
    assert (at_once, set(changed), LaneKey.select().count()) == ({}, {"key_ends_at"}, 2)
    assert gate.check(PLATES[0], "")["offline"] is False


def test_a_gate_whose_key_was_replaced_says_that_it_gets_no_other(server, store):
    ref, key = lane_client()
    keys.rotate(system("test"), ref, "waits-to-be-brought")
    gate = set_up(server, store, key)
    gate.sync()

    assert gate.tend_key() == {"key_kept": "the service gives no other key (lane_key_replaced)"}


def test_a_gate_whose_new_key_is_no_longer_good_goes_on_with_the_one_it_was_set_up_with(ending):
    """The service was restored from a copy of before, say, or the platform ended the new key."""
    ref, gate = ending
    gate.tend_key()
    new = LaneKey.select().order_by(LaneKey.id.desc()).first()
    keys.end_key(system("test"), ref, new.ref)
    fresh()

    synced, tended = gate.sync(), gate.tend_key()

    assert synced == {"vehicles": 0, "changes": 0}
    assert tended == {"key_kept": "the service gives no other key (lane_key_ended)"}
    keys.end(system("test"), ref)
    fresh()
    with pytest.raises(GateError, match="the key is not accepted"):
        gate.sync()


def test_a_gate_that_is_refused_for_a_moment_keeps_its_new_key(ending):
    _ref, gate = ending
    gate.tend_key()
    LaneClient.update(state="ended").execute()
    fresh()
    with pytest.raises(GateError, match="the key is not accepted"):
        gate.sync()
    LaneClient.update(state="active").execute()

    with clock.travel(timedelta(hours=25)):
        fresh()
        assert gate.sync() == {"vehicles": 0, "changes": 0}


def test_a_gate_without_a_list_says_so(gate):
    with pytest.raises(GateError, match="no list in the store yet"):
        unplugged(gate).check(PLATES[0], "")
    with pytest.raises(Unreachable):
        unplugged(gate).sync()


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
