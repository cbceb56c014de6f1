"""What people do, on their phones."""

from __future__ import annotations

from typing import Any

from tests.builders import filings as build
from tests.builders.cases import handed
from tests.domain.world.setting import Nothing, World, person_of, submission_of
from webapp.domain.closings import succession
from webapp.domain.filings import (
    answering,
    asking,
    changing,
    correcting,
    disputing,
    drafts,
    following,
    inviting,
    leaving,
    objecting,
    owners,
    releasing,
    resubmitting,
    sending,
    withdrawing,
)
from webapp.domain.filings.models import OPEN_FILING_STATES, Draft, Filing, Invitation, Submission
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.sanctions import cases
from webapp.domain.sanctions.models import Case, CaseParty
from webapp.domain.units import queries as units
from webapp.domain.units.models import UnitProposal


def file(world: World) -> None:
    """File one car: one's own, somebody's, one of the unit's, or whatever the unit assigns."""
    built = world.unit()
    if units.active_code(built.unit.id) is None:
        raise Nothing
    number = world.chance.randrange(len(world.people))
    who, phone = world.people[number], world.phones[number]
    relation, car = _car(world, built.unit.unit_class, number)
    given = build.answers(built.unit.unit_class, who=who, vehicles=[car], relation=relation, phone=phone)
    build.filed(built.unit, given)


def _car(world: World, unit_class: str, number: int) -> tuple[str, dict[str, Any]]:
    """A relation to the unit and a vehicle that go with its class, mostly."""
    chance = world.chance.random()
    if unit_class == "other" or (unit_class == "enterprise" and chance < 0.3):
        assigned = world.chance.random() < 0.3
        car = build.vehicle("unit", plate="" if assigned else world.chance.choice(world.fleet))
        return "unit_driver", car | ({"unit_assigns": True} if assigned else {})
    relation = "resident_register" if unit_class == "resident" else "staff"
    owns = number < len(world.cars)
    if owns and chance < 0.75:
        # Mostly the car is his; now and then he claims another's.
        plate = world.cars[number] if world.chance.random() < 0.85 else world.chance.choice(world.cars)
        return relation, build.vehicle(plate=plate)
    car = world.chance.randrange(len(world.cars))
    owner = world.people[car]
    if unit_class != "other" and world.chance.random() < 0.4:
        relation = "household"
    tail = owner["id_number"][-4:]
    return relation, build.vehicle(
        plate=world.cars[car], is_owner="no", owner_name=owner["full_name"], owner_id_tail=tail
    )


def withdraw(world: World) -> None:
    filing = world.filing("submitted", "returned", "verified")
    withdrawing.withdraw(person_of(filing), submission_of(filing).ref, filing.ref, filing.version)


def disown(world: World) -> None:
    filing = world.filing("submitted", "verified")
    withdrawing.disown(person_of(filing), submission_of(filing).ref, filing.ref, filing.version)


def correct(world: World) -> None:
    """Send a returned filing again as it was."""
    sent = submission_of(world.filing("returned"))
    draft = Draft.get_by_id(correcting.begin(sent).id)
    resubmitting.resubmit(build.filer(draft), draft.ref, build.signing(draft), key=draft.ref)


def change_plate(world: World) -> None:
    """The own car has another plate, now and then one that somebody else has."""
    plate = world.chance.choice([*world.cars, build.plate(), build.plate()])
    _change(world, vehicle_1={"plate": plate})


def change_licence(world: World) -> None:
    _change(world, licence={"licence_expiry": world.chance.choice(["2033-01-31", "2040-12-31"])})


def change_vehicle(world: World) -> None:
    _change(world, vehicle_1={"size_class": world.chance.choice(["small", "medium", "large"]), "vin": ""})


def change_document(world: World) -> None:
    """A document renewed with another number, now and then one that is somebody else's."""
    who = world.chance.choice(world.people)
    number = who["id_number"] if world.chance.random() < 0.3 else build.id_number(who["id_type"])
    _change(world, person={"id_type": who["id_type"], "id_number": number})


def change_name(world: World) -> None:
    _change(world, person={"full_name": world.chance.choice(world.people)["full_name"]})


def change_contact(world: World) -> None:
    _change(world, contact={"email": f"somebody{world.chance.randrange(10_000)}@mail.example"})


def change_owner(world: World) -> None:
    """The car is sold within the household, or bought from it: another one is its owner now."""
    who = world.chance.choice(world.people)
    owner = {"is_owner": "no", "owner_name": who["full_name"], "owner_id_tail": who["id_number"][-4:]}
    mine = {"is_owner": "yes", "owner_name": "", "owner_id_tail": ""}
    _change(world, vehicle_1=owner if world.chance.random() < 0.5 else mine)


