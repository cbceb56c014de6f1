"""What has expired for good: codes, links and sessions that can do nothing any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from webapp.database import transaction
from webapp.domain.accounts.models import OneTimeCode, Session, SingleUseLink
from webapp.domain.accounts.policy import current as house
from webapp.domain.accounts.rules import HELD

#: A code that expired is still told apart from one that never was for a day; links and sessions for a month, in which
#: somebody may ask who signed in from where.
CODES_KEPT = timedelta(days=1)
LINKS_KEPT = SESSIONS_KEPT = timedelta(days=30)


def forget(now: datetime) -> int:
    """Delete what expired long enough ago. Returns how many rows went."""
    with transaction():
        # A secret that was offered and not enrolled opens nothing, and is not kept either.
        Session.update(offered=None).where(Session.proved_at.is_null(), Session.started_at < now - HELD).execute()
        return sum(
            query.execute()
            for query in (
                OneTimeCode.delete().where(OneTimeCode.expires_at < now - CODES_KEPT),
                SingleUseLink.delete().where(SingleUseLink.expires_at < now - LINKS_KEPT),
                Session.delete().where(Session.started_at < now - house().absolute - SESSIONS_KEPT),
            )
        )
