"""The reference gate against a real server: it keeps up, answers alone, notices what was altered, tells later."""

import base64
import json
import threading

import pytest
from werkzeug.serving import make_server

from tests.builders.filings import vehicle
from tests.builders.lanes import client as lane_client
from tests.builders.lanes import fresh, number_changes
from tests.builders.units import certified_unit
from tests.builders.uploads import listed
from webapp.cli.gate import client as gates
from webapp.cli.gate import group
from webapp.cli.gate.client import Gate, GateError, Unreachable
from webapp.cli.gate.store import Store
from webapp.domain.lanes import feed, journal
from webapp.domain.lanes.models import LaneCheck
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen

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
    whole = gate._lines
    monkeypatch.setattr(gate, "_lines", lambda path: (line for n, line in enumerate(whole(path)) if n < 4))
    with pytest.raises(Unreachable, match="broke off"):
        gate.sync()
    with pytest.raises(GateError, match="no list"):
        unplugged(gate).check(PLATES[0], "")

    monkeypatch.setattr(gate, "_lines", whole)
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
    whole = gate._lines
    monkeypatch.setattr(gate, "_lines", lambda path: (line.replace(b'"listed"', b'"removed"') for line in whole(path)))

    with pytest.raises(GateError, match="altered"):
        gate.sync()

    assert gate.store.generation == 0


def test_a_service_with_another_signing_key_is_not_believed(gate, server):
    other = Gate(f"http://127.0.0.1:{server.port}", "x", base64.b64encode(b"k" * 32).decode(), gate.store)
    other._headers = gate._headers

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

    assert [json.loads(one.stdout) for one in (synced, told)] == [{"vehicles": 0, "changes": 0}, {"told": 0}]
    assert json.loads(checked.stdout)["result"] == "not_listed"
    assert (wrong.exit_code, "plate:missing" in wrong.output) == (1, True)
