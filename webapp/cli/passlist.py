"""`passlist export`."""

from __future__ import annotations

from typing import BinaryIO

import click
from flask import current_app
from flask.cli import AppGroup

from webapp import actors, database
from webapp.domain.accounts import queries as accounts
from webapp.domain.accounts import roles
from webapp.domain.accounts.models import ACTIVE, Account
from webapp.domain.passlist import exporting
from webapp.domain.units import members
from webapp.domain.units import queries as units
from webapp.errors import NotAllowed, Refusal
from webapp.ui import exports

group = AppGroup("passlist", help="The list in force.")


@group.command("export")
@click.argument("unit_ref")
@click.argument("output", type=click.File("wb"))
@click.option("--account", "email", required=True, help="E-mail of the member of the unit in whose name it is made.")
@click.option("--format", "kind", type=click.Choice(exporting.SHEETS), default="csv", show_default=True)
@click.option("--state", type=click.Choice(list(exports.STATES)), default=None, help="Default: all that are in force.")
@click.option("--purpose", type=click.Choice(exporting.PURPOSES), default=None, help="Needed for full numbers.")
def export(unit_ref: str, output: BinaryIO, email: str, kind: str, state: str | None, purpose: str | None) -> None:
    """Write the list of the unit UNIT_REF to OUTPUT (- for standard output). With --purpose, numbers are in full.
    The export is on record and says who, as one from the pages; he must be allowed to make it there."""
    database.connect()
    try:
        unit = units.one(unit_ref)
        account = _exporter(unit.id, email, full=purpose is not None)
        actor = actors.Actor(actors.ACCOUNT, account.ref, unit.id, account.id, request_id="command-line")
        done = exporting.export(actor, unit.id, kind, state or "", purpose is not None, purpose or "")
    except Refusal as refused:
        raise click.ClickException(str(refused)) from refused
    with current_app.test_request_context():
        for piece in exports.pieces(unit, accounts.name_of(account), state or "", done):
            output.write(piece)


def _exporter(unit_id: int, email: str, *, full: bool) -> Account:
    """The member of the unit with this mailbox, where his role may export so. Raises NotAllowed."""
    account = accounts.by_email(email)
    for member in members.active(unit_id):
        if account is not None and member.account.id == account.id:
            granted = roles.permissions(member.role, frozenset())
            if account.state == ACTIVE and ("list:export-full" if full else "list:export") in granted:
                return account
    raise NotAllowed("not_allowed")
