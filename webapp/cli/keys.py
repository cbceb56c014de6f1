"""`keys new`, `keys check`, `keys rotate`: docs/operations.md says in which order."""

from __future__ import annotations

import base64
import os
import secrets
from datetime import timedelta

import click
from flask import current_app
from flask.cli import AppGroup

from webapp import clock, crypto, database
from webapp.cli import owning
from webapp.domain.privacy import keys, reindexing, rotating

group = AppGroup("keys", help="Keys that seal and index what is stored.")
BEFORE = "INDEX_KEY_BEFORE"


@group.command("new")
def new() -> None:
    """A fresh key by chance, as FIELD_KEYS takes it behind a comma, and as INDEX_KEY and BACKUP_KEY take theirs."""
    material = base64.b64encode(secrets.token_bytes(32)).decode()
    click.echo(f"{crypto.newest_key() + 1}:{material}")


@group.command("check")
def check() -> None:
    """Say whether the keys fit what is stored, and what each field key seals; exit 1 where one does not fit."""
    database.connect()
    if found := keys.faults():
        raise click.ClickException("; ".join(found))
    for number, count in sorted(rotating.counts().items()):
        newest = ", the newest" if number == crypto.newest_key() else ""
        click.echo(f"field key {number}: {count} values and files{newest}")
    click.echo("index key: fits")


@group.command("rotate")
@click.option("--index", is_flag=True, help="Change the index key instead; the system is stopped meanwhile.")
def rotate(index: bool) -> None:
    """Seal everything anew under the newest of FIELD_KEYS, while the system runs; what was broken off goes on.

    With --index: every blind index from INDEX_KEY_BEFORE (the key until now) to INDEX_KEY, in one transaction.
    """
    database.connect()
    owning.refuse_others("changing a key")
    _reindex() if index else _rotate()


def _rotate() -> None:
    if found := keys.faults():
        raise click.ClickException("; ".join(found))
    done = rotating.rotate(lambda what, number: click.echo(f"{what:<36} {number}"))
    click.echo(f"{done.resealed} values and files are sealed under key {crypto.newest_key()} now")
    for table, column, row in done.unreadable[:20]:
        click.echo(f"does not open, left as it is: {table}.{column}, row {row}", err=True)
    for number, count in sorted(done.in_use.items()):
        click.echo(f"field key {number}: {count} values and files")
    days = current_app.config["SETTINGS"].backup_days
    for number in done.unused:
        click.echo(
            f"key {number} seals nothing here any more: take it out of FIELD_KEYS. Copies made until now need it:"
            f" keep it apart until {clock.today() + timedelta(days=days)}, then destroy it"
        )
    if done.unreadable:
        raise click.ClickException(f"{len(done.unreadable)} values did not open")


def _reindex() -> None:
    text = os.environ.get(BEFORE, "")
    try:
        before = crypto.Indexer(base64.b64decode(text, validate=True))
        if not text:
            raise ValueError(f"{BEFORE} is not set: the index key until now")
        done = reindexing.reindex(before)
    except (ValueError, reindexing.NotStopped) as wrong:
        raise click.ClickException(str(wrong)) from wrong
    for name, count in sorted(done.translated.items()):
        click.echo(f"{name:<36} {count}")
    for name, count in sorted(done.carried.items()):
        click.echo(f"{name:<36} {count} carried: no sealed value is left, nothing typed finds them any more")
    click.echo("every index is one of INDEX_KEY now; start the system with it")
