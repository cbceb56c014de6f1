"""Keys as settings write them, and those of a desk, made once beside its data."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import secrets
from pathlib import Path

LENGTH = 32


def one(text: str) -> bytes:
    """Base64 of a key. Raises ValueError."""
    key = base64.b64decode(text, validate=True)
    if len(key) != LENGTH:
        raise ValueError("a key has 32 bytes")
    return key


def numbered(text: str) -> tuple[tuple[int, bytes], ...]:
    """Keys with their numbers, `id:base64`, comma separated. Raises ValueError."""
    return tuple(_numbered(part) for part in text.split(","))


def _numbered(text: str) -> tuple[int, bytes]:
    number, _, encoded = text.strip().partition(":")
    if not 0 < int(number) < 256:
        raise ValueError("a key id is 1 to 255")
    return int(number), one(encoded)


def beside(data_dir: Path) -> dict[str, str]:
    """Keys for demo and development, made once beside the data; production never reads this file."""
    path = data_dir / "local-keys.json"
    if not path.exists():
        _make(path)
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    # A file of before the record had a key of its own.
    of_index = hashlib.sha256(b"record" + kept["INDEX_KEY"].encode()).digest()
    return {"AUDIT_KEY": "1:" + base64.b64encode(of_index).decode()} | kept


def _make(path: Path) -> None:
    """Server and worker may start together: the first to link its file in wins, the other reads it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = {
        "SECRET_KEY": secrets.token_urlsafe(LENGTH),
        "FIELD_KEYS": "1:" + _drawn(),
        "INDEX_KEY": _drawn(),
        "AUDIT_KEY": "1:" + _drawn(),
    }
    draft = path.with_name(f"local-keys.{os.getpid()}.{secrets.token_hex(4)}")
    draft.write_text(json.dumps(fresh), encoding="utf-8")
    draft.chmod(0o600)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _drawn() -> str:
    return base64.b64encode(secrets.token_bytes(LENGTH)).decode()
