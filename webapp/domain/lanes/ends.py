"""The ends of gates' keys: whoever may change them is told 30, 7 and 1 days before the last key of a client ends.

A key that is not a client's last is being changed already, and nobody is told of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from webapp import actors, clock
from webapp.domain.accounts import queries as accounts
from webapp.domain.accounts.actions import tell
from webapp.domain.accounts.models import ACTIVE as IN_USE
from webapp.domain.accounts.roles import permissions
from webapp.domain.accounts.tending import LOCALE
from webapp.domain.audit.acts import Act, action, first_result, record, record_refs
from webapp.domain.lanes.keys import end_of_new
from webapp.domain.lanes.models import ACTIVE, LaneClient, LaneKey

#: So many days before the end people are told, the last time last.
STEPS = (30, 7, 1)
NEAR = timedelta(days=STEPS[0])
#: Who may change keys.
PERMISSION = "lanes:manage"
TENDER, VERB = "lane-keys", "lane-key:remind"


def near(now: datetime) -> Any:
    """Clients in use of which no key is good for longer than the next 30 days, to be counted or read; also those that
    have no good key any more."""
    longer = LaneKey.select(LaneKey.id).where(
        LaneKey.client == LaneClient.id, LaneKey.ends_at.is_null() | (LaneKey.ends_at > now + NEAR)
    )
    return LaneClient.select().where(LaneClient.state == ACTIVE, ~fn.EXISTS(longer))


def last_keys(now: datetime) -> dict[int, LaneKey]:
    """The key of each client that is `near` which ends, or ended, last."""
    ids = near(now).select(LaneClient.id)
    return {row.client_id: row for row in LaneKey.select().where(LaneKey.client << ids).order_by(LaneKey.ends_at)}


def give() -> int:
    """An end for keys without one: hosts of the version before make such during an upgrade. Returns how many."""
    endless = LaneKey.ends_at.is_null()
    return int(_give(actors.system(TENDER))["keys"]) if LaneKey.select().where(endless).exists() else 0


@action("lane-key:give-ends")
def _give(act: Act) -> dict[str, int]:
    refs = [ref for (ref,) in LaneKey.select(LaneKey.ref).where(LaneKey.ends_at.is_null()).tuples()]
    LaneKey.update(ends_at=end_of_new(act.now)).where(LaneKey.ref << refs).execute()
    record_refs(act, "lane-key:end-set", refs, fields=["ends_at"])
    return {"keys": len(refs)}


def remind(breathe: Callable[[], None]) -> int:
    """Tell of each client's last key what nobody was told yet. Returns of how many; each is an act."""
    now, actor, done = clock.now(), actors.system(TENDER), 0
    for row in last_keys(now).values():
        breathe()
        # By the calendar: the timer goes in the morning, and a day before is not the morning of the last day.
        left = (clock.last_date(row.ends_at) - clock.local_date(now)).days
        due = [days for days in STEPS if left <= days] if now < row.ends_at else []
        # The key of the act names the reminder: of those that are due at once only the last is given, and once.
        key = f"{row.ref}:{due[-1]}" if due else ""
        if key and first_result(actor, VERB, key) is None:
            _remind(actor, row.ref, key=key)
            done += 1
    return done


@action(VERB)
def _remind(act: Act, key_ref: str) -> dict[str, str]:
    row = LaneKey.get(LaneKey.ref == key_ref)
    client = LaneClient.get_by_id(row.client_id)
    record(act, "lane-key:reminded", key_ref)
    for account, roles in accounts.platform_staff():
        if account.state == IN_USE and PERMISSION in permissions(None, roles):
            tell(act, account, "lane-key-ending", LOCALE, {"client": client.name, "until": row.ends_at.isoformat()})
    return {"key": key_ref}
