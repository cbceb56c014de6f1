"""The list as gates keep it: a signed snapshot, and what changed since (design 9; docs/decisions/0008).

A gate never gets a plate in the clear: each client has a salt of its own, and a plate travels as a keyed hash of its
normalised text. Numbers of changes are those of the sequencer: gapless and given after the commit, so a cursor loses
nothing and repeats nothing whatever commits at the same time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from peewee import fn

from webapp import clock, crypto
from webapp.database import among, transaction
from webapp.domain.audit.models import LIST_STREAM, Sequence
from webapp.domain.lanes import lookups
from webapp.domain.lanes.answers import instant
from webapp.domain.lanes.models import LaneFeed
from webapp.domain.passlist import channels
from webapp.domain.passlist.models import Entry, EntryStep
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import unsealed
from webapp.domain.registry.models import Plate, Vehicle
from webapp.errors import Conflict, Invalid

#: Vehicles in one signed block of a snapshot, and changes in one answer.
BLOCK = 500
#: Bytes of a plate's hash.
HASH = 16
SIGNING = "lane-feed"


@dataclass(frozen=True)
class Cursor:
    """A place in the history of one database: `<epoch>.<number>`."""

    epoch: str
    number: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.number}"

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Raises Invalid("bad_cursor", field="after")."""
        epoch, _, number = text.partition(".")
        if not epoch or not (number.isascii() and number.isdigit()) or len(number) > 15:
            raise Invalid("bad_cursor", field="after")
        return cls(epoch, int(number))


def seed() -> None:
    """Begin the history where there is none. Call inside a transaction."""
    if not LaneFeed.select(LaneFeed.id).exists():
        renew()


def renew() -> None:
    """Begin another history: every cursor given out before is answered that a new snapshot is needed. For whoever
    restores a database, whose numbers will be given again to other changes. Call inside a transaction."""
    LaneFeed.create(epoch=crypto.new_ref()[:10], began_at=clock.now())


def now() -> Cursor:
    """Where the history stands."""
    epoch = LaneFeed.select(LaneFeed.epoch).order_by(LaneFeed.id.desc()).limit(1).scalar()
    number = Sequence.select(fn.MAX(Sequence.number)).where(Sequence.stream == LIST_STREAM).scalar() or 0
    return Cursor(epoch, number)


def salt(client_ref: str) -> bytes:
    """The secret under which one client hashes plates. It lets nobody read another client's store."""
    return crypto.derive_token("lane-salt", client_ref).encode()


def plate_hash(key: bytes, plate: str) -> str:
    """A normalised plate as gates keep it: HMAC-SHA256 under their salt, 16 bytes, URL-safe base64 without padding."""
    digest = hmac.new(key, plate.encode(), hashlib.sha256).digest()[:HASH]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


# Vehicles as they are told ------------------------------------------------------------------------------------


def vehicles(client_ref: str, vehicle_ids: Iterable[int]) -> list[dict[str, Any]]:
    """What gates keep of these vehicles: `vehicle` (opaque, stable), `plates` (hashes), `result`, `reason`, `use`,
    `size_class`, `drivers`."""
    found = lookups.by_vehicles(vehicle_ids)
    written = _plates([one.vehicle_id for one in found if one.vehicle_id is not None])
    key = salt(client_ref)
    return [
        {
            "vehicle": one.vehicle_ref,
            "plates": [plate_hash(key, plate) for plate in written.get(one.vehicle_id or 0, ())],
            "result": one.result,
            "reason": one.reason,
            "use": one.vehicle_use,
            "size_class": one.size_class,
            "drivers": one.drivers,
        }
        for one in found
    ]


def _plates(vehicle_ids: list[int]) -> dict[int, list[str]]:
    """The active plates of these vehicles in the clear. Plate rows hold blind indexes only: the text is found on the
    sealed cards of the vehicle's entries, the newest that bears it."""
    active: dict[int, set[bytes]] = {}
    rows = Plate.select(Plate.vehicle, Plate.plate_index).where(
        Plate.vehicle << among(vehicle_ids), Plate.ended_at.is_null(), Plate.declared.is_null() | ~Plate.declared
    )
    for vehicle, index in rows.tuples():
        active.setdefault(vehicle, set()).add(bytes(index))
    texts: dict[int, list[str]] = {}
    cards = Entry.select(Entry.vehicle, Entry.ref, Entry.card).where(Entry.vehicle << among(active))
    for vehicle, ref, card in cards.order_by(Entry.id.desc()).tuples().iterator():
        wanted = active[vehicle]
        if not wanted:
            continue
        plates = unsealed("entry", ref, card).plates
        for plate, index in zip(plates, registry.plate_indexes(plates), strict=True):
            if index in wanted:
                wanted.discard(index)
                texts.setdefault(vehicle, []).append(plate)
    return texts


