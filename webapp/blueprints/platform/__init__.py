"""Pages of the audience platform."""

from flask import Blueprint

blueprint = Blueprint("platform", __name__)

from webapp.blueprints.platform import accounts, audit, closing, inbox, lanes, proposals, units, unlock  # noqa: E402, F401

from webapp.blueprints.platform import sanction_batches, sanctions  # noqa: E402, F401 isort: skip
