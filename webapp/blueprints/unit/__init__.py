"""Pages of the audience unit."""

from flask import Blueprint

blueprint = Blueprint("unit", __name__)

from webapp.blueprints.unit import team  # noqa: E402, F401
