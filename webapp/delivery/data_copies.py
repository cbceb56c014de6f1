"""What a copy of one's data says on paper: everything, in tables, with instants as the zone's clocks show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from webapp import clock
from webapp.delivery import parts
from webapp.documents import models as papers
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings import following
from webapp.domain.filings import queries as filings
from webapp.domain.pledges import privacy_text
from webapp.domain.privacy import copying, my_data
from webapp.domain.privacy.my_data_shape import INSTANT, TABLES, WORDS

#: Where the schema of copies is published, under PUBLIC_URL.
SCHEMA_PATH = "/privacy/my-data.schema.json"


def data_copy(document: IssuedDocument, public_url: str) -> papers.DataCopy:
    """Raises NotFound where the copy is no longer kept."""
    kept = parts.found(copying.by_ref(document.subject))
    submission = parts.found(filings.submission(kept.submission_ref))
    data = my_data.gather(submission)
    return papers.DataCopy(
        stamp=parts.stamp(document, public_url, submission.number, ""),
        name=following.declared(submission)["person"]["full_name"],
        handler=privacy_text.current(document.locale).handler,
        schema_url=f"{public_url}{SCHEMA_PATH}",
        tables=tables(data),
    )


def tables(data: dict[str, Any]) -> tuple[tuple[str, tuple[tuple[tuple[str, str], ...], ...]], ...]:
    """Every table with its rows as pairs of column and text; what is empty is left out."""
    return tuple((name, tuple(_row(name, row) for row in data[name])) for name in TABLES)


def _row(table: str, row: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    said = ((column, _text(kind, row[column])) for column, kind in TABLES[table].items())
    return tuple((column, text) for column, text in said if text)


def _text(kind: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if kind == INSTANT:
        return f"{datetime.fromisoformat(value).astimezone(clock.ZONE):%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "yes" if value else ""
    return "　".join(value) if kind == WORDS else str(value)
