"""The copy of the day, what a killed one left, and drills that put one back beside."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.builders.backups import with_copies
from tests.builders.delivery import drain
from webapp import clock, configure_core, crypto, database, serving
from webapp.backups import archive, creating, drilling, record, restoring
from webapp.delivery import timers
from webapp.domain.audit.models import Act
from webapp.settings import Settings


@pytest.fixture
def kept(db: Settings, tmp_path: Path) -> Settings:
    return with_copies(db, tmp_path / "copies")


def test_copy_of_the_day_is_made_once_at_its_hour_and_old_ones_go(kept):
    kept = replace(kept, backup_days=2, backup_hour=1)
    assert creating.is_due(kept, clock.now())
    for day in range(5):
        with clock.travel(timedelta(days=day)):
            timers.owe(timers.Timer("back-up", lambda now: str(now)), f"{day}a")
            timers.owe(timers.Timer("back-up", lambda now: str(now)), f"{day}b")
            timers.owe(timers.Timer("expire-copies", lambda now: str(now)), f"{day}c")
            drain(kept)
            assert not creating.is_due(kept, clock.now())

    made = Act.select().where(Act.verb == record.CREATE)
    assert made.count() == 5
    assert {act.actor_kind for act in made} == {"system"}
    assert len(list(kept.backup_dir.glob("*.backup"))) == 2
    assert not creating.is_due(replace(kept, backup_keys=()), clock.now() + timedelta(days=9))


def test_what_a_killed_copy_left_goes_with_the_next_one(kept):
    """As large as the database, in the open; what another process is at stays."""
    long_ago = clock.now().timestamp() - 3600
    kept.backup_dir.mkdir(parents=True, exist_ok=True)
    left, busy, begun = (kept.data_dir / f"copying-{name}" for name in ("left", "busy", "begun"))
    for folder in (left, busy, begun):
        folder.mkdir()
        (folder / "held").touch()
    draft = kept.backup_dir / "passlist-20260101T000000Z.backup.7.part"
    draft.write_bytes(b"half")
    for path in (left, busy, draft):
        os.utime(path, (long_ago, long_ago))
    with open(busy / "held", "ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        creating.create(kept)
    assert sorted(path.name for path in kept.data_dir.glob("copying-*")) == ["copying-begun", "copying-busy"]
    assert list(kept.backup_dir.glob("*.part")) == []


def test_drill_puts_back_beside_and_clears_away(kept, monkeypatch):
    for name, value in {
        "WEBAPP_ENV": "development",
        "BACKUP_KEY": "7:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "BACKUP_DIR": str(kept.backup_dir),
    }.items():
        monkeypatch.setenv(name, value)

    with roles_of_life(kept) as served:
        done = drilling.drill(served)

    assert f"{done.rows} rows" in done.said
    assert list(kept.backup_dir.iterdir()) == [], "the list of erasures of life is not the drill's to write"
    assert record.last_made() is None
    assert Act.select().where(Act.verb == "backup:drill").count() == 1


@contextmanager
def roles_of_life(kept: Settings) -> Iterator[Settings]:
    """On PostgreSQL the roles of docs/operations.md: one that serves and makes no database, one of drills that owns an
    empty one. What stands in a drill's way is said before anything is put back."""
    if database.is_sqlite():
        yield kept
        return
    url, names = kept.database_url, [f"drill_{crypto.new_ref()[:8]}" for _ in range(2)]
    with psycopg.connect(url, autocommit=True) as server:
        for name in names:
            server.execute(f"CREATE ROLE {name} LOGIN")
        server.execute(f"CREATE DATABASE {names[1]} OWNER {names[1]}")
        serving.grant(names[0])
        beside = urlsplit(url.replace("tests@", f"{names[1]}@"))._replace(path=f"/{names[1]}").geturl()
        served = replace(kept, database_url=url.replace("tests@", f"{names[0]}@"))
        configure_core(served)
        database.connect()
        try:
            with pytest.raises(archive.BadArchive, match="may make no database: name an empty one as DRILL_DATABASE"):
                drilling.drill(served)
            with psycopg.connect(beside, autocommit=True) as other:
                other.execute("CREATE TABLE left_by_a_drill_that_was_killed (id int)")
                with pytest.raises(archive.BadArchive, match=r"DRILL_DATABASE_URL is not empty.*DROP OWNED"):
                    drilling.drill(replace(served, drill_database_url=beside))
                other.execute("DROP OWNED BY CURRENT_USER CASCADE")
            yield replace(served, drill_database_url=beside)
            assert restoring.places.target(beside).is_empty()
        finally:
            database.disconnect()
            configure_core(kept)
            database.connect()
            server.execute(f"DROP DATABASE {names[1]} WITH (FORCE)")
            server.execute(f"DROP OWNED BY {names[0]}")
            for name in names:
                server.execute(f"DROP ROLE {name}")


def test_drill_of_a_role_that_may_makes_a_database_and_drops_it(kept, tmp_path):
    (tmp_path / "drill").mkdir()
    with drilling._empty_place(kept, tmp_path / "drill") as environment:
        place = restoring.places.target(environment["DATABASE_URL"])
        assert environment["DATABASE_URL"] != kept.database_url
        assert environment["BACKUP_DIR"] != str(kept.backup_dir)
        assert place.is_empty()
    if not database.is_sqlite():
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            place.is_empty()
