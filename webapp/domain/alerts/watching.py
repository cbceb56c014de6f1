"""What in the record deserves an auditor's eye: much exported, many full numbers opened, staff signing in at night,
many refusals, and a record that does not prove itself. Looked for by a timer; thresholds are settings.

An alert is an act of the system. Its key names what was noticed, of whom and in which stretch of time, so it is raised
once however often the timer looks. Audit administrators find it in their inbox and get a mail.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from webapp import actors, clock
from webapp.domain.accounts import queries as accounts
from webapp.domain.accounts.tending import LOCALE
from webapp.domain.audit import readings
from webapp.domain.audit.acts import Act, action, first_result, record
from webapp.domain.audit.models import DONE, REFUSED, AuditLine
from webapp.domain.audit.models import Act as ActRow
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import EMAIL, PLATFORM
from webapp.values import addresses

VERB = "alert:raise"
#: Whose inbox it is: that of all audit administrators.
INBOX = "audit"
ROLE = "audit_admin"
EXPORTS, NUMBERS, NIGHT, REFUSALS, BROKEN = KINDS = ("exports", "numbers", "night", "refusals", "broken")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Thresholds:
    """From how many on; `night`: the hours of the zone it lies between."""

    export_rows: int
    numbers: int
    refusals: int
    night: tuple[int, int]


@dataclass(frozen=True)
class Noticed:
    """`who`: ref of an account, or a network address of somebody who had none; `stretch`: what makes it one alert."""

    kind: str
    who: str
    count: int
    stretch: str


def watch(limits: Thresholds) -> int:
    """Raise what the last hour and day show. Returns how many alerts are new."""
    now = clock.now()
    return sum(raise_alert(noticed) for noticed in _noticed(limits, now))


def raise_alert(noticed: Noticed) -> bool:
    """Whether it was not known before."""
    actor, key = actors.system("watch"), f"{noticed.kind}:{noticed.who}:{noticed.stretch}"
    if first_result(actor, VERB, key) is not None:
        return False
    _raise(actor, noticed, key=key)
    return True


@action(VERB)
def _raise(act: Act, noticed: Noticed) -> dict[str, Any]:
    record(act, f"alert:{noticed.kind}", noticed.who)
    params = {"count": str(noticed.count)}
    notice = notices.queue(act, f"alert-{noticed.kind}", PLATFORM, INBOX, subject=noticed.who, params=params)
    for account, roles in accounts.platform_staff():
        if notice is not None and ROLE in roles:
            notices.deliver(act, notice, EMAIL, accounts.email_of(account), account.language or LOCALE)
    return {"kind": noticed.kind, "who": noticed.who, "count": noticed.count}


def _noticed(limits: Thresholds, now: datetime) -> Iterator[Noticed]:
    today, hour = clock.local_date(now).isoformat(), f"{now.astimezone(clock.ZONE):%Y-%m-%dT%H}"
    for kind, how, since, most, stretch in (
        (EXPORTS, readings.EXPORTED, now - DAY, limits.export_rows, today),
        (NUMBERS, readings.NUMBERS_READ, now - HOUR, limits.numbers, hour),
    ):
        for who, count in _readers(how, since):
            if count >= most:
                yield Noticed(kind, who, count, stretch)
    for who, count in _refused(now - HOUR):
        if count >= limits.refusals:
            yield Noticed(REFUSALS, who, count, hour)
    for act_id, who, at in _signed_in(now - DAY):
        if _at_night(at, limits.night):
            yield Noticed(NIGHT, who, 1, str(act_id))


def _since(moment: datetime) -> Any:
    """The lines of acts since a moment, by the index over their ids."""
    act_id = ActRow.select(fn.MIN(ActRow.id)).where(ActRow.at >= moment).scalar()
    line_id = AuditLine.select(fn.MIN(AuditLine.id)).where(AuditLine.act >= act_id).scalar() if act_id else None
    return AuditLine.id >= line_id if line_id else None


def _readers(how: str, moment: datetime) -> list[tuple[str, int]]:
    """Staff who opened data of so many people in this way."""
    since = _since(moment)
    if since is None:
        return []
    rows = (
        AuditLine.select(ActRow.actor_ref, fn.COUNT(AuditLine.id))
        .join(ActRow)
        .where(AuditLine.tag == f"person:{how}", since, ActRow.account_id.is_null(False))
        .group_by(ActRow.actor_ref)
    )
    return list(rows.tuples())


def _refused(moment: datetime) -> list[tuple[str, int]]:
    """Accounts, and lines of people without one, that were refused so often."""
    refused = (ActRow.at >= moment) & (ActRow.outcome == REFUSED)
    signed_in = ActRow.actor_kind == actors.ACCOUNT  # a wrong password has an account too: the one it was tried at
    staff = ActRow.select(ActRow.actor_ref, fn.COUNT(ActRow.id)).where(refused, signed_in)
    others = ActRow.select(ActRow.address, fn.COUNT(ActRow.id)).where(refused, ~signed_in, ActRow.address != "")
    lines: Counter[str] = Counter()
    for address, count in others.group_by(ActRow.address).tuples():
        lines[addresses.line(address)] += count
    return [*staff.group_by(ActRow.actor_ref).tuples(), *lines.items()]


def _signed_in(moment: datetime) -> list[tuple[int, str, datetime]]:
    rows = (
        AuditLine.select(ActRow.id, AuditLine.object_ref, ActRow.at)
        .join(ActRow)
        .where(AuditLine.tag == "account:signed-in", ActRow.at >= moment, ActRow.outcome == DONE)
    )
    since = _since(moment)
    return list(rows.where(since).tuples()) if since is not None else []


def _at_night(moment: datetime, night: tuple[int, int]) -> bool:
    begins, ends = night
    hour = moment.astimezone(clock.ZONE).hour
    return begins <= hour < ends if begins <= ends else hour >= begins or hour < ends
