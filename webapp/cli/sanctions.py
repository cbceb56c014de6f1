"""`sanctions …`: a file of sanctions from the command line, to be looked at and proposed on the pages."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from webapp import database
from webapp.actors import ACCOUNT, Actor, system
from webapp.domain.accounts import queries as accounts
from webapp.domain.closings import sanction_preview
from webapp.domain.sanctions import batches, sanction_queries
from webapp.errors import Fault, Invalid, Refusal
from webapp.ui import locales, sentences

group = AppGroup("sanctions", help="Sanctions: the seriously dishonest list.")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--officer", required=True, help="E-mail of the platform officer in whose name it is sent.")
def import_file(file: Path, officer: str) -> None:
    """Read an xlsx or CSV file and print what was found. Nothing on the list changes: an officer proposes it on the
    page whose address is printed, and another one confirms. The same file again changes nothing."""
    database.connect()
    try:
        sent = batches.send_file(_officer(officer), file.read_bytes(), file.name)
        batches.read_all(system("command-line"), str(sent["batch"]))
    except Refusal as refusal:
        raise click.ClickException(_said(refusal.faults[0])) from refusal
    batch = sanction_queries.batch(str(sent["batch"]))
    if batch.problem:
        raise click.ClickException(_said(Fault("file", *batch.problem)))
    found = sanction_preview.of_batch(batch)
    click.echo(
        f"rows {batch.rows}, new {found.total}, known {batch.known}, faulty {sanction_queries.fault_count(batch)};"
        f" exact {found.exact} (entries {found.entries}, filings {found.filings}, units {found.units}),"
        f" to be decided {found.near}, not on the list {found.absent}"
    )
    for fault in sanction_queries.faults(batch, limit=None):
        click.echo(f"row {fault.row}: {_said(Fault(fault.field, fault.code, fault.params))}", err=True)
    click.echo(f"{current_app.config['SETTINGS'].public_url}/platform/sanctions/batches/{batch.ref}")


def _officer(email: str) -> Actor:
    account = accounts.by_email(email)
    if account is None or "platform_officer" not in accounts.roles_of(account.id):
        raise Invalid("unknown", field="officer")
    return Actor(ACCOUNT, account.ref, account_id=account.id, request_id="command-line")


def _said(fault: Fault) -> str:
    with current_app.test_request_context(headers={"Accept-Language": locales.SOURCE}):
        return sentences.of(fault)
