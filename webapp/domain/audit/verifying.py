"""Proving the whole record again: every row by its MAC, every number and seal by the chain, every head by the anchors.

It reads in the order of the seals, a seal at a time, while the system goes on: what is committed meanwhile is left for
the next time. Nothing is changed. A fault names the row; numbers are those of acts in the record, lines are named by
the number of their act and their position.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from webapp import clock, crypto
from webapp.columns import to_micros
from webapp.domain.audit import anchors, proof, purging, reading, sealing
from webapp.domain.audit.reading import SealRow

#: Rows without a number read at a time.
SLICE = 500
#: Faults that are named one by one.
MOST = 1000
#: An act that has no seal although so much later ones have was left behind; sooner, its commit may have been late.
SEALED_WITHIN = timedelta(hours=3)
#: A seal younger than this may be on its way outside.
ANCHORED_WITHIN = timedelta(seconds=60)

ALTERED, REMOVED, INSERTED, MOVED = "altered", "removed", "inserted", "moved"
#: A seal whose tree is another although every row proves itself: whoever did it has the key.
RESEALED = "resealed"
#: A seal that stands outside and no longer, or otherwise, in the database.
CUT_OFF, REWRITTEN, NOT_ANCHORED = "cut-off", "rewritten", "not-anchored"
#: An act that proves itself and that no seal ever covered, though later ones are sealed.
LEFT_BEHIND = "left-behind"


@dataclass(frozen=True)
class Fault:
    """`number`: of the act or seal, 0 where it has none; the ids are those of the tables."""

    kind: str
    noun: str  # act, line or seal
    number: int = 0
    act_id: int = 0
    line_id: int = 0
    position: int = 0


@dataclass
class Report:
    """What was proved. `waiting`: acts that no seal covers yet, `oldest` the first of them: these alone may be taken
    away whole without a trace."""

    acts: int = 0
    lines: int = 0
    seals: int = 0
    anchored: int = 0
    purged: int = 0
    waiting: int = 0
    oldest: datetime | None = None
    head: str = ""
    faults: list[Fault] = field(default_factory=list)

    def add(self, kind: str, noun: str, **where: int) -> None:
        if len(self.faults) < MOST:
            self.faults.append(Fault(kind, noun, **where))


def verify(anchor_file: Path | None = None, breathe: Callable[[], None] = lambda: None) -> Report:
    """Prove everything; `anchor_file`: heads kept elsewhere instead of the file under DATA_DIR."""
    with reading.any_text():
        return _verify(anchor_file, breathe)


def _verify(anchor_file: Path | None, breathe: Callable[[], None]) -> Report:
    report = Report()
    last = reading.last_seal()
    upto = last.number if last else 0
    outside = _Anchors(anchor_file or anchors.path(), report)
    before = _Chain(purging.boundary())
    report.purged = before.acts_gone
    for seal in _seals(upto, before, report):
        outside.compare(seal)
        _seal(seal, before, report)
        before.follow(seal)
        breathe()
    outside.finish()
    if last is not None:
        report.head = last.head.hex()
        _beyond(before.acts, report)
    _unsealed(last, report, breathe)
    for line_id, act_id in reading.lines_without_act(MOST):
        report.add(INSERTED, "line", act_id=act_id, line_id=line_id)
    strange_seals, strange_places = reading.without_number()
    for _seal_without in range(min(strange_seals, MOST)):
        report.add(INSERTED, "seal")
    for act_id in strange_places:
        report.add(INSERTED, "act", act_id=act_id)
    return report


class _Chain:
    """Where the walk along the seals stands, and which of them were purged: their heads remain, their rows do not."""

    def __init__(self, boundary: purging.Boundary) -> None:
        self.number = self.acts = self.lines = 0
        self.head = proof.FIRST_HEAD
        self.purged_seals, self.acts_gone = boundary.seals, boundary.acts

    def follow(self, seal: SealRow) -> None:
        self.number, self.acts, self.lines, self.head = seal.number, seal.acts, seal.lines, seal.head


def _seals(upto: int, chain: _Chain, report: Report) -> Iterator[SealRow]:
    """Every seal there is, ascending; those missing between are named."""
    while chain.number < upto:
        found = reading.seals(chain.number, upto, SLICE)
        for seal in found:
            for missing in range(chain.number + 1, min(seal.number, chain.number + 1 + MOST)):
                report.add(REMOVED, "seal", number=missing)
            yield seal
        if not found:
            return


def _seal(seal: SealRow, chain: _Chain, report: Report) -> None:
    """One seal and everything it covers."""
    report.seals += 1
    head, whole = seal.head, seal.number == chain.number + 1
    said = proof.head(seal.number, seal.acts, seal.lines, seal.root, chain.head, to_micros(seal.at))
    if not crypto.mac_fits(head, seal.mac) or (whole and said != head):
        report.add(ALTERED, "seal", number=seal.number)
    if seal.number <= chain.purged_seals:
        return
    known = len(report.faults)
    leaves, next_number = [], chain.acts + 1
    placed = reading.places(chain.acts, seal.acts)
    lines = reading.lines([act[0] for _place, act in placed if act])
    for (number, act_id, mac), act in placed:
        for missing in range(next_number, min(number, next_number + MOST)):
            report.add(REMOVED, "act", number=missing)
        next_number = number + 1
        if act is None:
            report.add(REMOVED, "act", number=number, act_id=act_id)
            continue
        if not crypto.mac_fits(proof.place(number, act_id, act[-1] or b""), mac):
            report.add(
                MOVED if crypto.mac_fits(proof.act(act[:-1]), act[-1]) else ALTERED, "act", number=number, act_id=act_id
            )
        elif not crypto.mac_fits(proof.act(act[:-1]), act[-1]):
            report.add(ALTERED, "act", number=number, act_id=act_id)
        _lines(act, lines.get(act_id, []), number, report)
        leaves += sealing.leaves([act], lines)
        report.acts += 1
    for missing in range(next_number, min(seal.acts + 1, next_number + MOST)):
        report.add(REMOVED, "act", number=missing)
    if whole and len(report.faults) == known < MOST and proof.root(leaves) != seal.root:
        report.add(RESEALED, "seal", number=seal.number)


def _lines(act: reading.Stored, lines: list[reading.Stored], number: int, report: Report) -> None:
    """The lines of one act: its own MAC says how many there are."""
    act_id, wanted, seen = act[0], act[len(proof.ACT_COLUMNS) - 1] or 0, set()
    for line in lines:
        position = max(line[1] or 0, 0)
        report.lines += 1
        if crypto.mac_fits(proof.line(line[:-2]), line[-2]) and position not in seen:
            seen.add(position)
            continue
        # Beside the true line, or beyond how many there are: somebody put it there. Else it is the true one, changed.
        others = [one for one in lines if one[1] == position]
        kind = INSERTED if len(others) > 1 or not 1 <= position <= wanted else ALTERED
        report.add(kind, "line", number=number, act_id=act_id, line_id=line[-1], position=position)
        if kind == ALTERED:
            seen.add(position)
    for position in range(1, min(wanted, len(lines) + MOST) + 1):
        if position not in seen:
            report.add(REMOVED, "line", number=number, act_id=act_id, position=position)


def _beyond(acts: int, report: Report) -> None:
    """Numbers are given with their seal: none stands above the last one."""
    above = reading.places_beyond(acts, MOST)
    later = reading.last_seal()
    for number, act_id in above:
        if later is None or number > later.acts:
            report.add(CUT_OFF, "act", number=number, act_id=act_id)


def _unsealed(last: SealRow | None, report: Report, breathe: Callable[[], None]) -> None:
    """What waits for its seal proves itself; only whether some of it was taken away whole, nothing tells yet."""
    after, newest = 0, sealing.newest_act()
    while True:
        waiting = reading.without_place(after, SLICE)
        lines = reading.lines([act[0] for act in waiting])
        for act in waiting:
            report.waiting += 1
            moment = reading.moment(act[proof.ACT_COLUMNS.index("at")])
            report.oldest = min(report.oldest, moment) if report.oldest else moment
            if not crypto.mac_fits(proof.act(act[:-1]), act[-1]):
                report.add(INSERTED, "act", act_id=act[0])
            elif last is not None and act[0] < newest and moment < last.at - SEALED_WITHIN:
                report.add(LEFT_BEHIND, "act", act_id=act[0])
            _lines(act, lines.get(act[0], []), 0, report)
        if len(waiting) < SLICE:
            return
        after = waiting[-1][0]
        breathe()


class _Anchors:
    """The heads outside, read beside the seals in the database; both ascend."""

    def __init__(self, file: Path, report: Report) -> None:
        self._lines = anchors.read(file) if file.exists() else iter(())
        self._next: dict[str, Any] | None = next(self._lines, None)
        self._report = report

    def compare(self, seal: SealRow) -> None:
        while self._next is not None and self._next["seal"] < seal.number:
            self._report.add(CUT_OFF, "seal", number=self._next["seal"])
            self._advance()
        if self._next is None or self._next["seal"] != seal.number:
            if seal.at < clock.now() - ANCHORED_WITHIN:
                self._report.add(NOT_ANCHORED, "seal", number=seal.number)
            return
        while self._next is not None and self._next["seal"] == seal.number:
            if self._next["head"] != seal.head.hex():
                self._report.add(REWRITTEN, "seal", number=seal.number)
            self._advance()
        self._report.anchored += 1

    def finish(self) -> None:
        """What stands outside beyond the last seal: made meanwhile, or gone from the database."""
        later = reading.last_seal()
        known = later.number if later else 0
        while self._next is not None:
            if self._next["seal"] > known:
                self._report.add(CUT_OFF, "seal", number=self._next["seal"])
            self._advance()

    def _advance(self) -> None:
        self._next = next(self._lines, None)
