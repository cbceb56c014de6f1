"""Opening a case: the step that whoever objects, disputes or finds something torn shares (design 6).

The caller holds the locks of what is contested, and says who stands on which side. Persons are told by a job
(`cases_telling`), units and the platform in the act.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from webapp import crypto
from webapp.domain.audit.acts import Act, record
from webapp.domain.jobs import calendar
from webapp.domain.sanctions import cases_evidence, cases_rules, cases_states, cases_telling
from webapp.domain.sanctions.cases_evidence import Handed
from webapp.domain.sanctions.models import (
    BY_SYSTEM,
    BY_UNIT,
    CLAIMANT,
    HOLDER,
    UNCONFIRMED,
    Case,
    CaseParty,
    CaseStep,
)
from webapp.domain.units.models import Unit
from webapp.errors import Conflict
from webapp.values.codes import random_code, with_check


@dataclass(frozen=True)
class Side:
    """Somebody on one side: a submission, a draft (with {phone, email, language}) or a unit, by ref. `number` is what
    he knows the matter by; "" for the case's own."""

    kind: str
    ref: str
    number: str = ""
    contact: dict[str, Any] | None = None


@dataclass(frozen=True)
class Matter:
    """What a case is about. `subject` is the ref of what is contested, `number` its reference."""

    topic: str
    subject: str
    number: str = ""
    ground: str | None = None
    unit_id: int | None = None
    vehicle_id: int | None = None
    other_vehicle_id: int | None = None
    contested_account: int | None = None


@dataclass(frozen=True)
class Claim:
    """Who opens it, and what he says and shows. `by` of the system is None."""

    by: Side | None
    words: str = ""
    handed: Handed = field(default_factory=Handed)


def open_case(
    act: Act,
    matter: Matter,
    claim: Claim,
    *,
    concerned: Sequence[Side] = (),
    holders: Sequence[Side] = (),
) -> Case:
    """Open it. `concerned` stand on the claimant's side without having opened it; `holders` are asked to answer.

    Raises Invalid (words, evidence), Conflict("case_open") where the same case of the same side is open already,
    Conflict("case_decided") where it was decided.
    """
    words = cases_evidence.checked_words(claim.words, needed=False)
    cases_evidence.check(claim.handed)
    _only_one(matter, claim.by)
    made = _create(act, matter, claim.by, answered=bool(holders))
    if claim.by is not None:
        cases_evidence.keep(act, made, _party(made, CLAIMANT, claim.by, words), claim.handed)
    for side, others in ((CLAIMANT, concerned), (HOLDER, holders)):
        for one in _others(others, claim.by):
            _party(made, side, one)
    step(act, made, "open", CLAIMANT if claim.by else None)
    record(act, "case:opened", made.ref, unit_id=matter.unit_id)
    cases_telling.opened(act, made)
    return made


def _create(act: Act, matter: Matter, by: Side | None, *, answered: bool) -> Case:
    """The case with its terms; `answered`: whether somebody is asked to answer."""
    return Case.create(
        ref=crypto.new_ref(),
        number=new_number(),
        kind=cases_rules.kind_of(matter.topic),
        topic=matter.topic,
        state=cases_states.next_state(cases_states.NONE, "open"),
        opened_by=by.kind if by else BY_SYSTEM,
        opener_ref=by.ref if by else "",
        subject=matter.subject,
        subject_number=matter.number,
        ground=matter.ground,
        unit=matter.unit_id,
        vehicle=matter.vehicle_id,
        other_vehicle=matter.other_vehicle_id,
        contested_account=matter.contested_account,
        opened_at=act.now,
        answer_until=calendar.after_working_days(act.now, cases_rules.ANSWER_DAYS) if answered else None,
        decide_until=calendar.after_working_days(act.now, cases_rules.DECIDE_DAYS),
        act_id=act.id,
    )


def against_unit(act: Act, unit: Unit) -> Case:
    """The system's case against a unit that confirmed nobody by the day it had to. It touches no entry. Raises
    Conflict("case_open") while the last one is undecided."""
    matter = Matter(UNCONFIRMED, unit.ref, ground="confirmed_nobody", unit_id=unit.id)
    return open_case(act, matter, Claim(None), holders=[Side(BY_UNIT, unit.ref)])


def new_number() -> str:
    """A reference people can read out, as CA-7K2F-93QD; its last character guards the others."""
    code = with_check(random_code(7))
    return f"CA-{code[:4]}-{code[4:]}"


def _others(sides: Sequence[Side], by: Side | None) -> list[Side]:
    """Each of them once, and the opener not again."""
    once = {(side.kind, side.ref): side for side in reversed(sides)}
    if by is not None:
        once.pop((by.kind, by.ref), None)
    return list(reversed(once.values()))


def _only_one(matter: Matter, by: Side | None) -> None:
    """The same side is heard once about the same thing; what was taken back may be raised again."""
    known = Case.select().where(
        Case.topic == matter.topic, Case.subject == matter.subject, Case.opener_ref == (by.ref if by else "")
    )
    for case in known:
        if case.state == cases_states.OPEN:
            raise Conflict("case_open", number=case.number)
        if by is not None and case.state != cases_states.WITHDRAWN and case.ground == matter.ground:
            raise Conflict("case_decided", number=case.number)


def _party(case: Case, side: str, who: Side, words: str = "") -> CaseParty:
    place = f"{case.ref}:{side}:{who.ref}"
    return CaseParty.create(
        case=case.id,
        side=side,
        kind=who.kind,
        party_ref=who.ref,
        number=who.number or case.number,
        contact=crypto.seal(who.contact, "case_party", "contact", place) if who.contact else None,
        words=crypto.seal(words, "case_party", "words", place) if words else None,
    )


def step(act: Act, case: Case, action: str, side: str | None = None) -> None:
    """One line of the case's timeline."""
    CaseStep.create(case=case.id, act_id=act.id, at=act.now, action=action, side=side)
