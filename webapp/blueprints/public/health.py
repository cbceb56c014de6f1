"""For machines that watch this one: is the process alive, may it take traffic."""

from __future__ import annotations

from typing import Any

from flask import jsonify
from werkzeug.wrappers import Response

from webapp import schema
from webapp.backups import watching
from webapp.blueprints.public import blueprint
from webapp.domain.jobs import queries as jobs
from webapp.ui.guards import public


@blueprint.get("/healthz")
@public
def health() -> Response:
    """The process answers. It asks nobody else: a database that is away must not get the process restarted."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readiness() -> tuple[Response, int]:
    """The database answers and has the shape this version needs. The ages, in seconds, say what waits; they make nobody
    unready: people are served while a copy is late."""
    pending = schema.pending()
    facts: dict[str, Any] = {"pending_migrations": pending, "oldest_due_job_seconds": round(jobs.oldest_due_seconds())}
    if not pending:
        facts |= watching.ages()
    return jsonify(status="waiting" if pending else "ready", **facts), 503 if pending else 200
