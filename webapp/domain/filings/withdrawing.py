"""What a person does with his own filing while it is on its way: takes it back, or says it is not his (design 6).

Only the filings of the person's own submission can be reached; who he is, the caller has proved by a code to his phone.
"""

from __future__ import annotations

from webapp.database import lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings import case_sides, closing, making, states, telling
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Submission
from webapp.domain.registry import actions as registering
from webapp.domain.registry.models import Vehicle
from webapp.domain.sanctions.cases_evidence import Handed
from webapp.domain.sanctions.cases_opening import Claim, Matter, open_case
from webapp.domain.sanctions.models import IDENTITY
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.domain.units.telling import tell_unit
from webapp.errors import Conflict, NotFound


@action("filing:withdraw")
def withdraw(act: Act, submission_ref: str, filing_ref: str, version: int | None) -> dict[str, str]:
    """Take a filing back. Returns {"state": …}. Raises NotFound, Conflict: `stale`, `wrong_state`, `phone_new`."""
    submission, filing = own(submission_ref, filing_ref)
    registering.check_guard(filing.person_id)
    after = states.next_state(filing.state, "withdraw")
    _change(act, filing, version, state=after)
    filing.state = after
    making.step(act, filing, "withdraw")
    closing.let_go(act, [filing.id])
    record(act, "filing:withdrawn", filing.ref, unit_id=filing.unit_id)
    telling.owe(act, "filing-withdrawn")
    unit = units.by_id(filing.unit_id)
    tell_unit(
        act, "filing-withdrawn", unit, subject=filing.ref, params={"number": submission.number, "unit": unit.name}
    )
    return {"state": after}


@action("filing:disown")
def disown(
    act: Act,
    submission_ref: str,
    filing_ref: str,
    version: int | None,
    words: str = "",
    handed: Handed | None = None,
) -> dict[str, str]:
    """ "That was not me": a case is opened, and the filing cannot be uploaded before a human has decided it. Returns
    {"state": …, "case": ref}. Raises NotFound, Invalid (words, evidence), Conflict: `stale`, `wrong_state`,
    `already_disputed`, `case_decided`."""
    submission, filing = own(submission_ref, filing_ref)
    if filing.state not in OPEN_FILING_STATES:
        raise Conflict("wrong_state", state=filing.state, action="disown")
    if filing.disputed:
        raise Conflict("already_disputed")
    _change(act, filing, version, disputed=True)
    record(act, "filing:disowned", filing.ref, unit_id=filing.unit_id)
    number = submission.number
    matter = Matter(IDENTITY, filing.ref, number, ground="disowned", unit_id=filing.unit_id)
    claim = Claim(case_sides.of_submission(submission), words, handed or Handed())
    case = open_case(act, matter, claim, holders=[case_sides.of_unit(filing.unit_id, number)])
    return {"state": filing.state, "case": case.ref}


def own(submission_ref: str, filing_ref: str) -> tuple[Submission, Filing]:
    """A filing of this submission, held with its unit and vehicle. Raises NotFound."""
    submission = Submission.get_or_none(Submission.ref == submission_ref)
    filing = Filing.get_or_none(Filing.ref == filing_ref, Filing.submission == submission.id) if submission else None
    if submission is None or filing is None:
        raise NotFound("not_found")
    lock(Unit, [filing.unit_id])
    lock(Vehicle, [filing.vehicle_id] if filing.vehicle_id else [])
    lock(Filing, [filing.id])
    return submission, Filing.get_by_id(filing.id)


def _change(act: Act, filing: Filing, version: int | None, **changes: object) -> None:
    changed = (
        Filing.update(act_id=act.id, version=Filing.version + 1, **changes)
        .where(Filing.id == filing.id, Filing.version == (filing.version if version is None else version))
        .execute()
    )
    if not changed:
        raise Conflict("stale")
