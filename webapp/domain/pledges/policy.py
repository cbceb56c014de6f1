"""Which items a filing asks for: required, optional or not asked, per applicant class and vehicle use (design 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from webapp import clock
from webapp.domain.pledges.models import ItemPolicy

REQUIRED, OPTIONAL, NOT_ASKED = "required", "optional", "not_asked"
LEVELS = (REQUIRED, OPTIONAL, NOT_ASKED)

#: Items an officer may change. What the system cannot do without (name, document, phone, plate …) is always required.
EDITABLE = (
    "latin_name",
    "id_expiry",
    "email",
    "staff_number",
    "address",
    "residence_permit_number",
    "residence_permit_expiry",
    "licence_number",
    "licence_class",
    "licence_expiry",
    "second_plate",
    "third_plate",
    "brand_model",
    "colour",
    "vin",
)
_FIRST_REQUIRED = {
    "id_expiry",
    "address",
    "residence_permit_number",
    "residence_permit_expiry",
    "licence_number",
    "licence_class",
    "licence_expiry",
}
_CLASSES = ("organ", "enterprise", "social", "resident", "duty", "other")
_USES = ("own", "unit")


@dataclass(frozen=True)
class Policy:
    """One version of the policy. `rules` is {applicant class: {vehicle use: {item: level}}}; `household_driver` lets
    the owner's unit vouch for a second driver of the same household (design 4)."""

    version: int
    rules: dict[str, dict[str, dict[str, str]]]
    household_driver: bool = False

    def level(self, item: str, unit_class: str, use: str | None = None) -> str:
        """What is asked of an item. Before the use is known (`None`) the strictest of the class's uses counts."""
        if item not in EDITABLE:
            return REQUIRED
        uses = self.rules[unit_class]
        found = {levels[item] for name, levels in uses.items() if use in (None, name)}
        return next(level for level in LEVELS if level in found)


#: What may not be switched off, for all classes ("*") or one: what holds, reminders and eligibility stand on (design 4,
#: 6, 7). The items that are not editable at all are always required.
FLOORS: dict[tuple[str, str], str] = {
    ("*", "id_expiry"): REQUIRED,
    ("*", "licence_number"): REQUIRED,
    ("*", "licence_class"): REQUIRED,
    ("*", "licence_expiry"): REQUIRED,
    ("*", "second_plate"): OPTIONAL,
    ("*", "third_plate"): OPTIONAL,
    ("resident", "address"): REQUIRED,
    ("resident", "residence_permit_number"): REQUIRED,
    ("resident", "residence_permit_expiry"): REQUIRED,
}


def allows(item: str, unit_class: str, level: str) -> bool:
    """Whether an officer may set this level, i.e. asks for no less than the floor."""
    floor = FLOORS.get((unit_class, item)) or FLOORS.get(("*", item)) or NOT_ASKED
    return LEVELS.index(level) <= LEVELS.index(floor)


def places() -> list[tuple[str, str, str]]:
    """Every (class, use, item) that has a level."""
    return [(unit_class, use, item) for unit_class in _CLASSES for use in _USES for item in EDITABLE]


def first_rules() -> dict[str, dict[str, dict[str, str]]]:
    """The policy every system starts with."""
    levels = {item: REQUIRED if item in _FIRST_REQUIRED else OPTIONAL for item in EDITABLE}
    return {unit_class: {use: dict(levels) for use in _USES} for unit_class in _CLASSES}


def seed(now: datetime) -> None:
    """Write the first policy if there is none. Inside a transaction."""
    ItemPolicy.insert(version=1, rules=first_rules(), effective_from=now).on_conflict_ignore().execute()


def current() -> Policy:
    """The policy in force."""
    row = (
        ItemPolicy.select()
        .where(ItemPolicy.effective_from <= clock.now())
        .order_by(ItemPolicy.effective_from.desc(), ItemPolicy.version.desc())
        .first()
    )
    if row is None:
        raise LookupError("no item policy; seed the constants")
    return Policy(row.version, row.rules, row.household_driver)


def publish(rules: dict[str, dict[str, dict[str, str]]], begins: datetime, *, household_driver: bool) -> None:
    """Step: these levels, and the switch, hold from an instant on."""
    newest = ItemPolicy.select(fn.MAX(ItemPolicy.version)).scalar() or 0
    ItemPolicy.create(version=newest + 1, rules=rules, effective_from=begins, household_driver=household_driver)


def take_back(begins: datetime) -> None:
    """Step: the policy that would have begun at this instant, still ahead, is gone."""
    ItemPolicy.delete().where(ItemPolicy.effective_from == begins, ItemPolicy.effective_from > clock.now()).execute()
