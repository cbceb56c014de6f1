"""Pages of staff about themselves: signing in, the account, invitations, passwords."""

from flask import Blueprint

blueprint = Blueprint("staff", __name__)

from webapp.blueprints.staff import account, invitation, password, second_factor, session, steps  # noqa: E402, F401
