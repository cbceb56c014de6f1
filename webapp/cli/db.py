"""`db upgrade` and `db check`."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from webapp import database, schema
from webapp.cli import start
from webapp.domain.privacy import keys

group = AppGroup("db", help="The database's shape.")


@group.command("upgrade")
def upgrade() -> None:
    """Apply pending migrations, make the triggers anew, write the first texts, policy and channels."""
    database.connect()
    applied = schema.upgrade()
    if unfit := keys.faults():
        raise click.ClickException("; ".join(unfit))
    keys.record()
    start.seed()
    click.echo("applied: " + (", ".join(applied) or "nothing pending"))


@group.command("check")
def check() -> None:
    """Say whether the database has the shape this version needs; exit 1 if not."""
    database.connect()
    pending = schema.pending()
    if pending:
        raise click.ClickException("pending: " + ", ".join(pending))
    click.echo("up to date")
