"""That the record or one person's data were looked at is itself on record.

A page that shows them is a GET, so these are the listed exceptions of "GET never writes" (the others: sessions.touch,
and files opened on record). The key of the act makes it one for each session, object and hour, however often the page
is drawn again; the hour after counts anew.
"""

from __future__ import annotations

from collections.abc import Iterable

from webapp import clock
from webapp.actors import Actor
from webapp.domain.audit import readings
from webapp.domain.audit.acts import Act, action, first_result, record

VIEW, OPEN = "record:view", "person:open"


def viewed(actor: Actor) -> None:
    """Note that this session reads the record now. What was filtered is not kept: the whole record is open to whoever
    may read any of it."""
    key = f"{actor.session_ref}:{clock.now():%Y%m%d%H}"
    if first_result(actor, VIEW, key) is None:
        _view(actor, key=key)


def opened(actor: Actor, noun: str, object_ref: str, persons: Iterable[str], how: str = readings.PAGE_READ) -> None:
    """Note that this session opens `noun` of this ref, which shows these persons' data."""
    key = f"{actor.session_ref}:{how}:{noun}:{object_ref}:{clock.now():%Y%m%d%H}"
    if first_result(actor, OPEN, key) is None:
        _open(actor, noun, object_ref, tuple(persons), how, key=key)


@action(VIEW)
def _view(act: Act) -> dict[str, str]:
    record(act, "record:viewed", act.actor.session_ref)
    return {}


@action(OPEN)
def _open(act: Act, noun: str, object_ref: str, persons: tuple[str, ...], how: str) -> dict[str, str]:
    record(act, f"{noun}:{how}", object_ref)
    readings.note(act, how, persons)
    return {"noun": noun, "object": object_ref}
