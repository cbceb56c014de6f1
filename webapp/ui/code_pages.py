"""What somebody sees whose enrolment code does not open a filing: why, and what to do."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from webapp.domain.units import queries
from webapp.values.codes import normalise_code

#: Standing -> status. Found, but not to be used: 410; only for today: 429; only for now: 409.
STATUS = {
    queries.UNKNOWN: 404,
    queries.ROTATED: 410,
    queries.REVOKED: 410,
    queries.CLOSED: 410,
    queries.SUSPENDED: 409,
    queries.CEILING: 429,
}


def explained(answer: queries.CodeAnswer, typed: str) -> Response:
    """The page for a code that is not open. A text that cannot be a code at all is called mistyped."""
    mistyped = answer.standing == queries.UNKNOWN and len(normalise_code(typed)) != queries.CODE_LENGTH
    page = render_template(
        "public/code/explained.html",
        standing="mistyped" if mistyped else answer.standing,
        unit=answer.unit,
    )
    return make_response(page, STATUS[answer.standing])
