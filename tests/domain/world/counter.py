"""What units do at the counter and with lists of people, and what they ask the platform to change about themselves."""

from __future__ import annotations

from tests.builders import counter, rosters
from tests.builders import filings as build
from tests.builders.cases import handed
from tests.builders.sheets import workbook
from tests.builders.units import BuiltUnit, picture
from tests.domain.world.setting import Nothing, World, fresh, submission_of
from webapp import crypto
from webapp.domain.closings import leaving, recertifying
from webapp.domain.files import intake
from webapp.domain.filings import claiming, desk, helping, identities, replacing_phones, rostering, verifying
from webapp.domain.filings.models import CounterHelp, Filing, Submission
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.registry.models import Person
from webapp.domain.units import handing_over, roster, staff_sheets, vehicles
from webapp.domain.units.models import StaffSheet


def file_at_counter(world: World) -> None:
    """Whoever cannot do it alone files on paper, on the unit's tablet, or on his own phone; on paper a stranger now and
    then, who has none."""
    built = world.unit()
    unit_class = built.unit.unit_class
    number = world.chance.randrange(len(world.people))
    plate = world.cars[number] if number < len(world.cars) else build.plate()
    cars = [build.vehicle("unit" if unit_class == "other" else "own", plate=plate)]
    if world.chance.random() < 0.4:
        counter.on_paper(built, counter.begun(built, counter.without_phone(built, vehicles=cars)))
        return
    given = build.answers(unit_class, who=world.people[number], vehicles=cars, phone=world.phones[number])
    draft = counter.begun(built, given)
    if world.chance.random() < 0.3:
        counter.on_paper(built, draft)
    else:
        counter.signed(draft, built.actor, world.chance.choice(["own_phone", "tablet"]))


def correct_at_counter(world: World) -> None:
    """Somebody without a phone corrects on paper what was returned to him, now and then only just now; or somebody asks
    for it who has one."""
    on_paper = CounterHelp.select(CounterHelp.submission).where(CounterHelp.form == "paper")
    rows = Filing.select().where(
        Filing.unit << world.unit_ids, Filing.state << ["submitted", "returned"], Filing.submission << on_paper
    )
    without = [row for row in rows.limit(20) if helping.has_no_phone(Person.get_by_id(row.person_id))]
    filing = world.chance.choice(without) if without else world.filing("returned")
    built = next(one for one in world.units if one.unit.id == filing.unit_id)
    if filing.state == "submitted":
        verifying.return_(built.actor, built.unit.id, filing.ref, filing.version, ["plate:differs"], "")
    counter.on_paper(built, counter.correction(built, submission_of(filing)))


def told_at_counter(world: World) -> None:
    """Somebody without a phone hears at the counter what became of his."""
    built = world.unit()
    waiting = world.pick(desk.people(built.unit.id))
    desk.told(built.actor, built.unit.id, waiting.submission.ref)


def _of_unit(world: World, built: BuiltUnit) -> Submission:
    return submission_of(world.filing("uploaded", "verified", "submitted", unit=built))


def replace_phone(world: World) -> None:
    """A phone is lost: its person shows the document, and has another, which may be somebody else's already."""
    if world.chance.random() < 0.8:
        raise Nothing  # whose phone is new may remove nothing for a day
    built = world.unit_with(Filing, "uploaded")
    sent = _of_unit(world, built)
    mainland = "+86" + world.chance.choice(world.phones)
    replacing_phones.replace(built.actor, built.unit.id, sent.ref, mainland)


def link_people(world: World) -> None:
    """Two people of a unit are one, says the unit."""
    if world.chance.random() < 0.9:
        raise Nothing  # a world in which all are one would be over
    built = world.unit_with(Filing, "uploaded")
    identities.link(built.actor, built.unit.id, _of_unit(world, built).ref, _of_unit(world, built).ref)


def refuse_many(world: World) -> None:
    built = world.unit_with(Filing, "submitted")
    rows = list(Filing.select().where(Filing.unit == built.unit.id, Filing.state == "submitted"))
    verifying.refuse_all(built.actor, built.unit.id, world.some(rows), ["unit_relation:not_ours"])


