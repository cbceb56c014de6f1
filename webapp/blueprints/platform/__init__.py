"""Pages of the audience platform."""

from flask import Blueprint

blueprint = Blueprint("platform", __name__)

from webapp.blueprints.platform import accounts, audit, inbox, units, unlock  # noqa: E402, F401
