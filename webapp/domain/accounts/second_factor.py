"""The second factor of staff: six figures of an authenticator (RFC 6238), or a recovery code in its place.

A code is taken once: the half minute it belongs to is kept, and neither it nor an older one is taken again. Recovery
codes are kept as hashes, so they can be shown only when they are made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pyotp

from webapp import clock, crypto
from webapp.actors import Actor
from webapp.database import transaction
from webapp.domain.accounts import sessions, signing_in
from webapp.domain.accounts.actions import locked, tell
from webapp.domain.accounts.models import Account, RecoveryCode, SecondFactor
from webapp.domain.audit.acts import Act, action, record
from webapp.errors import Conflict, Invalid, NotAllowed
from webapp.row_sets import insert_rows
from webapp.values.codes import normalise_code, random_code

STEP_SECONDS = 30
#: A phone's clock may be this many half minutes early or late.
DRIFT = 1
RECOVERY_CODES = 10
#: Characters of base32: 140 random bits, so that a plain hash says nothing (ASVS 6.5.2: 112 at least; 11.5.1: 128).
RECOVERY_LENGTH = 28


def new_secret() -> str:
    """160 random bits as authenticators take them."""
    return pyotp.random_base32()


def new_recovery_codes() -> list[str]:
    return [random_code(RECOVERY_LENGTH) for _ in range(RECOVERY_CODES)]


def address(secret: str, email: str, issuer: str) -> str:
    """What the QR code says to an authenticator: an `otpauth:` address."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def step_now() -> int:
    return int(clock.now().timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    return pyotp.TOTP(secret).generate_otp(step)


def matching_step(secret: str, typed: str) -> int | None:
    """The half minute near now whose code this is. Every candidate is compared, so the time tells nothing."""
    figures = "".join(str(int(sign)) for sign in typed if sign.isdecimal())
    now = step_now()
    found = [step for step in range(now - DRIFT, now + DRIFT + 1) if crypto.same(code_at(secret, step), figures)]
    return found[-1] if found else None


def of_account(account_id: int) -> SecondFactor | None:
    return SecondFactor.get_or_none(SecondFactor.account == account_id)


def codes_left(account_id: int) -> int:
    """Recovery codes that still work."""
    return RecoveryCode.select().where(RecoveryCode.account == account_id, RecoveryCode.used_at.is_null()).count()


def prove(actor: Actor, account: Account, typed: str, recovery: str, *, locale: str) -> None:
    """Check the figures of the authenticator, or a recovery code where one was given.

    The attempt counts with the account's wrong passwords and is taken before the check; who has none left is locked
    out like after wrong passwords, and told. Raises Invalid `figures_wrong` beside `code` or
    `recovery_wrong` beside `recovery_code`; `account_locked` beside `code` where somebody else has taken the attempts.
    """
    if not (recovery.strip() or typed.strip()):
        raise Invalid("missing", field="code")
    known, may_try = signing_in.take_attempt(Account.id == account.id)
    if known is not None and may_try and _right(actor, known, typed, recovery, locale):
        signing_in.give_attempt_back(known.id)
        return
    wrong = Invalid("recovery_wrong", field="recovery_code") if recovery.strip() else figures_wrong()
    if known is not None and actor.account_id is not None and signing_in.is_locked(known, clock.now()):
        # He is signed in, and others tried too often: his figures are not the reason.
        wrong = Invalid("account_locked", field="code", minutes=signing_in.minutes_left(known))
    signing_in.refuse(replace(actor, account_id=account.id), known, wrong, locale)


def figures_wrong() -> Invalid:
    return Invalid("figures_wrong", field="code")


def _right(actor: Actor, account: Account, typed: str, recovery: str, locale: str) -> bool:
    if recovery.strip():
        code = normalise_code(recovery)
        return bool(code) and bool(_use_recovery_code(actor, account.id, code, locale)["used"])
    factor = of_account(account.id)
    step = matching_step(_secret_of(factor, account), typed) if factor else None
    if factor is None or step is None:
        return False
    with transaction():
        taken: int = (
            SecondFactor.update(last_step=step)
            .where(SecondFactor.id == factor.id, SecondFactor.last_step < step)
            .execute()
        )
    return taken == 1


def _secret_of(factor: SecondFactor, account: Account) -> str:
    return crypto.unseal(factor.secret, "second_factor", "secret", account.ref)


@action("account:use-recovery-code")
def _use_recovery_code(act: Act, account_id: int, code: str, locale: str) -> dict[str, bool]:
    account = locked(account_id)
    used = (
        RecoveryCode.update(used_at=act.now)
        .where(
            RecoveryCode.account == account_id,
            RecoveryCode.code_hash == _hash(account, code),
            RecoveryCode.used_at.is_null(),
        )
        .execute()
    )
    if used:
        record(act, "account:recovery-code-used", account.ref)
        tell(act, account, "recovery-code-used", locale, {"left": str(codes_left(account_id))})
    return {"used": bool(used)}


@action("account:enrol-second-factor")
def _enrol(act: Act, account_id: int, secret: str, step: int, codes: list[str], locale: str) -> dict[str, str]:
    account = locked(account_id)
    if of_account(account_id) is not None:
        raise Conflict("second_factor_already")
    SecondFactor.create(
        account=account_id,
        secret=crypto.seal(secret, "second_factor", "secret", account.ref),
        last_step=step,
        enrolled_at=act.now,
        act_id=act.id,
    )
    _keep_codes(act, account, codes)
    record(act, "account:second-factor-enrolled", account.ref)
    tell(act, account, "second-factor-enrolled", locale)
    return {}


def enrol(actor: Actor, account: Account, secret: str, typed: str, *, locale: str) -> list[str]:
    """Make this secret the account's second factor, when its authenticator says the right figures.

    Returns the recovery codes, which can never be read again. Raises Invalid `figures_wrong` beside `code`,
    Conflict `second_factor_already`.
    """
    if not typed.strip():
        raise Invalid("missing", field="code")
    step = matching_step(secret, typed)
    if step is None:
        raise figures_wrong()
    codes = new_recovery_codes()
    _enrol(actor, account.id, secret, step, codes, locale)
    return codes


@action("account:renew-recovery-codes")
def _renew(act: Act, account_id: int, codes: list[str]) -> dict[str, str]:
    account = locked(account_id)
    _keep_codes(act, account, codes)
    record(act, "account:recovery-codes-renewed", account.ref)
    return {}


def renew_codes(actor: Actor, account: Account) -> list[str]:
    """New recovery codes in place of all former ones. The caller has proved the second factor."""
    codes = new_recovery_codes()
    _renew(actor, account.id, codes)
    return codes


@action("account:reset-second-factor")
def reset(act: Act, account_id: int, locale: str) -> dict[str, str]:
    """Take the second factor off another's account, whose person was recognised outside the system. Every session of
    it ends; at the next sign-in a new one has to be enrolled. Raises NotAllowed `own_account`."""
    if account_id == act.actor.account_id:
        raise NotAllowed("own_account")
    _remove(act, account_id, locale)
    return {}


@action("account:replace-second-factor")
def replace_own(act: Act, account_id: int, locale: str) -> dict[str, str]:
    """Take one's own second factor off, to enrol another device at once. The caller has proved it."""
    _remove(act, account_id, locale)
    return {}


def _remove(act: Act, account_id: int, locale: str) -> None:
    account = locked(account_id)
    if not SecondFactor.delete().where(SecondFactor.account == account_id).execute():
        raise Conflict("no_second_factor")
    RecoveryCode.delete().where(RecoveryCode.account == account_id).execute()
    sessions.end_all(act, account_id)
    record(act, "account:second-factor-reset", account.ref)
    tell(act, account, "second-factor-reset", locale)


def _keep_codes(act: Act, account: Account, codes: Iterable[str]) -> None:
    RecoveryCode.delete().where(RecoveryCode.account == account.id).execute()
    insert_rows(
        RecoveryCode,
        [
            {"account": account.id, "code_hash": _hash(account, code), "made_at": act.now, "used_at": None}
            for code in codes
        ],
    )


def _hash(account: Account, code: str) -> bytes:
    return crypto.token_hash(f"{account.ref}:{code}")
