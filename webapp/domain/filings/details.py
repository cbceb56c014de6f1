"""One filing as its unit reads it: what was declared, what was done and by whom, and the full numbers, which are opened
deliberately and on record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.actors import ACCOUNT, Actor
from webapp.database import among, compared
from webapp.domain.accounts import queries as accounts
from webapp.domain.audit import readings, viewing
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.audit.models import Act as ActRow
from webapp.domain.filings import helping, items, lists, queries
from webapp.domain.filings.flags import Viewer
from webapp.domain.filings.lists import Row
from webapp.domain.filings.models import Filing, FilingStep, Submission
from webapp.domain.limits import actions as limits
from webapp.domain.passlist.models import Entry
from webapp.domain.registry import queries as registry
from webapp.domain.units.models import Unit
from webapp.errors import Invalid
from webapp.values import documents

#: Shown by their last four until somebody opens them: whatever the catalogue calls sensitive. (block, item)
NUMBERS = tuple((item.page, item.name) for item in items.ITEMS if item.data_class == items.SENSITIVE)
#: Why somebody may open them.
NUMBER_PURPOSES = ("comparing", "person_asks", "correction", "authority")


@dataclass(frozen=True)
class Step:
    """One line of the timeline. `who` is the actor's kind, `name` that of a member of staff."""

    action: str
    state: str
    at: datetime
    who: str
    name: str
    reasons: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Detail:
    """`declared` has the shape of filings.declaring with this filing's vehicle alone, numbers by their last four.
    `others`: refs and states of the filings sent with it. `before`: what was declared of the entry it changes, where
    this is the unit's own; `submission`: ref of what it was sent with. `helped`: who typed it at the counter,
    and how it was signed there."""

    row: Row
    declared: dict[str, Any]
    steps: tuple[Step, ...]
    others: tuple[tuple[str, str], ...]
    assigns: bool
    before: dict[str, Any] | None = None
    submission: str = ""
    helped: tuple[str, str] | None = None
    assigned: bool = False


def one(unit: Unit, ref: str, who: Viewer) -> Detail:
    """Raises NotFound where the unit has no such filing."""
    row = lists.row(unit, ref, who)
    filing = Filing.get(Filing.ref == ref)
    declared = registry.answers(filing.answers_id)
    vehicle = declared["vehicles"][filing.position - 1]
    sent = Filing.select(Filing.ref, Filing.state).where(
        Filing.submission == filing.submission_id, compared(Filing.unit) == unit.id, Filing.id != filing.id
    )
    return Detail(
        row=row,
        declared={**_masked(declared), "vehicles": [vehicle]},
        steps=tuple(_steps(queries.steps_of(filing))),
        others=tuple(sent.order_by(Filing.position).tuples()),
        assigns=bool(vehicle["unit_assigns"]) and not filing.assigned,
        assigned=filing.assigned,
        before=_before(unit, filing),
        submission=Submission.get_by_id(filing.submission_id).ref,
        helped=_helped(filing),
    )


def opened(actor: Actor, unit_id: int, ref: str) -> None:
    """Put on record that somebody opens the page of this filing. Raises NotFound."""
    viewing.opened(actor, "filing", ref, [_submission_ref(unit_id, ref)])


def _submission_ref(unit_id: int, ref: str) -> str:
    filing = Filing.get_by_id(lists.id_of(unit_id, ref))
    return str(Submission.get_by_id(filing.submission_id).ref)


def _helped(filing: Filing) -> tuple[str, str] | None:
    if filing.assigned:
        return None  # the unit made it, whoever helped with the submission it stands in
    helped = helping.of_submission(filing.submission_id)
    return (helping.helper_name(helped), str(helped.form)) if helped is not None else None


def _before(unit: Unit, filing: Filing) -> dict[str, Any] | None:
    """What another unit's entry says is no matter of this unit."""
    entry = Entry.get_or_none(Entry.id == filing.changes_id, Entry.unit == unit.id)
    if entry is None:
        return None
    declared = registry.answers(entry.answers_id)
    return {**_masked(declared), "vehicles": [declared["vehicles"][entry.position - 1]]}


def last_step(unit: Unit, ref: str) -> Step:
    """Who brought the filing where it is, and when."""
    filing = Filing.get_by_id(lists.id_of(unit.id, ref))
    return _steps(queries.steps_of(filing)[-1:])[0]


def read_numbers(actor: Actor, unit_id: int, ref: str, purpose: str) -> dict[str, str]:
    """The full numbers of a filing as its documents print them, {item: number}. Each reading is counted against a limit
    and goes on record with its purpose. Raises NotFound, TooMany, Invalid beside `purpose`."""
    if purpose not in NUMBER_PURPOSES:
        raise Invalid("choose", field="purpose")
    limits.take("number-read", actor.ref)
    _record_reading(actor, unit_id, ref, purpose)
    filing = Filing.get(Filing.ref == ref, Filing.unit == unit_id)
    declared = registry.answers(filing.answers_id)
    found = {item: declared[block][item] for block, item in NUMBERS if declared[block][item]}
    if "id_number" in found:  # nobody has one once he is erased
        found["id_number"] = documents.display_number(declared["person"]["id_type"], found["id_number"])
    return found


@action("filing:number-read")
def _record_reading(act: Act, unit_id: int, ref: str, purpose: str) -> dict[str, str]:
    fields = [item for _block, item in NUMBERS]
    record(act, "filing:number-read", ref, unit_id=unit_id, fields=fields)
    readings.note(act, readings.NUMBERS_READ, [_submission_ref(unit_id, ref)], items=fields, unit_id=unit_id)
    return {"filing": ref, "purpose": purpose}


def _masked(declared: dict[str, Any]) -> dict[str, Any]:
    masked = {block: dict(answers) for block, answers in declared.items() if block != "vehicles"}
    for block, item in NUMBERS:
        masked[block][item] = documents.tail(masked[block][item])
    return masked


def _steps(rows: Iterable[FilingStep]) -> list[Step]:
    """By two statements, however many steps. Who did what is known as long as the record is kept."""
    steps = list(rows)
    acts = {act.id: act for act in ActRow.select().where(ActRow.id << among({step.act_id for step in steps}))}
    people = accounts.by_ids({act.account_id for act in acts.values() if act.account_id is not None})
    found = []
    for step in steps:
        act = acts.get(step.act_id)
        staff = people.get(act.account_id) if act is not None and act.actor_kind == ACCOUNT else None
        found.append(
            Step(
                action=step.action,
                state=step.state,
                at=step.at,
                who=act.actor_kind if act is not None else "",
                name=accounts.name_of(staff) if staff else "",
                reasons=tuple(step.reasons or ()),
                note=queries.note_of(step),
            )
        )
    return found
