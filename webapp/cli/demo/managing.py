"""How lists are kept true in the demo: a roster, leavers, campaigns, another manager, data certified again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from webapp import clock, database
from webapp.actors import Actor
from webapp.cli.demo import cast
from webapp.cli.demo.cast import ACADEMY, CAST, HARBOUR, Role
from webapp.cli.demo.papers import sample
from webapp.cli.demo.people import answers
from webapp.domain.campaigns import actions as campaigns
from webapp.domain.closings import recertifying
from webapp.domain.files import intake, sheet_writing
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.units import handing_over, roster, staff_lines, staff_sheets
from webapp.domain.units import queries as units
from webapp.domain.units.handing_over import Named
from webapp.domain.units.models import Unit
from webapp.values import documents

#: Who is on the list and not on the roster, and who is on the roster and has not filed.
LEFT = "樊俊傑"
NOT_FILED = (("殷志堅", "4418"), ("阮小玲", "203X"))
Line = tuple[str, str, str, str]


def tell(stage: Mapping[str, Unit], managers: Mapping[str, Actor], officer: Actor) -> None:
    unit, manager = stage[HARBOUR], managers[HARBOUR]
    people = [role for role in CAST if role.unit == HARBOUR]
    with _days_ago(5):
        lines = [_line(role) for role in people if role.name != LEFT]
        lines += [(name, tail, "", "") for name, tail in NOT_FILED]
        sheet = _read(manager, unit.id, staff_sheets.ROSTER, lines, "員工名冊.xlsx")
        roster.enter(manager, unit.id, sheet)
    with _days_ago(4):
        today = clock.today()
        due = (today + timedelta(days=24)).isoformat()
        begun = campaigns.start_in_unit(manager, unit.id, due, today)
        first = Entry.select().where(Entry.unit == unit.id).order_by(Entry.id).limit(3)
        chosen = Chosen(rows=tuple((entry.ref, entry.version) for entry in first))
        campaigns.confirm(manager, unit.id, str(begun["campaign"]), chosen)
    with _days_ago(2):
        today = clock.today()
        campaigns.start_everywhere(officer, "duty", (today + timedelta(days=40)).isoformat(), today)
        letter = intake.check(sample(), "letter.png", "authorisation")
        named = Named("示範專人康志成", "13800138009", "harbour2@demo.test")
        handing_over.propose(manager, unit.id, named, letter, handing_over.END, "原專人將退休。", by_unit=True)
        _change_name(stage[ACADEMY], managers[ACADEMY])
    with _days_ago(0.02):
        gone = [_line(role) for role in people if role.name == LEFT]
        _read(manager, unit.id, staff_sheets.LEAVERS, [*gone, ("某員工", "12", "", "")], "離職人員.xlsx")


def _days_ago(days: float):  # type: ignore[no-untyped-def]
    return clock.travel(timedelta(days=-days))


def _change_name(unit: Unit, manager: Actor) -> None:
    now = units.by_id(unit.id)
    typed = recertifying.as_certified(now) | {"unit_name": "琴澳示範職業培訓中心"}
    proof = intake.check(sample(), "proof.png", "proof")
    recertifying.propose(manager, unit.id, typed, proof, "登記名稱已更改。", now.version)


def _line(role: Role) -> Line:
    typed = cast.number(role.id_type, CAST.index(role))
    number = documents.check(role.id_type, typed, country=role.country, today=clock.today()).value
    phone = str(answers(role, "enterprise")["contact"]["phone"])
    return role.name, documents.tail(number), "", phone


def _read(manager: Actor, unit_id: int, kind: str, lines: Iterable[Line], name: str) -> str:
    """Send a sheet of people and read it at once, as the worker would. Returns its ref."""
    heads = [column.head for column in staff_lines.COLUMNS]
    content = b"".join(sheet_writing.xlsx("人員", heads, lines))
    ref = staff_sheets.send(manager, unit_id, kind, content, name)["sheet"]
    sheet = staff_sheets.one(unit_id, ref)
    found = staff_sheets.parse(sheet)
    with database.transaction():
        staff_sheets.write_lines(sheet, found)
        staff_sheets.finish_reading(sheet, len(found), sum(bool(wrong) for _number, _row, wrong in found))
    return ref
