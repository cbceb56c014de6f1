"""Sessions of staff, as rows: what a cookie may do ends here, whatever the browser keeps.

A session that `hold` opens stands for the password alone and opens nothing but the page of the next step; `begin`
opens a whole one, with a token of its own, when every factor was checked.
"""

from __future__ import annotations

from typing import Any

from peewee import JOIN

from webapp import clock, crypto
from webapp.actors import Actor
from webapp.database import transaction
from webapp.domain.accounts import policy
from webapp.domain.accounts.models import Account, AccountRole, SecondFactor, Session
from webapp.domain.accounts.queries import roles_of
from webapp.domain.accounts.rules import ADMINISTRATORS, SEEN_EVERY, is_open, may_enter, password_due
from webapp.domain.audit.acts import Act, action, record
from webapp.errors import NotAllowed, NotFound

#: What stands between a session and the work.
CODE, ENROL, RECOVERY, PASSWORD = "code", "enrol", "recovery", "password"


def begin(
    actor: Actor, account: Account, *, unit_id: int | None = None, after: str = "", codes: list[str] | None = None
) -> str:
    """Open a session for somebody whose factors have all been checked; returns the new cookie's token.

    The token is never an old one's, so a cookie planted before signing in is worth nothing. It takes the place of the
    session `after`; `codes` are recovery codes just made, shown until they are put away.
    """
    token = crypto.random_token()
    _begin(actor, account.id, crypto.token_hash(token).hex(), unit_id, after, codes)
    return token


@action("account:sign-in")
def _begin(
    act: Act, account_id: int, token_hash: str, unit_id: int | None, after: str, codes: list[str] | None
) -> dict[str, str]:
    account = Account.get_by_id(account_id)
    if not may_enter(account, clock.local_date(act.now)):
        raise NotAllowed("account_closed")
    Account.update(failures=0, locked_until=None, signed_in_at=act.now).where(Account.id == account_id).execute()
    if after:
        Session.update(ended_at=act.now, offered=None).where(Session.ref == after, Session.ended_at.is_null()).execute()
    if roles_of(account_id) & ADMINISTRATORS:
        _end_others(act, account_id)
    offered = {"codes": codes} if codes else None
    ref = _open(act, account_id, token_hash, unit_id, offered, proved=True)
    record(act, "account:signed-in", account.ref)
    return {"session": ref}


def hold(actor: Actor, account: Account, secret: str, *, unit_id: int | None = None) -> str:
    """Open a session for somebody who knows the password and has the second factor still to show. `secret` is what he
    enrols where he has none yet. Returns the cookie's token."""
    token = crypto.random_token()
    _hold(actor, account.id, crypto.token_hash(token).hex(), secret, unit_id)
    return token


@action("account:prove-password")
def _hold(act: Act, account_id: int, token_hash: str, secret: str, unit_id: int | None) -> dict[str, str]:
    account = Account.get_by_id(account_id)
    if not may_enter(account, clock.local_date(act.now)):
        raise NotAllowed("account_closed")
    enrolled = SecondFactor.select().where(SecondFactor.account == account_id).exists()
    ref = _open(act, account_id, token_hash, unit_id, None if enrolled else {"secret": secret}, proved=False)
    record(act, "account:password-proved", account.ref)
    return {"session": ref}


def _open(
    act: Act, account_id: int, token_hash: str, unit_id: int | None, offered: dict[str, Any] | None, *, proved: bool
) -> str:
    ref = crypto.new_ref()
    Session.create(
        ref=ref,
        token_hash=bytes.fromhex(token_hash),
        account=account_id,
        unit_id=unit_id,
        address=act.actor.address,
        started_at=act.now,
        seen_at=act.now,
        proved_at=act.now if proved else None,
        offered=None if offered is None else crypto.seal(offered, "session", "offered", ref),
    )
    return ref


def _end_others(act: Act, account_id: int) -> None:
    """An administrator works in one place: what he left open elsewhere ends when he signs in anew."""
    ended = (
        Session.update(ended_at=act.now, offered=None)
        .where(Session.account == account_id, Session.ended_at.is_null(), Session.proved_at.is_null(False))
        .execute()
    )
    if ended:
        record(act, "account:sessions-ended", Account.get_by_id(account_id).ref)


