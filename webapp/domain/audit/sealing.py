"""Numbers and seals for the acts that have been committed. Runs in the worker only, one at a time.

Each pass numbers the acts that have none yet and seals them with all their lines, in one transaction: so a seal is
never behind the numbers, and an act is sealed within seconds of its commit. Its head is then kept outside (anchors).
"""

from __future__ import annotations

from collections.abc import Sequence

from peewee import fn

from webapp import clock, crypto
from webapp.columns import to_micros
from webapp.database import transaction
from webapp.domain.audit import anchors, proof, reading, sequencer
from webapp.domain.audit.models import AUDIT_STREAM, Act, Seal
from webapp.domain.audit.models import Sequence as Place
from webapp.row_sets import insert_rows

#: Acts sealed by one transaction, with all their lines.
SLICE = 1000


def seal_committed(above: int | None = None) -> int:
    """Seal what waits, and keep the heads outside. Returns how many acts were sealed. `above`: see sequencer.fresh."""
    done = sealed = _seal_slice(above)
    while sealed == SLICE:
        sealed = _seal_slice(above)
        done += sealed
    anchors.catch_up()
    return done


def seal_left_behind() -> int:
    """Seal what became visible so late that every pass looked past it. Returns how many acts were sealed."""
    above = sequencer.left_behind(AUDIT_STREAM, Act)
    return seal_committed(above) if above is not None else 0


def _seal_slice(above: int | None) -> int:
    with transaction(), reading.any_text():
        fresh = sequencer.fresh(AUDIT_STREAM, Act, SLICE, above)[1]
        if not fresh:
            return 0
        before = reading.last_seal()
        acts, lines = reading.acts(fresh), reading.lines(fresh)
        numbers = [
            {
                "stream": AUDIT_STREAM,
                "number": number,
                "source_id": act[0],
                "mac": crypto.mac(proof.place(number, act[0], act[-1] or b"")),
            }
            for number, act in enumerate(acts, start=before.acts + 1 if before else 1)
        ]
        insert_rows(Place, numbers)
        _write(before, len(acts), sum(map(len, lines.values())), proof.root(leaves(acts, lines)))
    return len(acts)


def leaves(acts: Sequence[reading.Stored], lines: dict[int, list[reading.Stored]]) -> list[bytes]:
    """Each act and then its lines, in the order of their numbers."""
    found = []
    for act in acts:
        found.append(proof.leaf(proof.act(act[:-1]), act[-1] or b""))
        found += [proof.leaf(proof.line(line[:-2]), line[-2] or b"") for line in lines.get(act[0], ())]
    return found


def _write(before: reading.SealRow | None, acts: int, lines: int, root: bytes) -> None:
    number, previous, now = 1, proof.FIRST_HEAD, clock.now()
    if before is not None:
        number, previous = before.number + 1, before.head
        acts, lines = before.acts + acts, before.lines + lines
    head = proof.head(number, acts, lines, root, previous, to_micros(now))
    Seal.insert(number=number, acts=acts, lines=lines, root=root, head=head, at=now, mac=crypto.mac(head)).execute()


def last() -> Seal | None:
    """The newest seal."""
    return Seal.select().order_by(Seal.number.desc()).first()


def waiting() -> int:
    """How many acts no seal covers yet, as far as ids tell."""
    return Act.select().where(Act.id > newest_act()).count()


def newest_act() -> int:
    """The highest id of an act that is sealed."""
    return Place.select(fn.MAX(Place.source_id)).where(Place.stream == AUDIT_STREAM).scalar() or 0
