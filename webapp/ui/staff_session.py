"""Who is signed in: the cookie holds a session's token, the row behind it decides, at every request.

Signing in has two steps: the password is checked (accounts.signing_in.check_password), then `enter` opens the session.
"""

from __future__ import annotations

from flask import Flask, g, request, session
from flask_login import LoginManager, login_user, logout_user

from webapp.actors import ACCOUNT, Actor
from webapp.domain.accounts import queries, sessions
from webapp.domain.accounts.models import Account, Session
from webapp.domain.units import queries as units
from webapp.ui.requests import Staff


class SignedIn:
    """What Flask-Login keeps of a member of staff: his session's token, and `staff` for everybody else."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, token: str, staff: Staff | None) -> None:
        self._token = token
        self.staff = staff

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
    return SignedIn(token, _staff(row, account, roles))


def _staff(row: Session, account: Account, roles: frozenset[str]) -> Staff:
    working = units.working_for(account.id, row.unit_id) if row.unit_id is not None else None
    unit, unit_role = working or (None, None)
    return Staff(
        account_id=account.id,
        account_ref=account.ref,
        name=queries.name_of(account),
        platform_roles=roles,
        unit=unit,
        unit_role=unit_role,
        session_ref=row.ref,
        language=account.language,
    )


def enter(account: Account, *, unit_ref: str = "") -> bool:
    """Open a session in this browser for somebody who has passed every check; False: a unit is still to be chosen.

    Whatever the browser held before is forgotten, so nothing planted there lives on.
    """
    own = [unit for unit, _role in units.of_account(account.id)]
    chosen = own if len(own) == 1 else [unit for unit in own if unit.ref == unit_ref]
    unit_id = chosen[0].id if chosen else None
    actor = Actor(
        ACCOUNT,
        account.ref,
        unit_id=unit_id,
        account_id=account.id,
        request_id=g.request_id,
        address=request.remote_addr or "",
    )
    token = sessions.begin(actor, account, unit_id=unit_id)
    session.clear()
    login_user(SignedIn(token, None))
    return bool(chosen) or not own


def forget() -> None:
    """Nothing of the session stays in this browser."""
    logout_user()
    session.clear()
