"""Both databases, always: a test that takes `db` (or anything built on it) runs on SQLite and on PostgreSQL.

`TEST_DATABASES=sqlite` narrows a run while working. Each test gets a database of its own, copied from a migrated one.
"""

from __future__ import annotations

import base64
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from tests import postgres
from webapp import configure_core, create_app, database, schema
from webapp.settings import Settings, from_environment

ENGINES = os.environ.get("TEST_DATABASES", "sqlite,postgresql").split(",")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "passlist.db"
    configure_core(make_settings(path.parent, f"sqlite:///{path}"))
    _migrate()
    with database.database.connection_context():
        database.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, psycopg.Connection]]:
    """A server with a migrated database to copy; its address, and a connection for copying, kept through the run."""
    with postgres.server() as url, psycopg.connect(url + "/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE template_passlist")
        configure_core(make_settings(tmp_path_factory.mktemp("pg"), f"{url}/template_passlist"))
        _migrate()
        yield url, connection


def _migrate() -> None:
    database.connect()
    schema.upgrade()
    seed_constants()
    database.disconnect()


def seed_constants() -> None:
    """What every system has from its first start (texts, policy, channels)."""
    from webapp.cli import start

    start.seed()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def settings(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    if engine == "sqlite":
        path = tmp_path / "passlist.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield make_settings(tmp_path, f"sqlite:///{path}")
        database.disconnect()
        return
    server, connection = request.getfixturevalue("postgres_template")
    name = f"test_{os.urandom(6).hex()}"
    # As files: through the log it takes twice as long.
    connection.execute(f"CREATE DATABASE {name} TEMPLATE template_passlist STRATEGY FILE_COPY")
    yield make_settings(tmp_path, f"{server}/{name}")
    database.disconnect()
    connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def db(settings: Settings) -> Iterator[Settings]:
    """The core on a fresh database, connected in this thread."""
    configure_core(settings)
    database.connect()
    yield settings
    database.disconnect()


@pytest.fixture(scope="session")
def made_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One app for a run: making it, and reading its templates, takes longer than most tests."""
    folder = tmp_path_factory.mktemp("app")
    app = create_app(make_settings(folder, f"sqlite:///{folder / 'none.db'}"))
    app.config["TESTING"] = False  # errors become our pages, as in life
    return app


@pytest.fixture
def app(made_app: Flask, db: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The app on this test's database; what a test changes of it is put back."""
    for name in ("before_request_funcs", "after_request_funcs"):
        hooks = {scope: list(functions) for scope, functions in getattr(made_app, name).items()}
        monkeypatch.setattr(made_app, name, defaultdict(list, hooks))
    monkeypatch.setattr(made_app, "wsgi_app", made_app.wsgi_app)
    monkeypatch.setattr(made_app, "extensions", dict(made_app.extensions))
    kept = dict(made_app.config)
    made_app.config["SETTINGS"] = db
    yield made_app
    made_app.config.clear()
    made_app.config.update(kept)


@pytest.fixture
def client(app):
    return app.test_client()


def make_settings(folder: Path, url: str, mode: str = "development") -> Settings:
    return from_environment(environment(folder, url, mode))


def environment(folder: Path, url: str, mode: str = "development") -> dict[str, str]:
    key = base64.b64encode(b"k" * 32).decode()
    return {
        "WEBAPP_ENV": mode,
        "DATA_DIR": str(folder),
        "DATABASE_URL": url,
        "SECRET_KEY": "test-secret",
        "FIELD_KEYS": f"1:{key}",
        "INDEX_KEY": key,
        "AUDIT_KEY": f"1:{key}",
        "PUBLIC_URL": "http://passlist.test",
        # Hashing is slow on purpose; what it costs in life is tried in tests/values/test_access_settings.py.
        # Tests travel far; what grows old meanwhile is tried where it is meant (test_accounts_tending).
        "PASSWORD_DAYS": "0",
        "UNUSED_DAYS": "0",
        "PASSWORD_MEMORY": "1",
    }
