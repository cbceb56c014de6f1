"""Last valid days of what an entry stands on: licence, identity document, residence permit.

They are copied out of the sealed answers when the entry is made or its answers change (`keep`), as plain dates, because
what is due is found by them (docs/security.md). What is valid for life has no row. The day itself still counts; from
the next on the entry is held. Steps of the act that needs them; callers hold the locks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from peewee import fn

from webapp import actors, clock
from webapp.database import among, lock, plainly, transaction
from webapp.domain.audit.acts import Act, action
from webapp.domain.jobs import actions as jobs
from webapp.domain.passlist import holds, record, rules
from webapp.domain.passlist.models import DOCUMENT, LICENCE, LISTED, PERMIT, Entry, EntryExpiry, EntryHold, EntryStep
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Answers, Person, Vehicle
from webapp.row_sets import MANY, insert_rows

#: Item → the hold of an entry once it is over. The permit is what a resident's belonging stands on, a document too.
HOLD_OF = {LICENCE: "licence_expired", DOCUMENT: "document_expired", PERMIT: "document_expired"}
KINDS = tuple(dict.fromkeys(HOLD_OF.values()))
#: What ends within so many days is near: people are reminded, units see it.
NEAR_DAYS = 30
#: Entries are held by so many at a time.
SLICE = 500
#: So far ahead nothing looks for a last day; NEAR_DAYS is as far as anything does.
FAR = timedelta(days=2 * NEAR_DAYS)
#: The job that keeps those of thousands.
KEEP_FAR = "keep-far-days"
#: From this hour of the day on people are told of what began at midnight.
TOLD_FROM = 9

#: An entry: id, unit, answers.
Kept = tuple[Any, ...]


def last_days(declared: dict[str, Any]) -> dict[str, date]:
    """The last valid days in answers (shape: filings.declaring); nothing for what has none."""
    typed = {
        LICENCE: declared["licence"]["licence_expiry"],
        DOCUMENT: declared["person"]["id_expiry"],
        PERMIT: declared["belonging"]["residence_permit_expiry"],
    }
    return {item: date.fromisoformat(day) for item, day in typed.items() if day}


def keep(act: Act, entry_ids: Iterable[int]) -> None:
    """Take the last days of these entries from their answers as they are now: hold what is over, release what an update
    made valid again. A fixed number of statements."""
    ids = list(entry_ids)
    entries = _in_force(ids)
    forget(ids)
    write(act, entries, of_answers(sealed(answers for *_, answers in entries)))


def sealed(answers_ids: Iterable[int]) -> Iterable[tuple[Any, ...]]:
    """These answers as they are kept: id, ref, what was declared."""
    return plainly(Answers.select(Answers.id, Answers.ref, Answers.sealed).where(Answers.id << among(answers_ids)))


def of_answers(answers: Iterable[tuple[Any, ...]]) -> dict[int, dict[str, date]]:
    """Their last days, by id."""
    return {key: last_days(registry.opened(ref, declared)) for key, ref, declared in answers}


def write(act: Act, entries: Sequence[Kept], days: Mapping[int, dict[str, date]]) -> None:
    """Keep the last days of entries that have none, and hold what is over. Of thousands, days that are far are kept by
    a job (`keep_far`), long before anybody looks for them."""
    rows = _rows(entries, days)
    soon = rows if len(rows) < MANY else [row for row in rows if row["last_day"] <= clock.local_date(act.now) + FAR]
    insert_rows(EntryExpiry, soon)
    if len(soon) < len(rows):
        jobs.enqueue(act, KEEP_FAR, str(act.id), dedupe_key=f"{KEEP_FAR}:{act.id}")
    settle(act, [entry for entry, *_ in entries])


def keep_far(act_id: int, after: int) -> int:
    """A slice of the job: the last days, not yet kept, of entries that the act listed, from an id on. Returns the last
    id; 0 where there are no more."""
    new = EntryStep.select(EntryStep.entry).where(EntryStep.act_id == act_id, EntryStep.change == LISTED)
    slice_of = new.where(EntryStep.entry > after).order_by(EntryStep.entry).limit(SLICE)
    ids = [entry for (entry,) in slice_of.tuples()]
    lock(Person, [person for (person,) in Entry.select(Entry.person).where(Entry.id << among(ids)).tuples()])
    entries = _in_force(ids)
    rows = _rows(entries, of_answers(sealed(answers for *_, answers in entries)))
    known = EntryExpiry.select(EntryExpiry.entry, EntryExpiry.item).where(EntryExpiry.entry << among(ids))
    there = set(known.tuples())
    insert_rows(EntryExpiry, [row for row in rows if (row["entry"], row["item"]) not in there])
    return ids[-1] if ids else 0


def _in_force(ids: Iterable[int]) -> list[Kept]:
    known = Entry.select(Entry.id, Entry.unit, Entry.answers)
    return list(plainly(known.where(Entry.id << among(ids), Entry.state << IN_FORCE).order_by(Entry.id)))


def _rows(entries: Iterable[Kept], days: Mapping[int, dict[str, date]]) -> list[dict[str, Any]]:
    return [
        {"entry": entry, "unit_id": unit, "item": item, "last_day": day}
        for entry, unit, answers in entries
        for item, day in days[answers].items()
    ]


def near(unit_id: int) -> Any:
    """The unit's entries of which something is over or ends soon, for `<<` in another query."""
    until = clock.today() + timedelta(days=NEAR_DAYS)
    return EntryExpiry.select(EntryExpiry.entry).where(EntryExpiry.unit_id == unit_id, EntryExpiry.last_day <= until)


