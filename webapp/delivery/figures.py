"""Prometheus figures at http://127.0.0.1:METRICS_PORT/metrics: what is in the database, and what web processes counted.

Read anew at each question, at most once a second. Numbers and names of our own kinds only: no people, no units.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import peewee
import structlog
from peewee import fn

from webapp import database
from webapp.backups import watching
from webapp.domain.jobs import queries as jobs
from webapp.domain.lanes.models import LaneCheck
from webapp.domain.notices.models import Delivery
from webapp.settings import Settings

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

log = structlog.get_logger()

Figure = tuple[str, str, dict[str, str], float]  # name, what it is, labels, value
FRESH = 1.0


def figures(settings: Settings) -> Iterator[Figure]:
    """Everything the database and the disk tell."""
    yield "oldest_due_job_seconds", "How long the oldest due job has waited", {}, jobs.oldest_due_seconds()
    for queue, state, count in _jobs():
        yield "jobs", "Jobs that are not finished", {"queue": queue, "state": state}, count
    for name, value in watching.ages().items():
        if value is not None:
            yield name, "docs/operations.md", {}, value
    for channel, state, count in _deliveries():
        yield "deliveries", "Mails and texts not yet out", {"channel": channel, "state": state}, count
    asked = LaneCheck.select(fn.MAX(LaneCheck.id)).scalar() or 0
    yield "lane_checks", "Questions of channels taken in since the first", {}, asked
    disk = shutil.disk_usage(settings.data_dir)
    yield "data_disk_free_bytes", "Free space where DATA_DIR lies", {}, disk.free
    yield "data_disk_bytes", "Space where DATA_DIR lies", {}, disk.total
    yield "database_bytes", "Size of the database", {}, _size(settings)


def _jobs() -> list[tuple[str, str, int]]:
    totals: dict[tuple[str, str], int] = {}
    for queue, _kind, state, count, _oldest in jobs.counts():
        totals[queue, state] = totals.get((queue, state), 0) + count
    return [(queue, state, count) for (queue, state), count in sorted(totals.items())]


def _deliveries() -> list[tuple[str, str, int]]:
    rows = Delivery.select(Delivery.channel, Delivery.state, fn.COUNT(Delivery.id)).where(Delivery.state == "queued")
    return list(rows.group_by(Delivery.channel, Delivery.state).tuples())


def _size(settings: Settings) -> int:
    if database.is_sqlite():
        return Path(settings.database_url.removeprefix("sqlite:///")).stat().st_size
    return database.database.execute_sql("SELECT pg_database_size(current_database())").fetchone()[0]


def serve(settings: Settings) -> None:
    """Answer on METRICS_PORT of this host alone, in threads of its own; where the port is taken (a second worker), say
    so and go on without."""
    if not settings.metrics_port:
        return
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(settings.figures_dir)
    settings.figures_dir.mkdir(parents=True, exist_ok=True)
    from prometheus_client import CollectorRegistry, multiprocess, start_http_server

    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, path=str(settings.figures_dir))
    registry.register(_Collector(settings))
    try:
        start_http_server(settings.metrics_port, "127.0.0.1", registry)
    except OSError as error:
        log.warning("no figures from this worker", kind=type(error).__name__)


class _Collector:
    """What the library asks; each question comes in a thread of its own, which brings its connection along."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept: list[Figure] = []
        self._read_at = float("-inf")

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        families: dict[str, GaugeMetricFamily] = {}
        for name, what, labels, value in self._read():
            family = families.setdefault(name, GaugeMetricFamily(f"passlist_{name}", what, labels=list(labels)))
            family.add_metric(list(labels.values()), value)
        yield from families.values()

    def _read(self) -> list[Figure]:
        if time.monotonic() - self._read_at < FRESH:
            return self._kept
        try:
            database.connect()
            self._kept = [*figures(self._settings), ("up", "The database answers", {}, 1.0)]
        except peewee.DatabaseError:
            return [("up", "The database answers", {}, 0.0)]
        finally:
            database.disconnect()
        self._read_at = time.monotonic()
        return self._kept
