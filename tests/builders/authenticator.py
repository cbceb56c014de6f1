"""The authenticator of a member of staff: enrolled once behind the pages, and always with a code that still works."""

from __future__ import annotations

from webapp import crypto
from webapp.actors import ACCOUNT, Actor
from webapp.domain.accounts import queries, second_factor
from webapp.domain.accounts.models import Account, SecondFactor

LOCALE = "zh_Hant_MO"
#: Everybody's, so that tests need no book of secrets.
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def enrol(account: Account) -> list[str]:
    """Give an account its authenticator; returns the recovery codes."""
    actor = Actor(ACCOUNT, account.ref, account_id=account.id, request_id="test")
    return second_factor.enrol(actor, account, SECRET, now(), locale=LOCALE)


def now(later: int = 0) -> str:
    """What the authenticator shows, or will show so many half minutes later."""
    return second_factor.code_at(SECRET, second_factor.step_now() + later)


def code(email: str) -> str:
    """A code that signs this account in, as if its last one were long used."""
    account = queries.by_email(email)
    assert account is not None
    factor = second_factor.of_account(account.id)
    if factor is None:
        enrol(account)
    SecondFactor.update(last_step=0).where(SecondFactor.account == account.id).execute()
    secret = crypto.unseal(factor.secret, "second_factor", "secret", account.ref) if factor else SECRET
    return second_factor.code_at(secret, second_factor.step_now())
