"""`jobs run`, `jobs list`, `jobs retry`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from webapp import database
from webapp.cli import fit
from webapp.domain.jobs import actions, queries
from webapp.settings import SettingsError

group = AppGroup("jobs", help="Background work.")


@group.command("run")
def run() -> None:
    """Be a worker until SIGTERM. Any number may run, on any host that reaches database and DATA_DIR."""
    # Only a worker loads WeasyPrint.
    from webapp.delivery.handlers import HANDLERS
    from webapp.delivery.worker import Worker
    from webapp.documents.libraries import check_rendering_libraries

    for sentence in check_rendering_libraries():
        click.echo(sentence, err=True)
    database.connect()
    try:
        fit.check(current_app.config["SETTINGS"])
    except SettingsError as unfit:
        raise click.ClickException(str(unfit)) from unfit
    Worker(current_app.config["SETTINGS"], HANDLERS).run()


@group.command("list")
def list_jobs() -> None:
    """What waits, runs or was given up, by queue and kind; then the refs of the newest given up."""
    database.connect()
    for queue, kind, state, count, oldest in queries.counts():
        since = f"{oldest:%Y-%m-%d %H:%M:%S}Z" if oldest else ""
        click.echo(f"{queue:<10} {kind:<24} {state:<8} {count:>7}  {since}")
    for job in queries.failed():
        click.echo(f"given up: {job.ref} {job.kind} {job.error or ''}")


@group.command("retry")
@click.argument("refs", nargs=-1, required=True)
def retry(refs: tuple[str, ...]) -> None:
    """Let jobs that were given up run again."""
    database.connect()
    for ref in refs:
        click.echo(f"{ref}: {'queued' if actions.retry(ref) else 'not one that was given up'}")
