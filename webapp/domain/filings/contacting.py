"""What changes at once: phone, e-mail, language, colour (design 7, rule 8). No pledge, no verification, no upload.

What was declared stays frozen as it was; new answers stand beside it, and whatever pointed at the old ones points at
them. Steps; callers hold the person.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from webapp import crypto
from webapp.domain.audit.acts import Act, record
from webapp.domain.filings import changing, standing, submitting
from webapp.domain.filings.declaring import Declared
from webapp.domain.filings.models import Filing, Submission
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import SMS, SUBMISSION
from webapp.domain.passlist.models import Entry
from webapp.domain.registry import actions as registering
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Answers, Person
from webapp.values import emails

Contact = dict[str, Any]


def change_contact(
    act: Act, submission: Submission, contact: Contact, fields: list[str], guarded_until: datetime | None = None
) -> None:
    """Phone, e-mail and language of everything the person filed with this phone, and the phone on file where it is
    this one, or where a counter checked him (`guarded_until`). The old phone is told. Raises Invalid("phone_full")."""
    person = Person.get_by_id(submission.person_id)
    before = registry.answers(submission.answers_id)["contact"]
    scope = _scope(submission, person, guarded_until)
    if contact["phone"] != before["phone"]:
        on_file = registry.phone_on_file(person.id)
        if guarded_until or on_file is None or bytes(on_file.phone_index) == bytes(submission.phone_index):
            registering.set_phone(act, person, contact["phone"], guarded_until)
        else:
            submitting.take_phone(act, person, contact["phone"])
        if before["phone"]:
            _tell_old_phone(act, submission, before)
        # What was typed from the old answers would bring the old phone back.
        changing.end_drafts(one.id for one in scope)
    said = {item: contact[item] for item in fields}
    for one in scope:
        Submission.update(**_columns(said)).where(Submission.id == one.id).execute()
        record(act, "submission:contact-changed", one.ref, unit_id=one.unit_id, fields=fields)
    for answers_id in _answers_of(scope):
        revise(act, answers_id, lambda declared: declared | {"contact": declared["contact"] | said})


def _columns(said: Contact) -> dict[str, Any]:
    """What a submission's own row keeps of the contact that changed."""
    columns: dict[str, Any] = {}
    if "phone" in said:
        columns["phone_index"] = crypto.index("phone", said["phone"])
    if "email" in said:
        columns["email_index"] = crypto.index("email", emails.key(said["email"])) if said["email"] else None
    if "language" in said:
        columns["language"] = said["language"]
    return columns


def change_colour(act: Act, entry: Entry, colour: str) -> None:
    """The colour of the car of an entry in force."""

    def painted(said: Declared) -> Declared:
        vehicles = [dict(vehicle) for vehicle in said["vehicles"]]
        vehicles[entry.position - 1]["colour"] = colour
        return said | {"vehicles": vehicles}

    revise(act, Entry.get_by_id(entry.id).answers_id, painted)
    record(act, "entry:colour-changed", entry.ref, unit_id=entry.unit_id, fields=["colour"])


def revise(act: Act, answers_id: int, change: Callable[[Declared], Declared]) -> int:
    """New answers beside the frozen ones, for everything that stood on those. Returns their id."""
    row = Answers.get_by_id(answers_id)
    person = Person.get_by_id(row.person_id)
    made = registering.freeze_answers(act, person, change(registry.open_answers(row)), row.policy_version)
    for model in (Submission, Filing, Entry):
        # Named by the person too: none of them is found by its answers.
        model.update(answers=made.id).where(model.person == row.person_id, model.answers == answers_id).execute()
    return made.id


def _scope(submission: Submission, person: Person, guarded_until: datetime | None) -> list[Submission]:
    """Submissions with the same phone; at a counter, where the person himself was seen, also those with the phone on
    file."""
    scope = standing.refs_of(submission)
    on_file = registry.phone_on_file(person.id)
    if guarded_until and on_file is not None and bytes(on_file.phone_index) != bytes(submission.phone_index):
        scope += list(
            Submission.select()
            .where(Submission.person == person.id, Submission.phone_index == on_file.phone_index)
            .order_by(Submission.id)
        )
    return scope


def _answers_of(scope: list[Submission]) -> list[int]:
    ids = [one.id for one in scope]
    refs = [one.ref for one in scope]
    queries = (
        Submission.select(Submission.answers).where(Submission.id << ids),
        Filing.select(Filing.answers).where(Filing.submission << ids),
        Entry.select(Entry.answers).where(Entry.submission_ref << refs),
    )
    return sorted({found for query in queries for (found,) in query.tuples()})


def _tell_old_phone(act: Act, submission: Submission, before: Contact) -> None:
    """Whoever still holds the old phone learns of it there."""
    notice = notices.queue(
        act, "phone-changed", SUBMISSION, submission.ref, subject=submission.ref, params={"number": submission.number}
    )
    if notice is not None:
        notices.deliver(act, notice, SMS, before["phone"], before["language"])
