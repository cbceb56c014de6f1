"""The OpenAPI document of the lane API, version 1. What is not in it is not promised (docs/decisions/0008)."""

from __future__ import annotations

from typing import Any

from webapp.domain.lanes.contract import DRIVER_RESULTS, ERRORS, LIST_CHANGES, REASONS, RESULTS, SIZES, USES

_TEXT = {"type": "string"}
_INSTANT = {"type": "string", "format": "date-time"}
_RESULT = {"type": "string", "enum": list(RESULTS)}
_REASON = {"type": "string", "enum": list(REASONS)}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": required | (optional or {}), "required": list(required), **more}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


_VEHICLE = _object(
    {"use": {"type": "string", "enum": list(USES)}, "size_class": {"type": "string", "enum": list(SIZES)}}
)
_CHANNEL = _object({"open": {"type": "boolean"}, "allowed": {"type": "boolean"}})
_SCHEMAS: dict[str, Any] = {
    "Error": _object(
        {"error": _TEXT | {"description": "Of the question: " + ", ".join(ERRORS) + "; else the name of the trouble"}},
        {"field": _TEXT},
        additionalProperties=True,
    ),
    "Answer": _object(
        {
            "result": _RESULT,
            "reason": _REASON,
            "vehicle": _or_null(_VEHICLE),
            "drivers": {"type": "integer", "minimum": 0},
            "channel": _or_null(_CHANNEL),
            "as_of": _INSTANT,
        },
        description=(
            "`listed` where any entry of the vehicle is; else `suspended`, `removed` or `not_listed`. Being "
            "listed never exempts from checks."
        ),
    ),
    "Question": _object(
        {"plate": {"type": "string", "maxLength": 24}},
        {
            "channel": _TEXT,
            "key": {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,64}$"},
            "asked_at": _INSTANT,
            "result": _RESULT,
            "reason": _TEXT,
        },
        description=(
            "`key` makes a question that is sent twice count once. `asked_at`, `result` and `reason` tell of one "
            "that the gate answered by itself."
        ),
    ),
    "DriverQuestion": _object({"plate": _TEXT, "id_number": _TEXT}, {"channel": _TEXT}),
    "DriverAnswer": _object({"result": {"type": "string", "enum": list(DRIVER_RESULTS)}, "as_of": _INSTANT}),
    "Vehicle": _object(
        {
            "vehicle": _TEXT,
            "plates": {"type": "array", "items": _TEXT},
            "result": _RESULT,
            "reason": _TEXT,
            "use": _TEXT,
            "size_class": _TEXT,
            "drivers": {"type": "integer"},
        },
        description=(
            "`plates` are HMAC-SHA256 of the normalised plate under the client's salt, the first 16 bytes, URL-safe "
            "base64 without padding. Normalised: capitals, 粤 for 粵, no dots, spaces or dashes; letters and digits "
            "that can be of Macao and of Hong Kong are tried plain and with 港 or 澳 in front."
        ),
    ),
    "Change": _object(
        {
            "number": {"type": "integer"},
            "change": {"type": "string", "enum": list(LIST_CHANGES)},
            "reason": _or_null(_TEXT),
            "at": _INSTANT,
            "vehicle": {"$ref": "#/components/schemas/Vehicle"},
        }
    ),
    "Changes": _object(
        {
            "changes": {"type": "array", "items": {"$ref": "#/components/schemas/Change"}},
            "client": _TEXT | {"description": "The client that asked: the same for all its keys"},
            "after": _TEXT | {"description": "The cursor that was asked for"},
            "cursor": _TEXT,
            "more": {"type": "boolean"},
            "channels": {"type": "array", "items": {"$ref": "#/components/schemas/ChannelRules"}},
            "as_of": _INSTANT,
            "key_ends_at": _or_null(_INSTANT)
            | {"description": "Until when the key that asked is good; null: not known yet, ask again tomorrow"},
        }
    ),
    "NewKey": _object(
        {"key": _TEXT | {"description": "Keep it before it is used"}, "ends_at": _INSTANT},
        description=(
            "The key that asked stays good for a day, or until its own end where that comes first. Asked with it again "
            "the service tells the same new key: what was lost on its way is fetched once more."
        ),
    ),
    "ChannelRules": _object(
        {
            "code": _TEXT,
            "opens": {"type": "integer", "description": "Minutes after midnight, Asia/Macau"},
            "closes": {"type": "integer"},
            "size_classes": {"type": "array", "items": _TEXT},
        }
    ),
    "SigningKey": _object({"algorithm": _TEXT, "public_key": _TEXT}),
}


