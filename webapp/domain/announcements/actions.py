"""Writing, sending and recalling announcements. The messages are a job in slices (announcements.sending)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from webapp import clock, crypto
from webapp.database import lock
from webapp.domain.announcements import queries, states
from webapp.domain.announcements.models import AUDIENCES, EVERYBODY, Announcement
from webapp.domain.announcements.sending import ANNOUNCE
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.jobs import actions as jobs
from webapp.errors import Conflict, Fault, Invalid
from webapp.values import dates

TITLE_LONGEST, BODY_LONGEST = 60, 2000
#: Locales that are always written; the others may stay out.
NEEDED, OPTIONAL = ("zh_Hant_MO", "zh_Hans_CN"), ("pt", "en")
FARTHEST = timedelta(days=366)

Texts = dict[str, dict[str, str]]


@action("announcement:draft")
def draft(act: Act, audience: str, texts: Texts, send_on: str, send_time: str, shown_until: str) -> dict[str, str]:
    """Keep an announcement as typed, for looking at. Raises Invalid with every fault."""
    found = _text_faults(texts)
    if audience not in AUDIENCES:
        found.append(Fault("audience", "choose"))
    send_at, wrong = _moment(send_on, send_time)
    found += wrong
    last_day, wrong = _last_day(shown_until, send_at) if audience == EVERYBODY else (None, [])
    found += wrong
    if found:
        raise Invalid(faults=found)
    ref = crypto.new_ref()
    Announcement.create(
        ref=ref,
        audience=audience,
        texts={locale: text for locale, text in texts.items() if text["title"]},
        state=states.next_state("", states.DRAFT),
        send_at=send_at,
        shown_until=last_day,
        author_id=act.actor.account_id,
        made_at=act.now,
        act_id=act.id,
    )
    record(act, "announcement:drafted", ref)
    return {"announcement": ref}


@action("announcement:send")
def send(act: Act, ref: str, version: int) -> dict[str, str]:
    """Let it go at its moment, or at once. Raises Conflict `stale`, `announcement_over`."""
    row = _held(ref)
    _move(act, row, states.SEND, version)
    wait = max(timedelta(0), row.send_at - act.now) if row.send_at is not None else timedelta(0)
    total = queries.reach(row.audience)
    jobs.enqueue(act, ANNOUNCE, ref, dedupe_key=f"{ANNOUNCE}:{ref}", delay=wait, total=total)
    return {"announcement": ref}


@action("announcement:drop")
def drop(act: Act, ref: str, version: int) -> dict[str, str]:
    _move(act, _held(ref), states.DROP, version)
    return {"announcement": ref}


@action("announcement:recall")
def recall(act: Act, ref: str, version: int) -> dict[str, str]:
    """Take back what has not begun to be sent. Raises Conflict(`announcement_over`) once it has."""
    _move(act, _held(ref), states.RECALL, version)
    return {"announcement": ref}


@action("announcement:hide")
def hide(act: Act, ref: str, version: int) -> dict[str, str]:
    """Take it off the public pages; messages that were sent stay sent."""
    row = _held(ref)
    if row.audience != EVERYBODY:
        raise Conflict("announcement_over")
    _move(act, row, states.HIDE, version, shown_until=clock.today() - timedelta(days=1))
    return {"announcement": ref}


def _held(ref: str) -> Announcement:
    row = queries.one(ref)
    lock(Announcement, [row.id])
    return Announcement.get_by_id(row.id)


def _move(act: Act, row: Announcement, action_name: str, version: int, **columns: object) -> None:
    if row.version != version:
        raise Conflict("stale")
    state = states.next_state(row.state, action_name)
    Announcement.update(state=state, version=version + 1, act_id=act.id, **columns).where(
        Announcement.id == row.id
    ).execute()
    record(act, f"announcement:{action_name}", row.ref, fields=["state"])


def _text_faults(texts: Texts) -> list[Fault]:
    found = []
    for locale in (*NEEDED, *OPTIONAL):
        text = texts.get(locale, {"title": "", "body": ""})
        wanted = locale in NEEDED or text["title"] or text["body"]
        for name, longest in (("title", TITLE_LONGEST), ("body", BODY_LONGEST)):
            if wanted and not text[name]:
                found.append(Fault(f"{name}_{locale}", "missing"))
            elif len(text[name]) > longest:
                found.append(Fault(f"{name}_{locale}", "too_long", {"maximum": longest}))
    return found


def _moment(day_text: str, time_text: str) -> tuple[datetime | None, list[Fault]]:
    """The instant it is to be sent at; None: at once."""
    if not day_text.strip() and not time_text.strip():
        return None, []
    checked = dates.check(day_text)
    if checked.errors:
        return None, [Fault("send_on", one.code, dict(one.params)) for one in checked.errors]
    hours, _, minutes = time_text.strip().partition(":")
    if not (hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit()):
        return None, [Fault("send_time", "announcement_time")]
    if len(hours) > 2 or len(minutes) != 2 or int(hours) > 23 or int(minutes) > 59:
        return None, [Fault("send_time", "announcement_time")]
    at = clock.start_of_day(date.fromisoformat(checked.value)) + timedelta(hours=int(hours), minutes=int(minutes))
    if not clock.now() <= at <= clock.now() + FARTHEST:
        return None, [Fault("send_on", "announcement_past")]
    return at, []


def _last_day(text: str, send_at: datetime | None) -> tuple[date | None, list[Fault]]:
    checked = dates.check(text)
    if checked.errors:
        return None, [Fault("shown_until", one.code, dict(one.params)) for one in checked.errors]
    day = date.fromisoformat(checked.value)
    first = clock.local_date(send_at or clock.now())
    return (day, []) if first <= day <= first + FARTHEST else (None, [Fault("shown_until", "announcement_until")])
