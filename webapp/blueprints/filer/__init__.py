"""Pages of the audience filer."""

from flask import Blueprint

blueprint = Blueprint("filer", __name__)
