"""`demo seed`: a small invented world in every state, made by the same acts as in life."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from webapp import database
from webapp.domain.units import queries as units

group = AppGroup("demo", help="Invented units and people for trying things out.")


@group.command("seed")
def seed() -> None:
    """Fill an empty database; says so and changes nothing when there are units already."""
    from webapp.cli.demo import story  # with its people and pictures: no server needs them

    if not current_app.config["SETTINGS"].demo:
        raise click.ClickException("the demo world belongs into WEBAPP_ENV=demo only")
    database.connect()
    if units.any_registered():
        click.echo("there are units already; nothing changed")
        return
    click.echo(story.tell())
