"""Telling the units of an announcement: inbox and e-mail, in slices, each unit once however often a slice is begun."""

from __future__ import annotations

from webapp import crypto
from webapp.actors import system
from webapp.database import lock
from webapp.domain.accounts.models import ACTIVE
from webapp.domain.announcements import queries, states
from webapp.domain.announcements.models import Announcement
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import EMAIL, UNIT
from webapp.domain.units import members
from webapp.domain.units.models import Unit
from webapp.domain.units.telling import DEFAULT_LOCALE

#: Job: the units of one announcement (subject) are told.
ANNOUNCE = "announce"
SLICE = 50
KIND = "announcement"


def begin(ref: str) -> bool:
    """From here on it cannot be recalled. False where it was recalled before."""
    return bool(_begin(system("announcements"), ref, key=ref)["began"])


@action("announcement:begin")
def _begin(act: Act, ref: str) -> dict[str, bool]:
    row = _held(ref)
    if (row.state, states.BEGIN) not in states.TRANSITIONS:
        return {"began": False}
    _move(act, row, states.BEGIN)
    return {"began": True}


def tell_slice(ref: str, after: int) -> tuple[int, int]:
    """The next units after this id: (last id, how many). Inside the slice's transaction."""
    row = queries.one(ref)
    units = list(queries.addressed(row.audience).where(Unit.id > after).order_by(Unit.id).limit(SLICE))
    for unit in units:
        key = f"{KIND}:{ref}:{unit.ref}"
        notice = notices.queue(None, KIND, UNIT, unit.ref, subject=ref, params={"texts": row.texts}, dedupe_key=key)
        if notice is None:
            continue
        for member in members.active(unit.id):
            if member.account.state == ACTIVE:
                address = crypto.unseal(member.account.email, "account", "email", member.account.ref)
                notices.deliver(None, notice, EMAIL, address, member.account.language or DEFAULT_LOCALE)
    return (units[-1].id if units else after), len(units)


def finish(ref: str) -> None:
    _finish(system("announcements"), ref, key=ref)


@action("announcement:finish")
def _finish(act: Act, ref: str) -> dict[str, str]:
    row = _held(ref)
    if (row.state, states.FINISH) in states.TRANSITIONS:
        _move(act, row, states.FINISH)
    return {}


def _held(ref: str) -> Announcement:
    row = queries.one(ref)
    lock(Announcement, [row.id])
    return Announcement.get_by_id(row.id)


def _move(act: Act, row: Announcement, action_name: str) -> None:
    changes = {"state": states.next_state(row.state, action_name), "version": row.version + 1, "act_id": act.id}
    if action_name == states.BEGIN:
        changes["sent_at"] = act.now
    Announcement.update(**changes).where(Announcement.id == row.id).execute()
    record(act, f"announcement:{action_name}", row.ref, fields=["state"])
