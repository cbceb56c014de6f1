"""One-time codes: six figures to a mailbox or phone; who can say them holds the address."""

from __future__ import annotations

import secrets
from datetime import datetime

from webapp import clock, crypto
from webapp.actors import Actor
from webapp.columns import from_micros, to_micros
from webapp.database import is_sqlite, transaction
from webapp.domain.accounts.models import OneTimeCode
from webapp.domain.accounts.rules import CODE_FIGURES, CODE_LIFE, CODE_REPEAT, CODE_TRIES
from webapp.domain.audit.acts import Act, action, record, record_refusal
from webapp.domain.limits import actions as limits
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import ADDRESS, EMAIL, SMS
from webapp.errors import Invalid
from webapp.values import emails

#: The address of a code that only looks like one: no phone is written so.
NOBODY = "nobody"
PROVE = "code:prove"


def issue(purpose: str, address: str, *, locale: str, actor: Actor) -> str:
    """Send a new code to a mailbox (purpose `email`) or phone (`phone`, `status`); returns the code's ref.

    `address` is normalised by its check in webapp.values. The attempt counts for the address and for the network
    address it is asked from. Raises TooMany. An act of its own, so not within another.
    """
    take_limits(purpose, _same_form(purpose, address), actor)
    return _issue(actor, purpose, address, locale)["code"]


def take_limits(purpose: str, subject: str, actor: Actor) -> None:
    """Take an attempt at sending a code to `subject`, from where it is asked. Raises TooMany."""
    way = "code-email" if purpose == "email" else "code-phone"
    for rule, whose in (("code-address", actor.address or actor.ref), (way, subject)):
        limits.take(rule, whose)
        limits.take(f"{rule}-day", whose)


@action("code:issue")
def _issue(act: Act, purpose: str, address: str, locale: str) -> dict[str, str]:
    ref = _made_and_owed(act, purpose, address, locale)
    record(act, "code:issued", ref)
    return {"code": ref}


def _made_and_owed(act: Act, purpose: str, address: str, locale: str) -> str:
    ref = _make(act, purpose, address)
    figures = shown(ref)
    notice = notices.queue(act, "code-requested", ADDRESS, ref)
    if notice is not None:
        channel = EMAIL if purpose == "email" else SMS
        minutes = int(CODE_LIFE.total_seconds() // 60)
        notices.deliver(act, notice, channel, address, locale, params={"code": figures, "minutes": minutes})
    return ref


def _make(act: Act, purpose: str, address: str) -> str:
    ref = crypto.new_ref()
    figures = f"{secrets.randbelow(10**CODE_FIGURES):0{CODE_FIGURES}d}"
    OneTimeCode.create(
        ref=ref,
        purpose=purpose,
        address_index=_index(purpose, address),
        code=crypto.seal(figures, "one_time_code", "code", ref),
        tries_left=CODE_TRIES,
        expires_at=act.now + CODE_LIFE,
        created_at=act.now,
    )
    return ref


def pretend(purpose: str, *, locale: str, actor: Actor) -> str:
    """What `issue` does, statement by statement, but the worker sends the message to nobody: for an answer that must
    look the same, also by a clock, when there is nobody to send it to. Returns a code's ref, whose tries count down
    like any other's."""
    return _pretend(actor, purpose, locale)["code"]


@action("code:pretend")
def _pretend(act: Act, purpose: str, locale: str) -> dict[str, str]:
    ref = _made_and_owed(act, purpose, NOBODY, locale)
    record(act, "code:pretended", ref)
    return {"code": ref}


def prove(ref: str, purpose: str, address: str, typed: str, *, field: str, actor: Actor) -> datetime:
    """Check what was typed against the code `ref` that went to this address; returns when it was right for the first
    time. A code proves once: what is granted for it counts from then, so that the same form sent again within
    CODE_REPEAT, by whoever holds `ref`, is answered alike and wins no time.

    The try is taken in a transaction of its own before the check, so parallel guesses cost as many tries. Raises
    Invalid `code_wrong` (params: `left`, tries that remain) or `code_expired` (too old, used up, or not of this
    address) beside `field`. Right or wrong, it is on record. Call it before the act that needs the proof, not within.
    """
    try:
        _check(ref, purpose, address, typed, field)
    except Invalid as refused:
        record_refusal(actor, PROVE, crypto.random_token(), refused)
        raise
    return from_micros(_proved(actor, ref)["at"])


def _check(ref: str, purpose: str, address: str, typed: str, field: str) -> None:
    now = clock.now()
    with transaction():
        found = OneTimeCode.select().where(OneTimeCode.ref == ref)
        code = (found if is_sqlite() else found.for_update()).first()
        if code is None or code.purpose != purpose or bytes(code.address_index) != _index(purpose, address):
            raise Invalid("code_expired", field=field)
        repeatable = code.used_at is None or now < code.used_at + CODE_REPEAT
        if code.expires_at <= now or code.tries_left < 1 or not repeatable:
            raise Invalid("code_expired", field=field)
        code.tries_left -= 1
        code.save()
    figures = "".join(str(int(sign)) for sign in typed if sign.isdecimal())
    if not crypto.same(figures, shown(ref)):
        if code.tries_left < 1:
            raise Invalid("code_expired", field=field)
        raise Invalid("code_wrong", field=field, left=code.tries_left)


@action(PROVE)
def _proved(act: Act, ref: str) -> dict[str, int]:
    OneTimeCode.update(used_at=act.now).where(OneTimeCode.ref == ref, OneTimeCode.used_at.is_null()).execute()
    record(act, "code:proved", ref)
    return {"at": to_micros(OneTimeCode.get(OneTimeCode.ref == ref).used_at)}


def shown(ref: str) -> str:
    """The code itself: for the message that carries it, and for pages of the demo."""
    code = OneTimeCode.get(OneTimeCode.ref == ref)
    return crypto.unseal(code.code, "one_time_code", "code", ref)


def _same_form(purpose: str, address: str) -> str:
    return emails.key(address) if purpose == "email" else address


def _index(purpose: str, address: str) -> bytes:
    return crypto.index("email" if purpose == "email" else "phone", _same_form(purpose, address))
