"""Staff of the platform: invited to a role by two, deprived of one, disabled. Nobody does it to himself."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.domain.accounts import links, rules
from webapp.domain.accounts.actions import account_of, change_state, locked, tell
from webapp.domain.accounts.models import ACTIVE, PLATFORM_ROLES, Account, AccountClass, AccountRole, SingleUseLink
from webapp.domain.accounts.queries import by_email, by_ref, classes_of, roles_of
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import ADDRESS, EMAIL
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.row_sets import insert_rows
from webapp.values import emails

#: The role without which nobody could manage accounts any more.
KEEPER = "system_admin"
#: Whose figures are those of a set of classes.
SUPERVISOR = "supervisor"


@action("platform:invite")
def invite(act: Act, email: str, role: str, locale: str) -> dict[str, str]:
    """Invite somebody to a platform role. Raises Invalid beside `email` and `role`.

    An administrator's invitation waits for the security administrator's yes, so that no one person makes another
    administrator; the command line's is mailed at once.
    """
    checked = emails.check(email)
    found = rules.faults("email", checked.errors)
    if not role or not rules.roles_fit([role]):
        found.append(rules.Fault("role", "choose"))
    if found:
        raise Invalid(faults=found)
    account = by_email(checked.value)
    if account is not None:
        _check_fit(roles_of(account.id) | {role}, "role")
    link = links.make(act, "invitation", checked.value, rules.INVITATION_LIFE, role=role)
    record(act, "invitation:made", link.ref)
    if act.actor.account_id is None:
        _approve(act, link, locale)
    return {"link": link.ref}


@action("platform:approve-invitation")
def approve_invitation(act: Act, link_ref: str, locale: str) -> dict[str, str]:
    """Another administrator's yes: the invitation is mailed and works from now on. Raises NotFound, Conflict."""
    link = links.one_waiting(None, link_ref)
    if link.approved_at is not None:
        raise Conflict("approved_already")
    _approve(act, link, locale)
    return {}


def _approve(act: Act, link: SingleUseLink, locale: str) -> None:
    link.approved_at = act.now
    link.save()
    record(act, "invitation:approved", link.ref)
    links.send(act, link, "staff-invited", locale, {"role": link.role or ""})


@action("platform:revoke-invitation")
def revoke_invitation(act: Act, link_ref: str, locale: str) -> dict[str, str]:
    link = links.one_waiting(None, link_ref)
    links.revoke(act, link)
    notice = notices.queue(act, "invitation-revoked", ADDRESS, link.ref, params={"role": link.role})
    if notice is not None:
        notices.deliver(act, notice, EMAIL, links.address(link), locale)
    return {}


@action("platform:join")
def join(act: Act, token: str, account_id: int | None, name: str, password: str, locale: str) -> dict[str, str]:
    """Accept an invitation, as the signed-in account of that mailbox or (account_id None) with a new account."""
    link = links.opened(token, "invitation")
    if link.unit_id is not None or link.role is None:
        raise NotFound("link_unknown")
    links.use(act, link)
    account = account_of(act, link, account_id, name, password)
    held = roles_of(account.id)
    if link.role in held:
        raise Conflict("role_already")
    _check_fit(held | {link.role}, "")
    AccountRole.create(account=account.id, role=link.role, act_id=act.id)
    if account_id is not None:
        account.version += 1  # a page that shows the roles of before takes none of them away
        account.save()
    record(act, "account:roles-changed", account.ref, fields=["roles"])
    tell(act, account, "roles-changed", locale, {"roles": _words(held | {link.role})})
    return {"account": account.ref}