def _change(world: World, **pages: dict[str, Any]) -> None:
    entry = world.entry("listed", "suspended")
    sent = submission_of(entry)
    about = [page for page in pages if not page.startswith("vehicle")]
    draft = changing.begin(sent, about, [entry.ref])
    answers = drafts.answers_of(draft)
    for name, typed in pages.items():
        page = name.replace("_", "-")
        whole = answering.page_of(answers, page) | typed
        confirmed = {item: value for item, value in whole.items() if item != answering.CONFIRMED}
        answers = answering.with_page(answers, page, whole | {answering.CONFIRMED: confirmed})
    _send(draft, answers)


def move(world: World) -> None:
    """Take what one has to another unit."""
    entry, new = world.entry("listed", "suspended"), world.unit().unit
    if new.id == entry.unit_id:
        new = world.pick([one.unit for one in world.units if one.unit.id != entry.unit_id])
    draft = changing.begin_move(submission_of(entry), new, [entry.ref])
    belonging = build.answers(new.unit_class)["belonging"]
    drafts.save(draft, drafts.answers_of(draft) | {"belonging": belonging})
    build.send(_still(draft))


def _still(draft: Draft) -> Draft:
    """As it was saved, unless somebody's other act has taken it away meanwhile."""
    now = Draft.get_or_none(Draft.id == draft.id)
    if now is None:
        raise Nothing
    return now


def _send(draft: Draft, answers: dict[str, Any]) -> None:
    """Send a change, signed: whoever need not sign may."""
    drafts.save(draft, answers)
    draft = _still(draft)
    needed = changing.is_at_once(draft, answers)
    signature = None if needed else build.signing(draft)
    sending.send(build.filer(draft), draft.ref, draft.version, signature, key=draft.ref)


def leave_unit(world: World) -> None:
    sent = world.submission()
    leaving.leave(person_of(sent), sent.ref)


def withdraw_consent(world: World) -> None:
    sent = world.submission()
    leaving.withdraw_consent(person_of(sent), sent.ref)


def ask_removal(world: World) -> None:
    entry = world.entry("listed", "suspended")
    removals.request_removal(person_of(entry), entry.submission_ref, entry.ref)


def stay(world: World) -> None:
    entry = world.entry("suspended")
    removals.withdraw_request(person_of(entry), entry.submission_ref, entry.ref)


def _of_car(world: World, *wanted: Any) -> Submission:
    """Somebody with such a filing, mostly; else anybody."""
    mine = world.unit_ids
    rows = list(Filing.select().where(Filing.unit << mine, *wanted).order_by(Filing.id.desc()).limit(12))
    if rows and world.chance.random() < 0.9:
        return submission_of(world.chance.choice(rows))
    return world.submission()


def _own_filing(world: World) -> Filing:
    """A filing of one's own car that stands, mostly of its owner on the list."""
    mine = world.unit_ids
    rows = Filing.select().where(Filing.unit << mine, Filing.slot == "owner", Filing.state << ("verified", "uploaded"))
    if world.chance.random() < 0.8:
        here = (Entry.vehicle == Filing.vehicle) & (Entry.person == Filing.person) & (Entry.state != "removed")
        rows = rows.join(Entry, on=here)
    return world.pick(list(rows.order_by(Filing.id.desc()).limit(12)))


def invite(world: World) -> None:
    filing = _own_filing(world)
    joint = world.chance.random() < 0.2
    inviting.invite(person_of(filing), submission_of(filing).ref, filing.ref, joint=joint)


def _invitation(world: World, made_by: str = "") -> Invitation:
    """One that was made by the owner, or by the second driver; mostly one that is open."""
    mine = world.unit_ids
    wanted = [Invitation.made_by == made_by] if made_by else []
    if world.chance.random() < 0.9:
        wanted.append(Invitation.state == "open")
    rows = Invitation.select().join(Submission, on=(Invitation.submission == Submission.id))
    return world.pick(list(rows.where(Submission.unit << mine, *wanted).order_by(Invitation.id.desc()).limit(12)))


def revoke_invitation(world: World) -> None:
    one = _invitation(world, "owner")
    sent = Submission.get_by_id(one.submission_id)
    inviting.revoke(person_of(sent), sent.ref, one.ref)


def answer_as_owner(world: World) -> None:
    """Somebody answers a second driver's question: whoever is asked, or somebody else."""
    one = _invitation(world, "second")
    sent = _of_car(world, Filing.vehicle == one.vehicle_id, Filing.slot == "owner")
    ref = world.pick([*(found.ref for found in owners.questions(sent)), one.ref])
    (owners.accept if world.chance.random() < 0.7 else owners.decline)(person_of(sent), sent.ref, ref)


