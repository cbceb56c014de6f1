"""Pages for people without an account: the questionnaire behind a unit's code, and the private status page."""

from flask import Blueprint

blueprint = Blueprint("filer", __name__)

from webapp.blueprints.filer import (  # noqa: E402
    counter_signing,  # noqa: F401
    disputing,  # noqa: F401
    draft,  # noqa: F401
    find,  # noqa: F401
    invitation,  # noqa: F401
    my_data,  # noqa: F401
    not_me,  # noqa: F401
    own_phone,  # noqa: F401
    questions,  # noqa: F401
    signing,  # noqa: F401
    start,  # noqa: F401
    status,  # noqa: F401
    status_cases,  # noqa: F401
    status_change,  # noqa: F401
    status_code,  # noqa: F401
    status_documents,  # noqa: F401
    status_drivers,  # noqa: F401
    status_entry,  # noqa: F401
    status_filing,  # noqa: F401
    status_move,  # noqa: F401
    status_owner,  # noqa: F401
    status_succession,  # noqa: F401
    vehicle,  # noqa: F401
)
