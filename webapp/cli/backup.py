"""`backup create`, `backup verify`, `backup restore`, `backup drill`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from webapp import clock, database
from webapp.backups import creating, drilling, restoring, settling, verifying
from webapp.backups.archive import BadArchive
from webapp.settings import SettingsError

group = AppGroup("backup", help="Copies of database, files and journals; the keys of the system are not in them.")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@group.command("create")
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), default=None, help="Default: BACKUP_DIR."
)
def create(folder: Path | None) -> None:
    """Make a copy while the system runs, and read it again."""
    database.connect()
    try:
        made = creating.create(current_app.config["SETTINGS"], folder)
    except (BadArchive, SettingsError) as wrong:
        raise click.ClickException(str(wrong)) from wrong
    facts = made.facts
    click.echo(
        f"{made.path}: {facts['rows']} rows, {facts['files']} files, {facts['journals']} journals,"
        f" {facts['size']} bytes, {facts['seconds']} s"
    )


@group.command("verify")
@click.argument("file", type=_FILE)
def verify(file: Path) -> None:
    """Open every slice of FILE and check every hash; exit 1 and name the place where something is damaged."""
    try:
        checked = verifying.verify(file, dict(current_app.config["SETTINGS"].backup_keys))
    except BadArchive as wrong:
        raise click.ClickException(str(wrong)) from wrong
    click.echo(
        f"whole: {checked.facts['engine']} of {checked.facts['created_at']}, key {checked.key_id},"
        f" {checked.members} members, {checked.bytes} bytes, digest {checked.digest}"
    )
    for name, table in checked.tables.items():
        click.echo(f"{name:<28} {table['rows']:>10}  {table['digest']}")


@group.command("restore")
@click.argument("file", type=_FILE)
@click.option("--erasures", type=_FILE, default=None, help="The list of erasures. Default: erasures.list beside FILE.")
def restore(file: Path, erasures: Path | None) -> None:
    """Put FILE back into an empty database and an empty DATA_DIR; whoever was erased since is erased again, and
    everybody who was signed in signs in anew."""
    try:
        done = restoring.restore(current_app.config["SETTINGS"], file, erasures)
    except BadArchive as wrong:
        raise click.ClickException(str(wrong)) from wrong
    click.echo(
        f"restored: {done.rows} rows in {done.tables} tables equal the copy,"
        f" {done.files} files, {done.journals} journals, {done.seconds} s"
    )
    click.echo(_said(done.settled))
    if done.missing_files:
        click.echo(f"{done.missing_files} rows name a file that the copy does not hold", err=True)


@group.command("expire")
def expire() -> None:
    """Delete copies older than BACKUP_DAYS, never the newest one."""
    click.echo(f"{creating.forget_old(current_app.config['SETTINGS'], clock.now())} copies gone")


@group.command("begin-anew")
@click.option(
    "--erasures", type=_FILE, default=None, help="The list of erasures. Default: erasures.list in BACKUP_DIR."
)
def begin_anew(erasures: Path | None) -> None:
    """After the database was brought back by other means: what was open ends, whoever was erased since is erased again,
    gates are told to fetch a new snapshot."""
    database.connect()
    try:
        settled = restoring.begin_anew(current_app.config["SETTINGS"], erasures)
    except BadArchive as wrong:
        raise click.ClickException(str(wrong)) from wrong
    click.echo(_said(settled))
    click.echo("another history of changes begins")


def _said(settled: settling.Settled) -> str:
    return (
        f"{settled.sessions} sessions and {settled.recovery_codes} recovery codes ended, {settled.erased} people erased"
        " again; staff sign in anew and make new recovery codes"
    )


@group.command("drill")
def drill() -> None:
    """Make a copy, put it back into a place beside (a folder; on PostgreSQL a database of its own on the same server),
    compare, and clear away. The system goes on meanwhile."""
    database.connect()
    try:
        done = drilling.drill(current_app.config["SETTINGS"])
    except (BadArchive, SettingsError) as wrong:
        raise click.ClickException(str(wrong)) from wrong
    click.echo(f"copied {done.rows} rows and {done.files} files, {done.size} bytes, in {done.copying} s")
    click.echo(f"restored and compared in {done.restoring} s: {done.said}")
