"""Beginning on a status page: a change of what is in force, another vehicle, or the way to another unit.

Each is a draft with everything typed already; `asked` in its answers names the pages that are shown. A draft of a
change names the entries it is about (`changes`, in the order of its vehicles), one that moves to another unit those
that end when it is uploaded (`moves`). Only for whoever has just proved the phone of the submission.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from webapp import clock
from webapp.database import lock, transaction
from webapp.domain.filings import changes, checks, declaring, drafts, retyping, standing
from webapp.domain.filings.answering import ASKED, CHANGES, MOVES, OF_HOUSEHOLD, Answers, vehicle_page
from webapp.domain.filings.declaring import Declared
from webapp.domain.filings.items import BELONGING, CONTACT, LICENCE, PERSON, PLATES
from webapp.domain.filings.models import Draft, Submission
from webapp.domain.filings.standing import Standing
from webapp.domain.registry import actions as registering
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import OWN
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.errors import Conflict, Invalid

#: Pages about the person: what changes there, changes for every vehicle.
ABOUT_PERSON = (PERSON, BELONGING, LICENCE)


def begin(submission: Submission, pages: Collection[str], entry_refs: Collection[str] = ()) -> Draft:
    """The draft that changes these pages, and the vehicles of these entries; the one begun before while it fits.

    Raises Invalid(`choose`, `change_pages`), Conflict: `change_on_its_way` (params: `number`), `entry_ended`, or
    `unit_closed`, where more than contact is to change.
    """
    wanted = [page for page in (PERSON, CONTACT, BELONGING, LICENCE) if page in pages]
    mine = standing.of(submission)
    named = [one for one in mine if one.ref in entry_refs]
    if len(named) != len(set(entry_refs)):
        raise Conflict("entry_ended")
    if not wanted and not named:
        raise Invalid("choose", field="change_pages")
    covered = mine if set(wanted) & set(ABOUT_PERSON) else named
    if set(wanted) - {CONTACT} and not covered:
        raise Conflict("entry_ended")
    unit = units.by_id(standing.unit_id(submission))
    if covered and not units.takes_filings(unit):
        raise Conflict("unit_closed")
    for one in covered:
        if one.moving:
            raise Conflict("change_on_its_way", number=one.moving)
    asked = wanted + [vehicle_page(place) for place, one in enumerate(covered, 1) if one in named]
    typed = _retyped(submission, covered) | {ASKED: asked, CHANGES: [one.ref for one in covered]}
    typed[OF_HOUSEHOLD] = any(one.entry.household for one in covered)
    return _draft(unit, submission, typed, CHANGES)


def begin_addition(submission: Submission) -> Draft:
    """A draft for one more vehicle of the same person in the same unit. Raises Conflict(`unit_closed`)."""
    unit = _open_unit(units.by_id(standing.unit_id(submission)))
    typed = _retyped(submission, standing.of(submission)) | {"vehicles": [], ASKED: [vehicle_page(1)]}
    return _draft(unit, submission, typed, ASKED)


def begin_move(submission: Submission, unit: Unit, entry_refs: Collection[str] = ()) -> Draft:
    """A draft for another unit, with these of the own-use entries in the former one, which end once the new unit has
    uploaded them. Raises Conflict: `unit_closed`, `same_unit`, `entry_ended`, `phone_new`; Invalid(`choose`, `move`).
    """
    registering.check_guard(submission.person_id)
    _open_unit(unit)
    if unit.id == standing.unit_id(submission):
        raise Conflict("same_unit")
    mine = movable(submission)
    moved = [one for one in mine if one.ref in entry_refs]
    if len(moved) != len(set(entry_refs)):
        raise Conflict("entry_ended")
    if mine and not moved:
        raise Invalid("choose", field="move")
    typed = _retyped(submission, moved)
    vehicles = typed["vehicles"] if moved else [one for one in _last_vehicles(submission) if one["vehicle_use"] == OWN]
    # Whom somebody belongs to, and what he is there, is what changes.
    typed |= {BELONGING: {}, "vehicles": vehicles, MOVES: [one.ref for one in moved], ASKED: [BELONGING]}
    if not vehicles:
        typed[ASKED] = [BELONGING, vehicle_page(1)]
    return _draft(unit, submission, typed, MOVES)


def movable(submission: Submission) -> list[Standing]:
    """What may go with the person to another unit: his own-use cars. A unit's vehicles stay with the unit."""
    return [one for one in standing.of(submission) if one.entry.vehicle_use == OWN]


def of_former_unit(submission: Submission) -> list[Standing]:
    """What stays behind with the former unit: its own vehicles."""
    return [one for one in standing.of(submission) if one.entry.vehicle_use != OWN]


def is_change(typed: Answers) -> bool:
    """Whether a draft with these answers changes what is in force, instead of filing anew."""
    return CHANGES in typed


