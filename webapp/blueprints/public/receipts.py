"""Where a gateway reports what became of texts (docs/operations.md). It proves itself by the secret of SMS_URL."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import current_app, jsonify, request
from werkzeug.wrappers import Response

from webapp import clock
from webapp.blueprints.public import blueprint
from webapp.domain.notices import deliveries
from webapp.errors import NotFound
from webapp.extensions import csrf
from webapp.ui.guards import public
from webapp.values.signatures import matches

#: How far the gateway's clock may be from ours.
SECONDS = 300
LARGEST = 128 * 1024
AT_ONCE = 500
#: What a signature stands for beside the body, so that one of a text is none of a report.
KEY = "receipts"

_REF = re.compile(r"[a-z2-7]{20}")


@blueprint.post("/sms/receipts")
@public
@csrf.exempt
def sms_receipts() -> tuple[Response, int]:
    """`{"receipts": [{"id": …, "state": "delivered" | "failed" | "undeliverable"}, …]}`; a repeat changes nothing."""
    secret = current_app.config["SETTINGS"].sms_secret
    if not secret:
        raise NotFound("not_found")
    if (request.content_length or 0) > LARGEST:
        return jsonify(error="too_large"), 413
    body = request.get_data(cache=False)
    if not _genuine(secret, body):
        return jsonify(error="signature"), 401
    found = _read(body)
    if found is None:
        return jsonify(error="shape"), 422
    return jsonify(changed=deliveries.reported(found)), 200


def _genuine(secret: str, body: bytes) -> bool:
    timestamp = request.headers.get("X-Timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return False
    if abs(clock.now().timestamp() - int(timestamp)) > SECONDS:
        return False
    return matches(request.headers.get("X-Signature", ""), secret, timestamp, KEY, body)


def _read(body: bytes) -> dict[str, str] | None:
    """The state of each message, or None where this is no list of receipts."""
    try:
        sent: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    rows = sent.get("receipts") if isinstance(sent, dict) else None
    if not isinstance(rows, list) or len(rows) > AT_ONCE:
        return None
    found: dict[str, str] = {}
    for row in rows:
        ref, state = (row.get("id"), row.get("state")) if isinstance(row, dict) else (None, None)
        if not (isinstance(ref, str) and _REF.fullmatch(ref) and isinstance(state, str)):
            return None
        if state not in deliveries.REPORTS:
            return None
        found[ref] = state
    return found
