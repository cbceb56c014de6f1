"""An environment that production starts with."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from webapp import document_seals


def key(name: str) -> str:
    return base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()


def seal(folder: Path, authority: str = "Authority of the zone") -> str:
    """The path of a file with key and chain of a seal, as SEAL_KEY and SEAL_CHAIN want it."""
    path = folder / f"seal of {authority}.pem"
    path.write_bytes(document_seals.issue("Seal", authority))
    path.chmod(0o600)
    return str(path)


def production(folder: Path) -> dict[str, str]:
    path = seal(folder)
    return {
        "SEAL_KEY": path,
        "SEAL_CHAIN": path,
        "WEBAPP_ENV": "production",
        "DATA_DIR": str(folder / "data"),
        "DATABASE_URL": f"sqlite:///{folder / 'data' / 'passlist.db'}",
        "SECRET_KEY": "Kq3vXr8Tz1LmN5bW9cYhUe7sPoJd2fGa",
        "FIELD_KEYS": f"1:{key('old')},2:{key('new')}",
        "INDEX_KEY": key("index"),
        "AUDIT_KEY": f"1:{key('audit')}",
        "BACKUP_KEY": f"1:{key('backup')}",
        "BACKUP_DIR": str(folder / "copies"),
        "PUBLIC_URL": "https://passlist.example",
        "SMTP_URL": "smtps://user:secret@mail.example:465",
        "SMS_URL": "https://k:s@gateway.example/",
        "PRIVACY_OFFICER": "何慎行",
        "PRIVACY_PHONE": "0756 000 0052",
    }
