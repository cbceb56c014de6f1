"""Command groups of `flask --app wsgi …`."""

from flask import Flask

from webapp.cli import db


def install(app: Flask) -> None:
    app.cli.add_command(db.group)