def ways() -> list[dict[str, Any]]:
    """The channels' own rules, for a gate that answers by itself: minutes after midnight in the zone."""
    return [
        {"code": row.code, "opens": row.opens, "closes": row.closes, "size_classes": row.size_classes}
        for row in channels.all_channels()
    ]


# Changes ------------------------------------------------------------------------------------------------------


def changes(client_ref: str, after: str, limit: int = BLOCK) -> dict[str, Any]:
    """What happened after a cursor, oldest first: each change once, with its vehicle as it is now. `client` and `after`
    bind what is signed to who asked for what: an answer to somebody else, or to another question, is told apart.

    Raises Invalid("bad_cursor"), and Conflict("cursor_unknown") where the cursor belongs to another history (a
    database was restored): the gate needs a new snapshot.
    """
    place, here = Cursor.read(after), now()
    if place.epoch != here.epoch or place.number > here.number:
        raise Conflict("cursor_unknown")
    rows = list(
        Sequence.select(Sequence.number, EntryStep.change, EntryStep.reason, EntryStep.at, Entry.vehicle)
        .join(EntryStep, on=(EntryStep.id == Sequence.source_id))
        .join(Entry, on=(EntryStep.entry == Entry.id))
        .where(Sequence.stream == LIST_STREAM, Sequence.number > place.number)
        .order_by(Sequence.number)
        .limit(limit)
        .tuples()
    )
    told = {one["vehicle"]: one for one in vehicles(client_ref, {row[4] for row in rows})}
    refs = _refs(row[4] for row in rows)
    last = rows[-1][0] if rows else place.number
    return {
        "changes": [
            {
                "number": number,
                "change": change,
                "reason": reason,
                "at": instant(at),
                "vehicle": told[refs[vehicle]],
            }
            for number, change, reason, at, vehicle in rows
        ],
        "client": client_ref,
        "after": after,
        "cursor": str(Cursor(here.epoch, last)),
        "more": last < here.number,
        "channels": ways(),
        "as_of": instant(clock.now()),
    }


def _refs(vehicle_ids: Iterable[int]) -> dict[int, str]:
    rows = Vehicle.select(Vehicle.id, Vehicle.ref).where(Vehicle.id << among(set(vehicle_ids)))
    return dict(list(rows.tuples()))


# Snapshots ----------------------------------------------------------------------------------------------------


def snapshot(client_ref: str, after: str = "") -> Iterator[bytes]:
    """The whole list as lines of JSON, one page of the database at a time; `after` is the vehicle after which a broken
    transfer goes on.

    First `{"snapshot": …}` with the cursor at which following the changes begins, the salt, the channels and the time;
    then blocks of vehicles; last `{"end": true}` with their number. Each block and the end carry the digest of
    everything since the first line and its signature, so a cut or altered snapshot is noticed at once.
    """
    head = {
        "snapshot": str(now()),
        "client": client_ref,
        "salt": base64.b64encode(salt(client_ref)).decode(),
        "after": after,
        "channels": ways(),
        "as_of": instant(clock.now()),
    }
    digest = hashlib.sha256()
    yield _line(head, digest)
    count, place = 0, after
    while True:
        ids = _page(place)
        if not ids:
            break
        block = vehicles(client_ref, ids)
        place, count = block[-1]["vehicle"], count + len(block)
        yield _signed({"vehicles": block, "last": place}, digest)
    yield _signed({"end": True, "count": count}, digest)


def _page(after: str) -> list[int]:
    """The next vehicles that ever were on the list, in the order of their references."""
    listed = Entry.select(Entry.id).where(Entry.vehicle == Vehicle.id)
    rows = Vehicle.select(Vehicle.id).where(Vehicle.ref > after, fn.EXISTS(listed)).order_by(Vehicle.ref).limit(BLOCK)
    return [found for (found,) in rows.tuples()]


def _line(content: dict[str, Any], digest: Any) -> bytes:
    line = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    digest.update(line)
    return line


def _signed(content: dict[str, Any], digest: Any) -> bytes:
    """A line, and one that signs everything up to it."""
    line = _line(content, digest)
    seal = {"digest": digest.hexdigest(), "signature": signature(digest.digest())}
    return line + _line(seal, digest)


def signature(content: bytes) -> str:
    """Our signature over bytes: Ed25519, base64."""
    return base64.b64encode(crypto.sign(SIGNING, content)).decode()


def public_key() -> str:
    """What gates check signatures with: the raw Ed25519 public key, base64."""
    return base64.b64encode(crypto.public_key(SIGNING)).decode()


def begin_anew() -> None:
    """`renew` for the command line, in a transaction of its own."""
    with transaction():
        renew()
