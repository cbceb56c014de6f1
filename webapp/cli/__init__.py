"""Command groups of `flask --app wsgi …`, each loaded when it is asked for: a server that starts needs none of them."""

from __future__ import annotations

from importlib import import_module

import click
from flask import Flask
from flask.cli import AppGroup

COMMANDS = (
    "accounts",
    "audit",
    "backup",
    "db",
    "demo",
    "figures",
    "gate",
    "jobs",
    "keys",
    "passlist",
    "privacy",
    "sanctions",
    "search",
    "synth",
    "translations",
)


class Commands(AppGroup):
    """Each of COMMANDS is the module here of that name, with a `group` or a `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return super().get_command(ctx, name)
        module = import_module(f"webapp.cli.{name}")
        found: click.Command = getattr(module, "group", None) or module.command
        return found


def install(app: Flask) -> None:
    app.cli = Commands()
