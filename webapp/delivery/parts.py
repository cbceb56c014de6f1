"""Parts that several documents share, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from webapp import clock
from webapp.documents import models as papers
from webapp.documents import words
from webapp.documents.render import environment
from webapp.domain.files import actions as files
from webapp.domain.files.models import IssuedDocument, StoredFile
from webapp.domain.passlist.models import OWNER, SECOND, Channel
from webapp.domain.pledges.models import Pledge, PledgeText
from webapp.domain.registry.models import OWN
from webapp.domain.units.models import Unit
from webapp.errors import NotFound
from webapp.values import documents as identity
from webapp.values import plates

#: How pledges call the ways of signing, and how documents do.
METHODS = {"drawn": "drawn", "typed": "typed", "sealed_paper": "scanned"}
SOURCE = "zh_Hant_MO"
DAY = 24 * 60

Thing = TypeVar("Thing")


def found(thing: Thing | None) -> Thing:
    if thing is None:
        raise NotFound("not_found")
    return thing


def local(instant: datetime) -> datetime:
    """An instant as the zone's clocks show it."""
    return instant.astimezone(clock.ZONE).replace(tzinfo=None)


def stamp(document: IssuedDocument, public_url: str, number: str, digest: str) -> papers.Stamp:
    return papers.Stamp(
        number=number,
        genuine_url=f"{public_url}/genuine/{document.code}",
        digest=digest,
        issued_at=local(document.issued_at),
    )


def pledge_text(text_id: int) -> papers.PledgeText:
    text = PledgeText.get_by_id(text_id)
    return papers.PledgeText(
        title=text.title,
        clauses=tuple(text.clauses),
        version=text.version,
        language=text.language,
        sample=text.sample,
    )


def signature(pledge: Pledge, content: Mapping[str, Any]) -> papers.Signature:
    image = None
    if pledge.drawing_id is not None and pledge.method == "drawn":
        image = files.read(StoredFile.get_by_id(pledge.drawing_id))
    return papers.Signature(
        method=METHODS[pledge.method],
        name=content["signed_name"],
        signed_at=local(pledge.signed_at),
        image=image,
        helped_by=content.get("helped_by", ""),
    )


def person(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Name and document of a declared person, the number by its last digits only."""
    said = declared["person"]
    return {
        "name": said["full_name"],
        "latin_name": said["latin_name"],
        "id_type": said["id_type"],
        "id_tail": identity.tail(said["id_number"]),
    }


def vehicles(declared: Mapping[str, Any]) -> tuple[papers.Vehicle, ...]:
    return tuple(
        papers.Vehicle(
            plates=tuple(plates.display(plate) for plate in said["plates"]),
            use=said["vehicle_use"],
            role=(OWNER if said["is_owner"] else SECOND) if said["vehicle_use"] == OWN else "",
            size_class=said["size_class"],
        )
        for said in declared["vehicles"]
    )


def contact(unit: Unit) -> str:
    """Where a person asks his unit: what it shows in public, and no more."""
    return "　".join(part for part in (unit.address, unit.public_phone) if part)


def speaker(locale: str) -> Callable[[str], str]:
    """Says the words of documents in a document's own language."""
    return environment(locale, paper=True).filters["say"]


def in_locale(texts: Mapping[str, str], locale: str) -> str:
    return texts.get(locale) or texts[SOURCE]


def hours(channel: Channel, locale: str) -> str:
    if channel.opens == 0 and channel.closes == DAY:
        return speaker(locale)(words.ALL_DAY)
    return f"{channel.opens // 60:02d}:{channel.opens % 60:02d}–{channel.closes // 60:02d}:{channel.closes % 60:02d}"
