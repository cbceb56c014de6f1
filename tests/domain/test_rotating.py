"""Another field key while people write, and a run that is broken off."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from tests.builders import filings, units
from webapp import configure_core, database
from webapp.domain.audit.models import Act
from webapp.domain.filings import drafts
from webapp.domain.filings.models import Draft
from webapp.domain.privacy import rotating
from webapp.domain.privacy.models import KeyRotation


class Stopped(Exception):
    pass


def test_rotation_loses_nothing_that_is_written_meanwhile_and_goes_on_where_it_was(db):
    built = units.certified_unit()
    typing = [filings.draft(built) for _ in range(40)]
    configure_core(replace(db, field_keys=(*db.field_keys, (2, b"n" * 32))))
    database.connect()
    said: dict[str, int] = {}
    over = threading.Event()

    def people() -> None:
        database.connect()
        turn = 0
        while not over.is_set():
            turn += 1
            for draft in typing:
                drafts.save(draft, {"turn": turn})
                said[draft.ref] = turn
        database.disconnect()

    def stop(what: str, _done: int) -> None:
        if what == "filing.card":
            raise Stopped

    writer = threading.Thread(target=people)
    writer.start()
    try:
        with pytest.raises(Stopped):
            rotating.rotate(stop)
        assert KeyRotation.select().where(KeyRotation.ended_at.is_null()).count() == 1
        done = rotating.rotate()
    finally:
        over.set()
        writer.join()

    assert (done.unreadable, done.unused, set(done.in_use)) == ((), (1,), {2})
    assert {row.ref: drafts.answers_of(row)["turn"] for row in Draft.select()} == said
    assert min(said.values()) > 0
    # One rotation on record, begun once.
    assert KeyRotation.select().count() == Act.select().where(Act.verb == "keys:rotate").count() == 1
