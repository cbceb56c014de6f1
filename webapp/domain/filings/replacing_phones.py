"""A lost phone, at the unit's counter (design 3): whoever checked the person and his document sets the new phone,
proved by a code to it. The old one is told, and for a day nothing can be removed or exported with the new one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from webapp import clock
from webapp.actors import Actor
from webapp.database import compared, lock, transaction
from webapp.domain.accounts import codes
from webapp.domain.audit import viewing
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings import contacting, drafts, telling
from webapp.domain.filings.models import OPEN_FILING_STATES, Draft, Filing, Submission
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Person
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.errors import Conflict, Fault, Invalid, NotFound
from webapp.values import documents, phones

GUARD = timedelta(hours=24)
PURPOSE = "phone"


def of_unit(unit_id: int, ref: str) -> Submission:
    """A submission that this unit has a filing or an entry of. Raises NotFound."""
    submission = Submission.get_or_none(Submission.ref == ref)
    if submission is None or not (
        Filing.select().where(Filing.submission == submission.id, compared(Filing.unit) == unit_id).exists()
        or Entry.select().where(Entry.submission_ref == ref, compared(Entry.unit) == unit_id).exists()
    ):
        raise NotFound("not_found")
    return submission


def of_its_unit(unit_id: int, ref: str) -> Submission:
    """The same, for what changes the person: no more once all that he has on its way or in force is with other units.
    Raises NotFound."""
    submission = of_unit(unit_id, ref)
    filed = Filing.select(Filing.unit).where(Filing.person == submission.person_id, Filing.state << OPEN_FILING_STATES)
    listed = Entry.select(Entry.unit).where(Entry.person == submission.person_id, Entry.state << IN_FORCE)
    having = {unit for query in (filed, listed) for (unit,) in query.tuples()}
    if having and unit_id not in having:
        raise NotFound("not_found")
    return submission


def opened(actor: Actor, unit_id: int, ref: str) -> Submission:
    """The submission, for a page about its person that goes on record. Raises NotFound."""
    submission = of_its_unit(unit_id, ref)
    viewing.opened(actor, "submission", ref, [ref])
    return submission


def ask(actor: Actor, unit_id: int, ref: str, region: str, number: str, tail: str, locale: str) -> str:
    """Send a code to the new phone, once the end of the document the person holds was typed. Returns the ref under
    which `asked` knows it, sealed.

    Raises NotFound, Invalid (beside `phone_region`, `phone`, `id_tail`), TooMany.
    """
    submission = of_its_unit(unit_id, ref)
    phone = check(submission, region, number, tail)
    code = codes.issue(PURPOSE, phone, locale=locale, actor=actor)
    with transaction():
        kept = {"phone": phone, "code": code}
        return drafts.make(units.by_id(unit_id), language=locale, answers=kept, begun_from=submission.id).ref


def asked(unit_id: int, ref: str, asked_ref: str) -> dict[str, str]:
    """{"phone": E.164, "code": ref} of a replacement under way. Raises NotFound."""
    submission = of_unit(unit_id, ref)
    row = Draft.get_or_none(
        Draft.ref == asked_ref,
        Draft.unit == unit_id,
        Draft.begun_from == submission.id,
        Draft.expires_at > clock.now(),
    )
    kept = drafts.answers_of(row) if row is not None else {}
    if "code" not in kept:
        raise NotFound("not_found")
    return {"phone": kept["phone"], "code": kept["code"]}


def check(submission: Submission, region: str, number: str, tail: str) -> str:
    """The new phone as E.164. Raises Invalid with everything that is wrong."""
    if region not in phones.REGIONS:
        raise Invalid("missing", field="phone_region")
    checked = phones.check(region, number)
    if checked.errors:
        found = checked.errors[0]
        raise Invalid(faults=[Fault("phone", found.code, dict(found.params))])
    said = registry.answers(submission.answers_id)
    if not documents.tail_matches(said["person"]["id_type"], said["person"]["id_number"], tail):
        raise Invalid("document_differs", field="id_tail")
    if checked.value == said["contact"]["phone"]:
        raise Invalid("same_phone", field="phone")
    if not registry.phone_has_room(checked.value, submission.person_id):
        raise Invalid("phone_full", field="phone", people=registry.PEOPLE_PER_PHONE)
    return checked.value


@action("phone:replace")
def replace(act: Act, unit_id: int, ref: str, phone: str) -> dict[str, Any]:
    """Set the phone whose code was proved just now. Returns {"submission": ref, "until": ISO instant of the guard}.
    Raises NotFound, Invalid("phone_full"), Conflict("unit_not_active")."""
    lock(Unit, [unit_id])
    if units.by_id(unit_id).state not in ("certified", "suspended"):
        raise Conflict("unit_not_active")
    submission = of_its_unit(unit_id, ref)
    lock(Person, [submission.person_id])
    until = act.now + GUARD
    contact = registry.answers(submission.answers_id)["contact"] | {"phone": phone}
    contacting.change_contact(act, submission, contact, ["phone"], guarded_until=until)
    # A lost phone may be in other hands: the links it knows open nothing any more.
    changed = Submission.select().where(
        Submission.person == submission.person_id,
        Submission.phone_index == Submission.get_by_id(submission.id).phone_index,
    )
    for one in changed.order_by(Submission.id):
        Submission.update(link_version=Submission.link_version + 1).where(Submission.id == one.id).execute()
    record(act, "phone:replaced", submission.ref, unit_id=unit_id, fields=["phone"])
    telling.tell_person(act, "phone-set", Submission.get_by_id(submission.id), params={"number": submission.number})
    return {"submission": submission.ref, "until": until.isoformat()}
