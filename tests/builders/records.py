"""Acts on record and under seals, and a hand that alters them."""

from __future__ import annotations

from webapp import database
from webapp.actors import Actor
from webapp.domain.audit import acts, sealing, verifying
from webapp.domain.audit.models import Act

ACTOR = Actor("account", "somebody", unit_id=7, account_id=3, request_id="req-1", address="192.0.2.1")


@acts.action("test:touch")
def touch(act: acts.Act, count: int) -> dict[str, int]:
    """An act of so many lines."""
    acts.record_refs(act, "thing:touched", [f"thing-{act.id}-{n}" for n in range(count)], fields=["name"])
    return {"count": count}


def sealed(count: int = 4) -> list[Act]:
    """So many acts of three lines, two by two under a seal."""
    for number in range(count):
        touch(ACTOR, 3)
        if number % 2:
            sealing.seal_committed()
    sealing.seal_committed()
    return list(Act.select().order_by(Act.id))


def by_hand(*statements: str) -> None:
    """As whoever owns the database does it: triggers and references gone."""
    run = database.database.execute_sql
    if database.is_sqlite():
        run("PRAGMA foreign_keys = OFF")
        for (name,) in run("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            run(f"DROP TRIGGER {name}")
    else:
        run("SET session_replication_role = replica")
    for statement in statements:
        run(statement)


def faults() -> list[tuple]:
    """(kind, noun, number, position) of everything the proof names."""
    found = verifying.verify().faults
    return [(one.kind, one.noun, one.number, one.position) for one in found]
