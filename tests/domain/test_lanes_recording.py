"""What is asked is recorded: in a journal at once, in the table soon, once; and who may ask, and how often."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders.lanes import assessment, client, fresh
from webapp import clock, crypto
from webapp.actors import system
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.lanes import forgetting, journal, keys
from webapp.domain.lanes.models import LaneCheck, LaneClient, LaneJournal, LaneKey
from webapp.domain.registry.queries import plate_indexes
from webapp.errors import Conflict, Invalid, NotFound

PLATE = "粤CE52011"


@pytest.fixture(autouse=True)
def _fresh(db):
    fresh()


def question(**changes):
    return {
        "kind": "plate",
        "asked_at": clock.now(),
        "client_id": 7,
        "channel": "shenjing",
        "plate": PLATE,
        "plate_index": plate_indexes([PLATE])[0],
        "result": "listed",
        "reason": "in_force",
    } | changes


def journals(db) -> list[Path]:
    return sorted(db.journals_dir.glob("*.journal"))


# The journal ------------------------------------------------------------------------------------------------------


def test_a_question_is_taken_in_once_with_its_plate_sealed(db):
    key = journal.write(question())

    assert [journal.take_in(), journal.take_in()] == [1, 0]

    row = LaneCheck.get(LaneCheck.key == key)
    assert (row.kind, row.client_id, row.channel, row.result, row.reason, row.offline) == (
        "plate",
        7,
        "shenjing",
        "listed",
        "in_force",
        False,
    )
    assert crypto.unseal(row.plate, "lane_check", "plate", key) == PLATE
    assert bytes(row.plate_index) == plate_indexes([PLATE])[0]


def test_no_journal_holds_a_plate_in_the_clear(db):
    journal.write(question())

    (path,) = journals(db)
    content = path.read_bytes()
    assert b"E52011" not in content
    assert PLATE.encode() not in content
    assert path.stat().st_mode & 0o077 == 0


def test_a_question_told_twice_counts_once(db):
    journal.write(question(key="gate:one"))
    journal.write(question(key="gate:one", result="removed"))
    journal.take_in()
    journal.write(question(key="gate:one", result="suspended"))

    assert journal.take_in() == 0
    assert [row.result for row in LaneCheck.select()] == ["removed"]


def test_half_a_line_waits_until_it_is_whole(db):
    journal.write(question())
    (path,) = journals(db)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:-20].replace(b'["', b'["x', 1))

    assert journal.take_in() == 1

    path.write_bytes(whole + whole.replace(b'["', b'["x', 1))
    assert journal.take_in() == 1


def test_a_line_destroyed_by_a_loss_of_power_costs_itself_alone(db):
    journal.write(question())
    (path,) = journals(db)
    path.write_bytes(b"\0\0\0\n" + path.read_bytes() + b'{"no": "list"}\n')

    assert journal.take_in() == 1
    assert LaneCheck.select().count() == 1


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, "a\ud800"), (0, None), (1, "other"), (2, "now"), (2, 10**30), (3, "7"), (5, "a\0"), (5, 5), (6, "no hex"),
     (7, "!"), (8, "fine"), (9, "\udfff"), (9, [])],
)  # fmt: skip
def test_a_line_that_no_table_takes_keeps_no_other_out(db, place, value):
    key = journal.write(question())
    (path,) = journals(db)
    line = json.loads(path.read_bytes())
    line[place] = value
    path.write_bytes(json.dumps(line).encode() + b"\n" + path.read_bytes())

    assert journal.take_in() == 1
    assert [row.key for row in LaneCheck.select()] == [key]


def test_half_a_line_on_a_full_disk_does_not_spoil_the_next(db, monkeypatch):
    whole_write = os.write
    first = journal.write(question())
    monkeypatch.setattr(journal.os, "write", lambda handle, line: whole_write(handle, line[:40]))
    with pytest.raises(OSError, match="whole"):
        journal.write(question())
    monkeypatch.setattr(journal.os, "write", whole_write)
    second = journal.write(question())

    assert journal.take_in() == 2
    assert {row.key for row in LaneCheck.select()} == {first, second}


def test_a_worker_that_looks_at_a_journal_just_being_made_takes_no_question_with_it(db, monkeypatch):
    """Between the making of the file and its lock a worker held it for one of a dead process, and deleted it."""
    locked, looks = fcntl.flock, []

    def slow(handle: int, how: int) -> None:
        if how == fcntl.LOCK_EX and not looks:
            looks.append(1)
            assert journal.take_in() == 0
        locked(handle, how)

    monkeypatch.setattr(journal.fcntl, "flock", slow)
    key = journal.write(question())

    assert journal.take_in() == 1
    assert [row.key for row in LaneCheck.select()] == [key]


def test_a_journal_nobody_writes_to_any_more_is_deleted_once_taken_in(db):
    journal.write(question())
    assert journal.take_in() == 1
    assert len(journals(db)) == 1  # this process may still write

    journal.configure(db.journals_dir)
    journal.take_in()

    assert journals(db) == []
    assert LaneJournal.select().count() == 0
    journal.write(question())
    assert journal.take_in() == 1


def test_a_full_journal_is_followed_by_another(db, monkeypatch):
    monkeypatch.setattr(journal, "LONGEST", 1000)

    for _ in range(12):
        journal.write(question())

    assert len(journals(db)) == 2
    assert journal.take_in() == 12
    assert len(journals(db)) == 1


def test_sigkill_loses_no_question_that_was_kept(db):
    """A process writes questions and says which; killed without warning, all it said are in the table."""
    program = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from tests.conftest import make_settings; from webapp import crypto; from webapp.domain.lanes import journal\n"
        "crypto.configure(make_settings(Path(sys.argv[1]), 'sqlite:///none')); journal.configure(Path(sys.argv[1]))\n"
        "while True:\n"
        "    print(journal.write(dict(kind='plate', asked_at=datetime.now(UTC), channel='', plate='M1', "
        "plate_index=b'i' * 16, result='listed', reason='in_force')), flush=True)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(db.journals_dir)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    told = [child.stdout.readline().decode().strip() for _ in range(200)]
    child.send_signal(signal.SIGKILL)
    told += child.stdout.read().decode().split("\n")[:-1]
    child.wait()

    journal.take_in()

    assert set(told) - {key for (key,) in LaneCheck.select(LaneCheck.key).tuples()} == set()
    assert journals(db) == []


def test_a_disk_that_takes_nothing_is_said_and_nothing_is_counted(db):
    journal.configure(db.data_dir / "file-not-folder")
    (db.data_dir / "file-not-folder").write_text("")

    with pytest.raises(OSError):
        journal.write(question())


def test_after_the_retention_period_the_plate_is_a_keyed_hash_alone(db):
    journal.write(question(key="old", asked_at=clock.now() - timedelta(days=31)))
    journal.write(question(key="new"))
    journal.take_in()

    assert forgetting.forget_plates(clock.now() - timedelta(days=30)) == 1

    kept = {row.key: row for row in LaneCheck.select()}
    assert (kept["old"].plate, bytes(kept["old"].plate_index)) == (None, plate_indexes([PLATE])[0])
    assert kept["new"].plate is not None


# Keys -------------------------------------------------------------------------------------------------------------


def test_a_key_opens_and_is_kept_as_its_hash(db):
    ref, key = client(["shenjing"], per_minute=30)

    who = keys.caller(key)

    assert (who.ref, who.channels, who.per_minute) == (ref, frozenset({"shenjing"}), 30)
    assert (who.may_ask("shenjing"), who.may_ask("hengqin-bridge"), who.may_ask("")) == (True, False, False)
    row = LaneKey.get()
    assert (bytes(row.key_hash), row.ending) == (crypto.token_hash(key), key[-4:])
    assert keys.caller(key + "x") is None
    assert keys.caller("") is None


def test_making_a_client_is_one_act_with_a_line_for_client_and_key(db):
    client()

    act = Act.get(Act.verb == "lane-client:create")
    assert sorted(line.tag for line in AuditLine.select().where(AuditLine.act == act.id)) == [
        "lane-client:created",
        "lane-key:created",
    ]
    assert "key-of-gate" not in str(act.result)


@pytest.mark.parametrize(
    ("name", "channels", "limit", "fault"),
    [
        (" ", [], 60, ("client_name", "missing")),
        ("閘" * 61, [], 60, ("client_name", "too_long")),
        ("閘", ["nowhere"], 60, ("channels", "choice_unknown")),
        ("閘", [], 0, ("per_minute", "out_of_range")),
        ("閘", [], 60_001, ("per_minute", "out_of_range")),
    ],
)
def test_clients_that_cannot_be_are_refused(db, name, channels, limit, fault):
    with pytest.raises(Invalid) as refused:
        keys.create(system("test"), name, channels, limit, "a-key-of-a-gate", assessment())

    assert (refused.value.faults[0].field, refused.value.code) == fault
    assert LaneClient.select().count() == 0


def test_keys_change_without_standing_still(db):
    ref, old = client()

    keys.rotate(system("test"), ref, "the-new-key-0001")

    fresh()
    assert [keys.caller(one).ref for one in (old, "the-new-key-0001")] == [ref, ref]
    with clock.travel(keys.HANDOVER + timedelta(seconds=1)):
        fresh()
        assert keys.caller(old) is None
        assert keys.caller("the-new-key-0001").ref == ref


def test_a_key_ended_is_good_no_more(db):
    ref, key = client()
    row = LaneKey.get()

    keys.end_key(system("test"), ref, row.ref)

    fresh()
    assert keys.caller(key) is None
    with pytest.raises(Conflict, match="lane_key_ended"):
        keys.end_key(system("test"), ref, row.ref)
    with pytest.raises(NotFound):
        keys.end_key(system("test"), ref, "nothing")


def test_a_client_ended_ends_its_keys_and_is_changed_no_more(db):
    ref, key = client()

    keys.end(system("test"), ref)

    fresh()
    assert keys.caller(key) is None
    for act in (
        lambda: keys.end(system("test"), ref),
        lambda: keys.rotate(system("test"), ref, "another-key-0001"),
        lambda: keys.change(system("test"), ref, "閘", [], 60),
    ):
        with pytest.raises(Conflict, match="lane_client_ended"):
            act()


def test_limits_refuse_and_say_how_long(db):
    _ref, key = client(per_minute=60)
    who = keys.caller(key)

    taken = [keys.take(who) for _ in range(60)]

    assert set(taken) == {0}
    assert keys.take(who) == 1
    assert keys.take(who, 30) in (29, 30)


def test_more_than_a_whole_limit_is_taken_once_and_owed(db):
    _ref, key = client(per_minute=60)
    who = keys.caller(key)

    assert keys.take(who, 500) == 0
    assert keys.take(who) in (440, 441)
    assert keys.take(who, 500) in (499, 500)


def test_who_asked_too_much_over_all_processes_waits_everywhere(db):
    ref, key = client(per_minute=3)
    client_id = LaneClient.get(LaneClient.ref == ref).id
    for number in range(4):
        journal.write(question(key=f"q{number}", client_id=client_id))
    journal.take_in()

    assert keys.hold_back(system("test")) == 1
    assert keys.hold_back(system("test")) == 0

    fresh()
    assert 55 <= keys.take(keys.caller(key)) <= 60
    with clock.travel(timedelta(seconds=61)):
        assert keys.take(keys.caller(key)) == 0


def test_what_is_told_later_holds_nobody_back(db):
    ref, _key = client(per_minute=1)
    client_id = LaneClient.get(LaneClient.ref == ref).id
    for number in range(5):
        journal.write(
            question(key=f"q{number}", client_id=client_id, asked_at=clock.now() - timedelta(hours=1), offline=True)
        )
    journal.take_in()

    assert keys.hold_back(system("test")) == 0


def test_forked_processes_write_journals_of_their_own(db):
    journal.write(question())
    child = os.fork()
    if child == 0:
        journal.write(question())
        os._exit(0)
    os.waitpid(child, 0)

    assert len(journals(db)) == 2
    assert journal.take_in() == 2
