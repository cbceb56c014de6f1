"""The database goes and comes back; the disk fills: pages of ours meanwhile, nothing acknowledged is lost or doubled.

Each prints its row of the table in docs/operations.md (`pytest -s`): acts sent, acknowledged, found again, doubled.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from tests import postgres
from tests.builders import filings, units
from tests.journeys.test_kill import EMAIL, Person, System, submit, wait_for
from webapp import clock, configure_core, database, schema
from webapp.cli import start
from webapp.domain.filings import drafts
from webapp.domain.filings.models import Draft, Filing, Submission
from webapp.domain.jobs.models import FINISHED, Job
from webapp.settings import Settings, from_environment

PEOPLE = 6
PATIENCE = 120.0


def prepared(folder: Path, url: str) -> Settings:
    environment = {"WEBAPP_ENV": "development", "DATA_DIR": str(folder), "DATABASE_URL": url}
    settings = from_environment(environment | {"PORT": str(postgres.free_port())})
    configure_core(settings)
    database.connect()
    schema.upgrade()
    start.seed()
    return settings


def running(settings: Settings, log: Path, **more: str) -> System:
    return System(
        {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
            "WEBAPP_ENV": "development",
            "DATA_DIR": str(settings.data_dir),
            "DATABASE_URL": settings.database_url,
            "PORT": str(settings.port),
            **more,
        },
        log,
    )


def waiting(people: int) -> list[tuple[str, str, str]]:
    built = units.certified_unit(email=EMAIL)
    made = [filings.draft(built) for _ in range(people)]
    return [(drafts.resume_token(one.ref), one.ref, drafts.answers_of(one)["person"]["full_name"]) for one in made]


class Crowd:
    """People who file one after another, each asking again until there is an answer."""

    def __init__(self, system: System, people: list[tuple[str, str, str]]) -> None:
        self.acknowledged: list[str] = []
        self.failed: list[BaseException] = []
        self._thread = threading.Thread(target=self._file, args=(system, people), daemon=True)
        self._thread.start()

    def _file(self, system: System, people: list[tuple[str, str, str]]) -> None:
        try:
            for resume, ref, name in people:
                submit(Person(system.address, time.monotonic() + PATIENCE), resume, ref, name)
                self.acknowledged.append(ref)
        except BaseException as error:  # a thread's failure is the test's
            self.failed.append(error)

    def wait_until(self, done: int) -> None:
        assert wait_for(lambda: len(self.acknowledged) >= done or bool(self.failed), PATIENCE), self.acknowledged
        assert self.failed == []


def answer(address: str) -> tuple[int, str, str]:
    """Status, page and Retry-After of one plain request."""
    try:
        with urllib.request.urlopen(address, timeout=30) as came:  # noqa: S310 - our own server
            return came.status, came.read().decode(), ""
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers.get("Retry-After", "")


def works_again(since: datetime) -> bool:
    """Whether the worker has finished something since; what the fault cut short waits for its lease of a minute."""
    return Job.select().where(Job.state == FINISHED, Job.finished_at > since).exists()


def counted(fault: str, people: int, acknowledged: list[str]) -> tuple[int, int, int, int]:
    """Filings sent, acknowledged, found in the database, doubled."""
    sent = dict(list(Draft.select(Draft.ref, Draft.submission_ref).tuples()))
    kept = {ref for (ref,) in Submission.select(Submission.ref).tuples()}
    found = sum(sent[ref] in kept for ref in acknowledged)
    row = people, len(acknowledged), found, Filing.select().count() - len(kept)
    print(f"\n| {fault} | " + " | ".join(map(str, row)) + " |")
    return row


def test_database_goes_and_comes_back(tmp_path):
    with postgres.server(durable=True) as url:
        with psycopg.connect(url + "/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE passlist")
        settings = prepared(tmp_path, f"{url}/passlist")
        folder, people = postgres.data_folder(settings.database_url), waiting(PEOPLE)
        system = running(settings, tmp_path / "serve.log")
        try:
            crowd = Crowd(system, people)
            crowd.wait_until(PEOPLE // 3)
            postgres.stop(folder)
            away = [answer(system.address + path) for path in ("/q/AAAAAAAA", f"/d/{people[-1][0]}", "/healthz")]
            time.sleep(2)
            postgres.start(folder)
            back = clock.now()
            crowd.wait_until(PEOPLE)
            database.disconnect()
            database.connect()
            done = wait_for(lambda: works_again(back), PATIENCE)
        finally:
            system.stop()
        row = counted("database gone and back", PEOPLE, crowd.acknowledged)
        database.disconnect()
    assert [status for status, _, _ in away] == [503, 503, 200]
    assert all("</html>" in page and retry == "10" for _, page, retry in away[:2])
    assert row == (PEOPLE, PEOPLE, PEOPLE, 0)
    assert done


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own that fills soon."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "passlist", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("needs the right to mount a small disk")
    yield folder
    database.disconnect()
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_disk_fills_and_is_cleared(small_disk, tmp_path):
    settings = prepared(small_disk, f"sqlite:///{small_disk / 'passlist.db'}")
    people = waiting(PEOPLE)
    system = running(settings, tmp_path / "serve.log")
    try:
        crowd = Crowd(system, people)
        crowd.wait_until(PEOPLE // 3)
        cut_log(small_disk / "passlist.db")
        ballast = fill(small_disk)
        time.sleep(2)
        held = len(crowd.acknowledged)
        pages = [answer(system.address + path) for path in ("/", f"/d/{people[-1][0]}")]
        ballast.unlink()
        back = clock.now()
        crowd.wait_until(PEOPLE)
        done = wait_for(lambda: works_again(back), PATIENCE)
    finally:
        system.stop()
    row = counted("disk full, then cleared", PEOPLE, crowd.acknowledged)
    assert held < PEOPLE
    assert all("</html>" in page for _, page, _ in pages)
    assert row == (PEOPLE, PEOPLE, PEOPLE, 0)
    assert done


def cut_log(path: Path) -> None:
    """The write-ahead log begins at nothing: what it grew to before is no room that a full disk would still give."""
    connection = sqlite3.connect(path, timeout=10)
    wait_for(lambda: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0, PATIENCE)
    connection.close()


def fill(disk: Path) -> Path:
    """Take what is left, to the last byte."""
    path = disk / "ballast"
    with open(path, "wb", buffering=0) as handle:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    handle.write(b"\0" * size)
            except OSError:
                continue
    return path
