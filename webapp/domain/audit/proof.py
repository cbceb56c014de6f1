"""What a row of the record says as bytes, and what proves it: a MAC for each row at once, later its place in a tree.

A row is canonical JSON of its stored columns, under a word of its own (domain separation), so no row can stand for one
of another kind. The trees are those of RFC 6962: SHA-256 over 0x00 and a leaf, 0x01 and two nodes; a head is 0x02 and
what its seal says. Leaves hold the whole row and its MAC: seals hold without the key, and convict whoever has it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any

_encode = json.JSONEncoder(separators=(",", ":")).encode

#: Columns as stored, in the order in which a row is proved; `lines` is how many audit lines the act has.
ACT_COLUMNS = (
    "id", "actor_kind", "actor_ref", "account_id", "unit_id", "verb", "key", "outcome", "codes", "result",
    "request_id", "session_ref", "address", "at", "lines",
)  # fmt: skip
LINE_COLUMNS = ("act_id", "position", "at", "tag", "object_ref", "unit_id", "fields")
FIRST_HEAD = bytes(32)


def act(row: Sequence[Any]) -> bytes:
    """An act by its ACT_COLUMNS."""
    return b"act\0" + _written(row)


def line(row: Sequence[Any]) -> bytes:
    """An audit line by its LINE_COLUMNS."""
    return b"line\0" + _written(row)


def lines(act_id: int, at: int, rest: Iterable[tuple[int, str, str, int | None, str | None]]) -> Iterator[bytes]:
    """The same of very many lines of one act, by position, tag, ref, unit id and fields: what most have alike is
    written once."""
    word = cache(_word)
    for position, tag, object_ref, unit_id, fields in rest:
        said = f"[{act_id},{position},{at},{word(tag)},{_quoted(object_ref)},{word(unit_id)},{word(fields)}]"
        yield b"line\0" + said.encode()


def _written(row: Sequence[Any]) -> bytes:
    """Words, whole numbers and NULL as `_encode` writes them, at a fifth of its time: a large act has 20,000 lines."""
    try:
        return f"[{','.join(map(_word, row))}]".encode()
    except TypeError:  # what no row can hold, put there by hand
        return _encode(list(row)).encode()


def _word(value: str | int | None) -> str:
    return _quoted(value) if type(value) is str else "null" if value is None else int.__repr__(value)  # type: ignore[arg-type]


def place(number: int, act_id: int, mac: bytes) -> bytes:
    """That the act of this id and proof is the n-th of the record."""
    return b"place\0" + _encode([number, act_id, mac.hex()]).encode()


def head(number: int, acts: int, lines: int, root: bytes, previous: bytes, at: int) -> bytes:
    """The head of the chain with this seal: what is kept outside. `acts` and `lines`: how many are sealed by then."""
    said = _encode([number, acts, lines, root.hex(), previous.hex(), at]).encode()
    return hashlib.sha256(b"\2" + said).digest()


def leaf(content: bytes, mac: bytes) -> bytes:
    return hashlib.sha256(b"\0" + content + mac).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of RFC 6962, section 2.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    stack: list[tuple[int, bytes]] = []  # (how many leaves, node), each larger than the next
    for node in leaves:
        size = 1
        while stack and stack[-1][0] == size:
            node = _joined(stack.pop()[1], node)
            size *= 2
        stack.append((size, node))
    found = stack.pop()[1]
    while stack:
        found = _joined(stack.pop()[1], found)
    return found


def _joined(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
