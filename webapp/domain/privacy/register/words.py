"""What a row of the register says, and the closed sets of codes it says it in (words: ui.sentences.data)."""

from __future__ import annotations

from dataclasses import dataclass, replace

#: How much harm a value can do (GB/T 45574; PIPL 28).
PUBLIC, INTERNAL, PERSONAL, SENSITIVE = CLASSES = ("public", "internal", "personal", "sensitive")

#: Why it is kept.
PURPOSES = (
    "identify",
    "reach",
    "drive",
    "belong",
    "vehicle",
    "verify",
    "pledge",
    "list",
    "sanction",
    "case",
    "search",
    "lane",
    "sign_in",
    "tell",
    "publish",
    "measure",
    "record",
    "rights",
    "keys",
    "run",
)
#: Whether the service can do without.
NEEDED, BY_POLICY, OPTIONAL = NECESSITIES = ("needed", "by_policy", "optional")

#: What erasing a person does to it: nothing, as it says nothing of him; emptied where it stands; its row goes; it goes
#: with its own short term; it stays as a proof or as the record of a deed, without his data; kept for who is staff.
NOTHING, EMPTIED, DELETED, EXPIRES, PROOF, RECORD, STAFF = ERASURES = (
    "nothing",
    "emptied",
    "deleted",
    "expires",
    "proof",
    "record",
    "staff",
)

#: In which form it lies in the database.
PLAIN, SEALED, INDEX, HASH = FORMS = ("plain", "sealed", "index", "hash")


@dataclass(frozen=True)
class Column:
    """`place`: how the last part of a sealed value's context is made of the row (rotating.places): columns joined by
    `:`, `column.other` through a reference, a blind index as hexadecimal."""

    table: str
    name: str
    data_class: str
    purpose: str
    necessity: str
    retention: str  # code of retention.terms
    erasure: str
    form: str
    place: str = ""


@dataclass(frozen=True)
class Table:
    name: str
    columns: dict[str, Column]


def of(
    data_class: str,
    names: str,
    *,
    place: str = "",
    form: str = "",
    purpose: str = "",
    necessity: str = "",
    retention: str = "",
    erasure: str = "",
) -> list[Column]:
    """Rows of columns that share everything; what is not said is the table's."""
    shape = form or (SEALED if place else PLAIN)
    row = Column("", "", data_class, purpose, necessity, retention, erasure, shape, place)
    return [replace(row, name=name) for name in names.split()]


def table(name: str, purpose: str, retention: str, erasure: str, *rows: list[Column], necessity: str = NEEDED) -> Table:
    """The rows of a table. Every table has an id, which says nothing."""
    said = [*of(INTERNAL, "id"), *(one for row in rows for one in row)]
    columns = {
        one.name: replace(
            one,
            table=name,
            purpose=one.purpose or purpose,
            necessity=one.necessity or necessity,
            retention=one.retention or retention,
            erasure=one.erasure or (NOTHING if one.data_class in (PUBLIC, INTERNAL) else erasure),
        )
        for one in said
    }
    return Table(name, columns)
