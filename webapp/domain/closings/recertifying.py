"""A change of the data a unit was certified with is certified again; the old data stay in force meanwhile (design 6).

What the new class no longer allows ends with it: a class without own cars ends the entries and filings of own cars, as
the preview said before the unit sent it and the officer confirmed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webapp import crypto
from webapp.database import lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.closings import ending, reach
from webapp.domain.files import actions as files
from webapp.domain.files.intake import Accepted
from webapp.domain.filings.models import Filing
from webapp.domain.passlist.models import Entry
from webapp.domain.registry.models import OWN
from webapp.domain.units import codes, proposals, queries, registration, rules
from webapp.domain.units.models import CHANGE, Unit, UnitProposal, UnitStep
from webapp.domain.units.telling import tell_unit
from webapp.errors import Conflict, Fault, Invalid
from webapp.values.folding import fold

#: What was certified; everything else about a unit changes at once (units.registering.set_contact) or by hand-over.
FIELDS = (
    "unit_name",
    "unit_class",
    "registration_place",
    "registration_number",
    "branch_name",
    "legal_representative",
)
CAUSE, REASON = "basis_ended", "unit:class_changed"


@dataclass(frozen=True)
class Losses:
    """What a change of class ends: entries of own cars, and filings of own cars in motion."""

    entries: int = 0
    filings: int = 0


def as_certified(unit: Unit) -> dict[str, str]:
    """The unit's data of FIELDS as they are in force."""
    return {
        "unit_name": unit.name,
        "unit_class": unit.unit_class,
        "registration_place": unit.registration_place,
        "registration_number": unit.registration_number,
        "branch_name": unit.branch_name,
        "legal_representative": queries.details(unit)["legal_representative"],
    }


def losses(unit: Unit, unit_class: str) -> Losses:
    """What the unit would lose under another class."""
    if not _closes_own(unit, unit_class):
        return Losses()
    return Losses(_entries(unit.id).count(), _filings(unit.id).count())


def _closes_own(unit: Unit, unit_class: str) -> bool:
    return rules.takes_own_use(unit.unit_class) and not rules.takes_own_use(unit_class)


def _entries(unit_id: int) -> Any:
    return reach.entries(unit_id).where(Entry.vehicle_use == OWN)


def _filings(unit_id: int) -> Any:
    return reach.filings(unit_id).where(Filing.vehicle_use == OWN)


@action("unit:propose-change")
def propose(
    act: Act, unit_id: int, typed: Mapping[str, Any], proof: Accepted | None, words: str, version: int
) -> dict[str, str]:
    """The unit sends its new data with a new proof. Raises Invalid with every fault, Conflict `stale`, `unit_state`,
    `proposal_waits`."""
    lock(Unit, [unit_id])
    unit = queries.by_id(unit_id)
    if unit.version != version:
        raise Conflict("stale")
    if unit.state not in ("certified", "suspended"):
        raise Conflict("unit_state")
    values = _checked(unit, typed, proof)
    assert proof is not None
    file = files.keep(act, "proof", proof.media_type, proof.content, name=proof.name, unit_id=unit.id)
    row = proposals.begin(
        act, unit, CHANGE, proposals.PROPOSE, words=words, details=values, by_unit=True, proof=file.id
    )
    return {"proposal": row.ref}


def _checked(unit: Unit, typed: Mapping[str, Any], proof: Accepted | None) -> dict[str, str]:
    """The new data. Raises Invalid with every fault that is not a confirmed warning."""
    before = as_certified(unit)
    given = {name: str(typed.get(name, "")) for name in FIELDS}
    checked = registration.check(given)
    found = [fault for fault in checked.faults if fault.field in FIELDS]
    values = {name: checked.values[name] for name in FIELDS}
    if not found and values == before:
        raise Invalid("same_data", field="unit_name")
    if proof is None:
        found.append(Fault("proof", "missing"))
    if values["unit_class"] and (values["unit_class"] == "resident") != (unit.unit_class == "resident"):
        found.append(Fault("unit_class", "class_committee"))
    lost = losses(unit, values["unit_class"] or unit.unit_class)
    if lost.entries or lost.filings:
        params = {"entries": lost.entries, "filings": lost.filings}
        found = [fault for fault in found if not (fault.field == "unit_class" and fault.warning)]
        found.append(Fault("unit_class", "class_closes_own", params, warning=True))
    if not found and queries.taken(*_key(values), but=unit.id):
        found.append(Fault("registration_number", "unit_taken"))
    confirmed = set(typed.get("confirmed", ()))
    found = [fault for fault in found if not (fault.warning and fault.field in confirmed)]
    if found:
        raise Invalid(faults=found)
    return values


def _key(values: Mapping[str, str]) -> tuple[str, str, str]:
    return values["registration_place"], values["registration_number"], fold(values["branch_name"])


@action("unit:change")
def confirm(act: Act, proposal_ref: str, version: int) -> dict[str, object]:
    """An officer certifies the new data: they are in force, and what the class no longer allows ends.
    Raises what proposals.move raises, Conflict `unit_taken`."""
    row, unit = proposals.held(proposal_ref)
    if row.kind != CHANGE:
        raise Conflict("proposal_over")
    proposals.move(act, row, proposals.CONFIRM, version)
    values = proposals.details(row)
    if queries.taken(*_key(values), but=unit.id):
        raise Conflict("unit_taken")
    closes_own = _closes_own(unit, values["unit_class"])
    _apply(act, unit, row, values)
    done = ending.Ended(0, 0, 0, 0)
    if closes_own:
        done = ending.end(
            act,
            entries=reach.ids(_entries(unit.id)),
            filings=reach.ids(_filings(unit.id)),
            cause=CAUSE,
            reason=REASON,
            news=ending.News("class-changed"),
            unit_id=unit.id,
        )
    params = {"unit": values["unit_name"], "entries": done.entries, "filings": done.filings}
    tell_unit(act, "unit-changed", unit, params=params)
    return {"unit": unit.ref, "entries": done.entries, "filings": done.filings, "people": done.people}


def _apply(act: Act, unit: Unit, row: UnitProposal, values: Mapping[str, str]) -> None:
    before = as_certified(unit)
    details = queries.details(unit) | {"legal_representative": values["legal_representative"]}
    place, number, branch_key = _key(values)
    Unit.update(
        unit_class=values["unit_class"],
        name=values["unit_name"],
        name_fold=fold(values["unit_name"]),
        registration_place=place,
        registration_number=number,
        branch_name=values["branch_name"],
        branch_key=branch_key,
        details=crypto.seal(details, "unit", "details", unit.ref),
        proof=row.proof_id,
        act_id=act.id,
        version=Unit.version + 1,
    ).where(Unit.id == unit.id).execute()
    if values["unit_name"] != before["unit_name"]:
        codes.renew_papers(act, unit.id)
    UnitStep.create(unit=unit.id, act_id=act.id, at=act.now, action=CHANGE, state=unit.state)
    record(
        act, "unit:changed", unit.ref, unit_id=unit.id, fields=[name for name in FIELDS if values[name] != before[name]]
    )
