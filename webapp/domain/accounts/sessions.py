"""Sessions of staff, as rows: what a cookie may do ends here, whatever the browser keeps."""

from __future__ import annotations

from peewee import JOIN

from webapp import clock, crypto
from webapp.actors import Actor
from webapp.database import transaction
from webapp.domain.accounts.models import ACTIVE, Account, AccountRole, Session
from webapp.domain.accounts.rules import ABSOLUTE, IDLE, SEEN_EVERY, is_open
from webapp.domain.audit.acts import Act, action, record
from webapp.errors import NotAllowed, NotFound


def begin(actor: Actor, account: Account, *, unit_id: int | None = None) -> str:
    """Open a session for somebody whose factors have all been checked; returns the new cookie's token.

    The token is never an old one's, so a cookie planted before signing in is worth nothing.
    """
    token = crypto.random_token()
    _begin(actor, account.id, crypto.token_hash(token).hex(), unit_id)
    return token


@action("account:sign-in")
def _begin(act: Act, account_id: int, token_hash: str, unit_id: int | None) -> dict[str, str]:
    changed = (
        Account.update(failures=0, locked_until=None, signed_in_at=act.now)
        .where(Account.id == account_id, Account.state == ACTIVE)
        .execute()
    )
    if not changed:
        raise NotAllowed("credentials")
    ref = crypto.new_ref()
    Session.create(
        ref=ref,
        token_hash=bytes.fromhex(token_hash),
        account=account_id,
        unit_id=unit_id,
        address=act.actor.address,
        started_at=act.now,
        seen_at=act.now,
    )
    record(act, "account:signed-in", act.actor.ref)
    return {"session": ref}


def current(token: str) -> tuple[Session, Account, frozenset[str]] | None:
    """The open session of a cookie, its account and the account's platform roles, or None. One statement: every
    request of staff begins with it."""
    rows = list(
        Session.select(Session, Account, AccountRole.role)
        .join(Account, on=(Session.account == Account.id), attr="whose")
        .join(AccountRole, JOIN.LEFT_OUTER, on=(AccountRole.account == Account.id), attr="held")
        .where(Session.token_hash == crypto.token_hash(token))
    )
    if not rows or not is_open(rows[0], clock.now()) or rows[0].whose.state != ACTIVE:
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
    return list(
        Session.select()
        .where(
            Session.account == account_id,
            Session.ended_at.is_null(),
            Session.seen_at > now - IDLE,
            Session.started_at > now - ABSOLUTE,
        )
        .order_by(Session.id.desc())
    )


@action("session:end")
def end(act: Act, account_id: int, session_ref: str) -> dict[str, str]:
    """Sign out: end one session of the account, this one or one left open elsewhere."""
    changed = (
        Session.update(ended_at=act.now)
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
    Session.update(ended_at=act.now).where(Session.account == account_id, Session.ended_at.is_null()).execute()
    record(act, "account:sessions-ended", act.actor.ref)