def _sheet(world: World, built: BuiltUnit, kind: str) -> StaffSheet:
    """A sheet of some of the world's people, sent and read as the worker reads it."""
    if standing := staff_sheets.waiting(built.unit.id, kind):
        if standing.state == staff_sheets.READING:
            raise Nothing  # another process is at it
        staff_sheets.drop(built.actor, built.unit.id, standing.ref)
    named = world.chance.sample(range(len(world.people)), world.chance.randint(1, 4))
    lines = [
        (world.people[n]["full_name"], world.people[n]["id_number"].replace("(", "").replace(")", "")[-4:], "", "")
        for n in named
    ]
    content = workbook(*lines, heads=rosters.HEADS)
    ref = staff_sheets.send(built.actor, built.unit.id, kind, content, "人員.xlsx")["sheet"]
    sheet = staff_sheets.one(built.unit.id, ref)
    found = staff_sheets.parse(sheet)
    staff_sheets.write_lines(sheet, found)
    staff_sheets.finish_reading(sheet, len(found), 0)
    return staff_sheets.one(built.unit.id, ref)


def leave_by_list(world: World) -> None:
    """Some people left, says a list, and the clerk looked at everybody who may be meant."""
    built = world.unit_with(Entry, "listed", "suspended")
    sheet = _sheet(world, built, staff_sheets.LEAVERS)
    meant = leaving.found(built.unit.id, sheet)
    also = [one.person_ref for one in meant if one.person is not None]
    leaving.leave_listed(built.actor, built.unit.id, sheet.ref, also, leaving.digest(meant))


def enter_roster(world: World) -> None:
    built = world.unit()
    sheet = _sheet(world, built, staff_sheets.ROSTER)
    roster.enter(built.actor, built.unit.id, sheet.ref)


def end_roster(world: World) -> None:
    built = world.unit()
    roster.end(built.actor, built.unit.id)


def verify_exact(world: World) -> None:
    """Everybody who stands on the roster is verified at once."""
    built = world.unit_with(Filing, "submitted")
    verifying.verify_all(built.actor, built.unit.id, Chosen(everything=True, state="submitted", flag="roster_exact"))


def remove_gone(world: World) -> None:
    """Whoever is on the roster no longer is removed, after a look."""
    built = world.unit_with(Entry, "listed", "suspended")
    proposed = [entry for entry, _fit in rostering.left(built.unit.id)]
    rows = world.some(list(Entry.select().where(Entry.id << proposed)))
    removals.remove(built.actor, built.unit.id, rows, "left_unit")


def import_register(world: World) -> None:
    """A sheet of vehicles for the register, some of them somebody's."""
    built = world.unit()
    plates = world.chance.sample([*world.fleet, world.cars[0], build.plate()], 2)
    lines = [vehicles.NewVehicle(plate, "small", "", row) for row, plate in enumerate(plates, 2)]
    vehicles.enter_sheet(built.actor, built.unit.id, lines)


def claim_plate(world: World) -> None:
    """A vehicle that others have is the unit's, it says."""
    built = world.unit()
    plate = world.chance.choice([*world.fleet, *world.cars])
    claiming.claim_plate(built.actor, built.unit.id, plate, "這是本單位的車輛", handed(files=1))


def change_unit(world: World) -> None:
    """The unit has another name, or is of another class, which may end what its people have."""
    built = world.unit()
    unit = fresh(built)
    typed = recertifying.as_certified(unit) | {"unit_name": world.name + crypto.new_ref()}
    if unit.unit_class != "resident" and world.chance.random() < 0.1:
        typed["unit_class"] = world.chance.choice(["enterprise", "enterprise", "other"])
    proof = intake.check(picture(), "proof.png", "proof")
    recertifying.propose(
        built.actor, unit.id, typed | {"confirmed": ["unit_class", "unit_name"]}, proof, "換了資料", unit.version
    )


def hand_over(world: World) -> None:
    """The unit names another person in charge; the managers of before stay, for they live in this world."""
    built = world.unit()
    letter = intake.check(picture(), "letter.png", "authorisation")
    named = handing_over.Named("何嘉欣", "13900139000", "successor@unit.example")
    handing_over.propose(built.actor, built.unit.id, named, letter, handing_over.KEEP, by_unit=True)


MOVES = {
    "file at counter": (file_at_counter, 2),
    "correct at counter": (correct_at_counter, 2),
    "told at counter": (told_at_counter, 1),
    "replace phone": (replace_phone, 1),
    "link people": (link_people, 1),
    "refuse many": (refuse_many, 1),
    "leave by list": (leave_by_list, 1),
    "enter roster": (enter_roster, 1),
    "end roster": (end_roster, 1),
    "verify exact": (verify_exact, 1),
    "remove gone": (remove_gone, 1),
    "import register": (import_register, 1),
    "claim plate": (claim_plate, 1),
    "change unit": (change_unit, 1),
    "hand over": (hand_over, 1),
}
