"""Correcting what a unit returned: the answers as a draft again, to be changed and signed anew (`resubmitting`).

A correction takes the returned filings of one submission further; the others go their own way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from webapp import clock
from webapp.database import lock, transaction
from webapp.domain.filings import changes, drafts, retyping, states
from webapp.domain.filings.answering import OF_HOUSEHOLD, vehicle_page
from webapp.domain.filings.items import BY_NAME, VEHICLE
from webapp.domain.filings.models import Draft, Filing, Submission
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.errors import Conflict

#: In the answers of a correcting draft: refs of the filings it takes further, in the order of its vehicles.
FILINGS = "filings"


def begin(submission: Submission) -> Draft:
    """The draft that corrects the returned filings of a submission, prefilled; the one begun before while it fits.
    Raises Conflict("nothing_returned"), Conflict("unit_closed")."""
    filings = returned(submission)
    if not filings:
        raise Conflict("nothing_returned")
    unit = units.by_id(submission.unit_id)
    if not units.takes_filings(unit):
        raise Conflict("unit_closed")
    refs = [filing.ref for filing in filings]
    with transaction():
        lock(Unit, [unit.id])  # the draft refers to it: held before the submission, as everywhere
        lock(Submission, [submission.id])
        open_drafts = Draft.select().where(
            Draft.corrects == submission.id, Draft.submission_ref.is_null(), Draft.expires_at > clock.now()
        )
        for draft in open_drafts.order_by(Draft.id.desc()):
            if drafts.answers_of(draft).get(FILINGS) == refs:
                return draft
        newest = registry.answers(max(filing.answers_id for filing in filings))
        vehicles = [changes.as_it_is(declared_vehicle(filing), open_card(filing)) for filing in filings]
        typed = retyping.retype(newest | {"vehicles": vehicles})
        typed |= {FILINGS: refs, OF_HOUSEHOLD: any(filing.household for filing in filings)}
        return drafts.make(unit, language=submission.language, answers=typed, corrects=submission.id)


def returned(submission: Submission) -> list[Filing]:
    """The filings of a submission that wait for the person's correction, in their order."""
    return list(
        Filing.select()
        .where(Filing.submission == submission.id, Filing.state << states.states_for("resubmit"))
        .order_by(Filing.id)
    )


def marks(draft: Draft) -> dict[str, list[str]]:
    """What the unit faulted, by page of the correcting draft: ["item:code", …]. {} for any other draft.

    A reason about no item of the pages stands under "".
    """
    if draft.corrects is None:
        return {}
    refs = drafts.answers_of(draft).get(FILINGS, [])
    found: dict[str, list[str]] = {}
    for number, filing in enumerate(in_order(refs), start=1):
        for reason in filing.reasons or []:
            known = BY_NAME.get(reason.partition(":")[0])
            page = "" if known is None else vehicle_page(number) if known.page == VEHICLE else known.page
            if reason not in found.setdefault(page, []):
                found[page].append(reason)
    return found


def declared_vehicle(filing: Filing) -> dict[str, Any]:
    """The vehicle of a filing as its person declared it last (shape: filings.declaring)."""
    vehicle: dict[str, Any] = registry.answers(filing.answers_id)["vehicles"][filing.position - 1]
    return vehicle


def in_order(refs: Iterable[str]) -> list[Filing]:
    """The filings of these refs, in their order."""
    wanted = list(refs)
    rows = {filing.ref: filing for filing in Filing.select().where(Filing.ref << wanted)}
    return [rows[ref] for ref in wanted if ref in rows]
