"""`figures rebuild`: the kept counts anew, from the steps of units, filings and entries."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup

from webapp import database
from webapp.domain.figures import counting

group = AppGroup("figures", help="Kept counts.")


@group.command("rebuild")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day; without it, that of the first act.")
def rebuild(since: datetime | None) -> None:
    """Count every day again until today. May be stopped and run again."""
    database.connect()
    days = sum(1 for _ in counting.rebuild(since.date() if since else None))
    click.echo(f"days counted: {days}")
