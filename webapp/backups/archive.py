"""The file a copy is: one encrypted stream of members, written and read with flat memory.

On disk: head (magic, key id, salt, tag), then slices of 256 KiB, each sealed (crypto.Slices); the last one is marked,
so a file that was cut off is noticed. Every slice but the last has the same size: after a damaged one the others can
still be checked. Inside: records of `kind (1 byte) | length (4) | payload`, in this order:

    H  JSON: format, engine, created_at, migrations
    M  JSON: name of a member and what belongs to it; D its content, any number of times; E JSON: size, sha256
    Z  JSON, the manifest's end: rows and digest of each table, members, bytes, and one SHA-256 over all the E
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from webapp.crypto import Slices, Unreadable

MAGIC = b"HQLISTB1"
FORMAT = 1
SALT = 16
TAG = 16
SLICE = 256 * 1024
HEAD = len(MAGIC) + 1 + SALT + TAG
PIECE = 64 * 1024
_PURPOSE = "backup"

Keys = Mapping[int, bytes]


class BadArchive(Exception):
    """It is no copy of ours, not whole, or not of these keys; the message says which."""


class Damaged(BadArchive):
    """A slice does not open, or what it holds does not add up."""


# Writing ------------------------------------------------------------------------------------------------------


class Writer:
    """Writes one archive. Call `begin`, `member` for each, `end`."""

    def __init__(self, handle: BinaryIO, key_id: int, key: bytes) -> None:
        self._handle, self._buffer, self._position = handle, bytearray(), 0
        salt = os.urandom(SALT)
        self._slices = Slices(key, salt, _PURPOSE)
        head = MAGIC + bytes((key_id,)) + salt
        handle.write(head + self._slices.head_tag(head))
        self._chain = hashlib.sha256()
        self.members = self.bytes = 0

    def begin(self, facts: dict[str, Any]) -> None:
        self._record(b"H", _json({"format": FORMAT, **facts}))

    def member(self, name: str, pieces: Iterable[bytes], *, packed: bool = False, **facts: Any) -> None:
        """Write one member. `packed` compresses it on the way (what is sealed already does not get smaller)."""
        self._record(b"M", _json({"name": name, "packed": packed, **facts}))
        digest, size = hashlib.sha256(), 0
        press = zlib.compressobj(1) if packed else None
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            self._data(press.compress(piece) if press else piece)
        if press:
            self._data(press.flush())
        ending = _json({"size": size, "sha256": digest.hexdigest()})
        self._chain.update(ending)
        self._record(b"E", ending)
        self.members, self.bytes = self.members + 1, self.bytes + size

    def end(self, tables: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """Write the manifest's end and the last slice. Returns what it says."""
        facts = {"members": self.members, "bytes": self.bytes, "digest": self._chain.hexdigest()}
        self._record(b"Z", _json({**facts, "tables": tables}))
        self._slice(bytes(self._buffer), last=True)
        return facts

    def _data(self, content: bytes) -> None:
        for start in range(0, len(content), SLICE):
            self._record(b"D", content[start : start + SLICE])

    def _record(self, kind: bytes, payload: bytes) -> None:
        self._buffer += kind + struct.pack(">I", len(payload)) + payload
        while len(self._buffer) > SLICE:
            self._slice(bytes(self._buffer[:SLICE]), last=False)
            del self._buffer[:SLICE]

    def _slice(self, plain: bytes, *, last: bool) -> None:
        self._handle.write(self._slices.seal(self._position, last, plain))
        self._position += 1


def _json(facts: dict[str, Any]) -> bytes:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


# Reading ------------------------------------------------------------------------------------------------------


@dataclass
class Member:
    """One member while it is read: take all its `pieces` before the next one."""

    name: str
    facts: dict[str, Any]
    pieces: Iterator[bytes]


