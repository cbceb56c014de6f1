"""The system as it runs in life: server and worker as processes on a database of their own, with the demo's world.

`seeded` makes the world once; `Running` serves a copy of it, so that journeys do not meet each other's people.
"""

from __future__ import annotations

import base64
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres
from tests.conftest import make_settings
from webapp import configure_core, database, schema
from webapp.cli import start
from webapp.cli.demo import story
from webapp.domain.filings import queries as filings
from webapp.domain.filings.models import Submission
from webapp.domain.jobs.models import BULK, Job
from webapp.domain.registry import queries as registry
from webapp.processes import die_with_parent
from webapp.values import documents

ROOT = Path(__file__).resolve().parents[2]
SERVER = (sys.executable, "-m", "webapp.cli.server")
WORKER = (sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run")
PATIENCE = 90.0


def seeded(folder: Path, url: str) -> Path:
    """Fill the database at `url` with the demo's world, its files in `folder`."""
    configure_core(make_settings(folder, url, mode="demo"))
    database.connect()
    schema.upgrade()
    start.seed()
    story.tell()
    # The papers of the whole cast would only keep the machine busy.
    with database.transaction():
        Job.delete().where(Job.queue == BULK).execute()
    database.disconnect()
    return folder


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """On the data in `folder` without a server, for what happened before the journey begins."""
    configure_core(make_settings(folder, f"sqlite:///{folder / 'passlist.db'}", mode="demo"))
    database.connect()
    yield
    database.disconnect()


def private_links(world: Path) -> dict[str, tuple[str, str]]:
    """Name of each person of a seeded world → token of the private link, last four of the document number."""
    links = {}
    with inside(world):
        for submission in Submission.select():
            person = registry.answers(submission.answers_id)["person"]
            links[person["full_name"]] = (filings.status_token(submission), documents.tail(person["id_number"]))
    return links


def copied(world: Path, folder: Path) -> Path:
    """Database and files of a seeded world, to be changed."""
    return shutil.copytree(world, folder / "world")


class Running:
    """Server, and worker if wanted, on the data in `folder`; `url` where it is not the embedded database; `more` are
    settings, e.g. who receives mails and texts."""

    def __init__(self, folder: Path, url: str = "", *, worker: bool = False, **more: str) -> None:
        port = postgres.free_port()
        self.address = f"http://127.0.0.1:{port}"
        settings = make_settings(folder, url or f"sqlite:///{folder / 'passlist.db'}", mode="demo")
        key_id, key = settings.field_keys[0]
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
            "WEBAPP_ENV": "demo",
            "DATA_DIR": str(folder),
            "DATABASE_URL": settings.database_url,
            "SECRET_KEY": settings.secret_key.decode(),
            "FIELD_KEYS": f"{key_id}:{_base64(key)}",
            "INDEX_KEY": _base64(settings.index_key),
            "AUDIT_KEY": ",".join(f"{number}:{_base64(key)}" for number, key in settings.audit_keys),
            "PORT": str(port),
            **more,
        }
        self.log = folder / "processes.log"
        self._processes = [self._start(command) for command in ((SERVER, WORKER) if worker else (SERVER,))]
        self._wait()

    def _start(self, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
        parent = os.getpid()
        with open(self.log, "ab") as log:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=lambda: die_with_parent(parent, signal.SIGTERM),
            )

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(self.address + "/readyz", timeout=5).close()  # noqa: S310 - our own server
                return
            except (OSError, urllib.error.URLError):
                if time.monotonic() > until or self._processes[0].poll() is not None:
                    self.stop()
                    raise RuntimeError("the server does not answer:\n" + self.log.read_text()) from None
                time.sleep(0.1)

    def stop(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _base64(key: bytes) -> str:
    return base64.b64encode(key).decode()
