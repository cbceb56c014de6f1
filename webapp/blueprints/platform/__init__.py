"""Pages of the audience platform."""

from flask import Blueprint

blueprint = Blueprint("platform", __name__)
