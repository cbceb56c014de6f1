"""Pages for people without an account: the questionnaire behind a unit's code, and the private status page."""

from flask import Blueprint

blueprint = Blueprint("filer", __name__)

from webapp.blueprints.filer import draft, questions, signing, start, vehicle  # noqa: E402, F401
