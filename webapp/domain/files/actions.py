"""Keeping files: write, flush to disk, rename, then the caller's commit. A crash leaves an orphan, never a hole.

A file is sealed in slices of 1 MiB, each bound to the file's ref and its position, so that long documents are read
and written with flat memory and slices cannot be swapped.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from webapp import clock, crypto
from webapp.domain.audit.acts import Act
from webapp.domain.files.models import StoredFile

SLICE = 1 << 20
ORPHAN_AGE = timedelta(hours=24)

_root: Path | None = None


def configure(root: Path) -> None:
    global _root
    root.mkdir(parents=True, exist_ok=True)
    _root = root


def _path(ref: str) -> Path:
    if _root is None:
        raise RuntimeError("files.actions.configure(root) comes first")
    return _root / ref[:2] / ref


def keep(
    act: Act | None,
    kind: str,
    media_type: str,
    content: bytes | Iterable[bytes],
    *,
    name: str = "",
    unit_id: int | None = None,
) -> StoredFile:
    """Keep bytes (or a stream of them) and return their row. Call inside the transaction that refers to them."""
    ref = crypto.new_ref()
    path = _path(ref)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    digest, size = hashlib.sha256(), 0
    with open(draft, "wb") as handle:
        for position, piece in enumerate(_slices(content)):
            digest.update(piece)
            size += len(piece)
            sealed = crypto.seal_bytes(piece, "stored_file", str(position), ref)
            handle.write(struct.pack(">I", len(sealed)) + sealed)
        handle.flush()
        os.fsync(handle.fileno())
    os.rename(draft, path)
    _flush(path.parent)
    return StoredFile.create(
        ref=ref,
        kind=kind,
        media_type=media_type,
        size=size,
        digest=digest.hexdigest(),
        name=crypto.seal(name, "stored_file", "name", ref) if name else None,
        unit_id=unit_id,
        act_id=act.id if act else None,
        created_at=act.now if act else clock.now(),
    )


def _slices(content: bytes | Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        for start in range(0, len(content), SLICE):
            yield content[start : start + SLICE]
    else:
        yield from content


def stream(file: StoredFile) -> Iterator[bytes]:
    """The plain bytes, slice by slice. Raises crypto.Unreadable or FileNotFoundError."""
    with open(_path(file.ref), "rb") as handle:
        for position, sealed in enumerate(_pieces(handle)):
            yield crypto.unseal_bytes(sealed, "stored_file", str(position), file.ref)


def _pieces(handle: BinaryIO) -> Iterator[bytes]:
    """The sealed slices of an open file."""
    while head := handle.read(4):
        yield handle.read(struct.unpack(">I", head)[0])


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(file: StoredFile) -> bytes:
    return b"".join(stream(file))


def original_name(file: StoredFile) -> str:
    return crypto.unseal(file.name, "stored_file", "name", file.ref) if file.name else ""


def key_id(ref: str) -> int | None:
    """Id of the key that a file needs; None for one that is not there or is empty."""
    try:
        with open(_path(ref), "rb") as handle:
            head = handle.read(6)
    except FileNotFoundError:
        return None
    return crypto.key_id(head[4:]) if len(head) == 6 else None


def reseal(ref: str) -> None:
    """Seal a file anew under the newest key, in its place. Whoever reads it meanwhile reads the old one to its end.
    Raises crypto.Unreadable."""
    path = _path(ref)
    draft = path.with_suffix(".part")
    try:
        with open(path, "rb") as source, open(draft, "wb") as handle:
            for position, piece in enumerate(_pieces(source)):
                plain = crypto.unseal_bytes(piece, "stored_file", str(position), ref)
                sealed = crypto.seal_bytes(plain, "stored_file", str(position), ref)
                handle.write(struct.pack(">I", len(sealed)) + sealed)
            handle.flush()
            os.fsync(handle.fileno())
        os.rename(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    _flush(path.parent)


def erase(refs: Iterable[str]) -> None:
    """Delete from disk the files whose rows are gone; one that stays behind is swept as an orphan."""
    for ref in refs:
        _path(ref).unlink(missing_ok=True)


def sweep_orphans() -> int:
    """Delete files older than a day that no row knows (a crash between rename and commit). Returns how many."""
    if _root is None:
        raise RuntimeError("files.actions.configure(root) comes first")
    eldest = (clock.now() - ORPHAN_AGE).timestamp()
    gone = 0
    for folder in _root.iterdir():
        found = [path for path in folder.iterdir() if path.stat().st_mtime < eldest]
        known = {
            ref
            for (ref,) in StoredFile.select(StoredFile.ref).where(StoredFile.ref << [p.name for p in found]).tuples()
        }
        for path in found:
            if path.name not in known:
                path.unlink()
                gone += 1
    return gone
