"""The team of a unit: managers invite, members join by a link, and leave."""

from __future__ import annotations

from webapp.database import lock
from webapp.domain.accounts import links, rules
from webapp.domain.accounts.actions import account_of, tell
from webapp.domain.accounts.models import SingleUseLink
from webapp.domain.accounts.queries import by_email, by_ref, roles_of
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import ADDRESS, EMAIL
from webapp.domain.units import handing_over, members, proposals, queries
from webapp.domain.units.models import MANAGER, OPEN_STATES, VERIFIER, Unit
from webapp.domain.units.telling import tell_unit
from webapp.errors import Conflict, Fault, Invalid, NotFound
from webapp.values import emails

ROLES = (VERIFIER, MANAGER)
#: Open invitations of one unit at a time; more is a slip or abuse.
INVITATIONS_AT_ONCE = 50


@action("team:invite")
def invite(act: Act, unit_id: int, email: str, role: str, locale: str) -> dict[str, str]:
    """Mail an invitation to work for the unit. A newer one to the same mailbox replaces the older.

    Raises Invalid beside `email` and `role`, Conflict `unit_state`.
    """
    lock(Unit, [unit_id])
    unit = _open_unit(unit_id)
    checked = emails.check(email)
    found = rules.faults("email", checked.errors)
    if role not in ROLES:
        found.append(Fault("role", "choose"))
    if found:
        raise Invalid(faults=found)
    account = by_email(checked.value)
    if account is not None and any(member.account.id == account.id for member in members.active(unit.id)):
        raise Invalid("member_already", field="email")
    open_links = invitations(unit.id)
    if len(open_links) >= INVITATIONS_AT_ONCE:
        raise Conflict("invitations_full", maximum=INVITATIONS_AT_ONCE)
    for older in open_links:
        if bytes(older.email_index) == links.email_index(checked.value):
            links.revoke(act, older)
    link = links.make(act, "invitation", checked.value, rules.INVITATION_LIFE, role=role, unit_id=unit.id)
    links.send(act, link, "staff-invited", locale, {"unit": unit.name, "role": role})
    record(act, "invitation:made", link.ref, unit_id=unit.id)
    return {"link": link.ref}


@action("team:revoke-invitation")
def revoke_invitation(act: Act, unit_id: int, link_ref: str, locale: str) -> dict[str, str]:
    """Take back an invitation nobody has answered; the invited person is told."""
    unit = queries.by_id(unit_id)
    if link_ref in proposals.link_refs(unit.id):
        raise NotFound("not_found")
    link = links.one_waiting(unit.id, link_ref)
    links.revoke(act, link)
    params = {"unit": unit.name, "role": link.role}
    notice = notices.queue(act, "invitation-revoked", ADDRESS, link.ref, params=params)
    if notice is not None:
        notices.deliver(act, notice, EMAIL, links.address(link), locale)
    return {}


@action("team:join")
def join(act: Act, token: str, account_id: int | None, name: str, password: str) -> dict[str, str]:
    """Accept an invitation, as the signed-in account of that mailbox or (account_id None) with a new account.

    Raises NotFound `link_…`, NotAllowed `other_address`, Invalid beside `full_name` and `password`, Conflict
    `member_already`, `administrator_apart`, `unit_state`.
    """
    link = links.opened(token, "invitation")
    if link.unit_id is None or link.role is None:
        raise NotFound("link_unknown")
    lock(Unit, [link.unit_id])
    unit = _open_unit(link.unit_id)
    links.use(act, link)
    account = account_of(act, link, account_id, name, password)
    if roles_of(account.id) & rules.ADMINISTRATORS:
        raise Conflict("administrator_apart")
    if not handing_over.fulfil(act, link, unit, account):
        members.add(act, unit, account.id, link.role)
    tell_unit(act, "member-joined", unit, params={"unit": unit.name, "role": link.role})
    return {"account": account.ref, "unit": unit.ref}


@action("team:end")
def end(act: Act, unit_id: int, account_ref: str, locale: str) -> dict[str, str]:
    """End somebody's work for the unit at once. The last manager stays: Conflict `last_manager`."""
    lock(Unit, [unit_id])
    unit = queries.by_id(unit_id)
    member = one(unit.id, account_ref)
    members.end(act, unit, member.account.id)
    params = {"unit": unit.name, "role": member.role}
    tell_unit(act, "member-ended", unit, params=params)
    tell(act, member.account, "member-ended", locale, params)
    return {}


def one(unit_id: int, account_ref: str) -> members.Member:
    """A member of the unit by the account's ref. Raises NotFound, also for members of other units."""
    account = by_ref(account_ref)
    for member in members.active(unit_id):
        if member.account.id == account.id:
            return member
    raise NotFound("not_found")


def invitations(unit_id: int) -> list[SingleUseLink]:
    """Open invitations that the unit itself made, oldest first."""
    of_platform = proposals.link_refs(unit_id)
    return [link for link in links.waiting(unit_id) if link.ref not in of_platform]


def _open_unit(unit_id: int) -> Unit:
    unit = queries.by_id(unit_id)
    if unit.state not in OPEN_STATES:
        raise Conflict("unit_state")
    return unit
