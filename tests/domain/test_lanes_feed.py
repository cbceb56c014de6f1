"""The list as gates keep it: snapshot and changes, signed, with plates as hashes, nothing lost and nothing repeated."""

import base64
import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.builders.filings import filed, vehicle
from tests.builders.lanes import client, number_changes
from tests.builders.units import certified_unit
from tests.builders.uploads import listed, uploaded, verified
from webapp.database import transaction
from webapp.domain.closings import fleet
from webapp.domain.lanes import feed
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.units import vehicles
from webapp.errors import Conflict, Invalid


def lines(ref: str, after: str = "") -> list[dict]:
    return [json.loads(line) for part in feed.snapshot(ref, after) for line in part.splitlines()]


def told(ref: str, after: str = "") -> list[dict]:
    return [one for line in lines(ref, after) for one in line.get("vehicles", ())]


def remove(built, entry: Entry, cause: str = "left_unit") -> None:
    row = Entry.get_by_id(entry.id)
    removals.remove(built.actor, built.unit.id, Chosen(rows=((row.ref, row.version),)), cause)


def test_a_snapshot_holds_every_vehicle_that_ever_was_on_the_list(db, monkeypatch):
    monkeypatch.setattr(feed, "BLOCK", 2)
    ref, _key = client()
    here = certified_unit()
    entries = [listed(here, vehicles=[vehicle(plate=f"粵C·E5201{n}")]) for n in range(5)]
    remove(here, entries[0])

    known = told(ref)

    salt = feed.salt(ref)
    assert {one["plates"][0]: one["result"] for one in known} == {
        feed.plate_hash(salt, f"粤CE5201{n}"): "removed" if n == 0 else "listed" for n in range(5)
    }
    assert lines(ref)[-2] == {"end": True, "count": 5}
    assert [one["vehicle"] for one in known] == sorted(one["vehicle"] for one in known)


def test_a_snapshot_names_nobody_and_no_plate(db):
    ref, _key = client()
    entry = listed(certified_unit(), vehicles=[vehicle(plate="粵C·E52020")])

    content = b"".join(feed.snapshot(ref)).decode()

    assert entry.state == "listed"
    assert "E52020" not in content
    assert "陳" not in content


def test_two_clients_cannot_read_each_others_plates(db):
    listed(certified_unit(), vehicles=[vehicle(plate="粵C·E52021")])
    (one, _), (other, _) = client(), client()

    assert told(one)[0]["plates"] != told(other)[0]["plates"]


def test_each_block_is_signed_over_everything_before_it(db, monkeypatch):
    monkeypatch.setattr(feed, "BLOCK", 1)
    ref, _key = client()
    here = certified_unit()
    for n in range(3):
        listed(here, vehicles=[vehicle(plate=f"粵C·E5203{n}")])
    signer = Ed25519PublicKey.from_public_bytes(base64.b64decode(feed.public_key()))

    digest, seals = hashlib.sha256(), 0
    for part in feed.snapshot(ref):
        for line in part.splitlines(keepends=True):
            content = json.loads(line)
            if "signature" in content:
                seals += 1
                assert content["digest"] == digest.hexdigest()
                signer.verify(base64.b64decode(content["signature"]), digest.digest())
            digest.update(line)

    assert seals == 4


def test_a_broken_transfer_goes_on_after_the_last_vehicle(db, monkeypatch):
    monkeypatch.setattr(feed, "BLOCK", 2)
    ref, _key = client()
    here = certified_unit()
    for n in range(5):
        listed(here, vehicles=[vehicle(plate=f"粵C·E5204{n}")])
    whole = told(ref)

    rest = told(ref, whole[1]["vehicle"])

    assert rest == whole[2:]


def test_changes_come_in_order_once_with_the_vehicle_as_it_is(db):
    ref, _key = client()
    here = certified_unit()
    begin = str(feed.now())
    entry = listed(here, vehicles=[vehicle(plate="粵C·E52050")])
    number_changes()
    first = feed.changes(ref, begin)
    remove(here, entry)
    unnumbered = feed.changes(ref, first["cursor"])
    number_changes()
    second = feed.changes(ref, first["cursor"])

    assert [(one["number"], one["change"]) for one in first["changes"]] == [(1, "listed")]
    assert first["changes"][0]["vehicle"]["result"] == "listed"
    assert (unnumbered["changes"], unnumbered["cursor"]) == ([], first["cursor"])
    assert [(one["number"], one["change"], one["reason"]) for one in second["changes"]] == [(2, "removed", "left_unit")]
    assert second["changes"][0]["vehicle"]["result"] == "removed"
    assert feed.changes(ref, second["cursor"])["changes"] == []


def test_another_plate_of_a_units_vehicle_is_told_for_all_who_drive_it(db):
    ref, _key = client()
    here = certified_unit()
    car = vehicles.add(here.actor, here.unit.id, vehicles.NewVehicle("粤C·52081", "small"))["vehicle"]
    sent = [filed(here, relation="unit_driver", vehicles=[vehicle("unit", plate="粤C·52081")]) for _ in range(2)]
    uploaded(here, verified(here, *sent))
    number_changes()
    begin = str(feed.now())

    fleet.change_plate(here.actor, here.unit.id, car, "粤C·52091")
    number_changes()

    told = feed.changes(ref, begin)["changes"]
    assert [one["change"] for one in told] == ["replated"] * 2
    assert {tuple(one["vehicle"]["plates"]) for one in told} == {(feed.plate_hash(feed.salt(ref), "粤C52091"),)}


def test_pages_of_changes_meet_without_gap_or_overlap(db):
    ref, _key = client()
    here = certified_unit()
    cursor = str(feed.now())
    for n in range(5):
        listed(here, vehicles=[vehicle(plate=f"粵C·E5206{n}")])
    number_changes()

    numbers, more = [], True
    while more:
        page = feed.changes(ref, cursor, limit=2)
        numbers += [one["number"] for one in page["changes"]]
        cursor, more = page["cursor"], page["more"]

    assert numbers == [1, 2, 3, 4, 5]


def test_a_snapshot_and_the_changes_after_it_are_the_list(db):
    ref, _key = client()
    here = certified_unit()
    listed(here, vehicles=[vehicle(plate="粵C·E52070")])
    number_changes()
    head = lines(ref)[0]
    late = listed(here, vehicles=[vehicle(plate="粵C·E52071")])
    remove(here, late)
    number_changes()

    kept = {one["vehicle"]: one for one in told(ref)}
    followed = {one["vehicle"]["vehicle"]: one["vehicle"] for one in feed.changes(ref, head["snapshot"])["changes"]}

    assert kept | followed == {one["vehicle"]: one for one in told(ref)}


@pytest.mark.parametrize("cursor", ["", "x", "12", "a.b", ".5", "e.-1", "e." + "9" * 16, "e.１"])
def test_a_cursor_that_is_none_is_refused(db, cursor):
    with pytest.raises(Invalid, match="bad_cursor"):
        feed.changes(client()[0], cursor)


def test_after_a_restore_the_cursor_is_known_no_more(db):
    ref, _key = client()
    before = str(feed.now())

    with pytest.raises(Conflict, match="cursor_unknown"):
        feed.changes(ref, f"{feed.now().epoch}.99")

    feed.begin_anew()

    with pytest.raises(Conflict, match="cursor_unknown"):
        feed.changes(ref, before)
    assert feed.changes(ref, str(feed.now()))["changes"] == []


def test_the_history_begins_once(db):
    epoch = feed.now().epoch

    with transaction():
        feed.seed()

    assert feed.now().epoch == epoch
