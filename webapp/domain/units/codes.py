"""Enrolment codes: one active code per unit (guideline, section 4: one unit, one code)."""

from __future__ import annotations

from webapp import clock
from webapp.database import lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.files import documents
from webapp.domain.units import queries
from webapp.domain.units.models import CODE_ACTIVE, CODE_REVOKED, CODE_ROTATED, CodeUse, EnrolmentCode, Unit
from webapp.errors import Conflict, Invalid
from webapp.values.codes import normalise_code, random_code

HIGHEST_CEILING = 100_000
PAPERS = ("poster", "desk_card")
#: The language of the papers that are made at once; others are made when asked for.
FIRST_LOCALE = "zh_Hant_MO"


def begin(act: Act, unit: Unit, code: str | None = None) -> EnrolmentCode:
    """Step: give a unit its next code, random unless one is given, and have its papers made. It has no active one."""
    text = normalise_code(code) if code else random_code(queries.CODE_LENGTH)
    if len(text) != queries.CODE_LENGTH:
        raise ValueError("an enrolment code has eight characters of Crockford's base32")
    version = EnrolmentCode.select().where(EnrolmentCode.unit == unit.id).count() + 1
    row = EnrolmentCode.create(
        unit=unit.id, code=text, version=version, state=CODE_ACTIVE, act_id=act.id, created_at=act.now
    )
    record(act, "enrolment-code:made", text, unit_id=unit.id)
    for kind in PAPERS:
        documents.issue(act, kind, text, FIRST_LOCALE, unit.id)
    return row


def renew_papers(act: Act, unit_id: int) -> None:
    """Step: what stands on the papers of the active code has changed, so they are made anew."""
    row = queries.active_code(unit_id)
    if row is not None:
        for kind in PAPERS:
            documents.reissue(act, kind, [row.code])


def stop(act: Act, unit: Unit, state: str) -> None:
    """Step: end the active code, if there is one."""
    row = queries.active_code(unit.id)
    if row is not None:
        EnrolmentCode.update(state=state, ended_at=act.now, act_id=act.id).where(EnrolmentCode.id == row.id).execute()
        record(act, f"enrolment-code:{state}", row.code, unit_id=unit.id)


@action("enrolment-code:rotate")
def rotate(act: Act, unit_id: int, expected: str) -> dict[str, str]:
    """Replace the code `expected` (Conflict `stale` if it is another by now). Drafts begun under the old one go on."""
    unit = _held(unit_id)
    active = queries.active_code(unit.id)
    if (active.code if active else "") != expected:
        raise Conflict("stale")
    stop(act, unit, CODE_ROTATED)
    return {"code": begin(act, unit).code}


@action("enrolment-code:revoke")
def revoke(act: Act, unit_id: int, expected: str) -> dict[str, str]:
    """End the code `expected` without a new one: nobody can begin until the unit makes one."""
    unit = _held(unit_id)
    active = queries.active_code(unit.id)
    if active is None or active.code != expected:
        raise Conflict("stale")
    stop(act, unit, CODE_REVOKED)
    return {"code": expected}


@action("unit:set-ceiling")
def set_ceiling(act: Act, unit_id: int, ceiling: int) -> dict[str, int]:
    """How many drafts may begin a day, 1 to HIGHEST_CEILING."""
    if not 1 <= ceiling <= HIGHEST_CEILING:
        raise Invalid("ceiling_range", field="daily_ceiling", highest=HIGHEST_CEILING)
    unit = _held(unit_id)
    Unit.update(daily_ceiling=ceiling, act_id=act.id, version=Unit.version + 1).where(Unit.id == unit.id).execute()
    record(act, "unit:ceiling-set", unit.ref, unit_id=unit.id, fields=["daily_ceiling"])
    return {"ceiling": ceiling}


def count_begun(code_id: int) -> None:
    """A draft was begun through a code. Called inside the transaction that makes the draft."""
    day = clock.today()
    CodeUse.insert(code=code_id, day=day, begun=0).on_conflict_ignore().execute()
    CodeUse.update(begun=CodeUse.begun + 1).where(CodeUse.code == code_id, CodeUse.day == day).execute()


def _held(unit_id: int) -> Unit:
    lock(Unit, [unit_id])
    unit = queries.by_id(unit_id)
    if unit.state != "certified":
        raise Conflict("unit_state", state=unit.state, action="code")
    if queries.code_barred(unit_id):
        raise Conflict("code_barred")
    return unit
