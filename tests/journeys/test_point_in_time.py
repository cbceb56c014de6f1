"""Point-in-time recovery on PostgreSQL, as docs/operations.md describes it: base copy, archived log, an accident, and
the system as it was the moment before."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from tests import postgres
from tests.builders import filings, units
from tests.journeys.test_faults import prepared
from webapp import database, schema
from webapp.backups import restoring
from webapp.domain.filings.models import Submission

BEFORE, AFTER = 3, 2


@pytest.mark.soak
def test_recovering_to_the_moment_before_an_accident(tmp_path):
    began = time.monotonic()
    with postgres.server(durable=True) as url:
        with psycopg.connect(url + "/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE passlist")
        settings = prepared(tmp_path, f"{url}/passlist")
        folder = Path(postgres.data_folder(settings.database_url))
        archive, base = folder.parent / "archive", folder.parent / "base"
        for made in (archive, base):
            made.mkdir()
            shutil.chown(made, "postgres")
            made.chmod(0o700)
        set_up_archive(settings.database_url, folder, archive)
        unit, no_erasures = units.certified_unit(), tmp_path / "erasures.list"
        no_erasures.touch()
        for _ in range(BEFORE):
            filings.filed(unit)
        run("pg_basebackup", "-d", f"{url}/postgres", "-D", base, "-X", "none", "-c", "fast")
        for _ in range(AFTER):
            filings.filed(unit)
        kept = sorted(ref for (ref,) in Submission.select(Submission.ref).tuples())
        database.disconnect()
        moment = accident(settings.database_url)
        postgres.stop(str(folder))
        recovered = time.monotonic()
        recover(base, archive, moment, folder)
        postgres.start(str(folder))
        database.connect()
        found = sorted(ref for (ref,) in Submission.select(Submission.ref).tuples())
        schema.upgrade()
        restoring.begin_anew(settings, no_erasures)
        filings.filed(unit)
        after = Submission.select().count()
        database.disconnect()
    print(f"\nrecovered in {time.monotonic() - recovered:.1f} s, all {time.monotonic() - began:.1f} s")
    assert found == kept
    assert len(found) == BEFORE + AFTER
    assert after == len(found) + 1


def set_up_archive(url: str, folder: Path, archive: Path) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET archive_mode = 'on'")
        connection.execute(f"ALTER SYSTEM SET archive_command = 'test ! -f {archive}/%f && cp %p {archive}/%f'")
    database.disconnect()
    postgres.stop(str(folder))
    postgres.start(str(folder))
    database.connect()


def accident(url: str) -> str:
    """Somebody empties a table by hand; returns the moment before. The log up to now is archived."""
    with psycopg.connect(url, autocommit=True) as connection:
        moment = connection.execute("SELECT clock_timestamp()::text").fetchone()[0]
        time.sleep(0.5)
        connection.execute("TRUNCATE submission CASCADE")
        name = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()[0]
        for _ in range(100):
            last = connection.execute("SELECT last_archived_wal FROM pg_stat_archiver").fetchone()[0]
            if last is not None and last >= name:
                return moment
            time.sleep(0.2)
    raise AssertionError("the log was not archived")


def recover(base: Path, archive: Path, moment: str, folder: Path) -> None:
    """Put the base copy where the data were and say how far to go on."""
    options = (folder / "postmaster.opts").read_bytes()
    shutil.rmtree(folder)
    shutil.move(base, folder)
    (folder / "postmaster.opts").write_bytes(options)
    with open(folder / "postgresql.auto.conf", "a") as settings:
        settings.write(
            f"restore_command = 'cp {archive}/%f %p'\nrecovery_target_time = '{moment}'\n"
            "recovery_target_action = 'promote'\n"
        )
    (folder / "recovery.signal").touch()
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, "postgres")


def run(name: str, *words: object) -> None:
    """One of the server's own programs, under its user."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    program = shutil.which(name) or str(installed[0])
    subprocess.run(["runuser", "-u", "postgres", "--", program, *map(str, words)], check=True, cwd="/")
