"""How the demo world comes to be: the acts of units, people and officers, told in order, in the past days."""

from __future__ import annotations

from collections.abc import Iterable

from webapp import crypto, database
from webapp.actors import FILER, Actor
from webapp.cli.demo import cast, managing, sanctions, staff
from webapp.cli.demo.cast import CAST, Role
from webapp.cli.demo.papers import sample
from webapp.cli.demo.people import LOCALE, answers
from webapp.cli.demo.stage import Stage, actor, days_ago
from webapp.domain.accounts import queries as account_queries
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
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.pledges import privacy_text, texts
from webapp.domain.sanctions.cases_evidence import Handed
from webapp.domain.units import queries as units

IN_FORCE = ("listed", "second", "removal_requested", "left_unit", "deceased", "entered_in_error")


def tell() -> str:
    """Make the demo world; returns a line of what is in it."""
    stage = Stage()
    with days_ago(30):
        stage.officer = staff.open_platform()
        for role in cast.UNITS:
            staff.register(stage, role)
    with days_ago(28):
        for role in cast.UNITS:
            staff.decide(stage, role)
        staff.join_committee(stage)
        staff.fill_registers(stage)
    _bring_into_force(stage)
    _invite(stage)
    _keep_moving(stage)
    _object(stage)
    with days_ago(3):
        staff.suspend(stage)
    managing.tell(stage.units, stage.managers, stage.officer)
    with days_ago(1):
        second = account_queries.by_email("platform2@demo.test")
        if second is not None:
            sanctions.tell(stage.officer, actor(second))
        staff.grant_figures()
    _put_papers_last()
    made = f"{Filing.select().count()} filings, {Entry.select().count()} entries"
    return f"{len(cast.UNITS)} units, {len(CAST)} people, {made}"


def _put_papers_last() -> None:
    """Whoever tries the demo gets his own papers at once, not after those of the whole cast."""
    with database.transaction():
        Job.update(queue=BULK).where(Job.kind == documents.RENDER).execute()


def _bring_into_force(stage: Stage) -> None:
    """Owners are listed before second drivers ask them."""
    for day, fates in ((20, set(IN_FORCE) - {"second"}), (16, {"second"})):
        people = [role for role in CAST if role.fate in fates]
        for position, role in enumerate(people):
            with days_ago(day - position * 0.02):
                _file(stage, role)
        with days_ago(day - 2):
            _let_owners_answer(stage, people)
            for key in stage.units:
                _verify(stage, [role for role in people if role.unit == key])
        with days_ago(day - 3):
            for key in stage.units:
                _upload(stage, key, [role for role in people if role.unit == key])
    with days_ago(6):
        for cause in ("left_unit", "deceased", "entered_in_error"):
            for role in CAST:
                if role.fate == cause:
                    entry = _entry(stage, role)
                    removals.remove(
                        stage.managers[role.unit], entry.unit_id, Chosen(((entry.ref, entry.version),)), cause
                    )
    with days_ago(0.5):
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
    with days_ago(1):
        inviting.invite(_person(stage, owner), _submission(filing).ref, filing.ref)


def _keep_moving(stage: Stage) -> None:
    """What is on its way today."""
    people = [role for role in CAST if role.fate not in IN_FORCE]
    for position, role in enumerate(people):
        with days_ago(7 - position * 0.2):
            _file(stage, role)
    with days_ago(0.6):
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
    with days_ago(0.4):
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
