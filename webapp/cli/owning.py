"""Commands that are the migrating role's alone on PostgreSQL."""

from __future__ import annotations

import click

from webapp import serving


def refuse_others(what: str) -> None:
    """Raises ClickException where the role of DATABASE_URL does not own the tables; nothing was done by then."""
    if not serving.owns():
        raise click.ClickException(
            f"{what} needs the role that owns the tables: run this with the migrating role's DATABASE_URL"
            " (docs/operations.md, two roles)"
        )