def near_count(unit_id: int, most: int) -> int:
    """How many of its entries that are, counted no further than `most`. What has ended has no last days any more."""
    return int(near(unit_id).distinct().limit(most).count())


def fill_units() -> None:
    """Rows that a host with the version of before wrote during an upgrade."""
    with transaction():
        its = Entry.select(Entry.unit).where(Entry.id == EntryExpiry.entry)
        EntryExpiry.update(unit_id=its).where(EntryExpiry.unit_id.is_null()).execute()


def forget(entry_ids: Iterable[int]) -> None:
    """Whoever is not on the list any more is not watched."""
    EntryExpiry.delete().where(EntryExpiry.entry << among(entry_ids)).execute()


def settle(act: Act, entry_ids: Iterable[int]) -> list[int]:
    """Bring the holds of these entries in line with their last days. Returns the ids of those newly held."""
    ids, today, held = list(entry_ids), clock.local_date(act.now), []
    for kind in KINDS:
        over = [found for (found,) in _over(kind, today).where(Entry.id << among(ids)).tuples()]
        holds.release(act, set(ids) - set(over), kind)
        held += holds.hold(act, over, kind, _until(today))
    return held


def _until(today: date) -> datetime:
    return clock.start_of_day(today + timedelta(days=rules.EXPIRED_DAYS))


def _over(kind: str, today: date) -> Any:
    """Entries in force of which something that leads to this hold is over."""
    items = [item for item, hold in HOLD_OF.items() if hold == kind]
    over = EntryExpiry.select(EntryExpiry.entry).where(EntryExpiry.item << items, EntryExpiry.last_day < today)
    return Entry.select(Entry.id).where(Entry.id << over, Entry.state << IN_FORCE)


def hold_due() -> int:
    """Timer: hold the entries of which something is over since midnight. Returns how many; each slice is an act."""
    fill_units()
    done, today = 0, clock.today()
    while ids := _due(today):
        held = int(_expire(actors.system("expiry"), ids)["held"])
        if not held:
            break
        done += held
    return done


def _due(today: date) -> list[int]:
    found: list[int] = []
    for kind in KINDS:
        open_hold = EntryHold.select(EntryHold.id).where(
            EntryHold.entry == Entry.id, EntryHold.kind == kind, EntryHold.released_at.is_null()
        )
        rows = _over(kind, today).where(~fn.EXISTS(open_hold)).order_by(Entry.id).limit(SLICE)
        found += [entry for (entry,) in rows.tuples()]
    return sorted(set(found))[:SLICE]


@action("entry:expire")
def _expire(act: Act, ids: list[int]) -> dict[str, int]:
    pairs = list(Entry.select(Entry.person, Entry.vehicle).where(Entry.id << among(ids)).tuples())
    lock(Person, [person for person, _ in pairs])
    lock(Vehicle, [vehicle for _, vehicle in pairs])
    held = settle(act, ids)
    record.finish(act, told_from=morning(act.now))
    return {"held": len(set(held))}


def morning(now: datetime) -> datetime:
    """When people may be told: now, or at nine where the day has not begun for them."""
    local = now.astimezone(clock.ZONE)
    return now if local.hour >= TOLD_FROM else local.replace(hour=TOLD_FROM, minute=0, second=0, microsecond=0)


def of_entries(entry_ids: Iterable[int], until: date) -> dict[int, list[tuple[str, date]]]:
    """What of these entries ends by a day, soonest first: entry id → [(item, last day)]."""
    rows = EntryExpiry.select(EntryExpiry.entry, EntryExpiry.item, EntryExpiry.last_day).where(
        EntryExpiry.entry << among(entry_ids), EntryExpiry.last_day <= until
    )
    found: dict[int, list[tuple[str, date]]] = {}
    for entry, item, day in rows.order_by(EntryExpiry.last_day, EntryExpiry.id).tuples():
        found.setdefault(entry, []).append((item, day))
    return found
