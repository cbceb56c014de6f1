"""`/api/lane/v1`: what gate machines ask (design 9). Answers hold no name and no document number."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response, g, jsonify, request, stream_with_context
from werkzeug.exceptions import BadRequest

from webapp.blueprints.lane import api, asking, openapi
from webapp.domain.lanes import feed, keys
from webapp.domain.lanes.answers import instant
from webapp.errors import Invalid
from webapp.ui import guards
from webapp.ui.requests import gate_actor

#: Questions in one request.
MOST = 500
#: What a page of changes, a snapshot or another key costs of the client's limit.
PAGE_COST, SNAPSHOT_COST, KEY_COST = 5, 60, 60
OPEN_TO_ALL = ("lane_api.openapi_document", "lane_api.signing_key")


@api.before_request
def _admit() -> None:
    if request.endpoint not in OPEN_TO_ALL:
        g.lane_caller = asking.admit(request.headers.get("Authorization", ""))


def _sent() -> Any:
    """The JSON of the body. Raises BadRequest, also for one that is nested deeper than can be read."""
    try:
        return request.get_json()
    except RecursionError:
        raise BadRequest from None


@api.get("/check")
@guards.lane
def check() -> Response:
    """Is this plate on the list? `shortcut` answers nearly all of these."""
    answer = asking.single(g.lane_caller, request.args.get("plate", ""), request.args.get("channel", ""))
    return _plain(jsonify(answer))


@api.post("/checks")
@guards.lane
def checks() -> Response:
    """Up to 500 questions at once, also those a gate answered by itself while it could not reach us."""
    sent = _sent()
    items = sent.get("checks") if isinstance(sent, dict) else None
    if not isinstance(items, list) or not items:
        raise Invalid("missing", field="checks")
    if len(items) > MOST:
        raise Invalid("too_many_items", field="checks", maximum=MOST)
    asking.take(g.lane_caller, len(items))
    return _plain(jsonify(answers=[asking.one_of_many(g.lane_caller, item) for item in items]))


@api.post("/driver-checks")
@guards.lane
def driver_checks() -> Response:
    """Whether somebody is a filed driver of a vehicle."""
    asking.take(g.lane_caller)
    return _plain(jsonify(asking.driver(g.lane_caller, _sent())))


@api.get("/snapshot")
@guards.lane
def snapshot() -> Response:
    """The whole list for a gate's own store: lines of JSON, signed in blocks, gzip, to be resumed after a vehicle."""
    asking.take(g.lane_caller, SNAPSHOT_COST)
    lines = feed.snapshot(g.lane_caller.ref, request.args.get("after", "")[:40])
    response = Response(stream_with_context(_compressed(lines)), mimetype="application/x-ndjson")
    response.headers["Content-Encoding"] = "gzip"
    return _plain(response)


def _compressed(lines: Iterable[bytes]) -> Iterator[bytes]:
    """One gzip stream; each block leaves at once."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    for line in lines:
        yield packer.compress(line) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()


@api.get("/changes")
@guards.lane
def changes() -> Response:
    """What happened on the list after a cursor; the body is signed in `X-Signature`."""
    asking.take(g.lane_caller, PAGE_COST)
    who = g.lane_caller
    ends_at = instant(who.key_ends_at) if who.key_ends_at else None
    response = jsonify(feed.changes(who.ref, request.args.get("after", "")) | {"key_ends_at": ends_at})
    response.headers["X-Signature"] = feed.signature(response.get_data())
    return _plain(response)


@api.post("/key")
@guards.lane
def renew_key() -> Response:
    """Another key in place of the one that asks; the same for as long as the old one is good."""
    asking.take(g.lane_caller, KEY_COST)
    made = keys.renew(gate_actor(g.lane_caller.ref), g.lane_caller)
    return _plain(jsonify(key=made["key"], ends_at=instant(made["ends_at"])))


@api.get("/signing-key")
@guards.public
def signing_key() -> Response:
    """What snapshots and changes are signed with."""
    return jsonify(algorithm="Ed25519", public_key=feed.public_key())


@api.get("/openapi.json")
@guards.public
def openapi_document() -> Response:
    return jsonify(openapi.document())


def _plain(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
