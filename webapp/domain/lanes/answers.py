"""What a channel is answered: the list's word on the vehicle, and the channel's own rules at that moment (design 9).

Nothing here names a person. Being listed never promises passage without inspection (design 7, rule 12).
"""

from __future__ import annotations

import functools
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from webapp import clock
from webapp.domain.lanes import lookups
from webapp.domain.lanes.lookups import Found
from webapp.domain.lanes.models import FILED, LISTED, NOT_FILED, NOT_LISTED
from webapp.domain.passlist import channels
from webapp.domain.passlist.models import Entry
from webapp.domain.registry import queries as registry
from webapp.errors import Invalid
from webapp.values import documents, plates

#: Longest text that is looked at as a plate; a reader's noise is refused before anything is computed.
LONGEST = 24
#: For so long a process answers by the table of channels as it read it, in seconds.
CHANNELS_KEPT = 5.0
NO_VEHICLE = Found(NOT_LISTED, "not_a_plate")


class Answer(NamedTuple):
    """One answer. `plate` is normalised, `plate_index` its blind index: what the record keeps."""

    plate: str
    plate_index: bytes
    channel: str
    found: Found
    open: bool
    allowed: bool
    at: datetime

    @property
    def reason(self) -> str:
        """One reason: what keeps a listed vehicle out of this channel comes before that it is in force."""
        if self.found.result != LISTED or not self.channel:
            return self.found.reason
        if not self.allowed:
            return "vehicle_not_for_channel"
        return self.found.reason if self.open else "channel_closed"

    def json(self) -> dict[str, Any]:
        found = self.found
        vehicle = {"use": found.vehicle_use, "size_class": found.size_class} if found.size_class else None
        return {
            "result": found.result,
            "reason": self.reason,
            "vehicle": vehicle,
            "drivers": found.drivers,
            "channel": {"open": self.open, "allowed": self.allowed} if self.channel else None,
            "as_of": instant(self.at),
        }


def instant(moment: datetime) -> str:
    """An instant as the API writes it: UTC, microseconds, `Z`."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def check(text: str, channel: str, at: datetime | None = None) -> Answer:
    """Is this plate on the list, and does the channel let such a vehicle through now? Raises Invalid beside `plate`
    (missing, too_long) and `channel` (unknown)."""
    now = at or clock.now()
    known = _known_by(text)
    way = way_of(channel)
    found = lookups.by_plate(known.indexes) if known.is_plate else NO_VEHICLE
    allowed = found.size_class in way.size_classes
    return Answer(known.plate, known.indexes[0], channel, found, way.opens_at(now), allowed, now)


def check_driver(text: str, id_number: str, at: datetime | None = None) -> tuple[Answer, str]:
    """Whether the holder of this document is a filed driver of the vehicle with this plate: the answer on the vehicle,
    and `filed` or `not_filed`. Which kind of document it is needs not be said. Raises Invalid."""
    answer = check(text, "", at)
    if not id_number or len(id_number) > 2 * LONGEST:
        raise Invalid("missing" if not id_number else "too_long", field="id_number")
    vehicle = answer.found.vehicle_id
    people = _people(id_number) if answer.found.result == LISTED and vehicle is not None else []
    filed = (
        bool(people)
        and Entry.select(Entry.id)
        .where(Entry.vehicle == vehicle, Entry.person << people, Entry.state == LISTED)
        .exists()
    )
    return answer, FILED if filed else NOT_FILED


def _people(id_number: str) -> list[int]:
    """Whoever holds a document of this number, read as every kind that it can be. A passport's country is not known at
    a channel, so a passport alone finds nobody."""
    found = set()
    for kind in documents.ID_TYPES:
        checked = documents.check(kind, id_number, today=clock.today())
        if kind != "passport" and not checked.errors:
            person = registry.person_by_key(documents.identity_key(kind, checked.value))
            if person is not None:
                found.add(person.id)
    return sorted(found)


def readings(text: str) -> tuple[str, ...]:
    """Every normalised plate that this may be, the likelier first: a camera does not know whether MX1234 is of Macao or
    of Hong Kong (docs/decisions/0007). Raises Invalid beside `plate`."""
    if len(text) > LONGEST:
        raise Invalid("too_long", field="plate", maximum=LONGEST)
    if not plates.fold(text):
        raise Invalid("missing", field="plate")
    return plates.candidates(text)


class _Known(NamedTuple):
    """A text as it is read: the likeliest plate, whether it is one, and the blind indexes of all it may be."""

    plate: str
    is_plate: bool
    indexes: tuple[bytes, ...]


@functools.lru_cache(maxsize=4096)
def _known_by(text: str) -> _Known:
    """The same cars come by every day, and reading costs more than asking."""
    read = readings(text)
    return _Known(read[0], bool(plates.kind(read[0])), tuple(registry.plate_indexes(read)))


@dataclass(frozen=True)
class Way:
    """A channel's rules. Minutes after midnight in the zone."""

    opens: int
    closes: int
    size_classes: frozenset[str]

    def opens_at(self, moment: datetime) -> bool:
        local = moment.astimezone(clock.ZONE)
        return self.opens <= local.hour * 60 + local.minute < self.closes


#: Where no channel was named there is nothing to be open or allowed.
ANYWHERE = Way(0, 0, frozenset())


def way_of(channel: str) -> Way:
    """The rules of a channel by its code; '' is no channel. Raises Invalid("unknown_channel")."""
    if not channel:
        return ANYWHERE
    way = _ways().get(channel)
    if way is None:
        raise Invalid("unknown_channel", field="channel")
    return way


_kept = threading.local()


def _ways() -> dict[str, Way]:
    """The table of channels, read anew every few seconds: an officer's change reaches every gate that fast."""
    now = time.monotonic()
    if now >= getattr(_kept, "until", 0.0):
        rows = channels.all_channels()
        _kept.ways = {row.code: Way(row.opens, row.closes, frozenset(row.size_classes)) for row in rows}
        _kept.until = now + CHANNELS_KEPT
    return _kept.ways


def forget_kept() -> None:
    """Read the table of channels, and every plate, anew at the next question."""
    _kept.until = 0.0
    _known_by.cache_clear()
