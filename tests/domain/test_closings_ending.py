"""Ending what people have, many at once: facts, record and one piece of news for each person."""

from __future__ import annotations

from tests.builders.delivery import drain, texts
from tests.builders.filings import filed, vehicle
from tests.builders.units import certified_unit, platform_actor
from tests.builders.uploads import (
    entry_of,
    listed,
    owner_and_second,
    second_filed,
    uploaded,
    verified,
)
from tests.domain.test_filings_verifying import statements
from webapp.domain.audit.acts import Act, action
from webapp.domain.audit.models import AuditLine
from webapp.domain.closings import ending
from webapp.domain.filings.models import Filing, FilingStep
from webapp.domain.jobs.models import Job
from webapp.domain.notices.models import Notice
from webapp.domain.passlist.models import Entry, EntryHold

NEWS = ending.News("unit-closed")


@action("test:end-all")
def end_all(act: Act, unit_id: int) -> dict[str, int]:
    done = ending.end(
        act,
        entries=[one.id for one in Entry.select().where(Entry.unit == unit_id)],
        filings=[one.id for one in Filing.select().where(Filing.unit == unit_id)],
        cause="unit_deregistered",
        reason="unit:deregistered",
        news=NEWS,
        unit_id=unit_id,
    )
    return vars(done)


def end(unit) -> dict[str, int]:
    return end_all(platform_actor(), unit.unit.id)


def told() -> list[Notice]:
    return list(Notice.select().where(Notice.kind == "unit-closed").order_by(Notice.id))


def test_entries_end_open_filings_close_and_each_person_is_told_once(db):
    here, there = certified_unit(), certified_unit()
    both = filed(here)
    uploaded(here, verified(here, both))
    again = filed(here, who=both.answers["person"], vehicles=[vehicle()], phone=both.answers["contact"]["phone"])
    waits, other = filed(here), listed(there)
    drain(db)

    assert end(here) == {"entries": 1, "filings": 2, "people": 2, "held": 0}
    drain(db)

    assert (entry_of(both).state, entry_of(both).cause) == ("removed", "unit_deregistered")
    closed = [Filing.get_by_id(one.filings[0].id) for one in (again, waits)]
    assert [(one.state, one.reasons, one.version) for one in closed] == [("closed", ["unit:deregistered"], 2)] * 2
    assert Entry.get_by_id(other.id).state == "listed"
    assert [(one.audience_ref, one.params["entries"], one.params["filings"]) for one in told()] == [
        (again.submission.ref, 1, 1),
        (waits.submission.ref, 0, 1),
    ]
    assert len([one for one in texts(db) if "註銷" in one["text"]]) == 2
    assert Notice.select().where(Notice.kind == "entry-removed").count() == 0


def test_the_record_has_a_line_and_a_step_for_each_thing(db):
    here = certified_unit()
    entry, waits = listed(here), filed(here)

    end(here)

    act = FilingStep.get(FilingStep.filing == waits.filings[0].id, FilingStep.action == "close").act_id
    lines = AuditLine.select().where(AuditLine.act == act).order_by(AuditLine.id)
    assert sorted((line.tag, line.object_ref, line.unit_id) for line in lines) == sorted(
        [
            ("entry:removed", entry.ref, here.unit.id),
            ("filing:closed", waits.filings[0].ref, here.unit.id),
        ]
    )


def test_what_is_over_already_stays_as_it_ended(db):
    here = certified_unit()
    listed(here)
    end(here)
    before = [(one.state, one.version) for one in Entry.select()] + [
        (one.state, one.version) for one in Filing.select()
    ]

    assert end(here) == {"entries": 0, "filings": 0, "people": 0, "held": 0}

    after = [(one.state, one.version) for one in Entry.select()] + [(one.state, one.version) for one in Filing.select()]
    assert after == before
    assert Job.select().where(Job.kind == "tell-ended").count() == 1


def test_a_second_driver_elsewhere_is_held_when_the_owner_ends(db):
    here, there = certified_unit(), certified_unit()
    mine, his = owner_and_second()
    owner = filed(here, vehicles=[mine])
    uploaded(here, verified(here, owner))
    second = second_filed(there, his)
    uploaded(there, verified(there, second))

    assert end(here)["held"] == 1
    drain(db)

    kept = entry_of(second)
    assert (kept.state, [hold.kind for hold in EntryHold.select().where(EntryHold.entry == kept.id)]) == (
        "suspended",
        ["owner_missing"],
    )
    news = {one.kind for one in Notice.select().where(Notice.audience_ref == second.submission.ref)}
    assert "entry-held" in news
    assert "unit-closed" not in news


def test_statements_do_not_depend_on_how_many_there_are(db):
    counts = []
    for people in (2, 12):
        here = certified_unit()
        for _ in range(people):
            listed(here)
            filed(here)
        counts.append(statements(lambda here=here: end(here)))

    assert counts[0] == counts[1]
