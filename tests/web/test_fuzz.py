"""Whatever is sent to any address, form, importer or check, nothing answers with a failure of ours.

Briefly with every run of the tests; for SOAK_MINUTES on each database with `make soak`, which prints how many inputs of
each kind were tried. `make soak TESTS="tests/web/test_fuzz.py -n 2"` takes both databases at once.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import schemathesis
from flask import Flask, got_request_exception
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from tests.builders import delivery, lanes
from tests.conftest import ENGINES
from tests.structure.test_routes import World, world  # noqa: F401
from tests.web.fuzz.drawing import Source, every_form, field_names
from tests.web.fuzz.inputs import forms_of_their_own, one_check, one_file, one_form
from tests.web.fuzz.visits import Crowd
from webapp import blueprints, database
from webapp.domain.jobs.models import BULK, DOCUMENTS, FAILED, QUEUES, Job
from webapp.domain.limits.models import Bucket
from webapp.settings import Settings

#: What a soak gives each kind of a round of a minute; the rest goes to forms that pages show.
SHARES = {"checks": 15.0, "forms read": 8.0, "files": 15.0, "anything": 15.0, "pages": 5.0}
#: What was changed meanwhile is put back after a round, so that there is something left to change.
ROUND = 120.0


class Fuzz:
    """Counts what was tried of each kind, and keeps what failed."""

    def __init__(self, app: Flask, world: World, settings: Settings, drawn: int) -> None:  # noqa: F811
        self.app, self.world, self.settings = app, world, settings
        self.source, self.counts, self.failed = Source(drawn), Counter[str](), list[str]()
        self.statuses: Counter[int] = Counter()
        self._drawn = drawn
        self._raised = ""
        got_request_exception.connect(self._note, app)
        _ref, self.key = lanes.client(per_minute=60_000)
        with app.test_request_context("/", method="POST"):
            self.forms = forms_of_their_own()
        self.crowd = Crowd(app, world, self.source)

    def _note(self, _app: Flask, exception: BaseException, **_more: object) -> None:
        self._raised = "".join(traceback.format_exception(exception)[-3:])

    def until(self, moment: float, least: int, one: Callable[[], str]) -> None:
        """Try one after the other until then, at least so many."""
        tried = 0
        while tried < least or time.monotonic() < moment:
            tried += 1
            try:
                kind = one()
            except Exception as error:
                kind = "failed"
                self.failed.append(f"{type(error).__name__} {error}"[:300] + traceback.format_exc()[-600:])
            self.counts[kind] += 1

    def checks(self) -> str:
        return "check: " + one_check(self.source)

    def files(self) -> str:
        return "file: " + one_file(self.source)

    def read(self) -> str:
        with self.app.test_request_context("/", method="POST"):
            one_form(self.source, self.source.chance.choice(self.forms))
        return "form read"

    def sender(self, name: str, sent: Iterator[tuple[str, int]]) -> Callable[[], str]:
        def one() -> str:
            self._raised = ""
            what, status = next(sent)
            self.statuses[status] += 1
            if status >= 500:
                self.failed.append(f"{status} {what} {self._raised}"[:1500])
            if sum(self.statuses.values()) % 200 == 0:
                with database.transaction():
                    Bucket.delete().execute()  # or most would be told to wait
            return f"{name}: {what.split()[0]}"

        return one

    def api(self, examples: int) -> None:
        """schemathesis sends what the document of the lane service allows and what it does not."""
        schema = schemathesis.openapi.from_wsgi("/api/lane/v1/openapi.json", self.app)
        for found in schema.get_all_operations():
            operation = found.ok()
            self._drawn += 1

            @seed(self._drawn)
            @hypothesis_settings(
                deadline=None, max_examples=examples, suppress_health_check=list(HealthCheck), database=None
            )
            @given(case=operation.as_strategy())
            def ask(case: schemathesis.Case) -> None:
                answer = case.call(headers={"Authorization": f"Bearer {self.key}"})
                self.counts["api: schemathesis"] += 1
                assert answer.status_code < 500, case.as_curl_command()

            try:
                ask()
            except Exception as error:
                self.failed.append(f"api {error}"[:1500])

    def worked(self) -> None:
        """What was taken in is done as the worker does it, documents apart."""
        delivery.drain(self.settings, *(queue for queue in QUEUES if queue not in (DOCUMENTS, BULK)))
        for job in Job.select().where(Job.state == FAILED):
            self.failed.append(f"job {job.kind} {job.error}")

    def tally(self) -> str:
        kinds: Counter[str] = Counter()
        for name, count in self.counts.items():
            kinds[name.partition(":")[0]] += count
        by_status = dict(sorted(self.statuses.items()))
        return (
            f"{sum(kinds.values()):,} inputs: {dict(kinds)}\n{dict(sorted(self.counts.items()))}\nanswers {by_status}"
        )


@pytest.fixture
def fuzz(app: Flask, world: World, db: Settings) -> Fuzz:  # noqa: F811
    return Fuzz(app, world, db, int(os.environ.get("SOAK_SEED") or 26))


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


def test_nothing_that_is_sent_fails(fuzz):
    for least, one in ((3000, fuzz.checks), (800, fuzz.read), (300, fuzz.files)):
        fuzz.until(0, least, one)
    fuzz.until(0, 300, fuzz.sender("anything", fuzz.crowd.anything()))
    fuzz.until(0, 200, fuzz.sender("page", fuzz.crowd.looked()))
    fuzz.until(0, 300, fuzz.sender("form", fuzz.crowd.filled()))
    fuzz.worked()

    assert fuzz.failed == []
    assert len({name for name in fuzz.counts if name.startswith("form: ")}) > 10, "as every kind of visitor"


for found in pkgutil.walk_packages(blueprints.__path__, "webapp.blueprints."):
    importlib.import_module(found.name)  # so that every form is known
ANY_TEXT = st.text(alphabet=st.characters(), max_size=60)  # lone surrogates too


@pytest.fixture(scope="module")
def anybody(made_app: Flask) -> Iterator[Flask]:
    kept = dict(made_app.config)
    made_app.config["WTF_CSRF_ENABLED"] = False
    yield made_app
    made_app.config.clear()
    made_app.config.update(kept)


@pytest.mark.parametrize("form", every_form(), ids=lambda form: form.__qualname__)
@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.data())
def test_every_form_reads_any_text(anybody, form, drawn):
    own = st.sampled_from(sorted(name for name in field_names() if hasattr(form, name)))
    sent = drawn.draw(st.lists(st.tuples(own, ANY_TEXT), max_size=12))
    with anybody.test_request_context("/", method="POST"):
        try:
            made = form(formdata=MultiDict(sent))
        except TypeError:
            pytest.skip("made of more than what was sent; posted through its page")
        made.summary()


@pytest.mark.soak
def test_nothing_that_is_sent_fails_for_long(fuzz, tmp_path):
    until = time.monotonic() + 60 * float(os.environ.get("SOAK_MINUTES", "60"))
    back = Back(fuzz.settings, tmp_path)
    fuzz.crowd.look_everywhere()
    while time.monotonic() < until:
        began = time.monotonic()
        for name, one in (("checks", fuzz.checks), ("forms read", fuzz.read), ("files", fuzz.files)):
            fuzz.until(time.monotonic() + SHARES[name], 1, one)
        fuzz.until(time.monotonic() + SHARES["anything"], 1, fuzz.sender("anything", fuzz.crowd.anything()))
        fuzz.until(time.monotonic() + SHARES["pages"], 1, fuzz.sender("page", fuzz.crowd.looked()))
        fuzz.api(30)
        fuzz.until(began + ROUND, 1, fuzz.sender("form", fuzz.crowd.filled()))
        fuzz.worked()
        said(f"{int(until - time.monotonic())} s left, {len(fuzz.failed)} failed, {fuzz.tally()}")
        for failure in fuzz.failed[-5:]:
            said(failure)
        back.put()
        fuzz.crowd.come_again()

    said(f"\n{fuzz.tally()}\n{len(fuzz.failed)} failed")
    assert fuzz.failed[:50] == []


def said(text: str) -> None:
    """On the error stream: what a process of `-n 2` prints elsewhere is not shown."""
    print(text, file=sys.stderr, flush=True)


class Back:
    """Puts database and files back as they were when this was made."""

    def __init__(self, settings: Settings, folder: os.PathLike[str]) -> None:
        self.url = urlsplit(settings.database_url)
        self.name = self.url.path.rsplit("/", 1)[-1] if self.url.scheme == "postgresql" else self.url.path
        self.kept = f"{self.name}_kept" if self.url.scheme == "postgresql" else f"{folder}/kept.db"
        self.files, self.kept_files = settings.data_dir / "files", Path(folder) / "kept-files"
        self._copy(self.name, self.kept)
        shutil.copytree(self.files, self.kept_files)

    def put(self) -> None:
        self._copy(self.kept, self.name)
        shutil.rmtree(self.files)
        shutil.copytree(self.kept_files, self.files)

    def _copy(self, source: str, target: str) -> None:
        if self.url.scheme != "postgresql":
            database.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            database.disconnect()
            shutil.copyfile(source, target)
        else:
            database.disconnect()
            whole = self.url._replace(path="/postgres").geturl()
            with psycopg.connect(whole, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
                connection.execute(f"CREATE DATABASE {target} TEMPLATE {source}")
        database.connect()