@action("account:set-roles")
def keep_roles(act: Act, account_ref: str, roles: Iterable[str], version: int | None, locale: str) -> dict[str, str]:
    """Leave an account these of its platform roles alone. A new one is given by an invitation, which one administrator
    makes and another approves: anybody can have an account (by registering a unit), so whoever could give it a role
    alone could be a second administrator or an officer himself.

    Raises Invalid beside `roles`, Conflict `stale`, `last_keeper`.
    """
    account = of_another(act, account_ref, version)
    wanted, held = set(roles), roles_of(account.id)
    if not wanted <= set(PLATFORM_ROLES):
        raise Invalid("choice_unknown", field="roles")
    if not wanted <= held:
        raise Invalid("roles_by_invitation", field="roles")
    if KEEPER in held - wanted:
        _check_keeper_left(account)
    AccountRole.delete().where(AccountRole.account == account.id, AccountRole.role << sorted(held - wanted)).execute()
    if SUPERVISOR in held - wanted:
        AccountClass.delete().where(AccountClass.account == account.id).execute()
    account.version += 1
    account.save()
    record(act, "account:roles-changed", account.ref, fields=["roles"])
    tell(act, account, "roles-changed", locale, {"roles": _words(wanted)})
    return {}


@action("account:set-classes")
def set_classes(act: Act, account_ref: str, classes: Iterable[str], version: int | None) -> dict[str, str]:
    """Give a supervisor the figures of exactly these classes. Raises Invalid beside `classes`, Conflict `stale`."""
    account = of_another(act, account_ref, version)
    wanted, held = set(classes), classes_of(account.id)
    if not wanted <= set(AccountClass.unit_class.words):
        raise Invalid("choice_unknown", field="classes")
    if SUPERVISOR not in roles_of(account.id) and wanted:
        raise Invalid("not_supervisor", field="classes")
    AccountClass.delete().where(
        AccountClass.account == account.id, AccountClass.unit_class << sorted(held - wanted)
    ).execute()
    insert_rows(
        AccountClass,
        [{"account": account.id, "unit_class": one, "act_id": act.id} for one in sorted(wanted - held)],
    )
    account.version += 1
    account.save()
    record(act, "account:classes-changed", account.ref, fields=["classes"])
    return {}


@action("account:disable")
def disable(act: Act, account_ref: str, version: int | None, locale: str) -> dict[str, str]:
    """Close an account: its sessions end and it cannot sign in. Its acts stay on record under its name."""
    account = of_another(act, account_ref, version)
    if KEEPER in roles_of(account.id):
        _check_keeper_left(account)
    change_state(act, account, "disable")
    record(act, "account:disabled", account.ref, fields=["state"])
    tell(act, account, "account-disabled", locale)
    return {}


@action("account:enable")
def enable(act: Act, account_ref: str, version: int | None, locale: str) -> dict[str, str]:
    account = of_another(act, account_ref, version)
    change_state(act, account, "enable")
    record(act, "account:enabled", account.ref, fields=["state"])
    tell(act, account, "account-enabled", locale)
    return {}


def of_another(act: Act, account_ref: str, version: int | None) -> Account:
    """Step: the account, held. Raises NotAllowed `own_account`: nobody changes what he himself may do;
    Conflict `stale`."""
    account = locked(by_ref(account_ref).id)
    if account.id == act.actor.account_id:
        raise NotAllowed("own_account")
    if account.version != version:
        raise Conflict("stale")
    return account


def _check_fit(roles: Iterable[str], field: str) -> None:
    if not rules.roles_fit(roles):
        raise Invalid("roles_apart", field=field)


def _check_keeper_left(account: Account) -> None:
    """Two administrators who remove each other at once wait here for one another."""
    keepers = (
        Account.select(Account.id)
        .join(AccountRole, on=(AccountRole.account == Account.id))
        .where(AccountRole.role == KEEPER, Account.state == ACTIVE)
    )
    ids = {row.id for row in keepers}
    for one in sorted(ids - {account.id}):
        other = locked(one)
        if other.state == ACTIVE and KEEPER in roles_of(other.id):
            return
    raise Conflict("last_keeper")


def _words(roles: Iterable[str]) -> str:
    return ",".join(sorted(roles))


def invitations() -> list[SingleUseLink]:
    """Open invitations of the platform, oldest first."""
    return links.waiting(None)
