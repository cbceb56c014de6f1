"""Who stands in a case, for the officer who decides it: name, end of the document, unit and plates of each side."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.domain.filings import answering, drafts, standing
from webapp.domain.filings.models import Draft, Filing, Submission
from webapp.domain.registry.cards import open_card
from webapp.domain.sanctions.models import BY_DRAFT, BY_SUBMISSION, CaseParty
from webapp.domain.units import queries as units
from webapp.values import documents, plates
from webapp.values.normalising import compact


@dataclass(frozen=True)
class Who:
    """`id_type` and `tail` are "" for a unit, and where a stopped draft was thrown away."""

    name: str
    unit: str = ""
    id_type: str = ""
    tail: str = ""
    plates: tuple[str, ...] = ()


def who(party: CaseParty) -> Who:
    """The side as the officer sees it."""
    if party.kind == BY_SUBMISSION:
        return _submission(party)
    if party.kind == BY_DRAFT:
        return _draft(party)
    return Who(units.one(party.party_ref).name)


def _submission(party: CaseParty) -> Who:
    submission = Submission.get(Submission.ref == party.party_ref)
    cards = [open_card(row) for row in Filing.select().where(Filing.submission == submission.id).order_by(Filing.id)]
    named = dict.fromkeys(plate for card in cards for plate in card.plates)
    return Who(
        cards[0].name, units.by_id(standing.unit_id(submission)).name, cards[0].id_type, cards[0].tail, tuple(named)
    )


def _draft(party: CaseParty) -> Who:
    draft = Draft.get_or_none(Draft.ref == party.party_ref)
    if draft is None:
        return Who("")
    answers = drafts.answers_of(draft)
    person = answering.page_of(answers, "person")
    named = [plates.fold(str(one.get("plate") or "")) for one in answers.get("vehicles", [])]
    return Who(
        str(person.get("full_name", "")),
        units.by_id(draft.unit_id).name,
        str(person.get("id_type", "")),
        documents.tail(compact(str(person.get("id_number", "")))),
        tuple(plate for plate in named if plate),
    )
