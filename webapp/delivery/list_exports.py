"""What an exported list says: who took it away, when, for what; and its lines, read when it is drawn."""

from __future__ import annotations

from webapp import clock
from webapp.delivery import parts
from webapp.documents import models as papers
from webapp.domain.accounts import queries as accounts
from webapp.domain.accounts.models import Account
from webapp.domain.files.models import IssuedDocument
from webapp.domain.passlist import exporting, printing
from webapp.domain.passlist.models import OWNER
from webapp.domain.registry.models import OWN
from webapp.domain.units import queries as units
from webapp.values import documents as identity
from webapp.values import plates


def exported_list(document: IssuedDocument, public_url: str) -> papers.ExportedList:
    """The document without its lines. Raises NotFound where the export is no longer kept."""
    export = parts.found(printing.by_ref(document.subject))
    code = document.code
    return papers.ExportedList(
        stamp=parts.stamp(document, public_url, "-".join((code[:4], code[4:8], code[8:])), ""),
        unit_name=units.by_id(export.unit_id).name,
        exported_by=accounts.name_of(Account.get_by_id(export.account_id)),
        filings=export.rows,
        state=export.state,
        purpose=export.purpose,
        until=parts.local(export.kept_until),
    )


def rows(document: IssuedDocument) -> tuple[papers.ListRow, ...]:
    """Its lines. Raises NotFound."""
    export = parts.found(printing.by_ref(document.subject))
    return tuple(_row(line) for line in exporting.lines(export.unit_id, export.state, bool(export.purpose)))


def _row(line: exporting.Line) -> papers.ListRow:
    return papers.ListRow(
        name=line.name,
        id_type=line.id_type,
        number=identity.display_number(line.id_type, line.document),
        plates=tuple(plates.display(plate) for plate in line.plates),
        use=line.vehicle_use,
        role=(line.slot or OWNER) if line.vehicle_use == OWN else "",
        state=line.state,
        listed_on=clock.local_date(line.listed_at),
    )
