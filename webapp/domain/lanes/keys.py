"""Clients of the lane service and their keys: made, changed for another without standing still, ended; and limits.

A key is shown once and kept as its hash, and has an end from the day it is made (LANE_KEY_DAYS); `lanes.ends` gives
notice of it. Processes keep what they read of a key for a few seconds, so an ended key is refused everywhere within
that time.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from webapp import clock, crypto
from webapp.actors import Actor
from webapp.database import lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.lanes.models import ACTIVE, ENDED, LaneCheck, LaneClient, LaneKey
from webapp.domain.passlist import channels
from webapp.domain.privacy import assessments
from webapp.errors import Conflict, Invalid, NotFound, TooMany

#: Questions a minute, unless the client has another figure: more than a gate with four lanes can have cars.
PER_MINUTE = 1200
MOST_PER_MINUTE = 60_000
LONGEST_NAME = 60
#: How long the former key stays good after a new one was made.
HANDOVER = timedelta(hours=24)
#: New keys that a client's gates may make for themselves within HANDOVER: one is needed, and trouble is allowed for.
MOST_CHANGES = 5
#: For so long a process answers by what it read of a key, in seconds.
KEPT = 5.0
#: Keys that are remembered at a time; one more and the oldest knowledge is dropped.
REMEMBERED = 500


@dataclass(frozen=True)
class Caller:
    """Who asks by API, and with which key. `channels` is None where every channel may be asked for, `key_ends_at` where
    a host of the version before made the key just now (`lanes.ends`)."""

    client_id: int
    ref: str
    key_ref: str
    key_ends_at: datetime | None
    channels: frozenset[str] | None
    per_minute: int
    limited_until: datetime | None

    def may_ask(self, channel: str) -> bool:
        return self.channels is None or channel in self.channels


_good_for = timedelta(days=365)


def configure(days: int) -> None:
    """How long a new key is good: setting LANE_KEY_DAYS."""
    global _good_for
    _good_for = timedelta(days=days)


def end_of_new(now: datetime) -> datetime:
    """Until when a key is good that is made now."""
    return now + _good_for


@action("lane-client:create")
def create(
    act: Act, name: str, channel_codes: Sequence[str], per_minute: int, key: str, assessment: str
) -> dict[str, Any]:
    """A client with its first key; the caller made the key (crypto.random_token) and shows it once. `assessment`: ref
    of the impact assessment under which somebody new is told about people and their cars (PIPL 55).
    Raises Invalid beside `name`, `channels`, `per_minute`, Conflict("assessment_needed")."""
    _check(name, channel_codes, per_minute)
    weighed = assessments.require_giving(assessment)
    client = LaneClient.create(
        ref=crypto.new_ref(),
        name=name.strip(),
        channels=sorted(set(channel_codes)) or None,
        per_minute=per_minute,
        state=ACTIVE,
        created_at=act.now,
        act_id=act.id,
        assessment_ref=weighed.ref,
    )
    made = _add_key(act, client, key)
    record(act, "lane-client:created", client.ref, fields=["name", "channels", "per_minute"])
    record(act, "lane-key:created", made.ref)
    return {"client": client.ref, "key": made.ref}


@action("lane-client:change")
def change(act: Act, ref: str, name: str, channel_codes: Sequence[str], per_minute: int) -> dict[str, Any]:
    """Another name, other channels, another limit. Raises as `create`, and Conflict("lane_client_ended")."""
    _check(name, channel_codes, per_minute)
    client = _active(ref)
    LaneClient.update(
        name=name.strip(), channels=sorted(set(channel_codes)) or None, per_minute=per_minute, act_id=act.id
    ).where(LaneClient.id == client.id).execute()
    record(act, "lane-client:changed", ref, fields=["name", "channels", "per_minute"])
    return {"client": ref}


@action("lane-key:rotate")
def rotate(act: Act, ref: str, key: str) -> dict[str, Any]:
    """Another key for a client; those it has stay good for a day (HANDOVER), so that the gate can be given the new one.
    Raises Conflict("lane_client_ended")."""
    return _replace(act, _active(ref), key)


def renew(actor: Actor, who: Caller) -> dict[str, Any]:
    """A gate changes the key it asks with for another (`key`, `ends_at`); the old one stays good for HANDOVER at most.
    Asked again with the old one it is told the same, so an answer that was lost on its way costs nothing.

    Raises Conflict("lane_key_replaced") where the client was given a younger key, Conflict("lane_key_ended") where the
    new one was ended since, TooMany.
    """
    key = crypto.derive_token("lane-key-after", who.key_ref)
    _renew(actor, who.ref, who.key_ref, key, key=who.key_ref)
    found = _read(crypto.token_hash(key))
    if found is None or found.key_ends_at is None:
        raise Conflict("lane_key_ended")
    return {"key": key, "ends_at": found.key_ends_at}


@action("lane-key:renew")
def _renew(act: Act, ref: str, key_ref: str, key: str) -> dict[str, Any]:
    client = _active(ref)
    newest, *_ = known = keys_of(client)
    if newest.ends_at is not None and newest.ends_at <= act.now:
        raise Conflict("lane_key_ended")  # a moment ago: this process has not read it anew
    if newest.ref != key_ref:
        # Else whoever found a key that the platform has just replaced would have another for a year.
        raise Conflict("lane_key_replaced")
    lately = [row.created_at for row in known if row.created_at > act.now - HANDOVER]
    if len(lately) >= MOST_CHANGES:
        raise TooMany("too_many", seconds=math.ceil((lately[MOST_CHANGES - 1] + HANDOVER - act.now).total_seconds()))
    return _replace(act, client, key)


def _replace(act: Act, client: LaneClient, key: str) -> dict[str, Any]:
    until = act.now + HANDOVER
    longer = LaneKey.ends_at.is_null() | (LaneKey.ends_at > until)
    LaneKey.update(ends_at=until).where(LaneKey.client == client.id, longer).execute()
    made = _add_key(act, client, key)
    record(act, "lane-key:created", made.ref)
    return {"client": client.ref, "key": made.ref, "old_until": until.isoformat()}


@action("lane-key:end")
def end_key(act: Act, ref: str, key_ref: str) -> dict[str, Any]:
    """A key that got into wrong hands: good no more, at once. Raises NotFound, Conflict("lane_key_ended")."""
    client = one(ref)
    row = LaneKey.get_or_none(LaneKey.client == client.id, LaneKey.ref == key_ref)
    if row is None:
        raise NotFound("not_found")
    if row.ends_at is not None and row.ends_at <= act.now:
        raise Conflict("lane_key_ended")
    LaneKey.update(ends_at=act.now).where(LaneKey.id == row.id).execute()
    record(act, "lane-key:ended", key_ref)
    return {"client": ref}


@action("lane-client:end")
def end(act: Act, ref: str) -> dict[str, Any]:
    """A client that asks no more; its keys end with it. Raises Conflict("lane_client_ended")."""
    client = _active(ref)
    LaneClient.update(state=ENDED, act_id=act.id).where(LaneClient.id == client.id).execute()
    still = LaneKey.ends_at.is_null() | (LaneKey.ends_at > act.now)
    LaneKey.update(ends_at=act.now).where(LaneKey.client == client.id, still).execute()
    record(act, "lane-client:ended", ref)
    return {"client": ref}


def _check(name: str, channel_codes: Iterable[str], per_minute: int) -> None:
    if not name.strip():
        raise Invalid("missing", field="client_name")
    if len(name.strip()) > LONGEST_NAME:
        raise Invalid("too_long", field="client_name", maximum=LONGEST_NAME)
    if not set(channel_codes) <= {channel.code for channel in channels.all_channels()}:
        raise Invalid("choice_unknown", field="channels")
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise Invalid("out_of_range", field="per_minute", least=1, most=MOST_PER_MINUTE)


def _add_key(act: Act, client: LaneClient, key: str) -> LaneKey:
    return LaneKey.create(
        client=client.id,
        ref=crypto.new_ref(),
        key_hash=crypto.token_hash(key),
        ending=key[-4:],
        created_at=act.now,
        ends_at=end_of_new(act.now),
        act_id=act.id,
    )


def one(ref: str) -> LaneClient:
    """A client by reference. Raises NotFound."""
    client = LaneClient.get_or_none(LaneClient.ref == ref)
    if client is None:
        raise NotFound("not_found")
    return client


def _active(ref: str) -> LaneClient:
    """Its keys are changed by one act at a time. Raises NotFound, Conflict("lane_client_ended")."""
    lock(LaneClient, [one(ref).id])
    client = one(ref)
    if client.state != ACTIVE:
        raise Conflict("lane_client_ended")
    return client


def clients() -> list[LaneClient]:
    """Every client, those that still ask first, newest first."""
    return list(LaneClient.select().order_by(LaneClient.state, LaneClient.id.desc()))


def keys_of(client: LaneClient) -> list[LaneKey]:
    """Every key it ever had, newest first."""
    return list(LaneKey.select().where(LaneKey.client == client.id).order_by(LaneKey.id.desc()))


def asked_since(moment: datetime) -> dict[int, tuple[int, datetime]]:
    """How many questions each client asked since then and when the last one, as far as the journals were taken in."""
    rows = (
        LaneCheck.select(LaneCheck.client_id, fn.COUNT(LaneCheck.id), fn.MAX(LaneCheck.asked_at))
        .where(LaneCheck.asked_at >= moment, LaneCheck.client_id.is_null(False))
        .group_by(LaneCheck.client_id)
        .tuples()
    )
    return {client: (count, last) for client, count, last in rows}


# What every process keeps of keys -----------------------------------------------------------------------------

_guard = threading.Lock()
_known: dict[bytes, tuple[float, Caller | None]] = {}
_buckets: dict[int, tuple[float, float]] = {}


def caller(token: str) -> Caller | None:
    """Who holds this key, or None where it is unknown or ended."""
    key_hash = crypto.token_hash(token)
    now = time.monotonic()
    kept = _known.get(key_hash)
    if kept is not None and now < kept[0]:
        return kept[1]
    found = _read(key_hash)
    with _guard:
        if len(_known) >= REMEMBERED:
            _known.clear()
        _known[key_hash] = (now + KEPT, found)
    return found


def _read(key_hash: bytes) -> Caller | None:
    now = clock.now()
    row = (
        LaneKey.select(
            LaneClient.id,
            LaneClient.ref,
            LaneKey.ref,
            LaneKey.ends_at,
            LaneClient.channels,
            LaneClient.per_minute,
            LaneClient.limited_until,
        )
        .join(LaneClient, on=(LaneKey.client == LaneClient.id))
        .where(
            LaneKey.key_hash == key_hash,
            LaneClient.state == ACTIVE,
            LaneKey.ends_at.is_null() | (LaneKey.ends_at > now),
        )
        .tuples()
        .first()
    )
    if row is None:
        return None
    client_id, ref, key_ref, key_ends_at, codes, per_minute, limited_until = row
    asked_for = frozenset(codes) if codes is not None else None
    return Caller(client_id, ref, key_ref, key_ends_at, asked_for, per_minute, limited_until)


def forget_known() -> None:
    """Read every key anew at its next use, with its whole limit."""
    with _guard:
        _known.clear()
        _buckets.clear()


def take(who: Caller, questions: int = 1) -> int:
    """Take so many questions of the client's limit; returns 0, or the seconds until it may ask again.

    What costs more than the limit of a minute, a snapshot or many questions, needs the whole of it, and the rest is
    owed: a client with a small limit waits longer afterwards instead of for ever.

    Each process lets the whole limit through, so that no gate waits for a database; the worker sees the sum in the
    journals and holds a client back everywhere when it is passed (`hold_back`).
    """
    now = time.monotonic()
    if who.limited_until is not None and who.limited_until > clock.now():
        return max(1, round((who.limited_until - clock.now()).total_seconds()))
    rate, most = who.per_minute / 60, float(who.per_minute)
    needed = min(float(questions), most)
    with _guard:
        tokens, filled = _buckets.get(who.client_id, (most, now))
        tokens = min(most, tokens + (now - filled) * rate)
        enough = tokens >= needed
        _buckets[who.client_id] = (tokens - questions if enough else tokens, now)
    return 0 if enough else math.ceil((needed - tokens) / rate)


@action("lane-client:hold-back")
def _hold_back(act: Act, client_ids: list[int], until: str) -> dict[str, Any]:
    rows = list(LaneClient.select().where(LaneClient.id << client_ids))
    LaneClient.update(limited_until=datetime.fromisoformat(until)).where(LaneClient.id << client_ids).execute()
    for row in rows:
        record(act, "lane-client:held-back", row.ref)
    return {"clients": len(rows)}


def hold_back(actor: Any) -> int:
    """The worker's part: clients that asked more than their limit in the last minute, over all processes, wait for one.
    Returns how many. What gates tell of later counts when it was asked, so a replay holds nobody back."""
    now = clock.now()
    asked = asked_since(now - timedelta(minutes=1))
    over = [
        row.id
        for row in LaneClient.select().where(LaneClient.id << list(asked), LaneClient.state == ACTIVE)
        if asked[row.id][0] > row.per_minute and (row.limited_until is None or row.limited_until <= now)
    ]
    if over:
        _hold_back(actor, over, (now + timedelta(minutes=1)).isoformat())
    return len(over)
