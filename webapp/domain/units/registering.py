"""A unit registers itself, corrects what was faulted, or withdraws (guideline, section 4; design 6)."""

from __future__ import annotations

from typing import Any

from webapp import crypto
from webapp.database import lock
from webapp.domain.accounts import actions as accounts
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.files import actions as files
from webapp.domain.files.intake import Accepted
from webapp.domain.files.models import StoredFile
from webapp.domain.units import drafts, members, queries, registration, states, telling
from webapp.domain.units.deciding import move
from webapp.domain.units.models import MANAGER, RegistrationDraft, Unit, UnitStep
from webapp.errors import Conflict, Fault, Invalid, NotFound
from webapp.values.folding import fold


@action("unit:register")
def register(
    act: Act, draft_ref: str, email: str, *, account_id: int | None = None, password: str = ""
) -> dict[str, str]:
    """Make the unit of a complete draft, and its manager.

    `email` is the proved address: it gets a new account with `password`, unless `account_id` names the signed-in
    account that registers. Raises Invalid with every fault, Conflict(`unit_taken`).
    """
    draft = held_draft(draft_ref)
    if draft.unit_ref:
        return {"unit": draft.unit_ref}
    typed = drafts.answers(draft)
    values = complete(typed, draft.proof_id is not None, draft.authorisation_id is not None)
    if queries.taken(*_key(values)):
        raise Conflict("unit_taken")
    if account_id is None:
        account_id = accounts.create_account(act, email, values["manager_name"], password).id
    unit = _create(act, values, email, draft)
    members.add(act, unit, account_id, MANAGER)
    RegistrationDraft.update(unit_ref=unit.ref).where(RegistrationDraft.id == draft.id).execute()
    telling.tell_platform(act, "unit-registered", subject=unit.ref, params={"unit": unit.name})
    return {"unit": unit.ref}


def held_draft(draft_ref: str) -> RegistrationDraft:
    """The draft, held until the transaction ends. Raises NotFound."""
    found = RegistrationDraft.get_or_none(RegistrationDraft.ref == draft_ref)
    if found is not None:
        lock(RegistrationDraft, [found.id])
        found = RegistrationDraft.get_or_none(RegistrationDraft.id == found.id)
    if found is None:
        raise NotFound("not_found")
    return found


def complete(typed: dict[str, Any], has_proof: bool, has_authorisation: bool) -> dict[str, str]:
    """The checked values of a whole registration. Raises Invalid with every fault that is not a confirmed warning."""
    found = faults_of(typed, has_proof, has_authorisation)
    if found:
        raise Invalid(faults=found)
    return registration.check(typed).values


def faults_of(typed: dict[str, Any], has_proof: bool, has_authorisation: bool) -> list[Fault]:
    checked = registration.check(typed)
    confirmed = set(typed.get("confirmed", ()))
    found = [fault for fault in checked.faults if not (fault.warning and fault.field in confirmed)]
    if not has_proof:
        found.append(Fault("proof", "missing"))
    named = checked.values["manager_name"] and checked.values["legal_representative"]
    if named and not has_authorisation and registration.needs_authorisation(checked.values):
        found.append(Fault("authorisation", "missing"))
    return found


def is_taken(typed: dict[str, Any]) -> bool:
    """Whether the unit these fields name is registered already. The fields have no faults."""
    return queries.taken(*_key(registration.check(typed).values))


def _key(values: dict[str, str]) -> tuple[str, str, str]:
    return values["registration_place"], values["registration_number"], fold(values["branch_name"])


def _columns(ref: str, values: dict[str, str], email: str) -> dict[str, Any]:
    place, number, branch = _key(values)
    kept = {name: values[name] for name in ("legal_representative", "manager_name", "manager_phone")}
    return {
        "unit_class": values["unit_class"],
        "name": values["unit_name"],
        "name_fold": fold(values["unit_name"]),
        "registration_place": place,
        "registration_number": number,
        "branch_name": values["branch_name"],
        "branch_key": branch,
        "address": values["address"],
        "public_phone": values["public_phone"],
        "public_hours": values["public_hours"],
        "details": crypto.seal(kept | {"email": email}, "unit", "details", ref),
    }


def _create(act: Act, values: dict[str, str], email: str, draft: RegistrationDraft) -> Unit:
    ref = crypto.new_ref()
    state = states.next_state("", states.REGISTER)
    unit = Unit.create(
        ref=ref,
        state=state,
        proof=draft.proof_id,
        authorisation=draft.authorisation_id,
        registered_at=act.now,
        act_id=act.id,
        **_columns(ref, values, email),
    )
    kept = [file for file in (draft.proof_id, draft.authorisation_id) if file is not None]
    StoredFile.update(unit_id=unit.id, act_id=act.id).where(StoredFile.id << kept).execute()
    UnitStep.create(unit=unit.id, act_id=act.id, at=act.now, action=states.REGISTER, state=state)
    record(act, "unit:registered", ref, unit_id=unit.id)
    return unit


@action("unit:resubmit")
def resubmit(
    act: Act, unit_id: int, typed: dict[str, Any], uploads: dict[str, Accepted], version: int
) -> dict[str, str]:
    """Send a returned registration again, corrected. Files not uploaded anew stay as they are."""
    lock(Unit, [unit_id])
    unit = queries.by_id(unit_id)
    states.next_state(unit.state, states.RESUBMIT)
    has_letter = unit.authorisation_id is not None or "authorisation" in uploads
    values = complete(typed, True, has_letter)
    if queries.taken(*_key(values), but=unit.id):
        raise Conflict("unit_taken")
    changes = _columns(unit.ref, values, queries.details(unit)["email"])
    for field, accepted in uploads.items():
        file = files.keep(act, field, accepted.media_type, accepted.content, name=accepted.name, unit_id=unit.id)
        changes[field] = file.id
    move(act, unit, states.RESUBMIT, version=version, changes=changes)
    telling.tell_platform(act, "unit-registered", subject=unit.ref, params={"unit": values["unit_name"]})
    return {"unit": unit.ref}


@action("unit:withdraw")
def withdraw(act: Act, unit_id: int, version: int) -> dict[str, str]:
    """The unit takes its registration back."""
    lock(Unit, [unit_id])
    unit = queries.by_id(unit_id)
    move(act, unit, states.WITHDRAW, version=version)
    return {"unit": unit.ref}


@action("unit:set-contact")
def set_contact(
    act: Act,
    unit_id: int,
    public_phone: str,
    public_hours: str,
    version: int,
    *,
    address: str | None = None,
    manager_phone: str | None = None,
) -> dict[str, str]:
    """What changes at once: the telephone and hours that residents and the poster are told, and, where given, the
    address and the manager's mobile phone. Raises Invalid beside each, Conflict `stale`."""
    lock(Unit, [unit_id])
    unit = queries.by_id(unit_id)
    checked = registration.check_contact(
        public_phone, public_hours, needed=unit.unit_class == "resident", address=address, manager_phone=manager_phone
    )
    if checked.faults:
        raise Invalid(faults=checked.faults)
    changes: dict[str, Any] = dict(checked.values)
    phone = changes.pop("manager_phone", None)
    if phone is not None:
        details = queries.details(unit) | {"manager_phone": phone}
        changes["details"] = crypto.seal(details, "unit", "details", unit.ref)
    query = Unit.update(act_id=act.id, version=Unit.version + 1, **changes)
    if not query.where(Unit.id == unit.id, Unit.version == version).execute():
        raise Conflict("stale")
    record(act, "unit:contact-set", unit.ref, unit_id=unit.id, fields=checked.values)
    return {"unit": unit.ref}
