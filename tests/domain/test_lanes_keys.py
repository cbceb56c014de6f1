"""Keys of gates end: when, who is told of it and how often, and how a gate changes its own."""

from datetime import timedelta

import pytest

from tests.builders.accounts import platform_staff
from tests.builders.delivery import drain, mails
from tests.builders.lanes import client, fresh
from webapp import clock, schema
from webapp.actors import GATE, Actor, system
from webapp.domain.accounts import queries as accounts
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.lanes import ends, keys
from webapp.domain.lanes.models import LaneClient, LaneKey
from webapp.domain.notices.models import Notice
from webapp.errors import Conflict, TooMany

YEAR = timedelta(days=365)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _fresh(db):
    fresh()


def breathe() -> None:
    """Nothing to do between two clients."""


def ask(key: str) -> keys.Caller | None:
    """Who holds the key, as a process finds that just began."""
    fresh()
    return keys.caller(key)


def renew(key: str) -> str:
    """What a gate does that holds this key."""
    who = ask(key)
    return keys.renew(Actor(GATE, who.ref, request_id="test"), who)["key"]


def last(key: str) -> LaneKey:
    return LaneKey.get(LaneKey.ref == ask(key).key_ref)


# Ends -------------------------------------------------------------------------------------------------------------


def test_every_key_ends_a_year_after_it_was_made(db):
    ref, first = client()
    keys.rotate(system("test"), ref, "the-second-key-1")
    third = renew("the-second-key-1")

    made = list(LaneKey.select().order_by(LaneKey.id))

    assert [made[2].ends_at, *(row.ends_at - row.created_at for row in made[:2])] == [
        made[2].created_at + YEAR,
        made[1].created_at - made[0].created_at + keys.HANDOVER,
        made[2].created_at - made[1].created_at + keys.HANDOVER,
    ]
    with clock.travel(YEAR - timedelta(minutes=1)):
        assert [ask(key) is not None for key in (first, "the-second-key-1", third)] == [False, False, True]
    with clock.travel(YEAR + timedelta(minutes=1)):
        assert ask(third) is None


def test_a_house_may_want_keys_that_end_sooner(db, monkeypatch):
    monkeypatch.setattr(keys, "_good_for", keys._good_for)
    keys.configure(90)

    _ref, key = client()

    assert last(key).ends_at - last(key).created_at == 90 * DAY


def test_keys_of_before_are_given_a_year_by_the_migration(db):
    _ref, key = client()
    other, _ended = client()
    keys.end(system("test"), other)
    before = {row.ref: row.ends_at for row in LaneKey.select().where(LaneKey.client != last(key).client_id)}
    runner = schema.runner()
    runner.down("0041_lane_key_ends")
    LaneKey.update(ends_at=None).where(LaneKey.ref == last(key).ref).execute()

    runner.up("0041_lane_key_ends")

    assert abs(last(key).ends_at - clock.now() - YEAR) < timedelta(minutes=1)
    assert {row.ref: row.ends_at for row in LaneKey.select().where(LaneKey.ref << list(before))} == before


def test_a_key_that_a_host_of_the_version_before_makes_meanwhile_opens_and_is_given_its_end(db):
    ref, key = client()
    LaneKey.update(ends_at=None).execute()
    who = ask(key)
    assert (who.ref, who.key_ends_at, list(ends.near(clock.now()))) == (ref, None, [])

    given = [ends.give(), ends.give()]

    assert given == [1, 0]
    assert abs(last(key).ends_at - clock.now() - YEAR) < timedelta(minutes=1)
    assert AuditLine.get(AuditLine.tag == "lane-key:end-set").object_ref == who.key_ref


# Reminders --------------------------------------------------------------------------------------------------------


def told(days_before: float) -> int:
    with clock.travel(YEAR - days_before * DAY):
        return ends.remind(breathe)


def told_in_the_mornings(ends_at: timedelta) -> list[int]:
    """How many days were left by the calendar on each morning that told of a key which ends at this time of a day."""
    end = clock.start_of_day(clock.today() + YEAR) + ends_at
    LaneKey.update(ends_at=end).execute()
    days = []
    for left in range(40, -2, -1):
        morning = clock.start_of_day(clock.today() + YEAR - left * DAY) + timedelta(hours=9)
        with clock.travel(morning - clock.now()):
            days += [left] * ends.remind(breathe)
    return days


@pytest.mark.parametrize(
    ("ends_at", "days"), [(timedelta(hours=8), [30, 7, 1]), (timedelta(hours=15), [29, 7, 1]), (DAY, [29, 7, 1])]
)
def test_mornings_that_tell_are_7_and_1_days_before_whenever_on_its_day_a_key_ends(db, ends_at, days):
    """The first comes after gates have changed theirs, with less than 30 whole days left."""
    platform_staff("system_admin")
    client()

    assert told_in_the_mornings(ends_at) == days


def test_those_who_may_change_keys_are_told_30_7_and_1_days_before_the_end_each_time_once(db):
    admin, _other = platform_staff("system_admin", email="sysadmin@staff.example"), platform_staff("security_admin")
    client()

    days = (30.5, 29.9, 29.8, 15, 8.1, 6.9, 6.8, 2.1, 0.9, 0.8, -0.1)

    assert [told(one) for one in days] == [0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0]
    rows = list(Notice.select().where(Notice.kind == "lane-key-ending"))
    assert [(row.audience, row.audience_ref, row.params["client"]) for row in rows] == [
        ("address", admin.ref, "示範閘口")
    ] * 3


