"""Plates of filings and the vehicles they lead to."""

import pytest

from tests.builders import filings, status, units, uploads
from tests.builders.filings import same_person
from webapp.domain.filings import leaving, withdrawing
from webapp.domain.notices.models import Notice
from webapp.domain.passlist.models import Entry
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Plate, Vehicle
from webapp.domain.sanctions.models import Case
from webapp.errors import Conflict
from webapp.values import plates


def test_cars_of_macao_and_hong_kong_with_the_same_letters_and_digits_are_two(db):
    built = units.certified_unit()
    macao = filings.vehicle(plate="MX-12-34", second_plate=filings.plate("macao_cross_border"))
    hong_kong = filings.vehicle(plate="MX 1234", second_plate=filings.plate("hong_kong_cross_border"))

    first = filings.filed(built, filings.answers(vehicles=[macao]))
    second = filings.filed(built, filings.answers(vehicles=[hong_kong]))

    assert [first.filing.disputed, second.filing.disputed] == [False, False]
    assert first.filing.vehicle_id != second.filing.vehicle_id
    assert {found.id for found in registry.vehicles_of(plates.candidates("MX1234"))} == {
        first.filing.vehicle_id,
        second.filing.vehicle_id,
    }


def test_plates_lead_to_one_vehicle(db):
    built, other = units.certified_unit(), units.certified_unit()
    home, cross = filings.plate(), filings.plate("macao_cross_border")
    given = filings.answers(vehicles=[filings.vehicle(plate=home)])
    one = filings.filed(built, given)
    again = filings.answers(
        who={k: v for k, v in given["person"].items() if k != "confirmed"},
        vehicles=[filings.vehicle(plate=home.lower(), second_plate=cross)],
        phone=given["contact"]["phone"],
    )
    two = filings.filed(other, again)

    assert one.filing.vehicle_id == two.filing.vehicle_id
    assert Plate.select().where(Plate.vehicle == one.filing.vehicle_id).count() == 2


def test_plates_of_two_vehicles_wait_for_a_human(db):
    built = units.certified_unit()
    first, second = filings.plate(), filings.plate()
    filings.filed(built, vehicles=[filings.vehicle(plate=first)])
    filings.filed(built, vehicles=[filings.vehicle(plate=second)])

    torn = filings.filed(built, vehicles=[filings.vehicle(plate=first, second_plate=second)])

    assert torn.filing.disputed
    assert "plate:two_vehicles" in torn.filing.warnings
    case = Case.get(Case.subject == torn.filing.ref)
    assert Notice.select().where(Notice.kind == "case-raised", Notice.subject == case.ref).count() == 1
    assert Vehicle.select().count() == 2


def withdraw(sent):
    for filing in sent.filings:
        withdrawing.withdraw(status.actor(sent), sent.submission.ref, filing.ref, filing.version)


def test_plates_once_typed_as_two_vehicles_are_one_once_both_are_taken_back(db):
    built = units.certified_unit()
    first, second = filings.plate(), filings.plate("macao_cross_border")
    apart = filings.filed(built, vehicles=[filings.vehicle(plate=first), filings.vehicle(plate=second)])
    withdraw(apart)

    car = filings.vehicle(plate=first, second_plate=second, vin="LSVAA49J132047371")
    again = filings.filed(built, same_person(apart.answers, vehicles=[car]))

    assert (again.filing.disputed, again.filing.warnings) == (False, [])
    assert {plate.vehicle_id for plate in Plate.select().where(Plate.ended_at.is_null())} == {again.filing.vehicle_id}


def test_plate_claimed_for_another_car_is_free_once_the_claim_is_taken_back(db):
    built = units.certified_unit()
    plate, foreign = filings.plate(), filings.plate("macao_cross_border")
    owner = filings.filed(built, vehicles=[filings.vehicle(plate=plate)])
    uploads.verify(built, owner.filings)
    second = {"is_owner": "no", "owner_name": "陳嘉敏", "owner_id_tail": "1234"}
    claim = filings.filed(built, vehicles=[filings.vehicle(plate=plate, second_plate=foreign, **second)])
    with pytest.raises(Conflict) as refused:
        filings.filed(built, vehicles=[filings.vehicle(plate=foreign)])
    withdraw(claim)

    true_owner = filings.filed(built, vehicles=[filings.vehicle(plate=foreign)])

    assert refused.value.code == "owner_taken"
    assert true_owner.filing.vehicle_id != owner.filing.vehicle_id
    assert len(registry.vehicles_of([plates.fold(plate), plates.fold(foreign)])) == 2


def test_plates_that_were_in_force_lead_to_their_vehicle_for_ever(db):
    built = units.certified_unit()
    plate, other = filings.plate(), filings.plate("macao_cross_border")
    entry = uploads.listed(built, vehicles=[filings.vehicle(plate=plate, second_plate=other)])
    leaving.withdraw_consent(built.actor, entry.submission_ref)
    assert Entry.get_by_id(entry.id).state == "removed"

    assert filings.filed(built, vehicles=[filings.vehicle(plate=other)]).filing.vehicle_id == entry.vehicle_id
