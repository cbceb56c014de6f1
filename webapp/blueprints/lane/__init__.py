"""Customs: the API of gate machines, and the page of lane officers."""

from flask import Blueprint

blueprint = Blueprint("lane", __name__)
api = Blueprint("lane_api", __name__, url_prefix="/api/lane/v1")

from webapp.blueprints.lane import machines, page  # noqa: E402, F401
