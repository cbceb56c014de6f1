"""What a document says, gathered from the domain as plain values: the same for its PDF and for its HTML twin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from webapp import clock
from webapp.delivery import annexes, data_copies, list_exports, parts
from webapp.documents import models as papers
from webapp.documents import words
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings import attesting, helping, waiting
from webapp.domain.filings import queries as filings
from webapp.domain.filings.models import CounterSheet
from webapp.domain.filings.uploading_rules import HOUSEHOLD
from webapp.domain.jobs import calendar
from webapp.domain.passlist import channels
from webapp.domain.passlist.models import OWNER, SECOND, DriverSlot, Entry
from webapp.domain.pledges import actions as pledges
from webapp.domain.pledges.models import Pledge
from webapp.domain.privacy import erasing, retention
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import OWN
from webapp.domain.units import queries as units
from webapp.domain.units.models import EnrolmentCode
from webapp.values import plates


def values_for(document: IssuedDocument, public_url: str) -> papers.Document:
    """Everything the document prints. Raises NotFound where its subject is gone."""
    return _GATHERERS[document.kind](document, public_url)


def _personal_pledge(document: IssuedDocument, public_url: str) -> papers.PersonalPledge:
    sheet = helping.sheet(document.subject)
    if sheet is not None:
        return _sheet(document, sheet, public_url)
    pledge = parts.found(Pledge.get_or_none(Pledge.ref == document.subject))
    content = pledges.content_of(pledge)
    declared = content["declared"]
    return papers.PersonalPledge(
        stamp=parts.stamp(document, public_url, content["number"], pledge.digest),
        text=parts.pledge_text(pledge.text_id),
        unit_name=content["unit"],
        vehicles=parts.vehicles(declared),
        signature=parts.signature(pledge, content),
        **parts.person(declared),
    )


def _sheet(document: IssuedDocument, sheet: CounterSheet, public_url: str) -> papers.PersonalPledge:
    """The pledge with every answer, printed at a counter to be signed by hand."""
    content = helping.sheet_content(sheet)
    return papers.PersonalPledge(
        stamp=parts.stamp(document, public_url, sheet.number, sheet.digest),
        text=parts.pledge_text(sheet.text_id),
        unit_name=content["unit"],
        vehicles=parts.vehicles(content["declared"]),
        signature=None,
        answers=tuple((name, value) for name, value in content["rows"]),
        helped_by=content["helped_by"],
        **parts.person(content["declared"]),
    )


def _receipt(document: IssuedDocument, public_url: str) -> papers.Receipt:
    submission = parts.found(filings.submission(document.subject))
    declared = registry.answers(submission.answers_id)
    unit = units.by_id(submission.unit_id)
    return papers.Receipt(
        stamp=parts.stamp(document, public_url, submission.number, attesting.digest_of(submission)),
        unit_name=unit.name,
        vehicles=parts.vehicles(declared),
        submitted_at=parts.local(submission.filed_at),
        verify_by=calendar.nth_working_day(submission.filed_at, waiting.OVERDUE_AFTER),
        status_url=f"{public_url}/s/{filings.status_token(submission)}",
        unit_contact=parts.contact(unit),
        **parts.person(declared),
    )


def _listing_confirmation(document: IssuedDocument, public_url: str) -> papers.ListingConfirmation:
    entry = parts.found(Entry.get_or_none(Entry.ref == document.subject))
    card = open_card(entry)
    submission = parts.found(filings.submission(entry.submission_ref))
    return papers.ListingConfirmation(
        stamp=parts.stamp(document, public_url, submission.number, Pledge.get_by_id(entry.pledge_id).digest),
        name=card.name,
        latin_name=card.latin_name,
        id_type=card.id_type,
        id_tail=card.tail,
        unit_name=units.by_id(entry.unit_id).name,
        vehicle=papers.Vehicle(
            plates=tuple(plates.display(plate) for plate in card.plates),
            use=entry.vehicle_use,
            role=_role(entry),
            size_class=entry.size_class,
        ),
        listed_since=clock.local_date(entry.listed_at),
        channels=tuple(
            papers.ChannelHours(parts.in_locale(channel.names, document.locale), parts.hours(channel, document.locale))
            for channel in channels.fitting(entry.size_class)
        ),
    )


def _role(entry: Entry) -> str:
    """How the person of an entry drives an own-use car (words.DRIVER_ROLES), "" where it is a unit's."""
    if entry.vehicle_use != OWN:
        return ""
    slot = DriverSlot.get_or_none(DriverSlot.id == entry.slot_id)
    role = slot.slot if slot else OWNER
    return HOUSEHOLD if role == SECOND and entry.household else role


def _poster(document: IssuedDocument, public_url: str) -> papers.Poster:
    code = parts.found(EnrolmentCode.get_or_none(EnrolmentCode.code == document.subject))
    unit = units.by_id(code.unit_id)
    return papers.Poster(
        unit_name=unit.name,
        url=f"{public_url}/q/{code.code.lower()}",
        code=code.code,
        version=code.version,
        issued_on=clock.local_date(code.created_at),
        for_residents=unit.unit_class == "resident",
        help_hours=unit.public_hours or parts.speaker(document.locale)(words.OFFICE_HOURS),
        help_phone=unit.public_phone,
        size="a6" if document.kind == "desk_card" else "a4",
    )


def _erasure_certificate(document: IssuedDocument, public_url: str) -> papers.ErasureCertificate:
    erasure = erasing.one(document.subject)
    erased_on = parts.found(erasure.ended_on)
    counts = erasure.counts or {}
    return papers.ErasureCertificate(
        stamp=parts.stamp(document, public_url, erasure.number, ""),
        erased_on=erased_on,
        counts=tuple((kind, counts[kind]) for kind in words.ERASED if kind in counts),
        copies_until=erased_on + timedelta(days=retention.copies_days()),
    )


_GATHERERS: dict[str, Callable[[IssuedDocument, str], papers.Document]] = {
    "personal_pledge": _personal_pledge,
    "receipt": _receipt,
    "listing_confirmation": _listing_confirmation,
    "poster": _poster,
    "desk_card": _poster,
    "unit_pledge": annexes.unit_pledge,
    "list_export": list_exports.exported_list,
    "erasure_certificate": _erasure_certificate,
    "data_copy": data_copies.data_copy,
}
