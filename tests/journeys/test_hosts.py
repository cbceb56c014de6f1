"""Two hosts behind nginx are one system: what one knows the other knows, one may die, or be of the next version."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import SQL

from tests.builders import filings, units
from tests.builders.units import PASSWORD
from tests.journeys import hosts as loopback
from tests.journeys.hosts import Hosts, Visitor
from tests.journeys.running import ROOT
from tests.journeys.test_kill import EMAIL, Person, hidden, sign_in, submit, wait_for
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings import drafts
from webapp.domain.filings.models import Draft, Filing, Submission
from webapp.domain.jobs.models import BULK, FINISHED, Job

PATIENCE = 120.0
AT_ONCE = 4

_people = itertools.count(1)


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    folder = tmp_path_factory.mktemp("hosts")
    folder.chmod(0o755)
    with loopback.prepared(folder, durable=True) as settings, loopback.running(settings, folder) as running:
        yield running


@pytest.fixture(scope="module")
def unit(hosts: Hosts) -> units.BuiltUnit:
    return units.certified_unit(email=EMAIL)


@pytest.fixture
def person(hosts: Hosts) -> Visitor:
    return Visitor(hosts.front, next(_people), time.monotonic() + PATIENCE)


def refused(person: Person, path: str, form: dict[str, str]) -> int:
    """The status of what is refused."""
    with pytest.raises(AssertionError) as refusal:
        person.ask(path, form)
    return int(str(refusal.value).rpartition(" ")[2])


def waiting(unit: units.BuiltUnit, people: int) -> list[tuple[str, str, str]]:
    made = [filings.draft(unit) for _ in range(people)]
    return [(drafts.resume_token(one.ref), one.ref, drafts.answers_of(one)["person"]["full_name"]) for one in made]


def test_a_session_holds_on_both_hosts_and_ends_on_both(hosts, unit, person):
    first, second = hosts.hosts
    hosts.front.send_to(first)
    sign_in(person)

    hosts.front.send_to(second)
    arrived, page = person.ask("/unit/filings")
    assert arrived == "/unit/filings"
    person.ask("/signout", {"csrf_token": hidden(page, "csrf_token")})

    hosts.front.send_to(first)
    assert person.ask("/unit/filings")[0] == "/signin"


def test_a_limit_counts_what_was_tried_on_either_host(hosts, person):
    answers = []
    for number in range(12):
        if number in (0, 5):
            hosts.front.send_to(hosts.hosts[number // 5])
        _, page = person.ask("/signin")
        form = {"csrf_token": hidden(page, "csrf_token"), "email": "nobody@unit.example", "password": PASSWORD}
        answers.append(refused(person, "/signin", form))

    assert answers == [422] * 10 + [429] * 2


def test_a_draft_begun_on_one_host_is_sent_on_the_other_and_its_papers_are_made_by_either_worker(hosts, unit, person):
    first, second = hosts.hosts
    ((resume, ref, name),) = waiting(unit, 1)
    tail = drafts.answers_of(Draft.get(Draft.ref == ref))["person"]["id_number"][-4:]
    hosts.front.send_to(first)
    person.ask(f"/d/{resume}")
    first.stop_worker()

    hosts.front.send_to(second)
    submit(person, resume, ref, name)
    made = wait_for(lambda: not IssuedDocument.select().where(IssuedDocument.file.is_null()).exists(), PATIENCE)
    first.start_worker()

    assert made
    home = re.search(r'href="(/s/[^"/]*)"', person.ask(f"/file/{ref}/receipt")[1])[1]  # type: ignore[index]
    _, asked = person.ask(home)
    person.ask(home, {"csrf_token": hidden(asked, "csrf_token"), "id_tail": tail})
    papers = []
    for host in hosts.hosts:
        hosts.front.send_to(host)
        papers.append(person.opener.open(f"{person.address}{home}/pledge.pdf").read())
    assert papers[0] == papers[1]
    assert papers[0].startswith(b"%PDF")


class Crowd:
    """People at once, each filing for himself, one after another in each of a few queues, until told to stop."""

    def __init__(self, hosts: Hosts, people: list[tuple[str, str, str]], pause: float = 0.0) -> None:
        self.hosts, self.pause = hosts, pause
        self.acknowledged: list[str] = []
        self.visitors: list[Visitor] = []
        self.failed: list[BaseException] = []
        self.enough = threading.Event()
        self._threads = [threading.Thread(target=self._file, args=(people[n::AT_ONCE],)) for n in range(AT_ONCE)]
        for thread in self._threads:
            thread.start()

    def _file(self, people: list[tuple[str, str, str]]) -> None:
        try:
            for resume, ref, name in people:
                if self.enough.is_set():
                    return
                visitor = Visitor(self.hosts.front, next(_people), time.monotonic() + PATIENCE)
                self.visitors.append(visitor)
                submit(visitor, resume, ref, name)
                self.acknowledged.append(ref)
                time.sleep(self.pause)
        except BaseException as error:  # a thread's failure is the test's
            self.failed.append(error)

    def wait_for(self, done: int) -> None:
        """Until so many were acknowledged."""
        assert wait_for(lambda: len(self.acknowledged) >= done or bool(self.failed), PATIENCE), self.acknowledged
        assert self.failed == []

    def wait_for_more(self, count: int) -> None:
        self.wait_for(len(self.acknowledged) + count)

    def end(self) -> None:
        for thread in self._threads:
            thread.join()
        assert self.failed == []


def assert_all_found_once(acknowledged: list[str], sent: list[str]) -> None:
    """Each acknowledged filing is in the database, and none of those sent is there twice."""
    refs = dict(list(Draft.select(Draft.ref, Draft.submission_ref).where(Draft.ref << sent).tuples()))
    kept = [ref for (ref,) in Submission.select(Submission.ref).where(Submission.ref << list(refs.values())).tuples()]
    filed = Filing.select().join(Submission, on=Filing.submission == Submission.id).where(Submission.ref << kept)
    found = sum(refs[ref] in kept for ref in acknowledged)
    print(f"| host killed under load | {len(sent)} | {len(acknowledged)} | {found} | {filed.count() - len(kept)} |")
    assert len(acknowledged) == found == len(kept) == filed.count()


def test_a_host_killed_under_load_loses_nothing_and_asks_nobody_twice_again(hosts, unit):
    first, _ = hosts.hosts
    hosts.front.send_to(*hosts.hosts)
    people = waiting(unit, 32)
    crowd = Crowd(hosts, people)
    crowd.wait_for(8)
    first.kill()
    crowd.wait_for(20)
    first.start()
    crowd.end()

    assert_all_found_once(crowd.acknowledged, [ref for _, ref, _ in people])
    assert max(len(visitor.troubles) for visitor in crowd.visitors) <= 1
    # What is not a page of ours is one that broke off in the middle.
    troubles = [trouble for visitor in crowd.visitors for trouble in visitor.troubles]
    for trouble in [one for one in troubles if isinstance(one, urllib.error.HTTPError)]:
        assert (trouble.code, trouble.headers["Retry-After"]) == (503, "10")
        assert "再提交一次即可，不會重複" in trouble.read().decode()
    first.wait()
    assert wait_for(lambda: not Job.select().where(Job.state != FINISHED, Job.queue != BULK).exists(), PATIENCE)


NEXT = '''"""What the next version adds: columns, a table, an index."""

from peewee import TextField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("filing", "next_word", TextField(null=True)),
        migrator.add_column("draft", "next_state", TextField(default="none")),
        migrator.add_index("filing", ("next_word",), False),
    )
    db.execute_sql("CREATE TABLE next_table (id BIGINT PRIMARY KEY, filing_id BIGINT REFERENCES filing (id))")
'''


@pytest.fixture
def next_version(tmp_path: Path) -> Path:
    """The code with one migration more, and models that use what it adds."""
    code = tmp_path / "next"
    code.mkdir()
    for name in ("webapp", "migrations", "templates", "static", "wsgi.py"):
        shutil.copytree(ROOT / name, code / name) if (ROOT / name).is_dir() else shutil.copy(ROOT / name, code / name)
    number = max(path.name[:4] for path in (code / "migrations").glob("[0-9]*.py"))
    (code / "migrations" / f"{int(number) + 1:04d}_next.py").write_text(NEXT)
    with open(code / "webapp" / "domain" / "filings" / "models.py", "a") as models:
        models.write('\nFiling._meta.add_field("next_word", TextField(null=True, default="next"))\n')
        models.write('Draft._meta.add_field("next_state", TextField(default="next"))\n')
    return code


def test_hosts_are_upgraded_one_after_the_other_across_a_migration_without_a_failed_request(hosts, unit, next_version):
    hosts.front.send_to(*hosts.hosts)
    people = waiting(unit, 120)
    crowd = Crowd(hosts, people, pause=1.0)
    crowd.wait_for(4)
    migrated = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"],
        cwd=next_version,
        env=hosts.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    crowd.wait_for_more(4)
    for host in hosts.hosts:
        hosts.front.send_to(*(other for other in hosts.hosts if other is not host))
        host.stop()
        host.start(next_version)
        host.wait()
        hosts.front.send_to(*hosts.hosts)
        crowd.wait_for_more(4)
    crowd.enough.set()
    crowd.end()

    assert "_next" in migrated.stdout
    assert [visitor.troubles for visitor in crowd.visitors if visitor.troubles] == []
    assert len(crowd.visitors) == len(crowd.acknowledged) >= 16
    words = {word for (word,) in Filing.select(SQL("next_word")).tuples()}
    assert words == {None, "next"}
