"""Pages of the audience unit."""

from flask import Blueprint

blueprint = Blueprint("unit", __name__)

from webapp.blueprints.unit import code, filing, filings, filings_bulk, home, inbox, standing, team, vehicles  # noqa: E402, F401
