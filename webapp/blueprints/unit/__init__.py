"""Pages of the audience unit."""

from flask import Blueprint

blueprint = Blueprint("unit", __name__)