def befores(draft: Draft, typed: Answers) -> list[Standing]:
    """The entries a change is about, as they are now, in the order of its vehicles. Raises Conflict(`entry_ended`)."""
    known = {one.ref: one for one in standing.of(origin(draft))}
    refs = typed.get(CHANGES, [])
    if any(ref not in known for ref in refs):
        raise Conflict("entry_ended")
    return [known[ref] for ref in refs]


def is_over(draft: Draft, typed: Answers) -> bool:
    """Whether what the draft would change is no longer in force."""
    try:
        return draft.begun_from is not None and len(befores(draft, typed)) != len(typed.get(CHANGES, ()))
    except Conflict:
        return True


def origin(draft: Draft) -> Submission:
    """The submission on whose page the draft was begun."""
    return Submission.get_by_id(draft.begun_from)


def is_at_once(draft: Draft, typed: Answers) -> bool:
    """Whether only pages are asked that need no unit."""
    return draft.begun_from is not None and typed.get(ASKED) == [CONTACT]


def end_drafts(submission_ids: Iterable[int]) -> None:
    """What was begun from these submissions is over: it was typed from what is no longer so. Inside a transaction."""
    ids = list(submission_ids)
    Draft.delete().where((Draft.begun_from << ids) | (Draft.corrects << ids), Draft.submission_ref.is_null()).execute()


def _open_unit(unit: Unit) -> Unit:
    if not units.takes_filings(unit):
        raise Conflict("unit_closed")
    return unit


def _last_vehicles(submission: Submission) -> list[dict[str, Any]]:
    return list(retyping.retype(registry.answers(submission.answers_id))["vehicles"])


def _retyped(submission: Submission, covered: list[Standing]) -> Answers:
    """The answers that declare what stands: of the person as he declared last, of each vehicle as its entry has it."""
    if not covered:
        return retyping.retype(registry.answers(submission.answers_id))
    newest = max(covered, key=lambda one: one.entry.answers_id).declared
    blocks = {block: newest[block] for block in (PERSON, BELONGING, LICENCE)}
    contact = registry.answers(submission.answers_id)[CONTACT]
    vehicles = [one.declared["vehicle"] for one in covered]
    return retyping.retype({**blocks, CONTACT: contact, "vehicles": vehicles})


def _draft(unit: Unit, submission: Submission, typed: Answers, kind: str) -> Draft:
    """The open draft of the same kind about the same things, or a new one."""
    with transaction():
        lock(Unit, [unit.id])  # the draft refers to it: held before the submission, as everywhere
        lock(Submission, [submission.id])
        open_drafts = Draft.select().where(
            Draft.begun_from == submission.id,
            Draft.unit == unit.id,
            Draft.submission_ref.is_null(),
            Draft.expires_at > clock.now(),
        )
        for draft in open_drafts.order_by(Draft.id.desc()):
            known = drafts.answers_of(draft)
            same = all(known.get(name) == typed.get(name) for name in (CHANGES, MOVES)) and _same_plates(known, typed)
            if kind in known and same and known[ASKED][: len(typed[ASKED])] == typed[ASKED]:
                return draft
        return drafts.make(unit, language=submission.language, answers=typed, begun_from=submission.id)


def _same_plates(known: Answers, typed: Answers) -> bool:
    """Whether no plate was changed by somebody else since. An owner's are his own to type where they are asked."""
    theirs = [
        (before, after)
        for number, (before, after) in enumerate(zip(known["vehicles"], typed["vehicles"], strict=False), start=1)
        if after["is_owner"] != "yes" or vehicle_page(number) not in typed[ASKED]
    ]
    return all(before.get(item) == after.get(item) for before, after in theirs for item in PLATES)


def needs(draft: Draft, typed: Answers, after: Declared) -> list[dict[str, str]]:
    """For each vehicle of the change: every item that differs → what it needs. One of contact alone where there is
    none."""
    contact = {CONTACT: contact_of(draft)}
    found = [
        changes.changed(before.declared | contact, changes.of_vehicle(after, place))
        for place, before in enumerate(befores(draft, typed), start=1)
    ]
    if found:
        return found
    alone = changes.of_vehicle(after | {"vehicles": [{}]}, 1)
    return [changes.changed(alone | contact, alone)]


def contact_of(draft: Draft) -> dict[str, Any]:
    """Phone, e-mail and language as they are until the draft is sent."""
    contact: dict[str, Any] = registry.answers(origin(draft).answers_id)[CONTACT]
    return contact


def stopping(draft: Draft, typed: Answers, found: dict[str, Any], unit: Unit) -> dict[str, Any]:
    """Of the pages with faults (`found`), those that stop this draft: its own; the others only where something is to be
    filed, which has to be right as a whole."""
    own = {page: faults for page, faults in found.items() if page in checks.asked(typed)}
    if own or not found or not is_change(typed):
        return own or found
    needed = {
        one for each in needs(draft, typed, declaring.declare(typed, unit, draft.language)) for one in each.values()
    }
    return {} if needed <= {changes.AT_ONCE} else found
