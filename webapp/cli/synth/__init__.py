"""`synth`: a reproducible invented list of any size, to try and measure with."""

from __future__ import annotations

import time

import click
from flask import current_app
from flask.cli import with_appcontext

from webapp import clock, database
from webapp.domain.units.queries import any_registered


@click.command("synth")
@click.argument("entries", type=click.IntRange(1, 10_000_000))
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same list on the same day.")
@click.option("--waiting", type=click.IntRange(0), default=0, help="Verified filings the largest unit may upload.")
@click.option("--beside", is_flag=True, help="Beside units that are there already, of the demo for example.")
@click.option("--processes", type=click.IntRange(1), default=None, help="That invent rows; one of them writes.")
@with_appcontext
def command(entries: int, seed: int, waiting: int, beside: bool, processes: int | None) -> None:
    """Invent ENTRIES entries with their units, people, vehicles and histories, sealed and indexed as in life.

    Never in production, and only in a database without units unless --beside says so.
    """
    from webapp.cli.synth import filling  # with the processes it starts: no server needs them

    settings = current_app.config["SETTINGS"]
    if settings.production:
        raise click.ClickException("invented people have no place in WEBAPP_ENV=production")
    database.connect()
    if any_registered() and not beside:
        raise click.ClickException("there are units already; --beside adds to them")
    begun = time.perf_counter()
    plan = filling.fill(settings, entries, seed=seed, today=clock.today(), waiting=waiting, processes=processes)
    taken = time.perf_counter() - begun
    click.echo(
        f"{entries:,} entries and {plan.open_filings:,} open or closed filings in {len(plan.units):,} units,"
        f" {taken:.1f} s, {entries / taken:,.0f} entries/s"
    )
    click.echo(f"sign in: {plan.units[0].email} (the largest unit), password {filling.PASSWORD}")
