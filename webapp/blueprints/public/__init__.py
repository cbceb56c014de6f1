"""Pages that need nobody: home, help, contact, and the registration of a unit."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)

from webapp.blueprints.public import explaining, genuine, health, home, receipts, register  # noqa: E402, F401