_LINES = (
    "Lines of JSON, gzip. First `snapshot` (the cursor at which following the changes begins), `client`, `salt` "
    "(base64; key of the plates' hashes), `after` as it was asked for, `channels`, `as_of`. Then blocks: a line with "
    "`vehicles` and `last` (what to send as `after` when the transfer breaks), and one with `digest` (SHA-256, hex, of "
    "every byte before this line, ends of lines included) and `signature` (Ed25519 over the 32 bytes of the digest, "
    "base64). Last `end` and `count`, of this answer, signed likewise. What no signature followed is not to be used."
)


_SAID = {
    400: "The body is no JSON",
    401: "The key is unknown or ended",
    403: "The key is not for this channel",
    404: "The address holds a character that none of ours has",
    409: "Not any more: a cursor of another history (take a new snapshot), a key that was changed or ended meanwhile",
    413: "The body is too large",
    415: "The body is not called JSON",
    422: "Something in the question cannot be read",
    429: "The limit of the key is used up; Retry-After says for how long",
    503: "The question could not be recorded, so it is not answered",
}


def _named(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _answers(answered: dict[str, Any], *refusals: int, said: str = "Answered", **more: Any) -> dict[str, Any]:
    """The answer in `answered`'s form, and every refusal that may come instead."""
    return {"200": {"description": said, "content": answered, **more}} | {
        str(code): {"description": _SAID[code], "content": _json(_named("Error"))} for code in refusals
    }


def _query(name: str, required: bool, description: str, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": _TEXT | schema,
    }


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": _json(schema)}


_MANY = _object({"checks": {"type": "array", "minItems": 1, "maxItems": 500, "items": {"type": "object"}}})
_MANY_ANSWERS = _object(
    {"answers": {"type": "array", "items": {"anyOf": [_named(name) for name in ("Answer", "Error")]}}}
)
_SIGNATURE = "Ed25519 over the bytes of the body as they came, gzip undone; base64"
_PATHS: dict[str, dict[str, Any]] = {
    "/check": {
        "get": {
            "summary": "Is this plate on the list?",
            "parameters": [
                _query("plate", True, "As it was read: dots, spaces and dashes do not matter"),
                _query("channel", False, "Code of the channel; needed where the key is for some channels only"),
            ],
            "responses": _answers(_json(_named("Answer")), 401, 403, 422, 429, 503),
        }
    },
    "/checks": {
        "post": {
            "summary": "Up to 500 questions, also past ones",
            "requestBody": _body(_MANY),
            "responses": _answers(_json(_MANY_ANSWERS), 400, 401, 413, 415, 422, 429, 503, said="Answered, in order"),
        }
    },
    "/driver-checks": {
        "post": {
            "summary": "Is the holder of this document a filed driver of this vehicle?",
            "requestBody": _body(_named("DriverQuestion")),
            "responses": _answers(_json(_named("DriverAnswer")), 400, 401, 403, 413, 415, 422, 429, 503),
        }
    },
    "/snapshot": {
        "get": {
            "summary": "The whole list, signed",
            "parameters": [_query("after", False, "The vehicle after which a broken transfer goes on")],
            "responses": _answers({"application/x-ndjson": {"schema": _TEXT}}, 401, 404, 422, 429, said=_LINES),
        }
    },
    "/changes": {
        "get": {
            "summary": "What happened after a cursor; signed in X-Signature",
            "parameters": [
                _query(
                    "after",
                    True,
                    "The cursor of a snapshot or of the last page of changes",
                    pattern="^[a-z0-9]{10}\\.[0-9]{1,15}$",
                )
            ],
            "responses": _answers(
                _json(_named("Changes")),
                *(401, 404, 409, 422, 429),
                headers={"X-Signature": {"required": True, "description": _SIGNATURE, "schema": _TEXT}},
            ),
        }
    },
    "/key": {
        "post": {
            "summary": "Another key in place of the one that asks",
            "responses": _answers(_json(_named("NewKey")), 401, 409, 429, said="The new key"),
        }
    },
    "/signing-key": {
        "get": {
            "summary": "What signatures are checked with",
            "security": [],
            "responses": _answers(_json(_named("SigningKey"))),
        }
    },
}


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lane service of the credit-pass list",
            "version": "1.0.0",
            "description": "What gates of the second line ask. No answer holds a name or a document number.",
        },
        "servers": [{"url": "/api/lane/v1"}],
        "security": [{"key": []}],
        "paths": _PATHS,
        "components": {
            "schemas": _SCHEMAS,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }
