"""Why a unit returns, refuses or undoes: closed lists of `field:code`. Fields are those of the form, so that a
correction leads to what is to be changed. Sentences: ui.sentences.verifying."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.errors import Fault, Invalid

#: What the person can put right. In the order of the form.
RETURN = (
    "full_name:differs",
    "latin_name:differs",
    "id_type:wrong",
    "id_number:differs",
    "id_expiry:differs",
    "id_expiry:expired",
    "birth_date:differs",
    "phone:no_answer",
    "unit_relation:wrong",
    "staff_number:differs",
    "address:incomplete",
    "residence_permit_number:differs",
    "residence_permit_expiry:expired",
    "licence_number:differs",
    "licence_class:wrong",
    "licence_expiry:expired",
    "vehicle_use:wrong",
    "plate:differs",
    "plate:not_unit_vehicle",
    "size_class:wrong",
    "brand_model:differs",
    "vin:differs",
    "is_owner:wrong",
    "owner_name:differs",
    "signed_name:differs",
)
#: What ends the filing.
REFUSE = (
    "unit_relation:not_ours",
    "unit_relation:left",
    "vehicle_use:not_for_class",
    "filing:duplicate",
    "filing:untrue",
    "filing:unreachable",
)
#: Why what was verified is taken back.
UNDO = ("filing:by_mistake", "filing:changed", "filing:duplicate", "unit_relation:left")

OF = {"return": RETURN, "refuse": REFUSE, "undo": UNDO}
NOTE_LONGEST = 300


def check(action: str, reasons: Iterable[str], note: str) -> list[str]:
    """The reasons given, each once, in the order of the list. Raises Invalid beside `reason` and `note` at once."""
    given = set(reasons)
    faults = []
    if not given or given - set(OF[action]):
        faults.append(Fault("reason", "choose"))
    if len(note) > NOTE_LONGEST:
        faults.append(Fault("note", "too_long", {"maximum": NOTE_LONGEST}))
    if faults:
        raise Invalid(faults=faults)
    return [code for code in OF[action] if code in given]
