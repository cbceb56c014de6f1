"""Staff and units of the demo: how the platform opens, and units register, are decided on and fill their registers."""

from __future__ import annotations

from datetime import timedelta

from webapp import clock
from webapp.actors import VISITOR, Actor, system
from webapp.cli.demo import cast
from webapp.cli.demo.cast import CAST, COMMITTEE, UnitRole
from webapp.cli.demo.papers import sample
from webapp.cli.demo.stage import Stage, actor
from webapp.domain.accounts import actions as accounts
from webapp.domain.accounts import platform
from webapp.domain.accounts import queries as account_queries
from webapp.domain.accounts.models import Account, AccountRole
from webapp.domain.audit.acts import Act, action
from webapp.domain.closings import deregistering
from webapp.domain.files import intake
from webapp.domain.lanes import keys as lane_keys
from webapp.domain.privacy import assessments
from webapp.domain.units import deciding, members, registering, vehicles
from webapp.domain.units import drafts as unit_drafts
from webapp.domain.units import queries as units


@action("demo:open-platform")
def _platform_staff(act: Act) -> dict[str, str]:
    made = {}
    for email, name, role in cast.PLATFORM_STAFF:
        account = accounts.create_account(act, email, name, cast.PASSWORD)
        AccountRole.create(account=account.id, role=role, act_id=act.id)
        made[email] = account.ref
    return made


@action("demo:join")
def _staff_of_unit(act: Act, unit_id: int, email: str, name: str, role: str) -> dict[str, str]:
    account = accounts.create_account(act, email, name, cast.PASSWORD)
    members.add(act, units.by_id(unit_id), account.id, role)
    return {"account": account.ref}


def open_platform() -> Actor:
    made = _platform_staff(system("demo"))
    officer = actor(Account.get(Account.ref == made["platform@demo.test"]))
    today = clock.today()
    weighed = assessments.Written(
        kind="giving",
        about="“二線”通道查驗",
        author="何慎行",
        made_on=today.isoformat(),
        result="with_measures",
        findings="只按車牌回答是否在名單內，不含姓名、電話和證件號碼；每次查詢有記錄，車牌三十天後只留雜湊值。",
        valid_until=(today + timedelta(days=730)).isoformat(),
    )
    weighed_ref = assessments.enter(officer, weighed)["assessment"]
    lane_keys.create(system("demo"), "示範閘口", [], lane_keys.PER_MINUTE, cast.LANE_KEY, weighed_ref)
    return officer


def grant_figures() -> None:
    """The supervisor sees two classes, by the word of the system administrator."""
    keeper, watcher = (account_queries.by_email(f"{one}@demo.test") for one in ("sysadmin", "supervisor"))
    if keeper is not None and watcher is not None:
        platform.set_classes(actor(keeper), watcher.ref, ("enterprise", "resident"), watcher.version)


def join_committee(stage: Stage) -> None:
    _staff_of_unit(system("demo"), stage.units[COMMITTEE].id, "verifier@demo.test", "示範驗核員何嘉欣", "verifier")


def register(stage: Stage, role: UnitRole) -> None:
    draft, _cookie = unit_drafts.begin()
    place, number = role.registration
    unit_drafts.save(
        draft,
        {
            "unit_name": role.name,
            "unit_class": role.unit_class,
            "registration_place": place,
            "registration_number": number,
            "branch_name": "",
            "address": role.address,
            "public_phone": role.phone,
            "public_hours": "星期一至五09:00–17:30",
            "legal_representative": role.manager,
            "manager_name": role.manager,
            "manager_phone": "13800138000",
        },
    )
    unit_drafts.keep_file(draft, "proof", intake.check(sample(), "proof.png", "proof"))
    visitor = Actor(VISITOR, "web", request_id="demo")
    made = registering.register(visitor, draft.ref, role.email, account_id=None, password=cast.PASSWORD)
    unit = units.one(made["unit"])
    stage.units[role.key] = unit
    stage.managers[role.key] = actor(members.active(unit.id)[0].account, unit)


def decide(stage: Stage, role: UnitRole) -> None:
    unit = stage.units[role.key]
    if role.fate in ("certified", "suspended"):
        deciding.certify(stage.officer, unit.id, unit.version, role.code)
    elif role.fate == "returned":
        reasons = ["proof:unreadable", "registration_number:differs"]
        deciding.return_(stage.officer, unit.id, reasons, "請重新上傳清晰的登記證書。", unit.version)
    elif role.fate == "refused":
        deciding.refuse(stage.officer, unit.id, ["unit:not_applicant"], "", unit.version)
    stage.units[role.key] = units.one(unit.ref)


def suspend(stage: Stage) -> None:
    for role in cast.UNITS:
        if role.fate == "suspended":
            unit = units.one(stage.units[role.key].ref)
            deciding.suspend(stage.officer, unit.id, ["unit:outdated"], "", unit.version)
            deregistering.ask(stage.managers[role.key], unit.id, "單位已搬離合作區，不再需要名單。")


def fill_registers(stage: Stage) -> None:
    known: set[str] = set()
    for role in CAST:
        for car in role.cars:
            # One car stays out of the register on purpose, so that a clerk sees the flag.
            if car.use == "unit" and car.plate not in known and car.size != "lorry":
                known.add(car.plate)
                unit = stage.units[role.unit]
                vehicle = vehicles.NewVehicle(car.plate, car.size, car.model)
                vehicles.add(stage.managers[role.unit], unit.id, vehicle, ("plate", "size_class"))
