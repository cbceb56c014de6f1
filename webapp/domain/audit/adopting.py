"""Rows of before the record proved itself get their proofs, once: at the upgrade that brings them, when nothing was
sealed yet. Afterwards a row without a proof is one that somebody put there."""

from __future__ import annotations

from webapp import actors, crypto
from webapp.database import transaction
from webapp.domain.audit import anchors, proof, reading
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.audit.models import Act as ActRow
from webapp.domain.audit.models import AuditLine, Seal
from webapp.row_sets import update_rows

SLICE = 500


def adopt() -> int:
    """Prove what has no proof, where there is no seal yet. Returns how many acts."""
    unproved = ActRow.select(ActRow.id).where(ActRow.mac.is_null())
    if not unproved.exists() or Seal.select().exists() or anchors.path().exists():
        return 0
    done = 0
    while ids := [found for (found,) in unproved.order_by(ActRow.id).limit(SLICE).tuples()]:
        with transaction():
            prove(ids)
        done += len(ids)
    _adopted(actors.system("upgrade"), done)
    return done


def prove(act_ids: list[int]) -> None:
    """Step: MACs of these acts and their lines, which have none."""
    lines = [line for found in reading.lines(act_ids).values() for line in found]
    update_rows(AuditLine, [{"id": line[-1], "mac": crypto.mac(proof.line(line[:-2]))} for line in lines])
    update_rows(ActRow, [{"id": act[0], "mac": crypto.mac(proof.act(act[:-1]))} for act in reading.acts(act_ids)])


@action("record:adopt")
def _adopted(act: Act, acts: int) -> dict[str, int]:
    record(act, "record:adopted", str(acts))
    return {"acts": acts}
