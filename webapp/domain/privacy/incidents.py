"""Incidents (PIPL 57): noted, whom they touch computed, the letters drafted by one officer and released by another.

Releasing freezes whom it touches and owes the notices: to the authority at once, to the persons by a job that resumes
in slices. A letter is {"texts": {locale: {"harm", "measures", "advice"}}, "contact": …}; what happened, which kinds of
data and since when stand in the incident itself and are told with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp import clock, crypto
from webapp.database import lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings import telling
from webapp.domain.filings.models import Submission
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs.models import MESSAGES
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import ADDRESS, EMAIL
from webapp.domain.privacy import incident_reach, incident_records
from webapp.domain.privacy.models import (
    CAUSES,
    CLOSED,
    EVERYBODY,
    NOTED,
    PROPOSED,
    RELEASED,
    SCOPES,
    Incident,
    IncidentStep,
    IncidentSubmission,
)
from webapp.domain.units.models import Unit
from webapp.domain.units.telling import tell_platform
from webapp.errors import Conflict, Fault, Invalid, NotAllowed
from webapp.row_sets import literal
from webapp.values.codes import random_code, with_check

TELL = "tell-incident"
#: Kinds of data that an incident may touch.
KINDS = ("identity", "contact", "address", "licence", "vehicle", "signature", "evidence", "lane_checks")
LOCALES = ("zh_Hant_MO", "zh_Hans_CN")
PARTS = ("harm", "measures", "advice")
WORDS_LONGEST, PART_LONGEST, CONTACT_LONGEST, MOST_REFS = 2000, 500, 200, 5000
NOTE, PROPOSE, SEND_BACK, RELEASE, CLOSE = ACTIONS = ("note", "propose", "send_back", "release", "close")

#: (state, action) -> next state. This table is all there is; the state before the first is "".
TRANSITIONS: dict[tuple[str, str], str] = {
    ("", NOTE): NOTED,
    (NOTED, PROPOSE): PROPOSED,
    (PROPOSED, SEND_BACK): NOTED,
    (PROPOSED, RELEASE): RELEASED,
    (NOTED, CLOSE): CLOSED,
    (RELEASED, CLOSE): CLOSED,
}


@dataclass(frozen=True)
class Happened:
    """What is known of an incident. `refs`: refs of units or of one account, or numbers and references of what was
    touched; none where everybody is."""

    kinds: Sequence[str]
    cause: str
    scope: str
    refs: Sequence[str]
    began_at: datetime | None
    ended_at: datetime | None
    account: str


@action("incident:note")
def note(act: Act, what: Happened) -> dict[str, str]:
    """Returns {"incident": ref, "number": …}. Raises Invalid with every fault."""
    faults = _faults(what)
    if faults:
        raise Invalid(faults=faults)
    ref, code = crypto.new_ref(), with_check(random_code(7))
    row = Incident.create(
        ref=ref,
        number=f"IN-{code[:4]}-{code[4:]}",
        state=next_state("", NOTE),
        kinds=[kind for kind in KINDS if kind in what.kinds],
        cause=what.cause,
        scope=what.scope,
        scope_refs=[] if what.scope == EVERYBODY else list(dict.fromkeys(what.refs)),
        began_at=what.began_at,
        ended_at=what.ended_at,
        found_at=act.now,
        account=crypto.seal(what.account.strip(), "incident", "account", ref),
        noted_by_id=act.actor.account_id,
        act_id=act.id,
    )
    _step(act, row, NOTE)
    record(act, "incident:noted", ref)
    return {"incident": ref, "number": row.number}


def _faults(what: Happened) -> list[Fault]:
    faults = []
    if not what.kinds or not set(what.kinds) <= set(KINDS):
        faults.append(Fault("kinds", "choose"))
    if what.cause not in CAUSES:
        faults.append(Fault("cause", "incident_cause"))
    faults += _faults_of_time(what.began_at, what.ended_at)
    if what.scope not in SCOPES:
        faults.append(Fault("scope", "choose"))
    elif what.scope != EVERYBODY:
        faults += incident_reach.faults(what.scope, what.refs, MOST_REFS)
    said = what.account.strip()
    if not said:
        faults.append(Fault("account", "missing"))
    elif len(said) > WORDS_LONGEST:
        faults.append(Fault("account", "too_long", {"maximum": WORDS_LONGEST}))
    return faults


def _faults_of_time(began: datetime | None, ended: datetime | None) -> list[Fault]:
    """It has begun; its end may be to come."""
    faults = []
    if began is None:
        faults.append(Fault("began", "incident_time"))
    elif began > clock.now():
        faults.append(Fault("began", "incident_to_come"))
    if ended is None:
        faults.append(Fault("ended", "incident_time"))
    elif began is not None and not faults and ended <= began:
        faults.append(Fault("ended", "incident_order"))
    return faults


@action("incident:propose")
def propose(act: Act, ref: str, letter: dict[str, Any], version: int | None) -> dict[str, str]:
    """The letters as one officer drafted them, for another to release. Raises NotFound, Invalid beside
    `<part>_<locale>` and `contact`, Conflict: `stale`, `incident_over`."""
    faults = []
    for locale in LOCALES:
        for part in PARTS:
            said = letter["texts"].get(locale, {}).get(part, "").strip()
            if not said:
                faults.append(Fault(f"{part}_{locale}", "missing"))
            elif len(said) > PART_LONGEST:
                faults.append(Fault(f"{part}_{locale}", "too_long", {"maximum": PART_LONGEST}))
    if not 0 < len(letter["contact"].strip()) <= CONTACT_LONGEST:
        faults.append(Fault("contact", "missing"))
    if faults:
        raise Invalid(faults=faults)
    row = _held(ref, version)
    sealed = crypto.seal(letter, "incident", "letter", ref)
    _move(act, row, PROPOSE, letter=sealed, proposed_by_id=act.actor.account_id)
    tell_platform(act, "incident-proposed", subject=ref, params={"incident": row.number})
    return {"incident": ref}


@action("incident:send-back")
def send_back(act: Act, ref: str, version: int | None) -> dict[str, str]:
    """The letters are to be drafted anew. Raises NotFound, Conflict."""
    _move(act, _held(ref, version), SEND_BACK, proposed_by_id=None)
    return {"incident": ref}


@action("incident:release")
def release(act: Act, ref: str, version: int | None, authority: str, locale: str) -> dict[str, object]:
    """Another officer sends the letters: whom it touches is frozen now. `authority`: its mailbox, '' where it is
    told by hand. Returns {"incident": ref, "people": n}. Raises NotFound, NotAllowed("proposed_it_yourself"),
    Conflict."""
    row = _held(ref, version)
    if row.proposed_by_id == act.actor.account_id:
        raise NotAllowed("proposed_it_yourself")
    next_state(row.state, RELEASE)
    mine = incident_reach.affected(row.scope, row.scope_refs, row.began_at, row.ended_at)
    table = IncidentSubmission
    table.insert_from(
        mine.select_extend(literal(row.id, table.incident)), [table.submission_ref, table.person, table.incident]
    ).execute()
    people = incident_records.people_of(row)
    _move(act, row, RELEASE, released_by_id=act.actor.account_id, released_at=act.now, people=people)
    jobs.enqueue(act, TELL, ref, queue=MESSAGES, dedupe_key=f"{TELL}:{ref}")
    if authority:
        told = notices.queue(act, "incident-reported", ADDRESS, ref, subject=ref, params=told_of(row, people))
        if told is not None:
            notices.deliver(act, told, EMAIL, authority, locale)
    return {"incident": ref, "people": people}


@action("incident:close")
def close(act: Act, ref: str, version: int | None) -> dict[str, str]:
    """Nothing more is to be done; also where nobody had to be told. Raises NotFound, Conflict."""
    _move(act, _held(ref, version), CLOSE, closed_at=act.now)
    return {"incident": ref}


@action("incident:export")
def export(act: Act, ref: str) -> dict[str, str]:
    """The record is taken away for the authority. Raises NotFound."""
    row = incident_records.one(ref)
    record(act, "incident:exported", row.ref)
    return {"incident": ref}


@action("incident:drill")
def drill(act: Act, scope: str, refs: Sequence[str], began: datetime, ended: datetime) -> dict[str, Any]:
    """Whom an incident would touch; nothing is noted and nobody told. Returns {"people", "submissions", "units": {ref:
    submissions}}. Raises Invalid as `note`."""
    if scope != EVERYBODY and (faults := incident_reach.faults(scope, refs, MOST_REFS)):
        raise Invalid(faults=faults)
    if ended <= began:
        raise Invalid("incident_order", field="ended")
    touched = incident_reach.affected(scope, refs, began, ended).select_extend(Unit.ref)
    rows = list(touched.join(Unit, on=(Submission.unit == Unit.id)).tuples())
    people = {person for _ref, person, _unit in rows}
    record(act, "incident:drilled", scope)
    return {"people": len(people), "submissions": len(rows), "units": dict(Counter(unit for *_, unit in rows))}


def next_state(state: str, action_name: str) -> str:
    """Raises Conflict("incident_over") where the table has none."""
    if (state, action_name) not in TRANSITIONS:
        raise Conflict("incident_over")
    return TRANSITIONS[state, action_name]


def _held(ref: str, version: int | None) -> Incident:
    row = incident_records.one(ref)
    lock(Incident, [row.id])
    row = Incident.get_by_id(row.id)
    if row.version != version:
        raise Conflict("stale")
    return row


def _move(act: Act, row: Incident, action_name: str, **columns: Any) -> None:
    row.state = next_state(row.state, action_name)
    changes = {"state": row.state, "act_id": act.id, "version": row.version + 1, **columns}
    Incident.update(**changes).where(Incident.id == row.id).execute()
    _step(act, row, action_name)
    record(act, f"incident:{row.state}", row.ref, fields=["state"])


def _step(act: Act, row: Incident, action_name: str) -> None:
    IncidentStep.create(incident=row.id, act_id=act.id, at=act.now, action=action_name, state=row.state)


# Telling --------------------------------------------------------------------------------------------------------


def told_of(row: Incident, people: int | None = None) -> dict[str, Any]:
    """What every notice of it says: kinds, cause, since when, and the letter."""
    letter = incident_records.letter_of(row)
    said = {
        "incident": row.number,
        "kinds": row.kinds,
        "what": row.cause,
        "since": row.began_at.isoformat(),
        "until": row.ended_at.isoformat(),
        "texts": letter["texts"],
        "contact": letter["contact"],
    }
    return said if people is None else said | {"count": people}


def tell_slice(ref: str, after: int) -> tuple[int, int]:
    """Queue the notices of the next submissions beyond the id `after`. Returns the last id and how many were told,
    (after, 0) when nobody is left. Inside a transaction; a fixed number of statements."""
    row = incident_records.one(ref)
    ids = incident_reach.next_ids(row, after, telling.SLICE)
    if not ids:
        return after, 0
    told = list(telling.of_submissions(ids).values())
    for one_told in told:
        one_told.params |= told_of(row)
    telling.queue_each(row.act_id, "incident-told", told)
    return told[-1].submission.id, len(told)
