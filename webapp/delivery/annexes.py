"""What a unit pledge says, with every line of its annex; signed, or as the sheet to print, sign and seal."""

from __future__ import annotations

from datetime import date
from typing import Any

from webapp.delivery import parts
from webapp.documents import models as papers
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings import upload_lists
from webapp.domain.filings.models import Upload
from webapp.domain.pledges import actions as pledges
from webapp.domain.pledges import texts
from webapp.domain.pledges.models import UNIT, Pledge
from webapp.domain.units import queries as units
from webapp.values import plates


def unit_pledge(document: IssuedDocument, public_url: str) -> papers.UnitPledge:
    """The document of a pledge, or of an upload that waits for its sealed sheet. Raises NotFound."""
    pledge = Pledge.get_or_none(Pledge.ref == document.subject, Pledge.kind == UNIT)
    if pledge is None:
        return _sheet(document, parts.found(upload_lists.by_ref(document.subject)), public_url)
    upload = parts.found(upload_lists.by_pledge(pledge))
    content = pledges.content_of(pledge)
    return papers.UnitPledge(
        stamp=parts.stamp(document, public_url, content["number"], pledge.digest),
        text=parts.pledge_text(pledge.text_id),
        unit_name=content["unit"],
        registration_number=content["registration_number"],
        responsible_name=content["signed_name"],
        people=content["people"],
        vehicles=content["vehicles"],
        filings=content["filings"],
        list_digest=content["list_digest"],
        signature=parts.signature(pledge, content),
        rows=_rows(upload),
    )


def _sheet(document: IssuedDocument, upload: Upload, public_url: str) -> papers.UnitPledge:
    unit = units.by_id(upload.unit_id)
    counted = upload_lists.summary(upload)
    return papers.UnitPledge(
        stamp=parts.stamp(document, public_url, upload.number, upload.digest),
        text=parts.pledge_text(texts.current(UNIT, document.locale).id),
        unit_name=unit.name,
        registration_number=unit.registration_number,
        responsible_name=units.manager_name(unit),
        people=counted.people,
        vehicles=counted.vehicles,
        filings=counted.filings,
        list_digest=upload.digest,
        signature=None,
        rows=_rows(upload),
    )


def _rows(upload: Upload) -> tuple[papers.AnnexRow, ...]:
    lines = upload_lists.covered_lines(upload)
    return tuple(_row(upload_lists.open_line(upload, line)) for line in lines)


def _row(line: dict[str, Any]) -> papers.AnnexRow:
    return papers.AnnexRow(
        name=line["name"],
        id_type=line["id_type"],
        id_tail=line["tail"],
        plates=tuple(plates.display(plate) for plate in line["plates"]),
        use=line["use"],
        role=line["role"],
        verified_on=date.fromisoformat(line["verified_on"]) if line["verified_on"] else None,
    )
