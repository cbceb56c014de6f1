"""A unit of ten thousand people is deregistered while server and worker are killed: all or nothing, all told once.

`make soak TESTS=tests/journeys/test_ten_thousand.py` prints times and memory; SOAK_PEOPLE (10,000) is how many.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders.accounts import actor_of, platform_staff
from tests.journeys.test_kill import EMAIL, Person, System, durable, hidden, numbered, sign_in, wait_for
from webapp import clock, database
from webapp.cli.synth import filling
from webapp.domain.audit import anchors, verifying
from webapp.domain.audit.models import LIST_STREAM, Act, AuditLine, Sequence
from webapp.domain.closings import deregistering
from webapp.domain.closings.telling import TELL_ENDED
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, FilingStep, Submission
from webapp.domain.jobs.models import FINISHED, MESSAGES, Job
from webapp.domain.notices.models import Delivery, Notice
from webapp.domain.passlist.models import DriverSlot, Entry, EntryHold, EntryStep
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.units import members, queries, vehicles
from webapp.domain.units.models import Unit

__all__ = ["durable"]

PEOPLE = int(os.environ.get("SOAK_PEOPLE", "10000"))
#: Of an invented list of this size the largest unit has more than PEOPLE.
LIST = PEOPLE * 7
#: Seconds after which the server that writes the act is killed, try by try; then it is left alone.
DEATHS = (0.2, 0.5, 1.0, 2.0)
#: How often the worker is killed: while it makes the notices, and while it sends the messages.
KILLS = 4
PATIENCE = 3600.0

Facts = tuple[object, ...]


@pytest.mark.soak
def test_ten_thousand_people_lose_their_unit_at_once_and_are_told_once(durable, tmp_path):
    begun = time.monotonic()
    filling.fill(durable, LIST, seed=1, today=clock.today())
    with database.transaction():  # papers and news of what was invented are not looked at here
        Job.delete().execute()
    unit, first = Unit.select().where(Unit.name.startswith("橫琴虛構")).order_by(Unit.id).get(), platform_staff()
    platform_staff(email=EMAIL, name="黎子軒")
    proposal = deregistering.propose(actor_of(first), unit.id, ["unit:dissolved"], "")["proposal"]
    people, before = touched(unit), facts(unit)
    say(f"a list of {LIST:,}; with the unit {len(people):,} people, {before}", begun)
    assert len(people) >= PEOPLE

    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    of_ours = {"WEBAPP_ENV": "demo", "DATA_DIR": str(tmp_path), "DATABASE_URL": durable.database_url}
    system = System(environment | of_ours | {"PORT": str(durable.port)}, tmp_path / "serve.log")
    try:
        with Watched(system, unit) as watched:
            notices = Deaths(system, told_of(TELL_ENDED), len(people))
            confirm_though_the_server_dies(system, proposal)
            assert watched.seen == {before, facts(unit)}, "part of the act was seen"
            act = Act.get(Act.verb == "unit:deregister", Act.outcome == "done")
            tell_though_the_worker_dies(system, notices, len(people))
        print(f"most memory: {watched.peaks}")
    finally:
        system.stop()
    nothing_of_the_unit_is_in_force(unit)
    everybody_was_told_once(people, act, tmp_path)
    the_record_is_complete(before, act, tmp_path)


def say(what: str, begun: float) -> None:
    print(f"\n{time.monotonic() - begun:8.1f} s  {what}", end="", flush=True)


def touched(unit: Unit) -> set[int]:
    """The people who have something in force or in motion with the unit."""
    entries = Entry.select(Entry.person).where(Entry.unit == unit.id, Entry.state << IN_FORCE)
    filings = Filing.select(Filing.person).where(Filing.unit == unit.id, Filing.state << OPEN_FILING_STATES)
    return {person for query in (entries, filings) for (person,) in query.tuples()}


def facts(unit: Unit) -> Facts:
    """State of the unit, entries in force, filings in motion, codes, lines on record and jobs of the act: by one
    statement, so of one moment."""
    of_act = "JOIN act a ON a.id = x.act_id WHERE a.verb = 'unit:deregister'"
    return tuple(
        database.database.execute_sql(
            f"""SELECT u.state,
            (SELECT count(*) FROM entry WHERE unit_id = u.id AND state IN {tuple(IN_FORCE)}),
            (SELECT count(*) FROM filing WHERE unit_id = u.id AND state IN {tuple(OPEN_FILING_STATES)}),
            (SELECT count(*) FROM enrolment_code WHERE unit_id = u.id AND state = 'active'),
            (SELECT count(*) FROM audit_line x {of_act}),
            (SELECT count(*) FROM job x {of_act} AND x.kind = '{TELL_ENDED}')
            FROM unit u WHERE u.id = {unit.id}"""
        ).fetchone()
    )


class Watched:
    """Somebody who looks at the facts all the while, and at what the processes hold."""

    def __init__(self, system: System, unit: Unit) -> None:
        self.system, self.unit = system, unit
        self.seen: set[Facts] = set()
        self.peaks: Counter[str] = Counter()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Watched:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        database.connect()
        while not self._over.wait(0.1):
            self.seen.add(facts(self.unit))
            for name, word in (("server", "webapp.cli.server"), ("worker", "jobs run")):
                for process in self.system.children(word):
                    self.peaks[name] = max(self.peaks[name], peak_megabytes(process))
        database.disconnect()


def peak_megabytes(process: int) -> int:
    try:
        said = Path(f"/proc/{process}/status").read_text("ascii")
        return int(said.partition("VmHWM:")[2].split()[0]) // 1024
    except (OSError, IndexError):
        return 0  # it has just ended


def kill_all(system: System, word: str) -> None:
    for process in system.children(word):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue


def confirm_though_the_server_dies(system: System, proposal: str) -> None:
    """The second officer presses once; his browser asks again with the same key until there is an answer."""
    person = Person(system.address, time.monotonic() + PATIENCE)
    sign_in(person)
    path = f"/platform/proposals/{proposal}"
    _, page = person.ask(path)
    form = {name: hidden(page, name) for name in ("csrf_token", "submission_key", "version")}
    arrived: list[str] = []
    pressed = threading.Thread(target=lambda: arrived.append(person.ask(f"{path}/confirm", form)[0]))
    begun = time.monotonic()
    pressed.start()
    for seconds in DEATHS:
        time.sleep(seconds)
        kill_all(system, "webapp.cli.server")
        # The next try begins once it is served again.
        Person(system.address, time.monotonic() + PATIENCE).ask("/healthz")
    again = time.monotonic()
    pressed.join()
    assert arrived == [path]
    say(
        f"confirmed, {len(person.troubles)} tries without an answer; {time.monotonic() - again:.1f} s undisturbed",
        begun,
    )


class Deaths:
    """The worker is killed KILLS times on the way of something that counts up to a number."""

    def __init__(self, system: System, count: Callable[[], int], total: int) -> None:
        self.system, self.count, self.total = system, count, total
        self.at: list[int] = []
        self._thread = threading.Thread(target=self._kill)
        self._thread.start()

    def end(self) -> list[int]:
        """Where it was each time."""
        self._thread.join()
        return self.at

    def _kill(self) -> None:
        database.connect()
        until = time.monotonic() + PATIENCE
        done = 0
        while len(self.at) < KILLS and done < self.total and time.monotonic() < until:
            done = self.count()
            if self.total * (len(self.at) + 1) // (KILLS + 1) <= done < self.total:
                kill_all(self.system, "jobs run")
                self.at.append(done)
            time.sleep(0.02)
        database.disconnect()


def told_of(kind: str) -> Callable[[], int]:
    return lambda: Job.select(Job.progress).where(Job.kind == kind).scalar() or 0


def tell_though_the_worker_dies(system: System, notices: Deaths, people: int) -> None:
    begun = time.monotonic()
    sent = Delivery.select().join(Notice).where(Delivery.state == "sent", Notice.kind == "unit-closed")
    messages = Deaths(system, sent.count, people)
    killed = notices.end(), messages.end()
    say(f"worker killed when so many had their notice {killed[0]}, when so many messages were sent {killed[1]}", begun)
    assert killed[1]
    unfinished = Job.select().where(Job.state != FINISHED, Job.queue << ("records", MESSAGES))
    assert wait_for(lambda: not unfinished.exists() and numbered(), PATIENCE), list(
        unfinished.select(Job.kind, Job.state, Job.error, Job.attempts).limit(5).tuples()
    )
    say(f"everybody told, {people / (time.monotonic() - begun):.0f} a second", begun)


def nothing_of_the_unit_is_in_force(unit: Unit) -> None:
    found = facts(unit)
    assert found[:4] == ("deregistered", 0, 0, 0)
    assert members.active(unit.id) == []
    assert queries.active_code(unit.id) is None
    assert vehicles.count(unit.id) == 0
    ended = Entry.select(Entry.id).where(Entry.unit == unit.id)
    assert not EntryHold.select().where(EntryHold.entry << ended, EntryHold.released_at.is_null()).exists()
    in_force = Entry.select(Entry.slot).where(Entry.state << IN_FORCE, Entry.slot.is_null(False))
    assert not DriverSlot.select().where(DriverSlot.in_force, DriverSlot.id.not_in(in_force)).exists()


def everybody_was_told_once(people: set[int], act: Act, folder: Path) -> None:
    told = list(
        Notice.select(Submission.person)
        .join(Submission, on=(Submission.ref == Notice.audience_ref))
        .where(Notice.kind == "unit-closed", Notice.act_id == act.id)
        .tuples()
    )
    assert Counter(person for (person,) in told) == Counter(people)
    sent = list(
        Delivery.select(Delivery.ref, Delivery.channel, Delivery.state, Submission.person)
        .join(Notice, on=(Delivery.notice == Notice.id))
        .join(Submission, on=(Submission.ref == Notice.audience_ref))
        .where(Notice.kind == "unit-closed", Notice.act_id == act.id)
        .tuples()
    )
    assert {state for _, _, state, _ in sent} == {"sent"}
    assert max(Counter(person for *_, person in sent).values()) == 1
    laid_down = {path.stem for kind in ("sms", "mail") for path in (folder / kind).iterdir()}
    assert {ref for ref, *_ in sent} <= laid_down
    texts = [json.loads(path.read_text("utf-8")) for path in (folder / "sms").glob("*.json")]
    of_act = {ref for ref, channel, *_ in sent if channel == "sms"}
    print(
        f"\n{len(told):,} notices, {len(sent):,} messages, {len(of_act):,} of them texts to "
        f"{len({one['to'] for one in texts if one['ref'] in of_act}):,} phones"
    )


def the_record_is_complete(before: Facts, act: Act, folder: Path) -> None:
    lines = Counter(tag for (tag,) in AuditLine.select(AuditLine.tag).where(AuditLine.act == act.id).tuples())
    assert (lines["entry:removed"], lines["filing:closed"]) == before[1:3]
    assert lines["unit:deregistered"] == lines["unit-proposal:confirmed"] == lines["enrolment-code:revoked"] == 1
    assert EntryStep.select().where(EntryStep.act_id == act.id, EntryStep.change == "removed").count() == before[1]
    assert FilingStep.select().where(FilingStep.act_id == act.id, FilingStep.action == "close").count() == before[2]
    fed = Sequence.select(Sequence.source_id).where(Sequence.stream == LIST_STREAM)
    assert not EntryStep.select().where(EntryStep.act_id == act.id, EntryStep.id.not_in(fed)).exists()
    begun = time.monotonic()
    assert verifying.verify(folder / "record" / anchors.FILE).faults == []
    say(f"record verified: {sum(lines.values()):,} lines of the act", begun)
