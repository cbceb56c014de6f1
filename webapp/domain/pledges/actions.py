"""Signing: what was shown, agreed and signed, frozen at that moment."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from webapp import crypto
from webapp.domain.audit.acts import Act
from webapp.domain.files.models import StoredFile
from webapp.domain.pledges.models import Pledge, PledgeText
from webapp.domain.pledges.strokes import Strokes

_canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def canonical(value: Any) -> str:
    """JSON in the one form that digests are made over."""
    return _canonical.encode(value)


def content_digest(text_digest: str, content: dict[str, Any]) -> str:
    """SHA-256 over the text's digest and the content in canonical JSON, hex: printed on the document."""
    return digest_of(text_digest, canonical(content))


def digest_of(text_digest: str, content: str) -> str:
    """The same, of a content in canonical JSON."""
    return hashlib.sha256(f"{text_digest}\n{content}".encode()).hexdigest()


def sign(
    act: Act,
    *,
    kind: str,
    text: PledgeText,
    subject: str,
    content: dict[str, Any],
    method: str,
    drawing: StoredFile | None,
    strokes: Strokes | None = None,
    unit_id: int,
) -> Pledge:
    """Freeze a pledge (a step of the act that needs it). `subject` is the number it stands under, `content` the shown
    values, the signer's name and consents as plain JSON; `drawing` the signature image or the sealed paper's scan,
    `strokes` what the image was drawn with."""
    ref = crypto.new_ref()
    return Pledge.create(
        ref=ref,
        kind=kind,
        text=text.id,
        subject=subject,
        content=crypto.seal(content, "pledge", "content", ref),
        digest=content_digest(text.digest, content),
        method=method,
        drawing=drawing.id if drawing else None,
        strokes=crypto.seal(strokes, "pledge", "strokes", ref) if strokes else None,
        unit_id=unit_id,
        act_id=act.id,
        signed_at=act.now,
    )


def content_of(pledge: Pledge) -> dict[str, Any]:
    """What was shown and agreed."""
    return crypto.unseal(pledge.content, "pledge", "content", pledge.ref)


def is_whole(pledge: Pledge) -> bool:
    """Whether what is kept is what was signed: its seal opens, and its digest is that of the row."""
    try:
        content = content_of(pledge)
    except crypto.Unreadable:
        return False
    return content_digest(PledgeText.get_by_id(pledge.text_id).digest, content) == pledge.digest


def strokes_of(pledge: Pledge) -> Strokes | None:
    """What its signature was drawn with; None where nothing was drawn, or the browser sent the picture alone."""
    if pledge.strokes is None:
        return None
    strokes: Strokes = crypto.unseal(pledge.strokes, "pledge", "strokes", pledge.ref)
    return strokes
