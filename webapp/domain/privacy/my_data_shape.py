"""The shape of a copy of one's data: flat tables of plain values, the same for JSON, CSV, PDF and the page.

`schema()` is the published JSON Schema; what `my_data.gather` returns is valid against it.
"""

from __future__ import annotations

from typing import Any

VERSION = 1
TEXT, INSTANT, DAY, YES, NUMBER, WORDS = "text", "instant", "day", "yes", "number", "words"

#: Table -> column -> kind of value. Instants are ISO 8601 in UTC, days ISO dates, `words` lists of codes.
TABLES: dict[str, dict[str, str]] = {
    "person": {"id_type": TEXT, "known_since": INSTANT},
    "phones": {"phone": TEXT, "proved_at": INSTANT, "ended_at": INSTANT},
    "submissions": {"submission": TEXT, "unit": TEXT, "filed_at": INSTANT, "language": TEXT},
    "answers": {
        "submission": TEXT,
        "frozen_at": INSTANT,
        "policy_version": NUMBER,
        **dict.fromkeys(("full_name", "latin_name", "id_type", "id_country", "id_number", "id_expiry"), TEXT),
        "id_long_term": YES,
        **dict.fromkeys(("birth_date", "phone", "email", "language", "unit_relation", "staff_number"), TEXT),
        **dict.fromkeys(("address", "residence_permit_number", "residence_permit_expiry"), TEXT),
        **dict.fromkeys(("licence_number", "licence_class", "licence_expiry"), TEXT),
        "licence_long_term": YES,
    },
    "vehicles": {
        "submission": TEXT,
        "frozen_at": INSTANT,
        "position": NUMBER,
        "plates": WORDS,
        **dict.fromkeys(("vehicle_use", "size_class", "brand_model", "colour", "vin"), TEXT),
        "is_owner": YES,
        "owner_name": TEXT,
        "owner_id_tail": TEXT,
    },
    "pledges": {
        "submission": TEXT,
        "text_version": TEXT,
        "language": TEXT,
        "method": TEXT,
        "signed_name": TEXT,
        "signed_at": INSTANT,
        "digest": TEXT,
    },
    "consents": {
        "submission": TEXT,
        "purpose": TEXT,
        "edition": NUMBER,
        "language": TEXT,
        "given_at": INSTANT,
        "ended_at": INSTANT,
    },
    "filings": {
        "submission": TEXT,
        "unit": TEXT,
        "plates": WORDS,
        "vehicle_use": TEXT,
        "slot": TEXT,
        "state": TEXT,
        "reasons": WORDS,
        "submitted_at": INSTANT,
    },
    "filing_steps": {"submission": TEXT, "at": INSTANT, "action": TEXT, "reasons": WORDS, "note": TEXT},
    "entries": {
        "submission": TEXT,
        "unit": TEXT,
        "plates": WORDS,
        "vehicle_use": TEXT,
        "size_class": TEXT,
        "state": TEXT,
        "cause": TEXT,
        "listed_at": INSTANT,
        "removed_at": INSTANT,
    },
    "entry_steps": {"submission": TEXT, "at": INSTANT, "change": TEXT, "reason": TEXT},
    "holds": {"submission": TEXT, "kind": TEXT, "since": INSTANT, "until": INSTANT, "released_at": INSTANT},
    "invitations": {
        "submission": TEXT,
        "made_by": TEXT,
        "state": TEXT,
        "made_at": INSTANT,
        "until": INSTANT,
        "ended_at": INSTANT,
    },
    "counter_help": {"submission": TEXT, "by": TEXT, "form": TEXT, "begun_at": INSTANT, "signed_at": INSTANT},
    "drafts": {"submission": TEXT, "begun_at": INSTANT, "expires_at": INSTANT},
    "cases": {
        "submission": TEXT,
        "number": TEXT,
        "topic": TEXT,
        "side": TEXT,
        "state": TEXT,
        "own_words": TEXT,
        "reasons": WORDS,
        "decision_words": TEXT,
        "opened_at": INSTANT,
        "decided_at": INSTANT,
    },
    "evidence": {"number": TEXT, "name": TEXT, "media_type": TEXT, "size": NUMBER, "consented_at": INSTANT},
    "sanctions": {
        "submission": TEXT,
        "number": TEXT,
        "state": TEXT,
        "authority": TEXT,
        "decision_number": TEXT,
        "ground": TEXT,
        "confirmed_at": INSTANT,
        "ended_at": INSTANT,
    },
    "documents": {"submission": TEXT, "kind": TEXT, "code": TEXT, "issued_at": INSTANT},
    "notices": {"submission": TEXT, "kind": TEXT, "told_at": INSTANT},
    "deliveries": {"submission": TEXT, "kind": TEXT, "channel": TEXT, "state": TEXT, "sent_at": INSTANT},
    "requests": {
        "number": TEXT,
        "kind": TEXT,
        "way": TEXT,
        "state": TEXT,
        "words": TEXT,
        "reasons": WORDS,
        "answer": TEXT,
        "opened_at": INSTANT,
        "due_at": INSTANT,
        "decided_at": INSTANT,
    },
    "copies": {"submission": TEXT, "form": TEXT, "made_at": INSTANT},
    "readings": {"submission": TEXT, "at": INSTANT, "how": TEXT, "items": WORDS, "by": TEXT, "purpose": TEXT},
    "recipients": {"kind": TEXT, "name": TEXT, "since": INSTANT, "until": INSTANT},
    "lane_checks": {"plate": TEXT, "asked_at": INSTANT, "channel": TEXT, "by": TEXT, "result": TEXT},
    "incidents": {"number": TEXT, "kinds": WORDS, "told_at": INSTANT},
}

_KINDS: dict[str, dict[str, Any]] = {
    TEXT: {"type": "string"},
    INSTANT: {"type": ["string", "null"], "format": "date-time"},
    DAY: {"type": ["string", "null"], "format": "date"},
    YES: {"type": ["boolean", "null"]},
    NUMBER: {"type": "integer"},
    WORDS: {"type": "array", "items": {"type": "string"}},
}


def schema(address: str) -> dict[str, Any]:
    """The JSON Schema of a copy; `address` is where it is published."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "title": "What the second-line pass list keeps of one person",
        "type": "object",
        "properties": {
            "$schema": {"type": "string"},
            "version": {"const": VERSION},
            "made_at": {"type": "string", "format": "date-time"},
            **{name: _table(columns) for name, columns in TABLES.items()},
        },
        "required": ["version", "made_at", *TABLES],
        "additionalProperties": False,
    }


def _table(columns: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {name: _KINDS[kind] for name, kind in columns.items()},
            "required": list(columns),
            "additionalProperties": False,
        },
    }
