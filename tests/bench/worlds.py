"""Invented lists to measure on, each opened by a process of its own that answers what it is asked.

BENCH_WORLDS names a folder where they are kept from run to run, BENCH_POSTGRES a server (URL without a database name)
for those on PostgreSQL; otherwise they are made anew and gone afterwards.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from flask import Flask

from tests import postgres
from tests.bench.measuring import peak_megabytes, processors
from tests.builders import accounts
from tests.conftest import make_settings, seed_constants
from tests.plans.looking import ROLES
from webapp import actors, clock, configure_core, create_app, database, schema
from webapp.cli.synth import entries, filling, planning
from webapp.domain.audit import counting, sealing
from webapp.domain.campaigns import actions
from webapp.domain.campaigns.models import Campaign
from webapp.domain.passlist.models import Entry
from webapp.domain.units.models import Unit

MANAGER = "manager1@synth.example"  # of the largest unit
#: A list of so few has smaller units and uploads and more filings under way than life has, so that its pages of them
#: are as full as those of the list it is compared with.
SMALL = 1000
FULL_PAGES = {"PER_UNIT": 20, "PER_FILING": 4, "LARGEST_UPLOAD": 4}
ENGINES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class World:
    folder: str
    url: str
    entries: int


@dataclass(frozen=True)
class Made:
    """How long filling took, by the clock and of the processors; 0 where it was there."""

    seconds: float
    processors: float
    megabytes: int


def make(world: World) -> Made:
    settings = make_settings(Path(world.folder), world.url, "demo")
    configure_core(settings)
    database.connect()
    schema.upgrade()
    if Entry.select().where(Entry.id == world.entries).exists():
        _settle()  # whatever an upgrade or a bench left
        return Made(0, 0, 0)
    seed_constants()
    begun, spent = time.perf_counter(), processors()
    few = world.entries <= SMALL
    for name, number in FULL_PAGES.items() if few else ():
        for module in (planning, entries):
            if hasattr(module, name):
                setattr(module, name, number)
    # Of few by one process, which knows of it.
    filling.fill(settings, world.entries, seed=1, today=clock.today(), processes=1 if few else None)
    taken, spent = time.perf_counter() - begun, processors() - spent
    for role in ROLES:
        accounts.platform_staff(role, email=f"{role}@staff.example")
    most = peak_megabytes()
    _settle()
    return Made(taken, spent, most)


def _settle() -> None:
    """What the worker does within seconds in life; and the largest unit is just confirming its people."""
    unit = Unit.get(Unit.id == 1)
    if not Campaign.select().exists():
        day = clock.today() + timedelta(days=60)
        actions.start_in_unit(actors.system("bench"), unit.id, day.isoformat(), clock.today())
    sealing.seal_committed()
    counting.count_sealed()
    for kept in schema.KEPT_COUNTS:
        kept.fold()


def application(world: World) -> Flask:
    # Nobody wants a second factor in the demo; whoever measures signs in often, and on a busy machine waits.
    settings = make_settings(Path(world.folder), world.url, "demo")
    settings = replace(settings, sign_in_failures=10_000, answer_seconds=3600)
    app = create_app(settings)
    database.connect()
    return app


class Asked:
    """A process of its own with one world, that does what it is told: `ask(function, …)` calls function(app, …)."""

    def __init__(self, world: World) -> None:
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(world, there), daemon=False)
        self._process.start()

    def ask(self, function: Any, *arguments: Any) -> Any:
        self._here.send((function, arguments))
        answer = self._here.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def end(self) -> None:
        self._here.send(None)
        self._process.join()


def _serve(world: World, pipe: Connection) -> None:
    app = application(world)
    while asked := pipe.recv():
        function, arguments = asked
        try:
            pipe.send(function(app, *arguments))
        except Exception as error:  # the other process shows it
            pipe.send(RuntimeError(f"{type(error).__name__}: {error}"))
    database.disconnect()


@contextmanager
def worlds(engine: str, *sizes: int) -> Iterator[dict[int, tuple[World, Made]]]:
    """Lists of these sizes, filled."""
    context = multiprocessing.get_context("spawn")
    kept = os.environ.get("BENCH_WORLDS")
    with TemporaryDirectory(ignore_cleanup_errors=True) as temporary, server(engine) as url:
        found = {}
        for size in sizes:
            folder = Path(kept or temporary) / f"{engine}-{size}"
            folder.mkdir(parents=True, exist_ok=True)
            world = World(str(folder), url and database_of(url, f"bench_{size}"), size)
            world = world if url else replace(world, url=f"sqlite:///{folder}/bench.db")
            with ProcessPoolExecutor(1, context) as pool:  # what filling takes is not what is measured
                found[size] = world, pool.submit(make, world).result()
        yield found


@contextmanager
def server(engine: str) -> Iterator[str]:
    given = os.environ.get("BENCH_POSTGRES", "")
    if engine == "sqlite" or given:
        yield "" if engine == "sqlite" else given
        return
    with postgres.server(durable=True) as url:
        yield url


def database_of(url: str, name: str) -> str:
    with psycopg.connect(url + "/postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(f"CREATE DATABASE {name}")
    return f"{url}/{name}"
