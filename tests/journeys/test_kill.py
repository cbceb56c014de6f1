"""SIGKILL at any moment: nothing acknowledged is lost, nothing is doubled, and what was owed is done.

The real server and the real worker run under the real supervisor on a durable database, while people file, a clerk
verifies, and processes are killed at random. Whoever got no answer asks again, as people do.
"""

from __future__ import annotations

import itertools
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path

import psycopg
import pytest

from tests import postgres
from tests.builders import filings, units
from webapp import configure_core, database, schema
from webapp.cli import start
from webapp.domain.audit import anchors, verifying
from webapp.domain.audit.models import Act, Sequence
from webapp.domain.files.models import IssuedDocument, StoredFile
from webapp.domain.filings import drafts
from webapp.domain.filings.models import Draft, Filing, FilingStep, Submission
from webapp.domain.jobs.models import FINISHED, Job
from webapp.domain.notices.models import Delivery, Notice
from webapp.settings import Settings, from_environment

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 3
EMAIL = "clerk@unit.example"


class System:
    """Server and worker under their supervisor, as processes to be killed."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.environment, self.log = environment, log
        self.address = f"http://127.0.0.1:{environment['PORT']}"
        self.start()

    def start(self) -> None:
        with open(self.log, "ab") as log:
            self.supervisor = subprocess.Popen(
                [sys.executable, "-m", "webapp.cli.serve"], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    def kill_supervisor(self) -> None:
        self.supervisor.kill()
        self.supervisor.wait()
        self.start()

    def children(self, word: str) -> list[int]:
        """Processes somewhere below the supervisor whose command holds `word`."""
        below = {self.supervisor.pid}
        for _ in range(3):
            below |= {child for child, parent in parents().items() if parent in below}
        return [process for process in below if word in command(process) and process != self.supervisor.pid]

    def kill(self, word: str, choose: random.Random) -> None:
        found = self.children(word)
        if found:
            try:
                os.kill(choose.choice(sorted(found)), signal.SIGKILL)
            except ProcessLookupError:
                return

    def stop(self) -> None:
        self.supervisor.terminate()
        self.supervisor.wait(60)


def parents() -> dict[int, int]:
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            found[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
    return found


def command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


class Person:
    """Somebody at a browser who asks again until there is an answer."""

    def __init__(self, address: str, until: float) -> None:
        self.address, self.until = address, until
        #: What came instead of an answer, each time.
        self.troubles: list[Exception] = []
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """(address arrived at, page). Raises only when patience ends."""
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        while True:
            try:
                with self.opener.open(self.address + path, data, timeout=20) as answer:
                    return urllib.parse.urlsplit(answer.url).path, answer.read().decode()
            except (OSError, HTTPException) as error:  # no answer, or one that ended in the middle
                if isinstance(error, urllib.error.HTTPError) and error.code < 500:
                    raise AssertionError(f"{path}: {error.code}") from error
                self.troubles.append(error)
                if time.monotonic() > self.until:
                    raise
                time.sleep(0.1)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return found[1]


def submit(person: Person, resume: str, ref: str, signed_name: str) -> None:
    """Sign and send one draft, as often as it takes."""
    arrived, page = person.ask(f"/d/{resume}")
    while not arrived.endswith("/receipt"):
        arrived, page = person.ask(
            f"/file/{ref}/check",
            {
                **{name: hidden(page, name) for name in ("csrf_token", "submission_key", "version", "text_digest")},
                "consent_processing": "yes",
                "consent_sharing": "yes",
                "pledge_agreed": "yes",
                "signature_method": "typed",
                "signed_name": signed_name,
            },
        )


def sign_in(person: Person) -> None:
    """Where the answer to signing in got lost, the form is stale: people open it again."""
    _, page = person.ask("/signin")
    form = {"csrf_token": hidden(page, "csrf_token"), "email": EMAIL, "password": units.PASSWORD}
    try:
        person.ask("/signin", form)
    except AssertionError:
        _, page = person.ask("/signin")
        person.ask("/signin", form | {"csrf_token": hidden(page, "csrf_token")})


def verify(person: Person, ref: str) -> None:
    """Verify one filing; a repeat carries the same key, so it is answered as the first one was."""
    _, page = person.ask(f"/unit/filings/{ref}")
    form = {name: hidden(page, name) for name in ("csrf_token", "submission_key", "version")}
    person.ask(f"/unit/filings/{ref}", {**form, "act": "verify"})


@pytest.fixture
def durable(engine: str, tmp_path: Path) -> Iterator[Settings]:
    """A database that survives a crash of its writers, migrated, with a certified unit to file with."""
    if engine == "sqlite":
        yield from _prepared(tmp_path, f"sqlite:///{tmp_path / 'passlist.db'}")
        return
    with postgres.server(durable=True) as url:
        with psycopg.connect(url + "/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE passlist")
        yield from _prepared(tmp_path, f"{url}/passlist")


def _prepared(folder: Path, url: str) -> Iterator[Settings]:
    port = str(postgres.free_port())
    environment = {"WEBAPP_ENV": "demo", "DATA_DIR": str(folder), "DATABASE_URL": url, "PORT": port}
    settings = from_environment(environment)
    configure_core(settings)
    database.connect()
    schema.upgrade()
    start.seed()
    yield settings
    database.disconnect()


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


def test_killing_server_worker_and_supervisor_loses_and_doubles_nothing(durable, tmp_path):
    rage(durable, tmp_path, people=36, kills=8, seed=20261123)


@pytest.mark.soak
def test_killing_for_long_loses_and_doubles_nothing(durable, tmp_path):
    minutes = int(os.environ.get("SOAK_MINUTES", "60"))
    rage(
        durable,
        tmp_path,
        people=30 * minutes,
        kills=6 * minutes,
        seed=random.randrange(10**6),
        patience=120.0 * minutes,
    )


def rage(durable: Settings, folder: Path, *, people: int, kills: int, seed: int, patience: float = 150.0) -> None:
    """Let `people` file and a clerk verify half of them while `kills` processes are killed; then look at everything."""
    choose = random.Random(seed)
    built = units.certified_unit(email=EMAIL)
    made = [
        filings.draft(built, filings.answers(email=f"p{n}@mail.example" if n % 3 == 0 else "")) for n in range(people)
    ]
    waiting = [
        (drafts.resume_token(draft.ref), draft.ref, drafts.answers_of(draft)["person"]["full_name"]) for draft in made
    ]
    system = System(
        {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
            "WEBAPP_ENV": "demo",
            "DATA_DIR": str(folder),
            "DATABASE_URL": durable.database_url,
            "PORT": str(durable.port),
        },
        folder / "serve.log",
    )
    try:
        acknowledged, verified = _live_through(system, waiting, kills, choose, patience)
    finally:
        system.stop()
    assert_every_act_once(people, acknowledged, verified)
    assert_everything_owed_is_done(people, folder)
    assert system.children("webapp") == []


def _live_through(
    system: System, waiting: list[tuple[str, str, str]], kills: int, choose: random.Random, patience: float
) -> tuple[list[str], list[str]]:
    """Refs of the drafts whose sending was acknowledged, and of the filings whose verification was."""
    until = time.monotonic() + patience
    acknowledged: list[str] = []
    failed: list[BaseException] = []

    def file_all(mine: list[tuple[str, str, str]]) -> None:
        try:
            for resume, ref, name in mine:
                submit(Person(system.address, until), resume, ref, name)
                acknowledged.append(ref)
        except BaseException as error:  # a thread's failure is the test's
            failed.append(error)

    filing = [threading.Thread(target=file_all, args=(waiting[n::AT_ONCE],)) for n in range(AT_ONCE)]
    Person(system.address, until).ask("/")
    for thread in filing:
        thread.start()
    victims = itertools.cycle(("webapp.cli.server", "jobs run", "webapp.cli.server", "supervisor"))
    for victim, step in zip(victims, range(1, kills + 1), strict=False):
        # At moments spread over the work, wherever it happens to be.
        wait_for(lambda step=step: len(acknowledged) >= len(waiting) * step // (kills + 1) or bool(failed), patience)
        time.sleep(choose.random() / 5)
        if victim == "supervisor":
            system.kill_supervisor()
        else:
            system.kill(victim, choose)
    for thread in filing:
        thread.join()
    clerk = Person(system.address, time.monotonic() + patience)
    sign_in(clerk)
    verified = [filing.ref for filing in Filing.select().order_by(Filing.id).limit(len(waiting) // 2)]
    for number, ref in enumerate(verified):
        if number % 10 == 5:
            system.kill(choose.choice(("webapp.cli.server", "jobs run")), choose)
        verify(clerk, ref)
    idle = wait_for(lambda: not Job.select().where(Job.state != FINISHED).exists() and numbered(), patience)
    assert failed == []
    assert idle, [(job.kind, job.state, job.error, job.attempts) for job in Job.select().where(Job.state != FINISHED)]
    return acknowledged, verified


def numbered() -> bool:
    return Act.select().count() == Sequence.select().where(Sequence.stream == "audit").count()


def assert_every_act_once(people: int, acknowledged: list[str], verified: list[str]) -> None:
    sent = dict(list(Draft.select(Draft.ref, Draft.submission_ref).tuples()))
    assert sorted(acknowledged) == sorted(sent)
    assert sorted(sent.values()) == sorted(ref for (ref,) in Submission.select(Submission.ref).tuples())
    assert Filing.select().count() == people
    steps = list(FilingStep.select(FilingStep.filing, FilingStep.action).tuples())
    assert len(steps) == len(set(steps)) == people + len(verified)
    found = Filing.select().count() + len(steps) - people
    sent_of_all = people + len(verified)
    print(
        f"\n| server, worker, supervisor killed | {sent_of_all} | {len(acknowledged) + len(verified)} | {found} | ",
        end="",
    )
    print(f"{len(steps) - len(set(steps))} |")
    done = list(Act.select(Act.key).where(Act.verb == "filing:submit", Act.outcome == "done").tuples())
    assert len(done) == len(set(done)) == people
    assert {row.ref for row in Filing.select().where(Filing.state == "verified")} == set(verified)


def assert_everything_owed_is_done(people: int, folder: Path) -> None:
    told = [
        (n.kind, n.audience_ref) for n in Notice.select().where(Notice.kind << ("filing-submitted", "filing-verified"))
    ]
    assert len(told) == len(set(told)) == people + people // 2
    assert {delivery.state for delivery in Delivery.select()} == {"sent"}
    mails = {path.stem for path in (folder / "mail").glob("*.eml")}
    assert mails == {delivery.ref for delivery in Delivery.select().where(Delivery.channel == "email")}
    papers = list(IssuedDocument.select())
    assert [paper.code for paper in papers if paper.file_id is None] == []
    kept = {file.ref: file.size for file in StoredFile.select()}
    assert all((folder / "files" / ref[:2] / ref).stat().st_size > size for ref, size in kept.items())
    numbers = sorted(
        number for (number,) in Sequence.select(Sequence.number).where(Sequence.stream == "audit").tuples()
    )
    assert numbers == list(range(1, Act.select().count() + 1))
    assert verifying.verify(folder / "record" / anchors.FILE).faults == []
