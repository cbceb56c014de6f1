"""Which database a copy is made of or put back into."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from webapp.backups import embedded, server

Source = embedded.Source | server.Source
Target = embedded.Target | server.Target


def engine(url: str) -> str:
    return embedded.ENGINE if url.startswith("sqlite:///") else server.ENGINE


def source(url: str, staging: Path) -> AbstractContextManager[Source]:
    """One moment of the database; `staging` is a folder of the copy's own for what must lie on disk meanwhile."""
    return embedded.source(url, staging) if engine(url) == embedded.ENGINE else server.source(url)


def target(url: str) -> Target:
    return embedded.Target(url) if engine(url) == embedded.ENGINE else server.Target(url)
