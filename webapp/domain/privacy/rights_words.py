"""What was asked and answered at the request desk, sealed in its row."""

from __future__ import annotations

from typing import Any

from webapp import crypto
from webapp.domain.privacy.models import RightsRequest


def seal_asked(ref: str, words: str, asked_by: str = "", contact: str = "", relation: str = "") -> bytes:
    asked = {"words": words, "asked_by": asked_by, "contact": contact, "relation": relation}
    return crypto.seal(asked, "rights_request", "asked", ref)


def asked(row: RightsRequest) -> dict[str, str]:
    """{"words", "asked_by", "contact", "relation"}; all but the words are '' of a request made on the status page."""
    said: dict[str, Any] = crypto.unseal(row.asked, "rights_request", "asked", row.ref)
    return said


def seal_answer(ref: str, words: str) -> bytes:
    return crypto.seal(words, "rights_request", "answer", ref)


def answer(row: RightsRequest) -> str:
    """What the officer wrote, '' before he did."""
    return crypto.unseal(row.answer, "rights_request", "answer", row.ref) if row.answer else ""
