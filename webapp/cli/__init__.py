"""Command groups of `flask --app wsgi …`."""

from flask import Flask

from webapp.cli import (
    accounts,
    backup,
    db,
    demo,
    figures,
    gate,
    jobs,
    keys,
    passlist,
    privacy,
    sanctions,
    search,
    synth,
    translations,
)


def install(app: Flask) -> None:
    app.cli.add_command(accounts.group)
    app.cli.add_command(backup.group)
    app.cli.add_command(db.group)
    app.cli.add_command(figures.group)
    app.cli.add_command(gate.group)
    app.cli.add_command(jobs.group)
    app.cli.add_command(keys.group)
    app.cli.add_command(privacy.group)
    app.cli.add_command(search.group)
    app.cli.add_command(passlist.group)
    app.cli.add_command(sanctions.group)
    app.cli.add_command(synth.command)
    app.cli.add_command(translations.group)
    app.cli.add_command(demo.group)
