"""Uploading: a manager chooses verified filings, pledges for his unit, and the list changes, in one act (design 7, 9).

`prepare` freezes what was chosen, so that page, paper and signature speak of the same lines. `upload` reads everything
again under locks (unit, persons, vehicles, filings, ascending), decides, and writes; however many filings there are,
the number of statements is the same. What is covered can only shrink between the two, never grow beyond what was shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from webapp import crypto
from webapp.database import among, kept, lock, locked, meanwhile, pass_gate, plainly
from webapp.domain.audit.acts import Act, action, prove, record
from webapp.domain.files import documents
from webapp.domain.filings import asking, carrying, upload_changes, upload_facts, upload_lists
from webapp.domain.filings.models import Filing, Submission, Upload, UploadLine
from webapp.domain.filings.upload_pledge import SEALED_PAPER, UnitSignature, sign, wording
from webapp.domain.filings.upload_writing import close_filings, write_fallen
from webapp.domain.filings.uploading_rules import Decision, decide
from webapp.domain.passlist import ending, expiries, households, listing, slots
from webapp.domain.passlist import record as passlist_record
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.pledges import texts
from webapp.domain.pledges.models import UNIT as UNIT_PLEDGE
from webapp.domain.pledges.models import PledgeText
from webapp.domain.registry.cards import SealedCard
from webapp.domain.registry.models import Person, Vehicle
from webapp.domain.sanctions import matching as sanctions
from webapp.domain.units import queries as units
from webapp.domain.units import rules as unit_rules
from webapp.domain.units.models import Unit
from webapp.domain.units.telling import tell_unit
from webapp.errors import Conflict, Invalid
from webapp.processes import collecting_later
from webapp.row_sets import insert_rows
from webapp.values.codes import random_code, with_check


@collecting_later()
@action("upload:prepare")
def prepare(act: Act, unit_id: int, chosen: Chosen) -> dict[str, Any]:
    """Freeze what was chosen as a prepared upload. Returns {"upload": ref, "covered": n, "fallen": n, "changed": n}:
    fallen are those the list has no place for now, changed those that are no longer what was ticked.

    Raises Conflict: unit_not_certified, count_changed, nothing_to_upload (no chosen filing is verified any more).
    """
    unit = _held_unit(unit_id)
    filings = upload_lists.chosen_filings(unit_id, chosen)
    chosen.check_count(len(filings))
    if not filings:
        raise Conflict("nothing_to_upload")
    now = upload_facts.candidates(filings, {filing.id: filing.version for filing in filings})
    decision = decide(now, upload_facts.facts(unit, now))
    roles = {one.filing_id: decision.role_of(one) for one in now}
    upload = _prepared(act, unit, filings, decision, roles)
    missing = 0 if chosen.everything else len(set(chosen.versions())) - len(filings)
    return {
        "upload": upload.ref,
        "covered": upload.covered,
        "fallen": upload.fallen,
        "changed": missing,
    }


@action("upload:abandon")
def abandon(act: Act, unit_id: int, upload_ref: str) -> dict[str, Any]:
    """Drop a prepared upload: what was printed of it will not be taken any more."""
    _held_unit(unit_id, certified=False)
    upload = _prepared_one(unit_id, upload_ref)
    Upload.update(state="abandoned", act_id=act.id).where(Upload.id == upload.id).execute()
    record(act, "upload:abandoned", upload.ref, unit_id=unit_id)
    return {"upload": upload.ref}


@action("upload:print")
def print_sheet(act: Act, unit_id: int, upload_ref: str, language: str) -> dict[str, Any]:
    """Issue the sheet of a prepared upload, to print, sign and seal. Returns {"document": code}."""
    _held_unit(unit_id)
    row = _prepared_one(unit_id, upload_ref)
    code = documents.issue(act, "unit_pledge", row.ref, texts.current(UNIT_PLEDGE, language).language, unit_id)
    record(act, "upload:printed", row.ref, unit_id=unit_id)
    return {"document": code}


@collecting_later()
@action("upload:make")
def upload(act: Act, unit_id: int, upload_ref: str, signature: UnitSignature) -> dict[str, Any]:
    """Sign the unit pledge over a prepared upload and put its people on the list.

    Returns {"upload": ref, "number": …, "covered": n, "fallen": n}. Raises Invalid (what is missing from the
    signature; sealed_paper: not_printed), Conflict: unit_not_certified, upload_done, upload_abandoned, text_changed,
    nothing_to_upload, paper_differs (something changed since it was printed; the page of the upload names what).
    """
    pass_gate(sanctions.GATE)
    unit = _held_unit(unit_id)
    row = _prepared_one(unit_id, upload_ref)
    text = wording(unit, act.actor.account_id, signature)
    if signature.method == SEALED_PAPER and documents.of_subject("unit_pledge", row.ref) is None:
        # A paper of another making may say anything; ours names the list it stands for.
        raise Invalid("not_printed", field="sealed_paper")
    filings, decision = _decided(unit, row)
    if signature.method == SEALED_PAPER and decision.fallen:
        raise Conflict("paper_differs", fallen=len(decision.fallen))
    if not decision.covered:
        raise Conflict("nothing_to_upload")
    write_fallen(act, row, decision)
    _change_list(act, unit, row, filings, decision)
    _pledge(act, unit, row, decision, text, signature)
    return {
        "upload": row.ref,
        "number": row.number,
        "covered": len(decision.covered),
        "fallen": row.fallen + len(decision.fallen),
    }


def _held_unit(unit_id: int, *, certified: bool = True) -> Unit:
    lock(Unit, [unit_id])
    unit = units.by_id(unit_id)
    if certified and not unit_rules.may_verify(unit):
        raise Conflict("unit_not_certified")
    return unit


def _prepared_one(unit_id: int, ref: str) -> Upload:
    row = upload_lists.one(unit_id, ref)
    if row.state != "prepared":
        raise Conflict("upload_done" if row.state == "done" else "upload_abandoned")
    return row


def _prepared(act: Act, unit: Unit, filings: list[Filing], decision: Decision, roles: dict[int, str]) -> Upload:
    reasons, days = decision.reasons, upload_lists.verified_days(filings)
    ref = crypto.new_ref()
    lines: list[dict[str, Any]] = []
    for position, filing in enumerate(filings, start=1):
        line = upload_lists.line_of(filing, roles[filing.id], days.get(filing.id))
        lines.append(
            {
                "position": position,
                "filing": filing.id,
                "filing_version": filing.version,
                "line": crypto.seal(line, "upload_line", "line", f"{ref}:{position}"),
                "line_digest": upload_lists.line_digest(filing, line),
                "fallen_reason": reasons.get(filing.id),
            }
        )
    covered = [line["line_digest"] for line in lines if line["fallen_reason"] is None]
    row = Upload.create(
        ref=ref,
        number=_new_number(),
        unit=unit.id,
        state="prepared",
        digest=upload_lists.list_digest(covered),
        covered=len(covered),
        fallen=len(lines) - len(covered),
        prepared_at=act.now,
        act_id=act.id,
    )
    insert_rows(UploadLine, [{"upload": row.id, **line} for line in lines])
    record(act, "upload:prepared", row.ref, unit_id=unit.id)
    return row


def _new_number() -> str:
    """A reference people can read out, as UP-7K2F-93QD; its last character guards the others."""
    code = with_check(random_code(7))
    return f"UP-{code[:4]}-{code[4:]}"


def _decided(unit: Unit, row: Upload) -> tuple[list[tuple[Filing, SealedCard]], Decision]:
    """Hold everything this upload touches, read it again, and decide."""
    touched = (UploadLine.filing, UploadLine.filing_version, Filing.person, Filing.vehicle, Filing.changes)
    covered = (UploadLine.upload == row.id) & UploadLine.fallen_reason.is_null()
    lines = list(plainly(UploadLine.select(*touched).join(Filing, on=(UploadLine.filing == Filing.id)).where(covered)))
    changed = [entry for *_, entry in lines if entry is not None]
    cars = [car for (car,) in Entry.select(Entry.vehicle).where(Entry.id << among(changed)).tuples()]
    lock(Person, [person for _, _, person, _, _ in lines])
    lock(Vehicle, [vehicle for *_, vehicle, _ in lines if vehicle is not None] + cars)
    versions = {filing: version for filing, version, *_ in lines}
    filings = kept(locked(Filing.select().where(Filing.id << among(versions)).order_by(Filing.id)))
    cards = upload_facts.cards_of(filings)
    candidates = upload_lists.as_printed(row, upload_facts.candidates(filings, versions, cards))
    return [(one, cards[one.id]) for one in filings], decide(candidates, upload_facts.facts(unit, candidates))


def _change_list(
    act: Act, unit: Unit, row: Upload, filings: list[tuple[Filing, SealedCard]], decision: Decision
) -> None:
    """End what is superseded, close the covered filings, seat the drivers, list them. The order is the database's own
    (schema.REFUSALS)."""
    replaced = [entry for entries in decision.replaced.values() for entry in entries]
    left = {car for (car,) in Entry.select(Entry.vehicle).where(Entry.id << among(replaced)).tuples()}
    ending.end(act, replaced, "superseded")
    for use in sorted(set(decision.uses.values())):
        turned = [vehicle for vehicle, wanted in decision.uses.items() if wanted == use]
        Vehicle.update(vehicle_use=use).where(Vehicle.id << among(turned)).execute()
    upload_changes.follow(act, decision.covered)
    before = slots.read(decision.cars)
    by_id = {filing.id: (filing, card) for filing, card in filings}
    covered = [by_id[candidate.filing_id] for candidate in decision.covered]
    listings, answers = _listings(unit, covered), expiries.sealed(filing.answers_id for filing, _card in covered)
    with meanwhile():
        close_filings(act, decision)
        slots.make(act, before, decision.cars)
        entries = listing.entries(act, listings, answers, row.ref)
        prove(act)
        upload_changes.prove_plates(decision)
    asking.ask_new_owners(act, before, decision.cars)
    listing.add(act, entries)
    if left:
        slots.settle(act, left)
    households.settle(act, decision.cars)
    carrying.follow(act, decision.covered)
    passlist_record.finish(act)
    upload_changes.tell_former_units(act, unit, replaced)


def _listings(unit: Unit, covered: list[tuple[Filing, SealedCard]]) -> Iterable[listing.Listing]:
    """What is listed, made out as it is taken: the database is at work by then."""
    sent = Submission.select(Submission.id, Submission.ref, Submission.number)
    of_submissions = plainly(sent.where(Submission.id << among(filing.submission_id for filing, _card in covered)))
    submissions = {submission: (ref, number) for submission, ref, number in of_submissions}
    return (
        listing.Listing(
            unit_id=unit.id,
            person_id=filing.person_id,
            vehicle_id=filing.vehicle_id,
            vehicle_use=filing.vehicle_use,
            size_class=filing.size_class,
            answers_id=filing.answers_id,
            position=filing.position,
            pledge_id=filing.pledge_id,
            submission_ref=submissions[filing.submission_id][0],
            number=submissions[filing.submission_id][1],
            card=card,
            household=filing.household,
        )
        for filing, card in covered
    )


def _pledge(act: Act, unit: Unit, row: Upload, decision: Decision, text: PledgeText, signature: UnitSignature) -> None:
    """Pledge over exactly what is covered, and whatever follows from the upload as a whole."""
    digest = upload_lists.list_digest(upload_lists.covered_digests(row))
    fallen = row.fallen + len(decision.fallen)
    amount = upload_lists.counted(
        (one.person_id, one.vehicle_id, one.vehicle_use, one.changes) for one in decision.covered
    )
    pledge = sign(act, unit, row, text, digest, amount, signature)
    Upload.update(
        state="done",
        digest=digest,
        covered=len(decision.covered),
        fallen=fallen,
        pledge=pledge.id,
        uploaded_at=act.now,
        act_id=act.id,
    ).where(Upload.id == row.id).execute()
    record(act, "upload:made", row.ref, unit_id=unit.id)
    documents.issue(act, "unit_pledge", pledge.ref, signature.language, unit.id)
    params = {"number": row.number, "covered": len(decision.covered), "fallen": fallen}
    tell_unit(act, "list-uploaded", unit, subject=row.ref, params=params)
