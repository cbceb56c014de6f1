"""The end of the record: what is older than it must be kept goes, by an act of the system, a seal at a time.

Heads of seals stay for good, so what remains is still chained to everything before. The database itself refuses to
give up a row younger than a year (schema), whoever asks; on PostgreSQL the serving role cannot delete at all and calls
a function of the migrating role, which holds these statements.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp import actors, clock, crypto
from webapp.database import database, is_sqlite
from webapp.domain.audit import proof, reading
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.audit.models import AUDIT_STREAM, DONE, ActFigure, Seal
from webapp.domain.audit.models import Act as ActRow

VERB = "record:purge"
#: Nothing younger goes, whatever is set.
SHORTEST = timedelta(days=365)
#: Seals whose rows go by one act.
SLICE = 500

_GONE = f"SELECT source_id FROM sequence WHERE stream = '{AUDIT_STREAM}' AND number <= "
#: In this order; the number of the last act to go follows each. The last ones refuse while an act is there.
STATEMENTS = (
    f"DELETE FROM audit_line WHERE act_id IN ({_GONE}{{upto}})",
    f"DELETE FROM act WHERE id IN ({_GONE}{{upto}})",
    f"DELETE FROM sequence WHERE stream = '{AUDIT_STREAM}' AND number <= {{upto}}",
)
FUNCTION = "forget_record"


@dataclass(frozen=True)
class Boundary:
    """Seals and acts up to these numbers were purged."""

    seals: int = 0
    acts: int = 0


def purge(kept: timedelta) -> int:
    """Let what was sealed longer ago go, as far as one act takes it. Returns how many acts went. Raises ValueError
    where less than a year would be kept."""
    if kept < SHORTEST:
        raise ValueError("nothing younger than a year is purged")
    until = clock.now() - kept
    gone = boundary().seals
    due = Seal.select(Seal.number).where(Seal.number > gone, Seal.number <= gone + SLICE, Seal.at < until)
    last = due.order_by(Seal.number.desc()).limit(1).scalar()
    return 0 if last is None else int(_purge(actors.system("record-kept-long-enough"), last, until)["purged"])


@action(VERB)
def _purge(act: Act, last: int, until: datetime) -> dict[str, object]:
    before = boundary()
    seal = Seal.get(Seal.number == last)
    record(act, "record:purged", str(last))
    if is_sqlite():
        for statement in STATEMENTS:
            database.execute_sql(statement.format(upto="?"), (seal.acts,))
    else:
        database.execute_sql(f"SELECT {FUNCTION}(%s)", (seal.acts,))
    ActFigure.delete().where(ActFigure.day < clock.local_date(until)).execute()
    return {"seals": seal.number, "acts": seal.acts, "purged": seal.acts - before.acts, "until": until.isoformat()}


def boundary() -> Boundary:
    """How far the record was purged, as the newest act that did so says: one that proves itself."""
    ids = [
        found
        for (found,) in ActRow.select(ActRow.id)
        .where(ActRow.verb == VERB, ActRow.outcome == DONE)
        .order_by(ActRow.id.desc())
        .tuples()
    ]
    for act in reversed(reading.acts(ids)):
        if crypto.mac_fits(proof.act(act[:-1]), act[-1]):
            result = ActRow.get_by_id(act[0]).result
            return Boundary(int(result["seals"]), int(result["acts"]))
    return Boundary()
