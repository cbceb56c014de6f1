"""An environment that production starts with."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path


def key(name: str) -> str:
    return base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()


def production(folder: Path) -> dict[str, str]:
    return {
        "WEBAPP_ENV": "production",
        "DATA_DIR": str(folder / "data"),
        "DATABASE_URL": f"sqlite:///{folder / 'data' / 'passlist.db'}",
        "SECRET_KEY": "Kq3vXr8Tz1LmN5bW9cYhUe7sPoJd2fGa",
        "FIELD_KEYS": f"1:{key('old')},2:{key('new')}",
        "INDEX_KEY": key("index"),
        "BACKUP_KEY": f"1:{key('backup')}",
        "BACKUP_DIR": str(folder / "copies"),
        "PUBLIC_URL": "https://passlist.example",
        "SMTP_URL": "smtps://user:secret@mail.example:465",
        "SMS_URL": "https://k:s@gateway.example/",
    }
