"""`passlist export`."""

from __future__ import annotations

from typing import BinaryIO

import click
from flask import current_app
from flask.cli import AppGroup

from webapp import actors, database
from webapp.domain.passlist import exporting
from webapp.domain.units import queries as units
from webapp.errors import Refusal
from webapp.ui import exports

group = AppGroup("passlist", help="The list in force.")


@group.command("export")
@click.argument("unit_ref")
@click.argument("output", type=click.File("wb"))
@click.option("--format", "kind", type=click.Choice(exporting.FORMATS), default="csv", show_default=True)
@click.option("--state", type=click.Choice(list(exports.STATES)), default=None, help="Default: all that are in force.")
@click.option("--purpose", type=click.Choice(exporting.PURPOSES), default=None, help="Needed for full numbers.")
def export(unit_ref: str, output: BinaryIO, kind: str, state: str | None, purpose: str | None) -> None:
    """Write the list of the unit UNIT_REF to OUTPUT (- for standard output). With --purpose, numbers are in full.
    The export is on record, as one from the pages is."""
    database.connect()
    try:
        unit = units.one(unit_ref)
        actor = actors.system("command-line").within(unit.id)
        done = exporting.export(actor, unit.id, kind, state or "", purpose is not None, purpose or "")
    except Refusal as refused:
        raise click.ClickException(str(refused)) from refused
    with current_app.test_request_context():
        for piece in exports.pieces(unit, "command-line", state or "", done):
            output.write(piece)
