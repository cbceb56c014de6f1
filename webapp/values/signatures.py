"""Signatures of messages between us and a gateway: HMAC-SHA256 under a shared secret, over the moment, what the message
is about and its bytes, so that none of the three can be exchanged."""

from __future__ import annotations

import hashlib
import hmac


def sign(secret: str, timestamp: str, key: str, body: bytes) -> str:
    """Hexadecimal. `timestamp`: seconds since 1970, as sent; `key`: what a repeat of the message is recognised by."""
    message = b"\n".join((timestamp.encode(), key.encode(), body))
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def matches(signature: str, secret: str, timestamp: str, key: str, body: bytes) -> bool:
    """Whether this is the signature; in constant time."""
    return hmac.compare_digest(signature.encode(), sign(secret, timestamp, key, body).encode())
