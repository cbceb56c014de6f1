"""What is invented for which number: pure, so that any process can make any slice of the list by itself.

Entry number n has the row ids `base + n`; whoever has the plan knows every id. Units differ in size as in life: the
k-th has 1/k of the largest. Each unit's entries came by uploads of one to a few hundred people, at moments of the last
two years.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from webapp import clock
from webapp.columns import to_micros
from webapp.domain.units.models import CLASSES

#: Entries a unit has on average; filings that are on their way, or ended before the list, for so many entries.
PER_UNIT, PER_FILING = 250, 20
LARGEST_UPLOAD = 400
SLICE = 4000
DAY = 86_400_000_000
#: Of each applicant class, so many of ten units. Class 6 has unit vehicles alone.
CLASS_OF = (*CLASSES[1:4], *CLASSES[:2], *CLASSES[3:6], "resident", "enterprise")


@dataclass(frozen=True)
class Bases:
    """Below these ids everything is somebody else's."""

    act: int = 0
    account: int = 0
    unit: int = 0
    person: int = 0
    vehicle: int = 0
    slot: int = 0
    answers: int = 0
    pledge: int = 0
    submission: int = 0
    filing: int = 0
    entry: int = 0
    upload: int = 0


@dataclass(frozen=True)
class PlannedUnit:
    number: int  # 1 is the largest
    id: int
    entries: int
    first: int  # its first entry's number

    @property
    def unit_class(self) -> str:
        return CLASS_OF[self.number % 10]

    @property
    def name(self) -> str:
        kind = {"organ": "辦公室", "social": "協會", "resident": "居民委員會", "duty": "服務中心"}
        return f"橫琴虛構{self.id}號{kind.get(self.unit_class, '有限公司')}"

    @property
    def email(self) -> str:
        return f"manager{self.id}@synth.example"


@dataclass(frozen=True)
class Batch:
    """One upload: `size` entries from number `first` on, listed at `at` (microseconds)."""

    number: int
    unit: PlannedUnit
    first: int
    size: int
    at: int


@dataclass(frozen=True)
class Plan:
    entries: int
    seed: int
    today: date
    units: tuple[PlannedUnit, ...]
    batches: tuple[Batch, ...]
    bases: Bases
    waiting: int = 0  # filings beside the others that the largest unit has verified and not yet uploaded

    @property
    def open_filings(self) -> int:
        return self.entries // PER_FILING + self.waiting

    @property
    def midnight(self) -> int:
        return to_micros(clock.start_of_day(self.today))

    def slices(self) -> Iterator[tuple[int, int]]:
        """Ranges of batches, each about SLICE entries."""
        first, size = 0, 0
        for position, batch in enumerate(self.batches):
            size += batch.size
            if size >= SLICE:
                yield first, position + 1
                first, size = position + 1, 0
        if size:
            yield first, len(self.batches)


def make(entries: int, seed: int, today: date, bases: Bases, waiting: int = 0) -> Plan:
    made_units = tuple(_units(entries, bases.unit))
    chance = random.Random(f"{seed}:uploads")
    midnight = to_micros(clock.start_of_day(today))
    batches: list[Batch] = []
    for unit in made_units:
        done = 0
        while done < unit.entries:
            size = min(unit.entries - done, chance.randint(1, LARGEST_UPLOAD))
            at = midnight - chance.randrange(DAY, 730 * DAY)
            batches.append(Batch(len(batches) + 1, unit, unit.first + done, size, at))
            done += size
    return Plan(entries, seed, today, made_units, tuple(batches), bases, waiting)


def _units(entries: int, base: int) -> Iterator[PlannedUnit]:
    count = max(1, min(entries, entries // PER_UNIT))
    weight = sum(1 / k for k in range(1, count + 1))
    spare, first = entries - count, 1  # each has one
    for number in range(1, count + 1):
        size = 1 + int(spare / number / weight)
        if number == count:
            size = entries - first + 1
        yield PlannedUnit(number, base + number, size, first)
        first += size
