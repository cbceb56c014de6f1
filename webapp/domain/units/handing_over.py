"""A unit gets another person in charge: handed over by the manager, named by the platform when he is gone, or recovered
by whoever the unit authorises and who cannot get in (design 6, Unit).

Each way ends alike: confirmed by a second person, a link that works once goes to the new manager's mailbox; when he
opens it he is the unit's named person in charge, under whose name the unit pledges. Those of before stay or go as it
was decided; the unit is never without a manager in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webapp import crypto
from webapp.database import lock
from webapp.domain.accounts import links
from webapp.domain.accounts import rules as account_rules
from webapp.domain.accounts.actions import tell
from webapp.domain.accounts.models import Account, SingleUseLink
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.files import actions as files
from webapp.domain.files.intake import Accepted
from webapp.domain.files.models import StoredFile
from webapp.domain.units import drafts, members, proposals, queries, registering, registration
from webapp.domain.units.models import (
    HAND_OVER,
    MANAGER,
    OPEN_STATES,
    RECOVER,
    RegistrationDraft,
    Unit,
    UnitProposal,
    UnitStep,
)
from webapp.domain.units.telling import DEFAULT_LOCALE, tell_unit
from webapp.errors import Conflict, Fault, Invalid, NotFound
from webapp.values import emails, people

#: So many may ask for one unit's account at a time; more is abuse.
RECOVERIES_AT_ONCE = 5
#: Whether the managers of before stay.
KEEP, END = "keep", "end"
CHOICES = (KEEP, END)


@dataclass(frozen=True)
class Named:
    """The new person in charge, as typed."""

    manager_name: str
    manager_phone: str
    email: str


def _checked(named: Named) -> dict[str, str]:
    """Raises Invalid with every fault."""
    name, phone = people.check_name(named.manager_name), registration.mobile(named.manager_phone)
    mailbox = emails.check(named.email)
    found = account_rules.faults("manager_name", name.findings) + account_rules.faults("manager_phone", phone.findings)
    found += account_rules.faults("email", mailbox.errors)
    if found:
        raise Invalid(faults=found)
    return {"manager_name": name.value, "manager_phone": phone.value, "email": mailbox.value}


@action("unit:propose-hand-over")
def propose(
    act: Act,
    unit_id: int,
    named: Named,
    letter: Accepted | None,
    managers: str,
    words: str = "",
    *,
    by_unit: bool = False,
) -> dict[str, str]:
    """Name another person in charge, with the letter that authorises him. A manager does it for his own unit
    (`by_unit`) and an officer confirms; an officer does it when the manager is gone and another officer confirms.

    Raises Invalid beside `manager_name`, `manager_phone`, `email`, `authorisation`, `managers`, Conflict `unit_state`,
    `proposal_waits`.
    """
    lock(Unit, [unit_id])
    unit = _open_unit(unit_id)
    found: list[Fault] = [] if managers in CHOICES else [Fault("managers", "choose")]
    try:
        values = _checked(named)
    except Invalid as refused:
        raise Invalid(faults=[*refused.faults, *found]) from refused
    if letter is None and registration.needs_authorisation(values | _representative(unit)):
        found.append(Fault("authorisation", "missing"))
    if found:
        raise Invalid(faults=found)
    file = None
    if letter is not None:
        file = files.keep(act, "authorisation", letter.media_type, letter.content, name=letter.name, unit_id=unit.id)
    row = proposals.begin(
        act,
        unit,
        HAND_OVER,
        proposals.PROPOSE,
        words=words,
        details=values,
        by_unit=by_unit,
        authorisation=file.id if file else None,
        ends_managers=managers == END,
    )
    tell_unit(act, "manager-named", unit, params={"unit": unit.name})
    return {"proposal": row.ref}


def _representative(unit: Unit) -> dict[str, str]:
    return {"legal_representative": queries.details(unit)["legal_representative"]}


@action("unit:ask-recovery")
def ask_recovery(act: Act, draft_ref: str, email: str) -> dict[str, str]:
    """Somebody registers a unit that is registered already: his letter and proof go to the platform, and who holds the
    account is told. The draft is complete. Raises NotFound, Invalid `authorisation`, Conflict `recoveries_full`."""
    draft = registering.held_draft(draft_ref)
    if draft.unit_ref:
        return {"unit": draft.unit_ref}
    values = registration.check(drafts.answers(draft)).values
    holder = queries.holding(values["registration_place"], values["registration_number"], values["branch_name"])
    if holder is None:
        raise NotFound("not_found")
    if draft.authorisation_id is None:
        raise Invalid("letter_needed", field="authorisation")
    lock(Unit, [holder.id])
    unit = _open_unit(holder.id)
    if len(proposals.waiting(unit.id, RECOVER)) >= RECOVERIES_AT_ONCE:
        raise Conflict("recoveries_full")
    named = _checked(Named(values["manager_name"], values["manager_phone"], email))
    proposals.begin(
        act,
        unit,
        RECOVER,
        proposals.ASK,
        details=named | {"legal_representative": values["legal_representative"], "unit_name": values["unit_name"]},
        proof=draft.proof_id,
        authorisation=draft.authorisation_id,
    )
    kept = [file for file in (draft.proof_id, draft.authorisation_id) if file is not None]
    StoredFile.update(unit_id=unit.id, act_id=act.id).where(StoredFile.id << kept).execute()
    RegistrationDraft.update(unit_ref=unit.ref).where(RegistrationDraft.id == draft.id).execute()
    tell_unit(act, "recovery-asked", unit, params={"unit": unit.name})
    return {"unit": unit.ref}


@action("unit:propose-recovery")
def take_up(act: Act, proposal_ref: str, managers: str, words: str, version: int) -> dict[str, str]:
    """An officer has looked at letter and proof and proposes to let the person in. Raises Invalid beside
    `managers`, Conflict."""
    if managers not in CHOICES:
        raise Invalid("choose", field="managers")
    row, unit = proposals.held(proposal_ref)
    if row.kind != RECOVER:
        raise Conflict("proposal_over")
    if any(other.state == proposals.OPEN for other in proposals.waiting(unit.id, RECOVER)):
        raise Conflict("proposal_waits")
    note = proposals.sealed_words(row.ref, "note", words)
    proposals.move(act, row, proposals.PROPOSE, version, ends_managers=managers == END, note=note)
    return {"proposal": row.ref}


@action("unit:name-manager")
def confirm(act: Act, proposal_ref: str, version: int) -> dict[str, str]:
    """A second person confirms a hand-over or a recovery: the link goes out. Raises what proposals.move raises."""
    row, unit = proposals.held(proposal_ref)
    if row.kind not in (HAND_OVER, RECOVER):
        raise Conflict("proposal_over")
    _open_unit(unit.id)
    email = proposals.details(row)["email"]
    link = links.make(act, "invitation", email, account_rules.INVITATION_LIFE, role=MANAGER, unit_id=unit.id)
    proposals.move(act, row, proposals.CONFIRM, version, link_ref=link.ref)
    links.send(act, link, "staff-invited", DEFAULT_LOCALE, {"unit": unit.name, "role": MANAGER})
    tell_unit(act, "manager-confirmed", unit, params={"unit": unit.name})
    return {"unit": unit.ref, "link": link.ref}


def fulfil(act: Act, link: SingleUseLink, unit: Unit, account: Account) -> bool:
    """Step of joining a held unit: whether the link was one of these; then the account is the unit's manager and its
    named person in charge, and those of before go where it was decided so."""
    row = proposals.by_link(link.ref)
    if row is None:
        return False
    before = members.active(unit.id)
    members.promote(act, unit, account.id)
    _name(act, unit, row)
    for member in before:
        if row.ends_managers and member.role == MANAGER and member.account.id != account.id:
            members.end(act, unit, member.account.id)
            tell(act, member.account, "member-ended", DEFAULT_LOCALE, {"unit": unit.name, "role": member.role})
    tell_unit(act, "manager-changed", unit, params={"unit": unit.name})
    return True


def _name(act: Act, unit: Unit, row: UnitProposal) -> None:
    kept: Mapping[str, Any] = queries.details(unit)
    named = {name: value for name, value in proposals.details(row).items() if name in Named.__annotations__}
    changes: dict[str, Any] = {"details": crypto.seal({**kept, **named}, "unit", "details", unit.ref)}
    if row.authorisation_id is not None:
        changes["authorisation"] = row.authorisation_id
    Unit.update(act_id=act.id, version=Unit.version + 1, **changes).where(Unit.id == unit.id).execute()
    UnitStep.create(unit=unit.id, act_id=act.id, at=act.now, action=row.kind, state=unit.state)
    record(act, "unit:manager-changed", unit.ref, unit_id=unit.id, fields=["manager_name", "manager_phone", "email"])


def _open_unit(unit_id: int) -> Unit:
    unit = queries.by_id(unit_id)
    if unit.state not in OPEN_STATES:
        raise Conflict("unit_state")
    return unit
