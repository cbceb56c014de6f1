"""`@action`: one deed, one transaction, one act row (design 7, rule 11).

An action is written as `def verify(act: Act, unit_id, …) -> dict` and called as `verify(actor, unit_id, …, key=…)`.
It returns plain values without personal data, kept with the act: a repeat of the same key by the same actor is
answered with the first result and changes nothing. When a rule refuses, the transaction rolls back and a second
short one records the refusal.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Concatenate, ParamSpec

import peewee

from webapp import clock, crypto
from webapp.actors import Actor
from webapp.columns import to_micros
from webapp.database import database, meanwhile, plainly, retrying, transaction, worth_retrying
from webapp.domain.audit import models, proof
from webapp.errors import Conflict, Refusal
from webapp.row_sets import insert_rows

P = ParamSpec("P")
Result = dict[str, Any]

ACTIONS: dict[str, Callable[..., Result]] = {}
#: So many lines are in hand at a time: an export names everybody it shows.
SLICE = 4_000


@dataclass(frozen=True)
class Act:
    """The deed under way. Everything it changes carries its id and its moment. `lines` gathers what goes on record of
    it (tag, ref, unit id, names of fields), written by one statement at its end; `macs` the proofs of the first."""

    id: int
    actor: Actor
    verb: str
    now: datetime
    lines: list[tuple[str, str, int | None, list[str] | None]] = field(default_factory=list, compare=False)
    macs: list[bytes] = field(default_factory=list, compare=False)


def action(
    verb: str,
) -> Callable[[Callable[Concatenate[Act, P], Result]], Callable[..., Result]]:
    """Make a function the one deed called `verb` (subject:verb, as in `filing:verify`)."""

    def decorate(
        function: Callable[Concatenate[Act, P], Result],
    ) -> Callable[..., Result]:
        @functools.wraps(function)
        def perform(actor: Actor, *args: Any, key: str | None = None, **kwargs: Any) -> Result:
            if database.in_transaction():
                raise RuntimeError(f"{verb} is an act of its own; share a step that takes the act instead")
            act_key = key or crypto.random_token()

            def once() -> Result:
                with transaction():
                    before = first_result(actor, verb, act_key)
                    if before is not None:
                        return before
                    act = _begin(actor, verb, act_key)
                    result = function(act, *args, **kwargs)
                    _finish(act, act_key, result)
                    return result

            try:
                return retrying(once)
            except Refusal as refusal:
                record_refusal(actor, verb, act_key, refusal)
                raise
            except (peewee.IntegrityError, peewee.OperationalError) as error:
                if not worth_retrying(error):
                    raise
                conflict = Conflict("changed_meanwhile")
                record_refusal(actor, verb, act_key, conflict)
                raise conflict from error

        ACTIONS[verb] = perform
        return perform

    return decorate


def first_result(actor: Actor, verb: str, key: str) -> Result | None:
    """What this actor's act of this key was answered, if it is done."""
    row = (
        models.Act.select(models.Act.result)
        .where(
            models.Act.actor_kind == actor.kind,
            models.Act.actor_ref == actor.ref,
            models.Act.verb == verb,
            models.Act.key == key,
            models.Act.outcome == models.DONE,
        )
        .tuples()
        .first()
    )
    return row[0] if row else None


def _begin(actor: Actor, verb: str, key: str, **refused: Any) -> Act:
    now = clock.now()
    row = models.Act.create(
        outcome=models.REFUSED if refused else models.DONE, at=now, **refused, **_who(actor, verb, key)
    )
    return Act(row.id, actor, verb, now)


def _finish(act: Act, key: str, result: Result, **refused: Any) -> None:
    """Write the act's lines and its result, each with its proof: the last thing before the commit."""
    with meanwhile() if len(act.lines) > SLICE else nullcontext():
        for begin in range(0, len(act.lines), SLICE):
            prove(act, begin + SLICE)
            insert_rows(models.AuditLine, _lines(act, begin))
    said = {
        **_who(act.actor, act.verb, key),
        "id": act.id,
        "outcome": models.REFUSED if refused else models.DONE,
        "at": to_micros(act.now),
        "codes": models.Act.codes.db_value(refused.get("codes")),
        "result": models.Act.result.db_value(result),
        "lines": len(act.lines),
    }
    mac = crypto.mac(proof.act([said[column] for column in proof.ACT_COLUMNS]))
    models.Act.update(result=result, lines=len(act.lines), mac=mac).where(models.Act.id == act.id).execute()


def prove(act: Act, upto: int | None = None) -> None:
    """Prove the lines gathered so far, for an act of very many, `meanwhile` the database works: at its end the others
    are."""
    begin, at, stored = len(act.macs), to_micros(act.now), models.AuditLine.fields.db_value
    said = (
        (position, tag, object_ref, unit_id, stored(fields))
        for position, (tag, object_ref, unit_id, fields) in enumerate(act.lines[begin:upto], start=begin + 1)
    )
    act.macs.extend(map(crypto.mac, proof.lines(act.id, at, said)))


def _lines(act: Act, begin: int) -> list[dict[str, Any]]:
    """A slice of the act's lines as rows, each with its proof."""
    at, proved = to_micros(act.now), zip(act.lines, act.macs, strict=False)
    return [
        {
            "position": position,
            "act_id": act.id,
            "at": at,
            "tag": tag,
            "object_ref": object_ref,
            "unit_id": unit_id,
            "fields": fields,
            "mac": mac,
        }
        for position, ((tag, object_ref, unit_id, fields), mac) in enumerate(
            islice(proved, begin, begin + SLICE), start=begin + 1
        )
    ]


def _who(actor: Actor, verb: str, key: str) -> dict[str, Any]:
    return {
        "actor_kind": actor.kind,
        "actor_ref": actor.ref,
        "account_id": actor.account_id,
        "unit_id": actor.unit_id,
        "verb": verb,
        "key": key,
        "request_id": actor.request_id,
        "session_ref": actor.session_ref,
        "address": actor.address,
    }


def record_refusal(actor: Actor, verb: str, key: str, refusal: Refusal) -> None:
    """Keep that it was tried and which rule said no; codes only."""
    codes = [[fault.field, fault.code] for fault in refusal.faults]
    with transaction():
        _finish(_begin(actor, verb, key, codes=codes), key, {}, codes=codes)
    refusal.on_record = True


def record(
    act: Act,
    tag: str,
    object_ref: str,
    *,
    unit_id: int | None = None,
    fields: Iterable[str] = (),
) -> None:
    """One audit line: what was done to which object. `fields` are names, never values."""
    record_refs(act, tag, [object_ref], unit_id=unit_id, fields=fields)


def record_rows(act: Act, tag: str, model: Any, *, unit_id: int | None = None) -> None:
    """One audit line for each row of `model` this act changed (rows carry `act_id`), by one statement."""
    rows = model.select(model.ref).where(model.act_id == act.id).order_by(model.id)
    record_refs(act, tag, [ref for (ref,) in plainly(rows)], unit_id=unit_id)


def record_refs(
    act: Act, tag: str, refs: Iterable[str], *, unit_id: int | None = None, fields: Iterable[str] = ()
) -> None:
    """One audit line for each ref."""
    unit, names = act.actor.unit_id if unit_id is None else unit_id, sorted(fields) or None
    act.lines.extend((tag, ref, unit, names) for ref in refs)


def record_each(act: Act, lines: Iterable[tuple[str, str, int | None]]) -> None:
    """One audit line for each (tag, ref, unit id)."""
    act.lines.extend((tag, ref, unit_id, None) for tag, ref, unit_id in lines)