def answer_as_second(world: World) -> None:
    """Who waits for an owner's yes opens that owner's link, or somebody else does."""
    one = _invitation(world, "owner")
    waits = Filing.waiting & (Filing.state << OPEN_FILING_STATES)
    sent = _of_car(world, Filing.vehicle == one.vehicle_id, Filing.slot == "second", waits)
    token = asking.token(one.ref)
    (inviting.accept if world.chance.random() < 0.8 else inviting.decline)(person_of(sent), sent.ref, token)


def decline_by_link(world: World) -> None:
    """Whoever holds a driver's link, and has no filing, says no."""
    inviting.decline_by_link(world.stranger(), asking.token(_invitation(world).ref))


def release_second(world: World) -> None:
    filing = _own_filing(world)
    releasing.release(person_of(filing), submission_of(filing).ref, filing.ref)


def object_to(world: World) -> None:
    """Object to whatever can be objected to on a status page."""
    entry = world.chance.random() < 0.5
    sent = submission_of(
        world.entry("removed", "suspended", "listed") if entry else world.filing("refused", "verified")
    )
    found = [one for journey in following.journeys(sent) for one in objecting.contestable(journey)]
    one = world.pick(found)
    evidence = handed(files=world.chance.randrange(2))
    objecting.object_to(person_of(sent), sent.ref, one.topic, one.subject, "我不同意", evidence)


def dispute(world: World) -> None:
    """A car somebody else has on the list is mine."""
    built = world.unit()
    if units.active_code(built.unit.id) is None:
        raise Nothing
    number = world.chance.randrange(len(world.people))
    relation = "resident_register" if built.unit.unit_class == "resident" else "staff"
    car = build.vehicle(plate=world.chance.choice(world.cars))
    given = build.answers(
        built.unit.unit_class, who=world.people[number], vehicles=[car], relation=relation, phone=world.phones[number]
    )
    draft = build.draft(built, given)
    disputing.dispute(build.filer(draft), draft.ref, "這是我的車", handed(files=1))


def answer_case(world: World) -> None:
    """The other side of a case says what it thinks, with a picture or without."""
    rows = CaseParty.select(CaseParty, Case).join(Case).where(Case.state == "open", CaseParty.side != "claimant")
    party = world.pick(list(rows.limit(10)))
    ref = Case.get_by_id(party.case_id).ref
    evidence = handed(files=world.chance.randrange(2))
    cases.answer(world.officer(), party.kind, party.party_ref, ref, "車輛是我的", evidence)


def add_evidence(world: World) -> None:
    party = world.pick(list(CaseParty.select().join(Case).where(Case.state == "open").limit(10)))
    ref = Case.get_by_id(party.case_id).ref
    cases.add_evidence(world.officer(), party.kind, party.party_ref, ref, handed(files=1))


def withdraw_case(world: World) -> None:
    rows = CaseParty.select(CaseParty, Case).join(Case).where(Case.state == "open", CaseParty.side == "claimant")
    party = world.pick(list(rows.limit(10)))
    objecting.withdraw(world.officer(), party.kind, party.party_ref, Case.get_by_id(party.case_id).ref)


def refuse_succession(world: World) -> None:
    """Whoever came with his unit's successor does not go along, or somebody says so who did not come by one."""
    mine = world.unit_ids
    came = UnitProposal.select(UnitProposal.ref).where(UnitProposal.successor << mine)
    rows = list(Entry.select().where(Entry.unit << mine, Entry.state != "removed", Entry.upload_ref << came).limit(12))
    entry = world.chance.choice(rows) if rows else world.entry("listed", "suspended")
    succession.refuse(person_of(entry), entry.submission_ref, entry.ref)


MOVES = {
    "file": (file, 18),
    "withdraw": (withdraw, 2),
    "disown": (disown, 1),
    "correct": (correct, 4),
    "change plate": (change_plate, 3),
    "change licence": (change_licence, 2),
    "change vehicle": (change_vehicle, 1),
    "change document": (change_document, 1),
    "change name": (change_name, 1),
    "change contact": (change_contact, 1),
    "change owner": (change_owner, 1),
    "move": (move, 3),
    "leave unit": (leave_unit, 1),
    "withdraw consent": (withdraw_consent, 1),
    "ask removal": (ask_removal, 2),
    "stay": (stay, 1),
    "invite": (invite, 2),
    "revoke invitation": (revoke_invitation, 1),
    "answer as owner": (answer_as_owner, 6),
    "answer as second": (answer_as_second, 2),
    "decline by link": (decline_by_link, 1),
    "release second": (release_second, 1),
    "object": (object_to, 2),
    "dispute": (dispute, 1),
    "answer case": (answer_case, 3),
    "add evidence": (add_evidence, 1),
    "withdraw case": (withdraw_case, 1),
    "refuse succession": (refuse_succession, 1),
}
