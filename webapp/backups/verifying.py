"""Reading a copy from its first byte to its last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webapp.backups.archive import BadArchive, Damaged, Keys, Reader


@dataclass(frozen=True)
class Checked:
    """What a whole copy says of itself."""

    facts: dict[str, Any]  # engine, created_at, migrations
    tables: dict[str, dict[str, Any]]
    members: int
    bytes: int
    digest: str
    key_id: int


def verify(path: Path, keys: Keys, breathe: Callable[[], None] = lambda: None) -> Checked:
    """Open every slice, check every hash. Raises BadArchive; Damaged names the bytes and the member."""
    reader = Reader(path, keys)
    try:
        for member in reader.members():
            for _piece in member.pieces:
                breathe()
    except Damaged as damage:
        places = [f"{start} to {after - 1}" for start, after in reader.damaged_slices()]
        more = f"; damaged bytes of the file: {', '.join(places[:20])}" if len(places) > 1 else ""
        raise Damaged(f"{damage}{more}") from None
    ending = reader.ending
    if ending is None:
        raise BadArchive(f"{path.name} has no manifest")
    return Checked(reader.facts, ending["tables"], ending["members"], ending["bytes"], ending["digest"], reader.key_id)
