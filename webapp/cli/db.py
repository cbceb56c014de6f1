"""`db upgrade` and `db check`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from webapp import database, schema, serving
from webapp.cli import start
from webapp.domain.audit import adopting
from webapp.domain.privacy import keys

group = AppGroup("db", help="The database's shape.")


@group.command("upgrade")
def upgrade() -> None:
    """Apply pending migrations, make the triggers anew, write the first texts, policy and channels, and on PostgreSQL
    grant SERVING_ROLE what it needs."""
    database.connect()
    settings = current_app.config["SETTINGS"]
    applied = schema.upgrade()
    if unfit := keys.faults():
        raise click.ClickException("; ".join(unfit))
    keys.record()
    start.seed()
    if settings.serving_role and not database.is_sqlite():
        serving.grant(settings.serving_role)
    if proved := adopting.adopt():
        click.echo(f"{proved} acts of before were given their proofs")
    click.echo("applied: " + (", ".join(applied) or "nothing pending"))


@group.command("check")
def check() -> None:
    """Say whether the database has the shape this version needs; exit 1 if not."""
    database.connect()
    pending = schema.pending()
    if pending:
        raise click.ClickException("pending: " + ", ".join(pending))
    click.echo("up to date")
