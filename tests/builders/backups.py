"""A system that makes copies of itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from webapp import database
from webapp.domain.files import actions as files
from webapp.settings import Settings

KEY = bytes(range(32))


def with_copies(db: Settings, folder: Path) -> Settings:
    """The system with a key for its copies, which go into the folder, and something in it."""
    with database.transaction():
        files.keep(None, "proof", "application/pdf", b"%PDF " + b"x" * 2_000_000, name="證明.pdf")
    return replace(db, backup_keys=((7, KEY),), backup_dir=folder)
