"""Impact assessments (PIPL 55, 56): recorded before data are handled in a new way or given to somebody new.

A record is written once and kept three years at least; the database lets nobody change or delete it. Whoever receives
data for the first time (a client of the lane service) is switched on under an assessment of giving that is valid on
that day and found the effect acceptable.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from webapp import clock, crypto
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.files import actions as files
from webapp.domain.files.intake import Accepted
from webapp.domain.files.models import StoredFile
from webapp.domain.privacy.models import ASSESSMENT_KINDS, GIVING, NOT_ACCEPTABLE, RESULTS, Assessment
from webapp.errors import Conflict, Fault, Invalid, NotFound
from webapp.values import dates
from webapp.values.codes import random_code, with_check

KEPT_YEARS = 3
ABOUT_LONGEST, AUTHOR_LONGEST, FINDINGS_LONGEST = 100, 60, 2000
PAGE = 30


@dataclass(frozen=True)
class Written:
    """An assessment as it was typed; days are texts."""

    kind: str
    about: str
    author: str
    made_on: str
    result: str
    findings: str
    valid_until: str


@action("assessment:record")
def enter(act: Act, written: Written, paper: Accepted | None = None) -> dict[str, str]:
    """Returns {"assessment": ref, "number": …}. Raises Invalid with every fault."""
    made_on, valid_until, faults = _checked(written)
    if faults or made_on is None or valid_until is None:
        raise Invalid(faults=faults)
    kept = files.keep(act, "proof", paper.media_type, paper.content, name=paper.name) if paper is not None else None
    code = with_check(random_code(7))
    row = Assessment.create(
        ref=crypto.new_ref(),
        number=f"IA-{code[:4]}-{code[4:]}",
        kind=written.kind,
        about=written.about.strip(),
        author=written.author.strip(),
        made_on=made_on,
        result=written.result,
        findings=written.findings.strip(),
        valid_until=valid_until,
        kept_until=kept_until(max(clock.today(), valid_until)),
        paper=kept.id if kept else None,
        account_id=act.actor.account_id or 0,
        recorded_at=act.now,
        act_id=act.id,
    )
    record(act, "assessment:recorded", row.ref)
    return {"assessment": row.ref, "number": row.number}


def kept_until(day: date) -> date:
    """Three years after a day; the last of February where that year has no such day."""
    try:
        return day.replace(year=day.year + KEPT_YEARS)
    except ValueError:
        return day.replace(year=day.year + KEPT_YEARS, day=28)


def _checked(written: Written) -> tuple[date | None, date | None, list[Fault]]:
    faults = [] if written.kind in ASSESSMENT_KINDS else [Fault("kind", "choose")]
    texts = (("about", ABOUT_LONGEST), ("author", AUTHOR_LONGEST), ("findings", FINDINGS_LONGEST))
    for name, longest in texts:
        said = getattr(written, name).strip()
        if not said:
            faults.append(Fault(name, "missing"))
        elif len(said) > longest:
            faults.append(Fault(name, "too_long", {"maximum": longest}))
    if written.result not in RESULTS:
        faults.append(Fault("result", "choose"))
    days: dict[str, date | None] = {}
    for name in ("made_on", "valid_until"):
        checked = dates.check(getattr(written, name))
        faults += [Fault(name, one.code, dict(one.params)) for one in checked.errors]
        days[name] = None if checked.errors else date.fromisoformat(checked.value)
    made_on, valid_until = days["made_on"], days["valid_until"]
    if made_on is not None and made_on > clock.today():
        faults.append(Fault("made_on", "assessed_later"))
    if made_on is not None and valid_until is not None and not made_on < valid_until <= kept_until(made_on):
        faults.append(Fault("valid_until", "assessment_term"))
    return made_on, valid_until, faults


def require_giving(ref: str) -> Assessment:
    """The assessment under which somebody new is given data. Raises Conflict("assessment_needed")."""
    row = Assessment.get_or_none(Assessment.ref == ref) if ref else None
    if row is None or row not in valid(GIVING):
        raise Conflict("assessment_needed")
    return row


def valid(kind: str) -> list[Assessment]:
    """Those of this kind that allow something today, newest first."""
    return list(
        Assessment.select()
        .where(Assessment.kind == kind, Assessment.result != NOT_ACCEPTABLE, Assessment.valid_until >= clock.today())
        .order_by(Assessment.id.desc())
    )


def one(ref: str) -> Assessment:
    """Raises NotFound."""
    row = Assessment.get_or_none(Assessment.ref == ref)
    if row is None:
        raise NotFound("not_found")
    return row


def listed(before: int | None = None) -> list[Assessment]:
    """Newest first; `before` is the id the next page starts below."""
    query = Assessment.select() if before is None else Assessment.select().where(Assessment.id < before)
    return list(query.order_by(Assessment.id.desc()).limit(PAGE))


def paper_of(row: Assessment) -> StoredFile:
    """Raises NotFound."""
    if row.paper_id is None:
        raise NotFound("not_found")
    return StoredFile.get_by_id(row.paper_id)