def test_reminder_is_a_mail_that_names_gate_and_day_and_leads_to_the_keys(db):
    platform_staff("system_admin", email="sysadmin@staff.example")
    _ref, key = client()
    told(20)

    with clock.travel(YEAR - 20 * DAY):
        drain(db)

    (letter,) = [one for one in mails(db) if one["Subject"] == "閘口密鑰快到期：示範閘口"]
    day = last(key).ends_at.astimezone(clock.ZONE)
    said = letter.get_content()
    assert letter["To"] == "sysadmin@staff.example"
    assert f"{day.year}年{day.month}月{day.day}日失效" in said
    assert "/platform/lanes" in said
    assert Act.get(Act.verb == "lane-key:remind").actor_ref == "lane-keys"


def test_worker_that_stood_still_gives_the_last_reminder_alone(db):
    platform_staff("system_admin")
    client()

    assert [told(0.5), told(0.4)] == [1, 0]


def test_nobody_is_told_of_a_key_that_is_not_the_last_nor_of_a_client_that_ended(db):
    platform_staff("system_admin")
    here, _key = client()
    gone, _other = client()
    keys.end(system("test"), gone)
    with clock.travel(YEAR - 40 * DAY):
        keys.rotate(system("test"), here, "the-younger-key-1")

    assert [told(days) for days in (30, 7, 1)] == [0, 0, 0]


def test_somebody_whose_account_is_disabled_is_told_nothing(db):
    admin = platform_staff("system_admin")
    type(admin).update(state="disabled").where(type(admin).id == admin.id).execute()
    client()

    assert told(5) == 1
    assert accounts.by_ref(admin.ref).state == "disabled"
    assert Notice.select().where(Notice.kind == "lane-key-ending").count() == 0


def test_a_client_without_a_good_key_is_near_its_end_and_reminded_of_no_more(db):
    ref, key = client()
    keys.end_key(system("test"), ref, last(key).ref)

    assert [one.ref for one in ends.near(clock.now())] == [ref]
    assert ends.remind(breathe) == 0


# A gate that changes its own --------------------------------------------------------------------------------------


def test_a_gate_changes_its_key_and_the_old_one_stays_good_for_a_day(db):
    ref, old = client()

    new = renew(old)

    assert [ask(old).ref, ask(new).ref] == [ref, ref]
    act = Act.get(Act.verb == "lane-key:renew")
    assert (act.actor_kind, act.actor_ref, new in str(act.result)) == ("gate", ref, False)
    assert AuditLine.get(AuditLine.act == act.id).tag == "lane-key:created"
    with clock.travel(keys.HANDOVER + timedelta(seconds=1)):
        assert (ask(old), ask(new).ref) == (None, ref)


def test_an_answer_that_was_lost_is_fetched_again_with_the_old_key(db):
    """The same key comes again, also to another machine that holds the old one, and nothing is made twice."""
    _ref, old = client()

    new = renew(old)
    with clock.travel(timedelta(hours=23)):
        again = renew(old)

    assert (again, LaneKey.select().count(), ask(new) is not None) == (new, 2, True)


def test_a_key_that_the_platform_replaced_makes_no_other(db):
    ref, old = client()
    keys.rotate(system("test"), ref, "the-platforms-key")

    with pytest.raises(Conflict, match="lane_key_replaced"):
        renew(old)

    assert LaneKey.select().count() == 2
    assert ask("the-platforms-key").key_ends_at - clock.now() > 300 * DAY


def test_a_key_ended_since_is_told_to_nobody_and_the_old_one_goes_on(db):
    ref, old = client()
    new = renew(old)
    keys.end_key(system("test"), ref, last(new).ref)

    with pytest.raises(Conflict, match="lane_key_ended"):
        renew(old)

    assert ask(old).ref == ref


def test_a_key_ended_a_moment_ago_makes_no_other_where_a_process_still_knows_it(db):
    ref, old = client()
    who = ask(old)
    keys.end_key(system("test"), ref, who.key_ref)

    with pytest.raises(Conflict, match="lane_key_ended"):
        keys.renew(Actor(GATE, ref, request_id="test"), who)

    assert LaneKey.select().count() == 1


def test_a_client_that_ended_a_moment_ago_makes_no_other_key(db):
    ref, old = client()
    who = ask(old)
    keys.end(system("test"), ref)

    with pytest.raises(Conflict, match="lane_client_ended"):
        keys.renew(Actor(GATE, ref, request_id="test"), who)

    assert LaneClient.get().state == "ended"


def test_a_gate_that_changes_its_key_again_and_again_waits(db):
    _ref, key = client()
    for _ in range(keys.MOST_CHANGES - 1):
        key = renew(key)

    with pytest.raises(TooMany) as refused:
        renew(key)

    assert 86_000 < refused.value.params["seconds"] <= 86_400
    with clock.travel(keys.HANDOVER + timedelta(seconds=1)):
        assert ask(renew(key)) is not None
