"""How the demo world comes to be: the acts of units, people and officers, told in order, in the past days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from webapp import clock, crypto, database
from webapp.actors import ACCOUNT, FILER, VISITOR, Actor, system
from webapp.cli.demo import cast, managing, sanctions
from webapp.cli.demo.cast import CAST, COMMITTEE, Role, UnitRole
from webapp.cli.demo.papers import sample
from webapp.cli.demo.people import LOCALE, answers
from webapp.domain.accounts import actions as accounts
from webapp.domain.accounts import platform
from webapp.domain.accounts import queries as account_queries
from webapp.domain.accounts.models import Account, AccountRole
from webapp.domain.audit.acts import Act, action
from webapp.domain.closings import deregistering
from webapp.domain.files import documents, intake
from webapp.domain.filings import (
    drafts,
    inviting,
    objecting,
    owners,
    queries,
    submitting,
    uploads,
    verifying,
    withdrawing,
)
from webapp.domain.filings.models import Filing, Submission
from webapp.domain.filings.signing import Signing
from webapp.domain.filings.upload_pledge import UnitSignature
from webapp.domain.jobs.models import BULK, Job
from webapp.domain.lanes import keys as lane_keys
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.pledges import privacy_text, texts
from webapp.domain.privacy import assessments
from webapp.domain.sanctions.cases_evidence import Handed
from webapp.domain.units import deciding, members, registering, vehicles
from webapp.domain.units import drafts as unit_drafts
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit

IN_FORCE = ("listed", "second", "removal_requested", "left_unit", "deceased", "entered_in_error")


@dataclass
class Stage:
    """What has been made so far, by the keys of the cast."""

    units: dict[str, Unit] = field(default_factory=dict)
    managers: dict[str, Actor] = field(default_factory=dict)
    officer: Actor = field(default_factory=lambda: system("demo"))
    sent: dict[str, list[Filing]] = field(default_factory=dict)  # by name of the person


def tell() -> str:
    """Make the demo world; returns a line of what is in it."""
    stage = Stage()
    with _days_ago(30):
        stage.officer = _open_platform()
        for role in cast.UNITS:
            _register(stage, role)
    with _days_ago(28):
        for role in cast.UNITS:
            _decide(stage, role)
        _join_committee(stage)
        _fill_registers(stage)
    _bring_into_force(stage)
    _invite(stage)
    _keep_moving(stage)
    _object(stage)
    with _days_ago(3):
        _suspend(stage)
    managing.tell(stage.units, stage.managers, stage.officer)
    with _days_ago(1):
        second = account_queries.by_email("platform2@demo.test")
        if second is not None:
            sanctions.tell(stage.officer, _actor(second))
        _grant_figures()
    _put_papers_last()
    made = f"{Filing.select().count()} filings, {Entry.select().count()} entries"
    return f"{len(cast.UNITS)} units, {len(CAST)} people, {made}"


def _put_papers_last() -> None:
    """Whoever tries the demo gets his own papers at once, not after those of the whole cast."""
    with database.transaction():
        Job.update(queue=BULK).where(Job.kind == documents.RENDER).execute()


def _days_ago(days: float) -> Any:
    return clock.travel(timedelta(days=-days))


# Staff and units ------------------------------------------------------------------------------------------------


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


def _open_platform() -> Actor:
    made = _platform_staff(system("demo"))
    officer = _actor(Account.get(Account.ref == made["platform@demo.test"]))
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


def _grant_figures() -> None:
    """The supervisor sees two classes, by the word of the system administrator."""
    keeper, watcher = (account_queries.by_email(f"{one}@demo.test") for one in ("sysadmin", "supervisor"))
    if keeper is not None and watcher is not None:
        platform.set_classes(_actor(keeper), watcher.ref, ("enterprise", "resident"), watcher.version)


def _join_committee(stage: Stage) -> None:
    _staff_of_unit(system("demo"), stage.units[COMMITTEE].id, "verifier@demo.test", "示範驗核員何嘉欣", "verifier")


def _actor(account: Account, unit: Unit | None = None) -> Actor:
    return Actor(ACCOUNT, account.ref, unit_id=unit.id if unit else None, account_id=account.id, request_id="demo")


def _register(stage: Stage, role: UnitRole) -> None:
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
    stage.managers[role.key] = _actor(members.active(unit.id)[0].account, unit)


def _decide(stage: Stage, role: UnitRole) -> None:
    unit = stage.units[role.key]
    if role.fate in ("certified", "suspended"):
        deciding.certify(stage.officer, unit.id, unit.version, role.code)
    elif role.fate == "returned":
        reasons = ["proof:unreadable", "registration_number:differs"]
        deciding.return_(stage.officer, unit.id, reasons, "請重新上傳清晰的登記證書。", unit.version)
    elif role.fate == "refused":
        deciding.refuse(stage.officer, unit.id, ["unit:not_applicant"], "", unit.version)
    stage.units[role.key] = units.one(unit.ref)


def _suspend(stage: Stage) -> None:
    for role in cast.UNITS:
        if role.fate == "suspended":
            unit = units.one(stage.units[role.key].ref)
            deciding.suspend(stage.officer, unit.id, ["unit:outdated"], "", unit.version)
            deregistering.ask(stage.managers[role.key], unit.id, "單位已搬離合作區，不再需要名單。")


def _fill_registers(stage: Stage) -> None:
    known: set[str] = set()
    for role in CAST:
        for car in role.cars:
            # One car stays out of the register on purpose, so that a clerk sees the flag.
            if car.use == "unit" and car.plate not in known and car.size != "lorry":
                known.add(car.plate)
                unit = stage.units[role.unit]
                vehicle = vehicles.NewVehicle(car.plate, car.size, car.model)
                vehicles.add(stage.managers[role.unit], unit.id, vehicle, ("plate", "size_class"))


# People ---------------------------------------------------------------------------------------------------------


def _bring_into_force(stage: Stage) -> None:
    """Owners are listed before second drivers ask them."""
    for day, fates in ((20, set(IN_FORCE) - {"second"}), (16, {"second"})):
        people = [role for role in CAST if role.fate in fates]
        for position, role in enumerate(people):
            with _days_ago(day - position * 0.02):
                _file(stage, role)
        with _days_ago(day - 2):
            _let_owners_answer(stage, people)
            for key in stage.units:
                _verify(stage, [role for role in people if role.unit == key])
        with _days_ago(day - 3):
            for key in stage.units:
                _upload(stage, key, [role for role in people if role.unit == key])
    with _days_ago(6):
        for cause in ("left_unit", "deceased", "entered_in_error"):
            for role in CAST:
                if role.fate == cause:
                    entry = _entry(stage, role)
                    removals.remove(
                        stage.managers[role.unit], entry.unit_id, Chosen(((entry.ref, entry.version),)), cause
                    )
    with _days_ago(0.5):
        for role in CAST:
            if role.fate == "removal_requested":
                entry = _entry(stage, role)
                removals.request_removal(_person(stage, role), entry.submission_ref, entry.ref)


def _invite(stage: Stage) -> None:
    """An owner on the list invites a second driver; his link waits on his status page."""
    named = {car.owner for role in CAST for car in role.cars}
    owner = next(
        role
        for role in CAST
        if role.fate == "listed" and role.name not in named and role.cars[0].use == "own" and not role.cars[0].owner
    )
    filing = stage.sent[owner.name][0]
    with _days_ago(1):
        inviting.invite(_person(stage, owner), _submission(filing).ref, filing.ref)


def _keep_moving(stage: Stage) -> None:
    """What is on its way today."""
    people = [role for role in CAST if role.fate not in IN_FORCE]
    for position, role in enumerate(people):
        with _days_ago(7 - position * 0.2):
            _file(stage, role)
    with _days_ago(0.6):
        for key in stage.units:
            _verify(stage, [role for role in people if role.unit == key and role.fate == "verified"])
        for role in people:
            _answer(stage, role)


def _answer(stage: Stage, role: Role) -> None:
    actor, unit = stage.managers[role.unit], stage.units[role.unit]
    for filing in stage.sent[role.name]:
        if role.fate == "returned":
            reasons = ["plate:differs", "licence_expiry:expired"]
            verifying.return_(actor, unit.id, filing.ref, filing.version, reasons, "請對照行駛證和駕駛證再填一次。")
        elif role.fate == "refused":
            verifying.refuse(actor, unit.id, filing.ref, filing.version, ["unit_relation:not_ours"], "")
        elif role.fate == "withdrawn":
            submission = _submission(filing)
            withdrawing.withdraw(_person(stage, role), submission.ref, filing.ref, filing.version)


def _object(stage: Stage) -> None:
    """Whoever was not accepted objects, with evidence; his unit is asked to answer."""
    role = next(one for one in CAST if one.fate == "refused")
    filing = _fresh(stage.sent[role.name][0])
    evidence = Handed((intake.check(sample(), "contract.png", "evidence"),), consent=True)
    with _days_ago(0.4):
        objecting.object_to(
            _person(stage, role),
            _submission(filing).ref,
            "refusal",
            filing.ref,
            "我在這個單位任職，附上勞動合同。",
            evidence,
        )


def _verify(stage: Stage, people: Iterable[Role]) -> None:
    for role in people:
        for filing in map(_fresh, stage.sent[role.name]):
            verifying.verify(stage.managers[role.unit], filing.unit_id, filing.ref, filing.version)


def _upload(stage: Stage, key: str, people: Iterable[Role]) -> None:
    filings = [_fresh(filing) for role in people for filing in stage.sent[role.name]]
    if not filings:
        return
    actor, unit = stage.managers[key], stage.units[key]
    prepared = uploads.prepare(actor, unit.id, _chosen(filings))
    signature = UnitSignature(
        text_digest=texts.current("unit", LOCALE).digest,
        language=LOCALE,
        pledge_agreed=True,
        method="typed",
        signed_name=units.manager_name(unit),
    )
    uploads.upload(actor, unit.id, prepared["upload"], signature)


def _let_owners_answer(stage: Stage, people: Iterable[Role]) -> None:
    for role in people:
        if role.fate == "second":
            owner = next(one for one in CAST if one.name == role.cars[0].owner)
            submission = _submission(stage.sent[owner.name][0])
            for question in owners.questions(submission):
                owners.accept(_person(stage, owner), submission.ref, question.ref)


def _file(stage: Stage, role: Role) -> None:
    unit = stage.units[role.unit]
    code = units.active_code(unit.id)
    if code is None:
        raise RuntimeError(f"{unit.ref} has no code")
    draft = drafts.begin(code.code, language=LOCALE, address=f"192.0.2.{CAST.index(role) + 1}")
    drafts.save(draft, answers(role, unit.unit_class))
    signed = Signing(
        text_digest=texts.current("personal", LOCALE).digest,
        draft_version=draft.version,
        language=LOCALE,
        consent_processing=True,
        consent_sharing=True,
        pledge_agreed=True,
        method="typed",
        signed_name=role.name,
        privacy_digest=privacy_text.current(LOCALE).digest,
    )
    actor = Actor(FILER, draft.ref, unit_id=unit.id, request_id=crypto.new_ref()[:16])
    made = submitting.submit(actor, draft.ref, signed, key=draft.ref)
    stage.sent[role.name] = queries.filings_of(Submission.get(Submission.ref == made["submission"]))


def _person(stage: Stage, role: Role) -> Actor:
    filing = stage.sent[role.name][0]
    return Actor(FILER, _submission(filing).ref, unit_id=filing.unit_id, request_id="demo")


def _submission(filing: Filing) -> Submission:
    return Submission.get_by_id(filing.submission_id)


def _fresh(filing: Filing) -> Filing:
    return Filing.get_by_id(filing.id)


def _chosen(filings: Iterable[Filing]) -> Chosen:
    return Chosen(rows=tuple((filing.ref, filing.version) for filing in filings))


def _entry(stage: Stage, role: Role) -> Entry:
    submission = _submission(stage.sent[role.name][0])
    return Entry.get(Entry.submission_ref == submission.ref)
