"""docs/data-register.md, made from the register and the table of terms."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.domain.privacy import register, retention
from webapp.domain.privacy.register.words import CLASSES

HEAD = """\
# Register of data

Made by `flask --app wsgi privacy register` from `webapp/domain/privacy/register/` and `retention.py`; a test fails when
it is old, and when a column or an item has no row. Officers and auditors read the same in their own language under
`/platform/data`. Classes: {classes}. Form: plain, sealed (AES-256-GCM, bound to its place), index (keyed hash under the
index key), hash.

What erasing a person does: **nothing**, it says nothing of him; **emptied** where it stands; **deleted**, its row goes;
**expires** with its own short term; **proof** or **record**, a digest or the deed stays without his data; **staff**, it
is of an account or a unit and stays with it.

## Terms

| term | days | after |
|---|---|---|
"""


def markdown() -> str:
    lines = [HEAD.format(classes=", ".join(CLASSES)).rstrip("\n"), *_terms(), "", *_items(), "", *_tables()]
    return "\n".join(lines) + "\n"


def _terms() -> Iterator[str]:
    for term in retention.usual().values():
        days = "" if term.days is None else str(term.days)
        yield f"| {_said(term.code)} | {days} | {_said(term.begins)} |"


def _items() -> Iterator[str]:
    yield "## Items of a filing"
    yield ""
    yield "| item | page | class | purpose | necessity | kept | erasing |"
    yield "|---|---|---|---|---|---|---|"
    for row in register.ITEMS.values():
        said = (row.data_class, row.purpose, row.necessity, row.retention, row.erasure)
        yield f"| `{row.name}` | {_said(row.page)} | " + " | ".join(map(_said, said)) + " |"


def _tables() -> Iterator[str]:
    yield "## Columns"
    for table in register.TABLES.values():
        yield ""
        yield f"### {table.name}"
        yield ""
        yield "| column | form | class | purpose | necessity | kept | erasing |"
        yield "|---|---|---|---|---|---|---|"
        for one in table.columns.values():
            said = (one.form, one.data_class, one.purpose, one.necessity, one.retention, one.erasure)
            yield f"| `{one.name}` | " + " | ".join(map(_said, said)) + " |"


def _said(code: str) -> str:
    return code.replace("_", " ")
