"""One deed, one transaction, one act row."""

import threading

import pytest

from webapp import clock, database
from webapp.actors import Actor, system
from webapp.domain.audit import acts, queries, sealing, verifying
from webapp.domain.audit.models import Act, AuditLine, Sequence
from webapp.domain.jobs.models import Holiday
from webapp.errors import Conflict, Fault, Invalid

ACTOR = Actor("account", "somebody", unit_id=7, account_id=3, request_id="req-1", address="192.0.2.1")


@acts.action("test:add")
def add(act, day: str) -> dict:
    if Holiday.select().where(Holiday.day == day).exists():
        raise Conflict("taken", day=day)
    Holiday.create(day=day, name="測試")
    acts.record(act, "holiday:added", day, fields=["name", "day"])
    return {"day": day, "count": Holiday.select().where(Holiday.day >= "2030-01-01").count()}


@acts.action("test:refuse")
def refuse(act, day: str) -> dict:
    Holiday.create(day=day, name="測試")
    raise Invalid(faults=[Fault("full_name", "required"), Fault("plate", "too_short", {"missing": 1})])


def test_act_writes_one_row_and_its_lines(db):
    result = add(ACTOR, "2030-01-01", key="key-1")

    (act,) = Act.select()
    (line,) = AuditLine.select()
    assert result == {"day": "2030-01-01", "count": 1}
    assert (act.verb, act.key, act.outcome, act.result, act.request_id) == (
        "test:add",
        "key-1",
        "done",
        result,
        "req-1",
    )
    assert (line.act_id, line.tag, line.object_ref, line.unit_id, line.fields) == (
        act.id,
        "holiday:added",
        "2030-01-01",
        7,
        ["day", "name"],
    )


@acts.action("test:name-many")
def name_many(act, how_many: int) -> dict:
    acts.record_refs(act, "holiday:named", [f"day-{number}" for number in range(how_many)])
    return {}


def test_lines_of_a_great_act_are_written_in_slices_and_proved_as_one(db, monkeypatch):
    monkeypatch.setattr(acts, "SLICE", 3)

    name_many(ACTOR, 7)

    act = Act.get(Act.verb == "test:name-many")
    lines = AuditLine.select().where(AuditLine.act == act.id).order_by(AuditLine.position)
    assert [(line.position, line.object_ref) for line in lines] == [(n + 1, f"day-{n}") for n in range(7)]
    sealing.seal_committed()
    assert (act.lines, verifying.verify().faults) == (7, [])


def test_repeat_of_a_key_answers_the_first_result_and_changes_nothing(db):
    first = add(ACTOR, "2030-01-01", key="key-1")

    again = add(ACTOR, "2030-02-02", key="key-1")

    assert again == first
    assert Act.select().count() == 1
    assert Holiday.select().where(Holiday.day == "2030-02-02").count() == 0


def test_same_key_of_another_actor_is_another_act(db):
    add(ACTOR, "2030-01-01", key="key-1")

    add(system("other"), "2030-02-02", key="key-1")

    assert Act.select().count() == 2


def test_refusal_leaves_nothing_but_its_record_without_values(db):
    with pytest.raises(Invalid):
        refuse(ACTOR, "2030-03-03", key="key-2")

    (act,) = Act.select()
    assert (act.outcome, act.codes) == ("refused", [["full_name", "required"], ["plate", "too_short"]])
    assert Holiday.select().where(Holiday.day == "2030-03-03").count() == 0


def test_refused_act_may_be_tried_again_with_the_same_key(db):
    add(ACTOR, "2030-01-01", key="a")
    with pytest.raises(Conflict):
        add(ACTOR, "2030-01-01", key="b")

    result = add(ACTOR, "2030-01-02", key="b")

    assert result["day"] == "2030-01-02"


def test_act_inside_another_transaction_is_a_programming_error(db):
    with pytest.raises(RuntimeError), database.transaction():
        add(ACTOR, "2030-01-01")


def test_two_at_once_with_one_key_are_one_act(db):
    answers: list[object] = []

    def run() -> None:
        database.connect()
        try:
            answers.append(add(ACTOR, "2030-01-01", key="same"))
        except Exception as error:
            answers.append(error)
        finally:
            database.disconnect()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [{"day": "2030-01-01", "count": 1}] * 6
    assert Act.select().count() == 1


def test_act_fails_when_its_record_cannot_be_written(db):
    database.database.execute_sql("DROP TABLE audit_line")

    with pytest.raises(Exception, match="audit_line"):
        add(ACTOR, "2030-01-01")

    assert Holiday.select().where(Holiday.day == "2030-01-01").count() == 0


def test_every_committed_act_is_numbered_once_without_gaps(db):
    for day in range(1, 8):
        add(ACTOR, f"2030-01-{day:02}")
        if day == 4:
            sealing.seal_committed()

    numbered = sealing.seal_committed()

    rows = list(Sequence.select(Sequence.number, Sequence.source_id).order_by(Sequence.number).tuples())
    assert numbered == 3
    assert [number for number, _source in rows] == list(range(1, 8))
    assert [source for _number, source in rows] == [act.id for act in Act.select().order_by(Act.id)]
    assert sealing.seal_committed() == 0


def test_auditor_finds_acts_by_verb_outcome_object_and_day(db):
    add(ACTOR, "2030-01-01")
    with pytest.raises(Invalid):
        refuse(ACTOR, "2030-03-03")

    def verbs(**wanted) -> list[str]:
        return [act.verb for act in queries.acts(queries.Filter(**wanted))]

    assert verbs() == ["test:refuse", "test:add"]
    assert verbs(outcome="refused") == ["test:refuse"]
    assert verbs(object_ref="2030-01-01") == ["test:add"]
    assert verbs(unit_id=8) == []
    assert verbs(since=clock.today(), until=clock.today()) == ["test:refuse", "test:add"]