class Reader:
    """Reads one archive; `facts` after the first member, `ending` after the last."""

    def __init__(self, path: Path, keys: Keys) -> None:
        """Raises BadArchive: no copy of ours, or not under these keys."""
        self.path, self.size = path, path.stat().st_size
        with open(path, "rb") as handle:
            head = handle.read(HEAD)
        if len(head) < HEAD or not head.startswith(MAGIC):
            raise BadArchive(f"{path.name} is no copy made by `backup create`")
        self.key_id = head[len(MAGIC)]
        key = keys.get(self.key_id)
        if key is None:
            raise BadArchive(f"{path.name} was made under key {self.key_id}, which BACKUP_KEY does not hold")
        self._slices = Slices(key, head[len(MAGIC) + 1 : -TAG], _PURPOSE)
        if self._slices.head_tag(head[:-TAG]) != head[-TAG:]:
            raise BadArchive(f"{path.name}: key {self.key_id} of BACKUP_KEY is another one, or the head is damaged")
        self.facts: dict[str, Any] = {}
        self.ending: dict[str, Any] | None = None
        self.member_name = "the head of the manifest"
        self._press = zlib.decompressobj()

    def damaged_slices(self) -> list[tuple[int, int]]:
        """(first byte, after the last byte) of every slice that does not open."""
        return [(start, after) for start, after, plain in self._all() if plain is None]

    def members(self) -> Iterator[Member]:
        """Every member in turn. Raises Damaged where something does not open or add up."""
        records = self._records()
        kind, payload = next(records)
        self.facts = _read_json(payload) if kind == b"H" else {}
        if self.facts.get("format") != FORMAT:
            raise BadArchive(f"{self.path.name} has a form that this version does not read")
        chain, count = hashlib.sha256(), 0
        for kind, payload in records:
            if kind == b"Z":
                self.ending = _read_json(payload)
                break
            facts = _read_json(payload)
            self.member_name = facts["name"]
            pieces = self._content(records, facts["packed"], chain)
            yield Member(facts["name"], facts, pieces)
            for _rest in pieces:
                pass
            count += 1
        if self.ending is None or (self.ending["members"], self.ending["digest"]) != (count, chain.hexdigest()):
            raise Damaged(f"{self.path.name}: the manifest does not fit what was read")

    def _content(self, records: Iterator[tuple[bytes, bytes]], packed: bool, chain: Any) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        for kind, payload in records:
            if kind == b"E":
                found = {"size": size, "sha256": digest.hexdigest()}
                if _read_json(payload) != found:
                    raise Damaged(f"{self.member_name} is not what was written")
                chain.update(payload)
                return
            for piece in self._unpacked(payload) if packed else (payload,):
                digest.update(piece)
                size += len(piece)
                yield piece
        raise Damaged(f"{self.member_name} ends too early")

    def _unpacked(self, payload: bytes) -> Iterator[bytes]:
        try:
            while True:
                piece = self._press.decompress(payload, SLICE)
                payload = self._press.unconsumed_tail
                if piece:
                    yield piece
                elif not payload:
                    return
        except zlib.error:
            raise Damaged(f"{self.member_name} is not what was written") from None

    def _records(self) -> Iterator[tuple[bytes, bytes]]:
        buffer, need = bytearray(), 5
        for start, after, plain in self._all():
            if plain is None:
                raise Damaged(f"bytes {start} to {after - 1} are damaged, in or after {self.member_name}")
            buffer += plain
            while len(buffer) >= need:
                size = struct.unpack_from(">I", buffer, 1)[0]
                if len(buffer) < 5 + size:
                    need = 5 + size
                    break
                record = bytes(buffer[:1]), bytes(buffer[5 : 5 + size])
                del buffer[: 5 + size]
                need = 5
                if record[0] == b"M":
                    self._press = zlib.decompressobj()
                yield record
        if buffer:
            raise Damaged(f"{self.path.name} ends too early")

    def _all(self) -> Iterator[tuple[int, int, bytes | None]]:
        """Every slice: where it lies, and what it holds (None: it does not open)."""
        with open(self.path, "rb") as handle:
            handle.seek(HEAD)
            start, position = HEAD, 0
            while start < self.size or position == 0:
                sealed = handle.read(SLICE + TAG)
                after = start + len(sealed)
                try:
                    plain = self._slices.open(position, after >= self.size, sealed)
                except (Unreadable, ValueError):
                    plain = None
                yield start, max(after, start + 1), plain
                start, position = max(after, start + 1), position + 1


def _read_json(payload: bytes) -> dict[str, Any]:
    try:
        return json.loads(payload)
    except ValueError:
        raise Damaged("a record of the manifest cannot be read") from None
