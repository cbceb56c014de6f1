"""Changes begun on a status page, as their person makes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.builders.filings import Filed, filed, filer, signing
from tests.builders.units import BuiltUnit, certified_unit
from tests.builders.uploads import prepared, uploaded, verified, verify
from webapp.domain.filings import answering, changing, drafts, queries, sending
from webapp.domain.filings.models import Draft, Filing, Submission, UploadLine
from webapp.domain.passlist.models import Entry


def again(sent: Filed) -> Submission:
    return Submission.get_by_id(sent.submission.id)


def change(sent: Filed, entries: Iterable[Entry] = (), **pages: dict[str, Any]) -> Draft:
    """A draft that changes these pages (vehicle_1 for the first of `entries`) by what was typed there."""
    about = [page for page in pages if not page.startswith("vehicle")]
    made = changing.begin(again(sent), about, [entry.ref for entry in entries])
    answers = drafts.answers_of(made)
    for name, typed in pages.items():
        page = name.replace("_", "-")
        known = answering.page_of(answers, page)
        confirmed = {item: value for item, value in {**known, **typed}.items() if item != answering.CONFIRMED}
        answers = answering.with_page(answers, page, {**known, **typed, answering.CONFIRMED: confirmed})
    if "contact" in pages:
        answers["phone_proof"] = {"phone": answering.phone(answers), "at": "2026-01-01T00:00:00+00:00"}
    drafts.save(made, answers)
    return Draft.get_by_id(made.id)


def send(made: Draft, *, signed: bool = False, **changes: Any) -> Submission:
    """Send a change, signed where it asks for that."""
    signature = signing(made, **changes) if signed else None
    sent = sending.send(filer(made), made.ref, made.version, signature, key=made.ref)
    return Submission.get(Submission.ref == sent["submission"])


def filings_of(sent: Submission) -> list[Filing]:
    return queries.filings_of(sent)


def upload(built: BuiltUnit, sent: Submission) -> dict[str, Any]:
    """The unit verifies and uploads what was sent."""
    return uploaded(built, verify(built, filings_of(sent)))


def in_force(sent: Filed | Submission) -> list[Entry]:
    """The person's entries in force, oldest first."""
    person = sent.person_id if isinstance(sent, Submission) else sent.submission.person_id
    return list(Entry.select().where(Entry.person == person, Entry.state != "removed").order_by(Entry.id))


def listed(**choices: Any) -> tuple[BuiltUnit, Filed]:
    """(unit, what was filed) of a person on the list."""
    built = certified_unit(choices.pop("unit_class", "enterprise"))
    sent = filed(built, **choices)
    uploaded(built, verified(built, sent))
    return built, sent


def upload_fallen(built: BuiltUnit, new: Submission) -> UploadLine:
    """The line of what the unit would upload."""
    prepared(built, verify(built, filings_of(new)))
    return UploadLine.select().order_by(UploadLine.id.desc()).get()
