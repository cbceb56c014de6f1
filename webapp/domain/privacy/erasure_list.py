"""The list of erasures that outlives copies: a file beside them, so that one made before brings nobody back.

It holds opaque references, a number and a day; nothing of a person. Each line carries a keyed mark: whoever writes a
line of his own erases nobody at the next restore. It is written whole, and no line is ever lost.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from webapp import crypto
from webapp.domain.privacy.models import DONE, Erasure
from webapp.domain.registry.models import Person

NAME = "erasures.list"


class Unmarked(Exception):
    """A line that this system did not write; the message names it."""


@dataclass(frozen=True)
class Line:
    person: str  # ref
    erasure: str  # ref
    number: str
    certificate: str
    on: str  # ISO day

    @property
    def mark(self) -> str:
        return crypto.derive_token("erasure-list", "\n".join(asdict(self).values()))


def known(folder: Path) -> list[Line]:
    """What the database and the file beside the copies know, oldest first. Raises Unmarked."""
    rows = (
        Erasure.select(Person.ref, Erasure.ref, Erasure.number, Erasure.certificate, Erasure.ended_on)
        .join(Person, on=(Erasure.person == Person.id))
        .where(Erasure.state == DONE)
    )
    here = [Line(person, ref, number, code, on.isoformat()) for person, ref, number, code, on in rows.tuples()]
    return merged(read(folder / NAME), here)


def merged(*lists: Iterable[Line]) -> list[Line]:
    """Each erasure once, oldest first; of one that several name the last counts."""
    found = {line.erasure: line for lines in lists for line in lines}
    return sorted(found.values(), key=lambda line: (line.on, line.erasure))


def read(path: Path) -> list[Line]:
    """The lines of a file; [] where there is none. Raises Unmarked."""
    if not path.exists():
        return []
    lines = []
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            said = json.loads(text)
            mark, line = said.pop("mark"), Line(**said)
        except (ValueError, TypeError, AttributeError, KeyError):
            raise Unmarked(f"line {number} of {path.name} cannot be read") from None
        if not crypto.same(mark, line.mark):
            raise Unmarked(f"line {number} of {path.name} was not written by this system, or under another SECRET_KEY")
        lines.append(line)
    return lines


def write(folder: Path, lines: Iterable[Line]) -> None:
    """Put the whole list beside the copies of this folder, at once or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    draft = path.with_name(f"{NAME}.{os.getpid()}.part")
    with open(draft, "w", encoding="utf-8") as handle:
        os.fchmod(handle.fileno(), 0o600)
        for line in lines:
            handle.write(json.dumps({**asdict(line), "mark": line.mark}) + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    os.rename(draft, path)
