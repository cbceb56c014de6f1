"""`search tokens`: what the search by name of the whole list looks up."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from webapp import database
from webapp.domain.registry import tokens

group = AppGroup("search", help="The search of the whole list.")


@group.command("tokens")
def write_tokens() -> None:
    """Write the tokens of everybody who filed before there were any. May be stopped and run again."""
    database.connect()
    last, found, written = 0, 1, 0
    while found:
        last, found = tokens.refill(last)
        written += found
    click.echo(f"tokens of {written} answers")