def step(session: Session, account: Account) -> str | None:
    """What somebody has to do before this session opens anything; None: nothing."""
    if session.proved_at is None:
        enrolled = SecondFactor.select().where(SecondFactor.account == account.id).exists()
        return CODE if enrolled else ENROL
    if session.offered is not None:
        return RECOVERY
    return PASSWORD if password_due(account, clock.now()) else None


def offered(session: Session) -> dict[str, Any]:
    """What the page of the step shows: {"secret": …}, {"codes": […]} or nothing."""
    if session.offered is None:
        return {}
    return crypto.unseal(session.offered, "session", "offered", session.ref)


@action("session:offer-codes")
def offer_codes(act: Act, session_ref: str, codes: list[str]) -> dict[str, str]:
    """Show recovery codes just made before anything else."""
    sealed = crypto.seal({"codes": codes}, "session", "offered", session_ref)
    Session.update(offered=sealed).where(Session.ref == session_ref, Session.ended_at.is_null()).execute()
    return {}


@action("session:put-codes-away")
def put_codes_away(act: Act, session_ref: str) -> dict[str, str]:
    """The recovery codes have been written down; nobody can read them here again."""
    Session.update(offered=None).where(Session.ref == session_ref).execute()
    record(act, "account:recovery-codes-kept", act.actor.ref)
    return {}


def current(token: str) -> tuple[Session, Account, frozenset[str]] | None:
    """The open session of a cookie, its account and the account's platform roles, or None. One statement: every
    request of staff begins with it."""
    rows = list(
        Session.select(Session, Account, AccountRole.role)
        .join(Account, on=(Session.account == Account.id), attr="whose")
        .join(AccountRole, JOIN.LEFT_OUTER, on=(AccountRole.account == Account.id), attr="held")
        .where(Session.token_hash == crypto.token_hash(token))
    )
    if not rows or not is_open(rows[0], clock.now()) or not may_enter(rows[0].whose, clock.today()):
        return None
    held = (getattr(row.whose, "held", None) for row in rows)
    return rows[0], rows[0].whose, frozenset(one.role for one in held if one is not None and one.role)


def touch(session: Session) -> None:
    """Note that the session is in use, at most once in SEEN_EVERY.

    This is the one write that a GET may begin by itself: without it an idle session could not be told from a used
    one. It changes no fact and is no act.
    """
    now = clock.now()
    if now < session.seen_at + SEEN_EVERY:
        return
    with transaction():
        Session.update(seen_at=now).where(Session.id == session.id, Session.ended_at.is_null()).execute()


def of_account(account_id: int) -> list[Session]:
    """Open sessions of an account, newest first."""
    now = clock.now()
    rows = (
        Session.select()
        .where(
            Session.account == account_id,
            Session.ended_at.is_null(),
            Session.proved_at.is_null(False),
            Session.seen_at > now - policy.current().idle,
            Session.started_at > now - policy.current().absolute,
        )
        .order_by(Session.id.desc())
    )
    return list(rows)


@action("session:end")
def end(act: Act, account_id: int, session_ref: str) -> dict[str, str]:
    """Sign out: end one session of the account, this one or one left open elsewhere."""
    changed = (
        Session.update(ended_at=act.now, offered=None)
        .where(Session.account == account_id, Session.ref == session_ref, Session.ended_at.is_null())
        .execute()
    )
    if not changed:
        raise NotFound("session_ended")
    record(act, "session:ended", session_ref)
    return {}


@action("session:choose-unit")
def choose_unit(act: Act, session_ref: str, unit_id: int | None) -> dict[str, str]:
    """Work for another unit from now on (None: for the platform alone). The caller has checked the membership,
    and every request checks it again."""
    changed = Session.update(unit_id=unit_id).where(Session.ref == session_ref, Session.ended_at.is_null()).execute()
    if not changed:
        raise NotFound("session_ended")
    record(act, "session:unit-chosen", session_ref, unit_id=unit_id)
    return {}


def end_all(act: Act, account_id: int) -> None:
    """Step: whoever is signed in to this account is signed out."""
    Session.update(ended_at=act.now, offered=None).where(
        Session.account == account_id, Session.ended_at.is_null()
    ).execute()
    record(act, "account:sessions-ended", act.actor.ref)
