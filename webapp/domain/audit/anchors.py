"""Heads of seals outside the database: a file under DATA_DIR that only grows, and the log stream.

Whoever can write everything in the database cannot take back what stands here; what the log carries away from this
host, nobody on it can. Each line is JSON: number of the seal (`seal`), acts and lines sealed by then, head, moment.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog

from webapp.columns import to_micros
from webapp.domain.audit import reading
from webapp.domain.audit.reading import SealRow

FILE = "seals.jsonl"
#: Bytes at the end of the file that surely hold its last line.
TAIL = 4096

_path: Path | None = None
log = structlog.get_logger()


def configure(folder: Path) -> None:
    """Where the file lies: DATA_DIR/record."""
    global _path
    _path = folder / FILE


def path() -> Path:
    if _path is None:
        raise RuntimeError("anchors.configure(folder) comes first")
    return _path


def catch_up() -> int:
    """Append every seal that does not stand in the file yet. Hosts share it; returns how many were appended."""
    path().parent.mkdir(parents=True, exist_ok=True)
    with path().open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = _last_number(file)
        seals = reading.seals(known)
        if not known and len(seals) > 1:
            log.warning("heads outside were missing and are written anew", count=len(seals))
        for seal in seals:
            said = line(seal)
            file.write(json.dumps(said, separators=(",", ":")).encode() + b"\n")
            log.info("record sealed", **said)
        if seals:
            file.flush()
            os.fsync(file.fileno())
    return len(seals)


def line(seal: SealRow) -> dict[str, Any]:
    return {
        "seal": seal.number,
        "acts": seal.acts,
        "lines": seal.lines,
        "head": seal.head.hex(),
        "at": to_micros(seal.at),
    }


def _last_number(file: Any) -> int:
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - TAIL))
    kept = [part for part in file.read().split(b"\n") if part.startswith(b"{") and part.endswith(b"}")]
    return int(json.loads(kept[-1])["seal"]) if kept else 0


def read(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of an anchor file, also of one that the log was made into: whatever is no such line is skipped."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        for text in lines:
            try:
                said = json.loads(text)
            except ValueError:
                continue
            if isinstance(said, dict) and isinstance(said.get("seal"), int) and isinstance(said.get("head"), str):
                yield said
