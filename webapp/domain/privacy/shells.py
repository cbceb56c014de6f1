"""The shell that an erasure leaves of something said: the same shape, with nothing of the person in it."""

from __future__ import annotations

from typing import Any

#: What stands where a name or a plate stood.
NOTHING = "—"
#: Values that say nothing of a person, so that what reads them goes on: codes, references, how it was signed.
_KEPT = frozenset(
    {
        "number",
        "unit",
        "proof",
        "consents",
        "language",
        "id_type",
        "unit_relation",
        "vehicle_use",
        "size_class",
        "unit_assigns",
        "is_owner",
        "invitation",
        "use",
        "role",
        "change",
        "verified_on",
    }
)
_NAMES = frozenset({"full_name", "signed_name", "name", "plates"})


def emptied(said: Any, name: str = "") -> Any:
    """The same shape with nothing of the person in it."""
    if name in _KEPT:
        return said
    if isinstance(said, dict):
        return {key: emptied(value, key) for key, value in said.items()}
    if isinstance(said, list):
        if said and isinstance(said[0], dict):
            return [emptied(value, name) for value in said]
        return [NOTHING] if name in _NAMES and said else []
    if isinstance(said, bool) or said is None:
        return False if said is not None else None
    return NOTHING if name in _NAMES else ""


#: Of a sanction that is over (sanctions.particulars): authority, days and whom to ask stay.
NO_PARTICULARS: dict[str, Any] = {
    "subject_name": NOTHING,
    "decision_number": NOTHING,
    "ground": NOTHING,
    "birth_date": "",
    "licence_number": "",
    "documents": [],
    "plates": [],
}
