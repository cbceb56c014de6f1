"""`figures rebuild`: the kept counts of days anew, from the steps of units, filings and entries. `figures check`: those
of units by state, against what there is."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup

from webapp import database
from webapp.domain.figures import counting
from webapp.schema import KEPT_COUNTS

group = AppGroup("figures", help="Kept counts.")


@group.command("rebuild")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day; without it, that of the first act.")
def rebuild(since: datetime | None) -> None:
    """Count every day again until today. May be stopped and run again."""
    database.connect()
    days = sum(1 for _ in counting.rebuild(since.date() if since else None))
    click.echo(f"days counted: {days}")


@group.command("check")
@click.option("--mend", is_flag=True, help="Count anew what differs.")
def check(mend: bool) -> None:
    """Count the filings and entries of every unit by state, and those of campaigns; exit 1 where that is not what is
    kept. May run beside people at work."""
    database.connect()
    found = [kept.said.format(**one) for kept in KEPT_COUNTS for one in kept.differences()]
    for one in found:
        click.echo(one)
    if found and mend:
        for kept in KEPT_COUNTS:
            kept.mend()
    elif found:
        raise click.ClickException(f"{len(found)} counts differ")
    click.echo("counts agree" if not found else f"{len(found)} counts mended")
