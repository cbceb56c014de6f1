"""Handlers around sanctions: reading a file of them, and telling whom their confirming or their end concerns."""

from __future__ import annotations

from collections.abc import Callable

from webapp.actors import system
from webapp.delivery.work import Work
from webapp.domain.closings import sanction_ending, sanction_telling
from webapp.domain.sanctions import batches, sanction_queries
from webapp.errors import Invalid, NotFound


def read(work: Work) -> None:
    """Stage the rows of a file, slice by slice. A slice that was done before a crash is answered by its act."""
    reader, ref = system("sanctions-reader"), work.job.subject
    try:
        rows = batches.read(sanction_queries.batch(ref))
    except NotFound:
        return
    except Invalid as refused:
        batches.finish(reader, ref, (refused.code, dict(refused.params)), key=f"{ref}:unreadable")
        return
    count = -1
    while count:
        after = work.job.cursor
        done = batches.take_slice(reader, ref, rows, after, key=f"{ref}:{after}")
        count = int(done["count"])
        with work.slice():
            work.advance(int(done["last"]), count, len(rows))
    batches.finish(reader, ref, key=f"{ref}:read")


def tell(work: Work) -> None:
    """Everybody whose entry or filing an act of confirming ended."""
    _in_slices(work, sanction_telling.tell_slice)


def tell_units(work: Work) -> None:
    """Every unit that lost people by it."""
    _in_slices(work, sanction_telling.tell_unit_slice)


def tell_over(work: Work) -> None:
    """Everybody whom a sanction that is over had touched."""
    how = work.job.params["how"]
    _in_slices(work, lambda act_id, after: sanction_ending.tell_over_slice(act_id, how, after))


def tell_units_over(work: Work) -> None:
    """Every unit that had lost people by it."""
    how = work.job.params["how"]
    _in_slices(work, lambda act_id, after: sanction_ending.tell_unit_over_slice(act_id, how, after))


def _in_slices(work: Work, tell_some: Callable[[int, int], tuple[int, int]]) -> None:
    """Each slice and how far it has come are one transaction."""
    act_id, told = int(work.job.subject), -1
    while told:
        with work.slice():
            last, told = tell_some(act_id, work.job.cursor)
            work.advance(last, told)
