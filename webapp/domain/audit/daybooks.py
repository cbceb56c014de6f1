"""The record day by day as files: what was sealed on one civil day, encrypted and proved, away from the database.

`record` + JSON head in one line, then slices: length (4 bytes, big-endian) and AES-256-GCM over compressed JSON lines,
each bound to its place; the last one is marked, so nothing can be cut off (crypto.Slices). The head names the day, its
seals, their last head, and the key. Written, synced and renamed before the act that names its SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

from webapp import actors, clock, crypto
from webapp.columns import to_micros
from webapp.crypto import Unreadable
from webapp.domain.audit import anchors, proof, reading
from webapp.domain.audit.acts import Act, action, first_result, record
from webapp.domain.audit.models import Seal

VERB = "record:export"
MAGIC = b"record 1 "
ENDING = ".record"
#: Plain bytes in one slice, about.
SLICE = 1 << 20
#: Seals read at a time.
SEALS = 50
_encode = json.JSONEncoder(separators=(",", ":")).encode


class BadDaybook(Exception):
    """A file that is none of ours, or was altered; the message says where."""


@dataclass(frozen=True)
class Daybook:
    name: str
    day: str
    acts: int
    lines: int
    first: int
    last: int


def keep(day: date) -> Daybook | None:
    """Keep what was sealed on a civil day that is over. None where it is kept already or nothing was sealed. Raises
    nothing that leaves half a file."""
    actor = actors.system("daybook")
    span = Seal.select().where(
        Seal.at >= clock.start_of_day(day), Seal.at < clock.start_of_day(day + timedelta(days=1))
    )
    first, last = span.order_by(Seal.number).first(), span.order_by(Seal.number.desc()).first()
    if first is None or first_result(actor, VERB, day.isoformat()) is not None:
        return None
    path = folder() / f"{day.isoformat()}{ENDING}"
    draft = path.with_suffix(".part")
    with draft.open("wb") as file:
        counted = _write(file, day, first, last)
        file.flush()
        os.fsync(file.fileno())
    digest = _digest(draft)
    draft.rename(path)
    _kept(actor, path.name, digest, counted, key=day.isoformat())
    return Daybook(path.name, day.isoformat(), counted["acts"], counted["lines"], first.number, last.number)


def folder() -> Path:
    return anchors.path().parent


@action(VERB)
def _kept(act: Act, name: str, digest: str, counted: dict[str, int]) -> dict[str, Any]:
    record(act, "record:exported", name)
    return {"name": name, "digest": digest, **counted}


def _write(file: BinaryIO, day: date, first: Seal, last: Seal) -> dict[str, int]:
    salt = os.urandom(16)
    key_id, slices = crypto.record_slices(salt)
    head = {
        "day": day.isoformat(),
        "first": first.number,
        "last": last.number,
        "head": bytes(last.head).hex(),
        "key": key_id,
        "salt": salt.hex(),
    }
    said = _encode(head).encode()
    file.write(MAGIC + said + b" " + slices.head_tag(said).hex().encode() + b"\n")
    counted, gathered, position = {"acts": 0, "lines": 0}, [], 0
    size = 0
    for row in _rows(first, last):
        counted["acts"] += row[0] == "act"
        counted["lines"] += row[0] == "line"
        text = _encode(row).encode() + b"\n"
        gathered.append(text)
        size += len(text)
        if size >= SLICE:
            _slice(file, slices, position, False, gathered)
            gathered, size, position = [], 0, position + 1
    _slice(file, slices, position, True, gathered)
    return counted


def _slice(file: BinaryIO, slices: crypto.Slices, position: int, last: bool, texts: list[bytes]) -> None:
    sealed = slices.seal(position, last, zlib.compress(b"".join(texts), 6))
    file.write(len(sealed).to_bytes(4, "big") + sealed)


def _rows(first: Seal, last: Seal) -> Iterator[list[Any]]:
    """Each seal, then the acts it covers, each followed by its lines."""
    before = Seal.get_or_none(Seal.number == first.number - 1)
    acts, head = (before.acts, bytes(before.head)) if before else (0, proof.FIRST_HEAD)
    number = first.number
    while number <= last.number:
        upto = min(number + SEALS - 1, last.number)
        for seal in Seal.select().where(Seal.number >= number, Seal.number <= upto).order_by(Seal.number):
            stored = [seal.number, seal.acts, seal.lines, bytes(seal.root).hex(), head.hex(), to_micros(seal.at)]
            yield ["seal", *stored, bytes(seal.mac).hex()]
            placed = [act for _place, act in reading.places(acts, seal.acts) if act]
            lines = reading.lines([act[0] for act in placed])
            for act in placed:
                yield ["act", *act[:-1], (act[-1] or b"").hex()]
                for line in lines.get(act[0], ()):
                    yield ["line", *line[:-2], (line[-2] or b"").hex()]
            acts, head = seal.acts, bytes(seal.head)
        number = upto + 1


def check(path: Path) -> Daybook:
    """Open every slice and prove every row and seal in it, without the database. Raises BadDaybook."""
    with path.open("rb") as file:
        said, slices = _opened(file)
        counted, seal = {"act": 0, "line": 0}, None
        leaves: list[bytes] = []
        for row in _plain(file, slices):
            if row[0] == "seal":
                _prove_seal(seal, leaves)
                if seal is not None and bytes.fromhex(row[5]) != proof.head(*_seal_values(seal)):
                    raise BadDaybook(f"seal {row[1]} does not follow the one before")
                seal, leaves = row, []
                continue
            content, mac = (proof.act if row[0] == "act" else proof.line)(row[1:-1]), bytes.fromhex(row[-1])
            if not crypto.mac_fits(content, mac):
                raise BadDaybook(f"{row[0]} {row[1]} does not prove itself")
            leaves.append(proof.leaf(content, mac))
            counted[row[0]] += 1
        _prove_seal(seal, leaves)
        if seal is None or proof.head(*_seal_values(seal)).hex() != said["head"]:
            raise BadDaybook("another head than it begins with")
    return Daybook(path.name, said["day"], counted["act"], counted["line"], said["first"], said["last"])


def _prove_seal(row: list[Any] | None, leaves: list[bytes]) -> None:
    if row is None:
        return
    if not crypto.mac_fits(proof.head(*_seal_values(row)), bytes.fromhex(row[-1])):
        raise BadDaybook(f"seal {row[1]} does not prove itself")
    if proof.root(leaves) != bytes.fromhex(row[4]):
        raise BadDaybook(f"seal {row[1]} is not over these rows")


def _seal_values(row: list[Any]) -> tuple[int, int, int, bytes, bytes, int]:
    _word, number, acts, lines, root, previous, at, _mac = row
    return number, acts, lines, bytes.fromhex(root), bytes.fromhex(previous), at


def _opened(file: BufferedReader) -> tuple[dict[str, Any], crypto.Slices]:
    first = file.readline(4096)
    head, _space, tag = first.removeprefix(MAGIC).rstrip(b"\n").rpartition(b" ")
    try:
        if not first.startswith(MAGIC):
            raise ValueError
        said = json.loads(head)
        _key, slices = crypto.record_slices(bytes.fromhex(said["salt"]), said["key"])
        if not crypto.same(slices.head_tag(head).hex(), tag.decode()):
            raise BadDaybook("the head was altered, or the key is another")
    except Unreadable as unknown:
        raise BadDaybook("made with a key that is not in AUDIT_KEY") from unknown
    except (ValueError, KeyError, TypeError) as other:
        raise BadDaybook("not a day of the record") from other
    return said, slices


def _plain(file: BufferedReader, slices: crypto.Slices) -> Iterator[list[Any]]:
    position, last = 0, False
    while not last:
        size = file.read(4)
        sealed = file.read(int.from_bytes(size, "big")) if len(size) == 4 else b""
        last = not file.peek(1)
        try:
            plain = slices.open(position, last, sealed)
        except Unreadable as altered:
            raise BadDaybook(f"slice {position} was altered, or the end is missing") from altered
        for text in zlib.decompress(plain).splitlines():
            yield json.loads(text)
        position += 1


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
