"""Which items a filing asks for: required, optional or not asked, per applicant class and vehicle use (design 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
    """One version of the policy. `rules` is {applicant class: {vehicle use: {item: level}}}."""

    version: int
    rules: dict[str, dict[str, dict[str, str]]]

    def level(self, item: str, unit_class: str, use: str | None = None) -> str:
        """What is asked of an item. Before the use is known (`None`) the strictest of the class's uses counts."""
        if item not in EDITABLE:
            return REQUIRED
        uses = self.rules[unit_class]
        found = {levels[item] for name, levels in uses.items() if use in (None, name)}
        return next(level for level in LEVELS if level in found)


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
        ItemPolicy.select().where(ItemPolicy.effective_from <= clock.now()).order_by(ItemPolicy.version.desc()).first()
    )
    if row is None:
        raise LookupError("no item policy; seed the constants")
    return Policy(row.version, row.rules)
