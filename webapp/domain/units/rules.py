"""What a unit may do, by its state and class (guideline, section 3; design 4)."""

from __future__ import annotations

from webapp.domain.units.models import Unit

#: What an officer may find wrong with a registration, as `field:code`. Sentences: ui.sentences.units.
RETURN_REASONS = (
    "unit_name:differs",
    "unit_class:wrong",
    "registration_number:differs",
    "branch_name:unclear",
    "address:incomplete",
    "legal_representative:differs",
    "manager_name:differs",
    "manager_phone:no_answer",
    "proof:unreadable",
    "proof:expired",
    "proof:other_unit",
    "authorisation:needed",
    "authorisation:unsigned",
    "authorisation:differs",
)
REFUSE_REASONS = ("unit:not_applicant", "unit:duplicate", "unit:false_proof", "unit:unreachable")
SUSPEND_REASONS = ("unit:misuse", "unit:not_verifying", "unit:outdated", "unit:own_request", "unit:under_inquiry")
DEREGISTER_REASONS = ("unit:own_request", "unit:dissolved", "unit:merged", "unit:misuse", "unit:not_verifying")


def accepts_filings(unit: Unit) -> bool:
    """Whether people may begin and send new filings to it."""
    return unit.state == "certified"


def may_verify(unit: Unit) -> bool:
    """Whether it may verify and upload; a suspended unit may only remove its people and answer requests."""
    return unit.state == "certified"


def may_manage_people(unit: Unit) -> bool:
    """Whether it may remove its people and keep a roster: a suspended unit still may (design 6)."""
    return unit.state in ("certified", "suspended")


def has_unit_vehicles(unit_class: str) -> bool:
    """Whether the class has unit vehicles. Residents file their own cars only."""
    return unit_class != "resident"


def takes_own_use(unit_class: str) -> bool:
    """Whether people of the class may file cars of their own."""
    return unit_class != "other"
