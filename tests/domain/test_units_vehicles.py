"""The vehicle register: one plate in one register, typed or from a sheet that nobody trusts."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.builders import units as build
from tests.builders.sheets import workbook
from webapp import crypto
from webapp.database import database
from webapp.domain.audit.models import AuditLine
from webapp.domain.closings import fleet
from webapp.domain.units import register_sheet, tallies, vehicles
from webapp.domain.units.vehicles import NewVehicle
from webapp.errors import Conflict, Invalid, NotFound

HEADS = ["車牌號碼", "車型", "品牌型號"]


def sheet(*rows, heads=HEADS) -> bytes:
    return workbook(*rows, heads=heads)


def faults(refused) -> list[tuple]:
    return [(fault.params.get("row"), fault.field, fault.code) for fault in refused.value.faults]


def refused_sheet(content: bytes) -> list[tuple]:
    with pytest.raises(Invalid) as refused:
        vehicles.sheet_faults(register_sheet.read(content))
    return faults(refused)


def plates(unit) -> list[str]:
    return [vehicles.plate_of(row) for row in vehicles.listed(unit.id)]


def test_add_find_end(db):
    built, other = build.certified_unit(), build.certified_unit()

    made = vehicles.add(built.actor, built.unit.id, NewVehicle("粵C·D12345", "small", "比亞迪"))

    assert plates(built.unit) == ["粤C·D12345"]
    vehicles.add(other.actor, other.unit.id, NewVehicle(" 粵z 8k26 澳", "small"))
    assert plates(other.unit) == ["粤Z·8K26澳"]
    assert [row.ref for row in vehicles.found(built.unit.id, "粤c d12345")] == [made["vehicle"]]
    index = crypto.index("plate", "粤CD12345")
    assert vehicles.registered(built.unit.id, [index, b"0" * 16]) == {index}
    assert vehicles.count(built.unit.id) == 1

    fleet.retire(built.actor, built.unit.id, made["vehicle"])
    assert (plates(built.unit), vehicles.registered(built.unit.id, [index])) == ([], set())
    assert (vehicles.count(built.unit.id), tallies.KEPT.differences()) == (0, [])


def test_plate_stands_in_one_register_at_a_time(db):
    first, second = build.certified_unit(), build.certified_unit()
    made = vehicles.add(first.actor, first.unit.id, NewVehicle("粤CD12345", "small"))

    with pytest.raises(Invalid) as here:
        vehicles.add(first.actor, first.unit.id, NewVehicle("粤C-D12345", "small"))
    with pytest.raises(Conflict) as elsewhere:
        vehicles.add(second.actor, second.unit.id, NewVehicle("粤CD12345", "small"))
    assert (here.value.code, elsewhere.value.code) == ("plate_here", "plate_elsewhere")

    fleet.retire(first.actor, first.unit.id, made["vehicle"])
    vehicles.add(second.actor, second.unit.id, NewVehicle("粤CD12345", "small"))
    assert plates(second.unit) == ["粤C·D12345"]


def test_vehicle_of_another_unit_is_not_found(db):
    first, second = build.certified_unit(), build.certified_unit()
    made = vehicles.add(first.actor, first.unit.id, NewVehicle("粤CD12345", "small"))

    with pytest.raises(NotFound):
        fleet.retire(second.actor, second.unit.id, made["vehicle"])

    assert plates(first.unit) == ["粤C·D12345"]


def test_unusual_plate_is_confirmed(db):
    built = build.certified_unit()

    with pytest.raises(Invalid) as refused:
        vehicles.add(built.actor, built.unit.id, NewVehicle("MX-12-34", "small"))
    assert [(fault.code, fault.warning) for fault in refused.value.faults] == [("macao_only", True)]

    vehicles.add(built.actor, built.unit.id, NewVehicle("MX-12-34", "small"), {"plate"})
    assert plates(built.unit) == ["MX-12-34"]


def test_one_plate_of_macao_and_hong_kong_is_two_vehicles(db):
    built = build.certified_unit()
    for plate in ("MX-12-34", "港 MX 1234"):
        vehicles.add(built.actor, built.unit.id, NewVehicle(plate, "small"), {"plate"})

    found = {
        wanted: [vehicles.plate_of(row) for row in vehicles.found(built.unit.id, wanted)]
        for wanted in ("mx1234", "MX-12-34", "港MX1234")
    }

    assert found["mx1234"] == ["MX-12-34", "港 MX 1234"]
    assert (found["MX-12-34"], found["港MX1234"]) == (["MX-12-34"], ["港 MX 1234"])


def test_every_fault_of_a_typed_vehicle_at_once(db):
    built = build.certified_unit()

    with pytest.raises(Invalid) as refused:
        vehicles.add(built.actor, built.unit.id, NewVehicle("", "tank", "字" * 61))

    assert faults(refused) == [
        (None, "plate", "missing"),
        (None, "size_class", "choose"),
        (None, "brand_model", "too_long"),
    ]


@pytest.mark.parametrize(("unit_class", "code"), [("resident", "no_unit_vehicles")])
def test_committee_has_no_unit_vehicles(db, unit_class, code):
    built = build.certified_unit(unit_class)

    with pytest.raises(Conflict) as refused:
        vehicles.add(built.actor, built.unit.id, NewVehicle("粤CD12345", "small"))

    assert refused.value.code == code


def test_unit_that_is_not_certified_has_no_register(db):
    built = build.pending_unit()

    with pytest.raises(Conflict) as refused:
        vehicles.add(built.actor, built.unit.id, NewVehicle("粤CD12345", "small"))

    assert refused.value.code == "unit_state"


def test_sheet_reads_words_of_both_scripts():
    content = sheet(
        ["粤C·D12345", "小型", "比亞迪"], [None, None, None], ["粤ZAB12澳", "中型车"], ["粤C12345", "货车", 7]
    )

    assert register_sheet.read(content) == [
        NewVehicle("粤C·D12345", "small", "比亞迪", 2),
        NewVehicle("粤ZAB12澳", "medium", "", 4),
        NewVehicle("粤C12345", "lorry", "7", 5),
    ]


def test_template_is_read_when_filled():
    book = openpyxl.load_workbook(io.BytesIO(register_sheet.template()))
    book.active["A2"], book.active["B2"] = "粤CD12345", "小型"
    output = io.BytesIO()
    book.save(output)

    assert register_sheet.read(output.getvalue()) == [NewVehicle("粤CD12345", "small", "", 2)]


def test_import_enters_all_or_nothing(db):
    built, other = build.certified_unit(), build.certified_unit()
    vehicles.add(built.actor, built.unit.id, NewVehicle("粤CD12345", "small"))
    vehicles.add(other.actor, other.unit.id, NewVehicle("粤C99999", "small"))
    lines = [NewVehicle("粤CD12345", "small", "", 2), NewVehicle("粤C11111", "large", "", 3)]

    with pytest.raises(Invalid) as refused:
        vehicles.enter_sheet(built.actor, built.unit.id, [*lines, NewVehicle("粤C99999", "small", "", 4)])
    assert faults(refused) == [(4, "plate", "row_plate_elsewhere")]
    assert vehicles.count(built.unit.id) == 1

    assert vehicles.enter_sheet(built.actor, built.unit.id, lines) == {"added": 1, "known": 1}
    assert plates(built.unit) == ["粤C·11111", "粤C·D12345"]
    assert AuditLine.select().where(AuditLine.tag == "register-vehicle:added").count() == 3


def test_import_names_every_wrong_row(db):
    built = build.certified_unit()
    lines = register_sheet.read(
        sheet(["粤CD12345", "小型"], ["粤CD12345", "小型"], ["粤CIO123", "小型"], ["粤C22222", "飛機"])
    )

    with pytest.raises(Invalid) as refused:
        vehicles.enter_sheet(built.actor, built.unit.id, lines)

    assert faults(refused) == [
        (3, "plate", "row_repeated"),
        (4, "plate", "letter_i_or_o"),
        (5, "size_class", "choose"),
    ]
    assert vehicles.count(built.unit.id) == 0


def test_import_statements_do_not_grow_with_rows(db):
    built = build.certified_unit()

    def statements(lines: list[NewVehicle]) -> int:
        count, execute = 0, database.obj.execute_sql

        def counted(*args, **kwargs):
            nonlocal count
            count += 1
            return execute(*args, **kwargs)

        database.obj.execute_sql = counted
        try:
            vehicles.enter_sheet(built.actor, built.unit.id, lines)
        finally:
            database.obj.execute_sql = execute
        return count

    few = statements([NewVehicle(f"粤C1{n:04d}", "small", "", n) for n in range(2)])
    many = statements([NewVehicle(f"粤C2{n:04d}", "small", "", n) for n in range(400)])

    assert few == many
    assert vehicles.count(built.unit.id) == 402


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ([1234, "小型"], "row_number"),
        ([4.5, "小型"], "row_number"),
        (["=A1", "小型"], "row_formula"),
        (["", "小型"], "missing"),
    ],
)
def test_numbers_and_formulas_are_named_by_row(row, code):
    assert refused_sheet(sheet(["粤CD12345", "小型"], row)) == [(3, "plate", code)]


def test_sheet_with_an_unreadable_cell_names_the_other_faults_too():
    with pytest.raises(Invalid) as refused:
        register_sheet.read(sheet(("=1+1", "小型", ""), ("粤C", "小型", ""), ("粤CD12345", "飛機", "")))

    assert [fault.params["row"] for fault in refused.value.faults] == [2, 3, 4]
