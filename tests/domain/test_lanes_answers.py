"""What a channel is answered: entries of a vehicle ranked, plates of one car, former plates, channels and hours."""

import json
from datetime import UTC, datetime

import pytest

from tests.builders.filings import confirmed, filed, person, vehicle
from tests.builders.lanes import fresh
from tests.builders.units import certified_unit
from tests.builders.uploads import listed, owner_and_second, second_filed, uploaded, verified
from webapp.actors import Actor, system
from webapp.database import transaction
from webapp.domain.audit.acts import Act, action
from webapp.domain.lanes import answers, feed
from webapp.domain.passlist import holds, removals
from webapp.domain.passlist.models import Channel, Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.registry import actions as registry
from webapp.domain.registry.models import Vehicle
from webapp.errors import Invalid

#: 10:00 and 05:00 in the zone.
DAY, NIGHT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC), datetime(2026, 11, 22, 21, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh(db):
    fresh()


@action("test:hold")
def _hold(act: Act, ids: list[int], kind: str) -> dict[str, int]:
    return {"held": len(holds.hold(act, ids, kind, None))}


@action("test:end-plate")
def _end_plate(act: Act, vehicle_id: int, plate: str) -> dict[str, str]:
    registry.end_plates(act, Vehicle.get_by_id(vehicle_id), [plate])
    return {}


def remove(built, entry: Entry) -> None:
    row = Entry.get_by_id(entry.id)
    removals.remove(built.actor, built.unit.id, Chosen(rows=((row.ref, row.version),)), "left_unit")


def test_unknown_plates_are_not_listed_and_say_why(db):
    assert answers.check("粵C·D99999", "", DAY).json() == {
        "result": "not_listed",
        "reason": "unknown_plate",
        "vehicle": None,
        "drivers": 0,
        "channel": None,
        "as_of": "2026-11-23T02:00:00.000000Z",
    }


def test_what_is_no_plate_is_answered_as_not_listed(db):
    answer = answers.check("!!A", "hengqin-bridge", DAY)

    assert (answer.found.result, answer.found.reason) == ("not_listed", "not_a_plate")


@pytest.mark.parametrize(
    ("text", "channel", "fault"),
    [
        ("", "", ("plate", "missing")),
        (" · ", "", ("plate", "missing")),
        ("A" * 25, "", ("plate", "too_long")),
        ("粵C·D12345", "nowhere", ("channel", "unknown_channel")),
    ],
)
def test_questions_that_cannot_be_read_are_refused(db, text, channel, fault):
    with pytest.raises(Invalid) as refused:
        answers.check(text, channel)

    assert (refused.value.faults[0].field, refused.value.code) == fault


def test_a_filing_on_its_way_is_not_listed(db):
    here = certified_unit()
    typed = vehicle()
    filed(here, vehicles=[typed])

    assert (answers.check(typed["plate"], "").found.result, answers.check(typed["plate"], "").reason) == (
        "not_listed",
        "never_listed",
    )


def test_a_listed_car_is_answered_with_use_size_drivers_and_channel(db):
    here = certified_unit()
    entry = listed(here, vehicles=[vehicle(plate="粵C·E52011")])

    said = answers.check("粤C E52011", "shizimen-tunnel", DAY).json()

    assert entry.state == "listed"
    assert said | {"as_of": ""} == {
        "result": "listed",
        "reason": "in_force",
        "vehicle": {"use": "own", "size_class": "small"},
        "drivers": 1,
        "channel": {"open": True, "allowed": True},
        "as_of": "",
    }


def test_every_plate_of_a_car_leads_to_the_same_answer(db):
    here = certified_unit()
    listed(here, vehicles=[vehicle(plate="粵C·E52012", second_plate="粵Z·8K26澳")])

    said = [answers.check(plate, "", DAY).json() for plate in ("粵C·E52012", "粵Z·8K26澳")]

    assert said[0] == said[1]
    assert said[0]["result"] == "listed"


def test_any_listed_entry_lists_the_car_else_suspended_else_removed(db):
    here, there = certified_unit(), certified_unit()
    owner, second = owner_and_second("粵C·E52013")
    first = listed(here, vehicles=[owner])
    other = second_filed(there, second)
    uploaded(there, verified(there, other))
    both = answers.check("粵C·E52013", "", DAY).found
    entry = Entry.get(Entry.submission_ref == other.submission.ref)

    _hold(system("test"), [entry.id], "licence_expired")
    one_held = answers.check("粵C·E52013", "", DAY).found
    _hold(system("test"), [first.id], "document_expired")
    two_held = answers.check("粵C·E52013", "", DAY).found
    remove(there, entry)
    still_held = answers.check("粵C·E52013", "", DAY).found
    remove(here, first)
    gone = answers.check("粵C·E52013", "", DAY).found

    assert [(one.result, one.drivers) for one in (both, one_held, two_held, still_held, gone)] == [
        ("listed", 2),
        ("listed", 1),
        ("suspended", 0),
        ("suspended", 0),
        ("removed", 0),
    ]
    assert (still_held.reason, gone.reason) == ("document_expired", "left_unit")


def test_a_plate_read_without_its_place_finds_the_car_of_either(db):
    here = certified_unit()
    listed(here, vehicles=[confirmed(vehicle(plate="港MX 1234"))])

    assert answers.check("MX1234", "", DAY).found.result == "listed"
    assert answers.check("MX-12-34", "", DAY).found.result == "not_listed"


def test_a_former_plate_is_removed_while_the_car_stays_listed_under_its_other(db):
    here = certified_unit()
    entry = listed(here, vehicles=[vehicle(plate="粵C·E52014", second_plate="粵Z·8K27澳")])

    _end_plate(system("test"), entry.vehicle_id, "粤Z8K27澳")

    assert [answers.check(plate, "", DAY).found.result for plate in ("粵C·E52014", "粵Z·8K27澳")] == [
        "listed",
        "removed",
    ]
    assert answers.check("粵Z·8K27澳", "", DAY).reason == "plate_ended"


@pytest.mark.parametrize("first", ["owner", "stranger"])
def test_a_plate_that_a_filing_names_beside_a_listed_cars_is_nobodys_before_its_owner_is_listed_with_it(db, first):
    """Whoever scans a code may file, and may name his own plate as the second one of somebody's listed car."""
    here, there = certified_unit(), certified_unit()
    mine, other = owner_and_second("粵C·E52030", second_plate="粵Z·8K29澳")
    if first == "stranger":
        filed(there, who=person(), vehicles=[other])
    owner = listed(here, vehicles=[mine])
    if first == "owner":
        filed(there, who=person(), vehicles=[other])

    said = [answers.check(plate, "", DAY).json() for plate in ("粵C·E52030", "粵Z·8K29澳")]
    told = [one for part in feed.snapshot("x" * 20) for line in part.splitlines() for one in vehicles_of(line)]

    assert [(one["result"], one["reason"]) for one in said] == [("listed", "in_force"), ("not_listed", "never_listed")]
    assert [one["plates"] for one in told] == [[feed.plate_hash(feed.salt("x" * 20), "粤CE52030")]]
    assert owner.state == "listed"


def test_a_plate_that_a_second_driver_names_stays_nobodys_when_he_is_listed(db):
    here, there = certified_unit(), certified_unit()
    mine, other = owner_and_second("粵C·E52031", second_plate="粵Z·8K30澳")
    listed(here, vehicles=[mine])
    sent = second_filed(there, other)
    uploaded(there, verified(there, sent))

    assert Entry.select().where(Entry.state == "listed").count() == 2
    assert answers.check("粵Z·8K30澳", "", DAY).found.result == "not_listed"


def vehicles_of(line: bytes) -> list:
    return json.loads(line).get("vehicles", [])


def test_a_plate_given_to_another_car_speaks_for_that_one(db):
    here = certified_unit()
    first = listed(here, vehicles=[vehicle(plate="粵C·E52015", second_plate="粵Z·8K28澳")])
    _end_plate(system("test"), first.vehicle_id, "粤C E52015".replace(" ", ""))
    remove(here, first)

    listed(here, who=person(), vehicles=[vehicle(plate="粵C·E52015")])

    assert answers.check("粵C·E52015", "", DAY).found.result == "listed"


@pytest.mark.parametrize(
    ("channel", "size", "at", "reason", "open_", "allowed"),
    [
        ("hengqin-bridge", "small", NIGHT, "in_force", True, True),
        ("hengqin-tunnel", "small", NIGHT, "in_force", True, True),
        ("hengqin-tunnel", "large", DAY, "vehicle_not_for_channel", True, False),
        ("shenjing", "large", DAY, "in_force", True, True),
        ("shenjing", "large", NIGHT, "channel_closed", False, True),
        ("shizimen-tunnel", "small", NIGHT, "channel_closed", False, True),
        ("shizimen-tunnel", "medium", DAY, "vehicle_not_for_channel", True, False),
    ],
)
def test_channels_add_their_own_rules(db, channel, size, at, reason, open_, allowed):
    here = certified_unit()
    listed(here, vehicles=[vehicle(plate="粵C·E52016", size_class=size)])

    said = answers.check("粵C·E52016", channel, at).json()

    assert (said["result"], said["reason"]) == ("listed", reason)
    assert said["channel"] == {"open": open_, "allowed": allowed}


def test_an_officers_change_of_hours_is_answered_by(db):
    here = certified_unit()
    listed(here, vehicles=[vehicle(plate="粵C·E52017")])
    with transaction():
        Channel.update(opens=11 * 60).where(Channel.code == "shizimen-tunnel").execute()
    fresh()

    assert answers.check("粵C·E52017", "shizimen-tunnel", DAY).reason == "channel_closed"


def test_a_driver_is_filed_by_his_own_document_alone(db):
    here = certified_unit()
    who = person()
    listed(here, who=who, vehicles=[vehicle(plate="粵C·E52018")])
    other = person()
    filed(here, who=other)

    said = [
        answers.check_driver("粵C·E52018", number)[1]
        for number in (who["id_number"], other["id_number"], "11010519491231002X", "nonsense")
    ]

    assert said == ["filed", "not_filed", "not_filed", "not_filed"]
    with pytest.raises(Invalid):
        answers.check_driver("粵C·E52018", "")


def test_a_driver_of_a_suspended_car_is_not_filed(db):
    here = certified_unit()
    who = person()
    entry = listed(here, who=who, vehicles=[vehicle(plate="粵C·E52019")])

    _hold(Actor("system", "test", request_id="test"), [entry.id], "licence_expired")

    assert answers.check_driver("粵C·E52019", who["id_number"])[1] == "not_filed"
