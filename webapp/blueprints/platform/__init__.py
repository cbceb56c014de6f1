"""Pages of the audience platform."""

from flask import Blueprint

blueprint = Blueprint("platform", __name__)

from webapp.blueprints.platform import (  # noqa: E402, F401
    accounts,
    audit,
    audit_reading,
    cases,
    closing,
    inbox,
    lanes,
    proposals,
    security,
    units,
    unlock,
)

from webapp.blueprints.platform import announcements, editions, figures, search  # noqa: E402, F401 isort: skip
from webapp.blueprints.platform import assessments, incidents, rights  # noqa: E402, F401 isort: skip
from webapp.blueprints.platform import campaigns  # noqa: E402, F401 isort: skip
from webapp.blueprints.platform import sanction_batches, sanctions  # noqa: E402, F401 isort: skip
from webapp.blueprints.platform import data_register, erasures  # noqa: E402, F401 isort: skip
