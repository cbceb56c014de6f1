"""Who is signed in: the cookie holds a session's token, the row behind it decides, at every request.

After the password (accounts.signing_in.check_password) `enter` opens a session. Where a second factor is asked for it
stands for the password alone until `complete` opens a whole one; `g.held` then says which page comes next.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user

from webapp import clock
from webapp.actors import ACCOUNT, Actor
from webapp.domain.accounts import policy, queries, rules, second_factor, sessions
from webapp.domain.accounts.models import Account, Session
from webapp.domain.units import queries as units
from webapp.errors import NotAllowed
from webapp.ui.requests import Staff


@dataclass(frozen=True)
class Held:
    """Somebody whose session opens nothing yet but the page of its next `step` (`g.held`)."""

    step: str
    session: Session
    account: Account
    roles: frozenset[str]


class SignedIn:
    """What Flask-Login keeps of a member of staff: his session's token, and `staff` or `held` for everybody else."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, token: str, staff: Staff | None = None, held: Held | None = None) -> None:
        self._token = token
        self.staff = staff
        self.held = held

    def get_id(self) -> str:
        return self._token


def install(app: Flask, login: LoginManager) -> None:
    login.init_app(app)
    # The session's row is the protection; a phone that changes its network must not sign people out.
    login.session_protection = None
    login.user_loader(_load)


def _load(token: str) -> SignedIn | None:
    found = sessions.current(token)
    if found is None:
        return None
    row, account, roles = found
    sessions.touch(row)
    g.preferred_locale = account.language
    step = sessions.step(row, account)
    if step is not None:
        return SignedIn(token, held=Held(step, row, account, roles))
    return SignedIn(token, _staff(row, account, roles))


def _staff(row: Session, account: Account, roles: frozenset[str]) -> Staff:
    # Administrators run the system and see no filing, whatever unit they may once have worked for.
    may_work = row.unit_id is not None and not roles & rules.ADMINISTRATORS
    working = units.working_for(account.id, row.unit_id) if may_work else None
    unit, unit_role = working or (None, None)
    idle_end, last_end = rules.ends_at(row, clock.now())
    return Staff(
        account_id=account.id,
        account_ref=account.ref,
        name=queries.name_of(account),
        platform_roles=roles,
        unit=unit,
        unit_role=unit_role,
        session_ref=row.ref,
        language=account.language,
        session_ends=idle_end,
        session_ends_at_last=last_end,
    )


def enter(account: Account, *, unit_ref: str = "") -> bool:
    """Open a session in this browser for somebody who knows the password; False: something is still to be done.

    Whatever the browser held before is forgotten, so nothing planted there lives on. Raises NotAllowed
    `outside_network`.
    """
    check_network(queries.roles_of(account.id))
    own = [unit for unit, _role in units.of_account(account.id)]
    chosen = own if len(own) == 1 else [unit for unit in own if unit.ref == unit_ref]
    unit_id = chosen[0].id if chosen else None
    actor = actor_of(account, unit_id)
    if policy.current().second_factor:
        _keep(sessions.hold(actor, account, second_factor.new_secret(), unit_id=unit_id))
        return False
    _keep(sessions.begin(actor, account, unit_id=unit_id))
    return bool(chosen) or not own


def complete(account: Account, *, unit_id: int | None, after: str = "", codes: list[str] | None = None) -> None:
    """Open the whole session for somebody whose factors have all been checked, in place of the session `after`."""
    _keep(sessions.begin(actor_of(account, unit_id), account, unit_id=unit_id, after=after, codes=codes))


def actor_of(account: Account, unit_id: int | None = None) -> Actor:
    """Somebody on the way in, as the actor of an act."""
    return Actor(
        ACCOUNT,
        account.ref,
        unit_id=unit_id,
        account_id=account.id,
        request_id=g.request_id,
        address=request.remote_addr or "",
    )


def next_page(target: str) -> str:
    """Address of the page that comes after signing in as far as it went: `target`, or what has to be done first."""
    found = sessions.current(current_user.get_id())
    if found is None:
        return url_for("staff.sign_in", next=target or None)
    row, account, roles = found
    step = sessions.step(row, account)
    if step is not None:
        return url_for(f"staff.step_{step}", next=target or None)
    unsettled = row.unit_id is None and not roles and len(units.of_account(account.id)) > 1
    if target and unsettled:
        return url_for("staff.units_choice", next=target)
    return target or url_for("staff.begin")


def check_network(roles: frozenset[str]) -> None:
    """Raises NotAllowed `outside_network` for an administrator elsewhere than the settings say."""
    if not rules.may_work_from(request.remote_addr or "", roles):
        raise NotAllowed("outside_network")


def _keep(token: str) -> None:
    session.clear()
    login_user(SignedIn(token))


def forget() -> None:
    """Nothing of the session stays in this browser."""
    logout_user()
    session.clear()
