"""What a suspended unit may still do, and what not, as one table over everything its staff can do (design 6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import cases, rosters, status
from tests.builders.filings import Filed, draft, filed, send, vehicle
from tests.builders.units import BuiltUnit, certified_unit, member, picture, platform_actor
from tests.builders.uploads import entry_of, prepared, signature, uploaded, verified
from tests.structure.audiences import AUDIENCES
from webapp import clock
from webapp.domain.accounts.models import Account
from webapp.domain.campaigns import actions as campaigns
from webapp.domain.campaigns import queries as campaign_queries
from webapp.domain.closings import deregistering, fleet, leaving, recertifying
from webapp.domain.files import intake
from webapp.domain.filings import (
    assigning,
    assigning_drivers,
    changing,
    correcting,
    details,
    helping,
    identities,
    replacing_phones,
    uploads,
    verifying,
)
from webapp.domain.filings.models import Filing
from webapp.domain.notices.models import Notice
from webapp.domain.passlist import exporting, removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.sanctions import cases as hearing
from webapp.domain.sanctions.cases_evidence import Handed
from webapp.domain.units import (
    codes,
    deciding,
    handing_over,
    papers,
    proposals,
    queries,
    registering,
    roster,
    staff_sheets,
    team,
    vehicles,
)
from webapp.domain.units.handing_over import Named
from webapp.domain.units.models import Unit, UnitProposal
from webapp.errors import Conflict

PLATE, NEW, OTHER = "粤C·12345", "粤C·54321", "粤C·11111"
#: Permissions that only open pages.
READING = {"cases:read", "code:read", "filings:read", "list:read", "register:read", "unit:read", "uploads:read"}


@dataclass
class Desk:
    """A unit with one of everything, and what its staff do there."""

    built: BuiltUnit
    sent: dict[str, Filed]
    register: dict[str, str]
    upload: str
    campaign: str
    case: Any
    sheet: Any

    @property
    def who(self) -> tuple[Any, int]:
        return self.built.actor, self.built.unit.id

    @property
    def unit(self) -> Unit:
        return queries.by_id(self.built.unit.id)

    def now(self, name: str) -> Filing:
        return Filing.get_by_id(self.sent[name].filing.id)

    def one(self, name: str) -> tuple[Any, int, str, int]:
        return *self.who, self.now(name).ref, self.now(name).version

    def chosen(self, name: str) -> Chosen:
        return Chosen(rows=((self.now(name).ref, self.now(name).version),))

    def entry(self, name: str) -> Entry:
        return entry_of(self.sent[name])

    def entries(self, *names: str) -> Chosen:
        return Chosen(rows=tuple((self.entry(name).ref, self.entry(name).version) for name in names))

    @property
    def side(self) -> tuple[str, str, str]:
        return "unit", self.built.unit.ref, self.case.ref

    def driver(self) -> Entry:
        return Entry.select().where(Entry.unit == self.built.unit.id, Entry.vehicle_use == "unit").get()


def one_of_everything(db: Any) -> Desk:
    built = certified_unit()
    who, unit_id = built.actor, built.unit.id
    sent = {name: filed(built) for name in ("waits", "back", "passed")}
    sent["free"] = filed(built, relation="unit_driver", vehicles=[vehicle("unit", plate="", unit_assigns=True)])
    verifying.return_(who, unit_id, sent["back"].filing.ref, 1, ["plate:differs"], "")
    register = {
        plate: vehicles.add(who, unit_id, vehicles.NewVehicle(plate, "small"))["vehicle"] for plate in (PLATE, OTHER)
    }
    for name in ("leaves", "gone", "stays", "linked"):
        sent[name] = filed(built)
        uploaded(built, verified(built, sent[name]))
    basis = entry_of(sent["stays"])
    assigning_drivers.assign_drivers(who, unit_id, register[PLATE], Chosen(rows=((basis.ref, basis.version),)))
    uploaded(built, [Filing.get(Filing.assigned)])
    refused = cases.refused(built)
    today = clock.today()
    begun = campaigns.start_in_unit(who, unit_id, (today + timedelta(days=30)).isoformat(), today)
    return Desk(
        built,
        sent,
        register,
        prepared(built, verified(built, sent["passed"])),
        str(begun["campaign"]),
        cases.objection(refused, "refusal", refused.filing.ref),
        rosters.sent(db, built, "roster", rosters.people(rosters.line_of(sent["stays"]))),
    )


def _paper() -> intake.Accepted:
    return intake.check(picture(), "letter.png", "authorisation")


def _changed(at: Desk) -> Any:
    typed = recertifying.as_certified(at.unit) | {"unit_name": "橫琴新名有限公司"}
    return recertifying.propose(*at.who, typed, _paper(), "", at.unit.version)


def _taken_back(at: Desk) -> Any:
    row = UnitProposal.get(UnitProposal.unit == at.built.unit.id, UnitProposal.state == "open")
    return proposals.withdraw(at.built.actor, row.ref, row.version, at.built.unit.id)


def _invited(at: Desk) -> Any:
    made = team.invite(*at.who, "new@staff.example", "verifier", "zh_Hant_MO")
    return team.revoke_invitation(*at.who, made["link"], "zh_Hant_MO")


def _let_go(at: Desk) -> Any:
    colleague = member(at.built)
    return team.end(*at.who, Account.get_by_id(colleague.account_id).ref, "zh_Hant_MO")


Deed = Callable[[Desk], Any]
#: (permission, what is done) → the act. The code refuses, verifying and uploading stop, nothing new comes in force.
REFUSED: dict[tuple[str, str], Deed] = {
    ("filings:verify", "verify"): lambda at: verifying.verify(*at.one("waits")),
    ("filings:verify", "return"): lambda at: verifying.return_(*at.one("waits"), ["plate:differs"], ""),
    ("filings:verify", "refuse"): lambda at: verifying.refuse(*at.one("back"), ["filing:duplicate"], ""),
    ("filings:verify", "undo"): lambda at: verifying.undo(*at.one("passed"), ["filing:by_mistake"]),
    ("filings:verify", "verify all"): lambda at: verifying.verify_all(*at.who, at.chosen("waits")),
    ("filings:verify", "refuse all"): lambda at: verifying.refuse_all(
        *at.who, at.chosen("waits"), ["filing:duplicate"]
    ),
    ("filings:verify", "vehicle for a filing"): lambda at: assigning.assign(*at.one("free"), PLATE),
    ("filings:verify", "drivers"): lambda at: assigning_drivers.assign_drivers(
        *at.who, at.register[OTHER], at.entries("stays")
    ),
    ("filings:verify", "vehicles"): lambda at: assigning_drivers.assign_vehicles(
        *at.who, at.entry("stays").ref, [at.register[OTHER]]
    ),
    ("uploads:make", "prepare"): lambda at: uploads.prepare(*at.who, at.chosen("passed")),
    ("uploads:make", "print"): lambda at: uploads.print_sheet(*at.who, at.upload, "zh_Hant_MO"),
    ("uploads:make", "sign"): lambda at: uploads.upload(*at.who, at.upload, signature()),
    ("code:manage", "rotate"): lambda at: codes.rotate(*at.who, at.built.code),
    ("code:manage", "revoke"): lambda at: codes.revoke(*at.who, at.built.code),
    ("code:manage", "ceiling"): lambda at: codes.set_ceiling(*at.who, 50),
    ("counter:help", "begin"): lambda at: helping.begin(*at.who, "zh_Hant_MO"),
    ("register:edit", "add"): lambda at: vehicles.add(*at.who, vehicles.NewVehicle(NEW, "small")),
    ("register:edit", "import"): lambda at: vehicles.enter_sheet(*at.who, [vehicles.NewVehicle(NEW, "small")]),
    ("register:edit", "plate"): lambda at: fleet.change_plate(*at.who, at.register[PLATE], NEW),
    ("campaigns:start", "start"): lambda at: campaigns.start_in_unit(
        *at.who, (clock.today() + timedelta(days=60)).isoformat(), clock.today()
    ),
    ("entries:confirm", "confirm"): lambda at: campaigns.confirm(*at.who, at.campaign, at.entries("stays")),
}
#: It may remove its people, answer requests, and mend what it was suspended for.
ALLOWED: dict[tuple[str, str], Deed] = {
    ("number:read", "number"): lambda at: details.read_numbers(*at.who, at.now("waits").ref, "comparing"),
    ("uploads:make", "abandon"): lambda at: uploads.abandon(*at.who, at.upload),
    ("entries:remove", "remove"): lambda at: removals.remove(*at.who, at.entries("gone"), "left_unit"),
    ("people:manage", "leave"): lambda at: leaving.leave(*at.who, at.entry("leaves").ref),
    ("people:manage", "sheet"): lambda at: staff_sheets.send(
        *at.who, "leavers", rosters.people(("某", "1234", "", "")), "x.xlsx"
    ),
    ("people:manage", "roster"): lambda at: roster.enter(*at.who, at.sheet.ref),
    ("people:manage", "roster over"): lambda at: roster.end(*at.who),
    ("phones:replace", "phone"): lambda at: replacing_phones.replace(
        *at.who, at.sent["waits"].submission.ref, "+8613900000009"
    ),
    ("people:link", "link"): lambda at: identities.link(
        *at.who, at.sent["linked"].submission.ref, at.sent["stays"].submission.ref
    ),
    ("register:edit", "unassign"): lambda at: fleet.unassign(
        *at.who, at.register[PLATE], at.driver().ref, at.driver().version
    ),
    ("register:edit", "retire"): lambda at: fleet.retire(*at.who, at.register[PLATE]),
    ("list:export", "export"): lambda at: exporting.export(*at.who, "csv", "", False, ""),
    ("cases:answer", "answer"): lambda at: hearing.answer(at.built.actor, *at.side, "不是本單位人員", Handed()),
    ("cases:answer", "evidence"): lambda at: hearing.add_evidence(at.built.actor, *at.side, cases.handed()),
    ("campaigns:start", "cancel"): lambda at: campaigns.cancel(
        at.built.actor, at.campaign, campaign_queries.one(at.campaign).version, at.built.unit.id
    ),
    ("team:manage", "invite"): _invited,
    ("team:manage", "end"): _let_go,
    ("unit:edit", "contact"): lambda at: registering.set_contact(*at.who, "0756 111 1111", "", at.unit.version),
    ("unit:edit", "change"): _changed,
    ("unit:edit", "withdraw"): _taken_back,
    ("unit:edit", "hand over"): lambda at: handing_over.propose(
        *at.who, Named("何嘉欣", "13800138001", "he@staff.example"), _paper(), "keep", by_unit=True
    ),
    ("unit:edit", "close"): lambda at: [_taken_back(at), deregistering.ask(*at.who, "本單位即將結業")],
    ("code:read", "paper"): lambda at: papers.order(*at.who, "poster", "en"),
}


def test_every_act_of_the_staff_of_a_suspended_unit(db):
    at = one_of_everything(db)
    before = draft(at.built)
    deciding.suspend(platform_actor(), at.built.unit.id, ["unit:misuse"], "查核", at.unit.version)

    for (_permission, name), deed in REFUSED.items():
        with pytest.raises(Conflict) as refused:
            deed(at)
        assert refused.value.code in ("unit_suspended", "unit_not_certified", "unit_closed", "unit_state"), name
    for deed in ALLOWED.values():
        deed(at)

    # Whoever waits is told and may go elsewhere; nobody begins or sends anything here.
    mine = at.sent["waits"]
    rosters.drain(db)
    assert (
        Notice.select().where(Notice.kind == "filing-paused", Notice.audience_ref == mine.submission.ref).count() == 1
    )
    for deed in (lambda: draft(at.built), lambda: send(before), lambda: correcting.begin(at.sent["back"].submission)):
        with pytest.raises(Conflict):
            deed()
    elsewhere = certified_unit().unit
    assert changing.begin_move(at.sent["passed"].submission, elsewhere).unit_id == elsewhere.id
    assert status.now(mine).state == "submitted"


def test_the_table_leaves_nothing_out():
    """Every permission that a page of the unit asks for and that lets somebody do something."""
    asked = {mark.removeprefix("unit ") for mark in AUDIENCES.values() if mark.startswith("unit ")}
    covered = {permission for permission, _name in (*REFUSED, *ALLOWED)}
    assert asked - READING - {"inbox:read"} - covered == set()
