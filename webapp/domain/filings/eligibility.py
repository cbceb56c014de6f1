"""Who may apply through which unit, and with which vehicle: guideline section 3, as one table (design 4)."""

from __future__ import annotations

from webapp.domain.registry.models import OWN, UNIT

STAFF, UNIT_DRIVER, COMMITTEE_STAFF = "staff", "unit_driver", "committee_staff"
RESIDENT_REGISTER, RESIDENT_PERMIT = "resident_register", "resident_permit"
#: Of the household of a car's owner, whose unit vouches for him: only while the policy says so, and as second driver.
HOUSEHOLD = "household"
RELATIONS = (STAFF, UNIT_DRIVER, COMMITTEE_STAFF, RESIDENT_REGISTER, RESIDENT_PERMIT, HOUSEHOLD)

_OF_A_UNIT = {STAFF: (OWN, UNIT), UNIT_DRIVER: (UNIT,), HOUSEHOLD: (OWN,)}

#: Applicant class of the unit → relation to it → uses of vehicles that may be filed.
ELIGIBLE: dict[str, dict[str, tuple[str, ...]]] = {
    "organ": _OF_A_UNIT,
    "enterprise": _OF_A_UNIT,
    "social": _OF_A_UNIT,
    "resident": {RESIDENT_REGISTER: (OWN,), RESIDENT_PERMIT: (OWN,), COMMITTEE_STAFF: (OWN,), HOUSEHOLD: (OWN,)},
    "duty": _OF_A_UNIT,
    "other": {UNIT_DRIVER: (UNIT,), STAFF: (UNIT,)},
}


def relations_open(unit_class: str, *, household: bool) -> tuple[str, ...]:
    """The relations a person may have to a unit of this class; `household`: whether the policy knows that one."""
    return tuple(one for one in ELIGIBLE.get(unit_class, {}) if household or one != HOUSEHOLD)


def uses_open(unit_class: str, relation: str) -> tuple[str, ...]:
    """The vehicle uses open to this relation; none where the relation itself is not open."""
    return ELIGIBLE.get(unit_class, {}).get(relation, ())


def may_be_assigned(relation: str, use: str) -> bool:
    """Whether the plate may be left to the unit: drivers of unit vehicles, as the unit assigns them."""
    return relation == UNIT_DRIVER and use == UNIT
