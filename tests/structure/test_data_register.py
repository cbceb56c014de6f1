"""Every column and every item stands in the register, in words for everybody, with a term that somebody keeps."""

from __future__ import annotations

import peewee
import pytest

from webapp import database, schema
from webapp.cli import data_register
from webapp.cli.privacy import DOCUMENT
from webapp.domain.filings import details, items
from webapp.domain.privacy import purging, register, retention
from webapp.domain.privacy.register.words import (
    CLASSES,
    ERASURES,
    FORMS,
    INTERNAL,
    NECESSITIES,
    PLAIN,
    PUBLIC,
    PURPOSES,
    SEALED,
    SENSITIVE,
)
from webapp.ui import data

ROWS = [one for table in register.TABLES.values() for one in table.columns.values()]


def test_every_column_of_the_database_has_a_row(db):
    there = {
        (table, column.name)
        for table in database.database.get_tables()
        if table != "schema_migration"
        for column in database.database.get_columns(table)
    }
    described = {(model._meta.table_name, field.column_name) for model in schema.models() for field in _fields(model)}
    known = {(one.table, one.name) for one in ROWS}

    assert sorted(there - known) == [], (
        "webapp/domain/privacy/register: say why it is kept, how long, what erasing does"
    )
    assert sorted(known - there) == []
    assert described == known


def _fields(model):
    return model._meta.sorted_fields


def test_every_item_has_a_row():
    assert sorted(register.ITEMS) == sorted(items.BY_NAME)


def test_register_and_terms_are_in_words():
    for one in (*ROWS, *register.ITEMS.values()):
        said = (one.data_class, one.purpose, one.necessity, one.erasure, one.retention)
        sets = (CLASSES, PURPOSES, NECESSITIES, ERASURES, retention.terms())
        assert all(code in codes for code, codes in zip(said, sets, strict=True)), one
    for words, codes in (
        (data.CLASSES, CLASSES),
        (data.PURPOSES, PURPOSES),
        (data.NECESSITIES, NECESSITIES),
        (data.ERASURES, ERASURES),
        (data.FORMS, FORMS),
        (data.TERMS, retention.terms()),
        (data.BEGINS, {term.begins for term in retention.terms().values()}),
    ):
        assert sorted(words) == sorted(codes)


def test_bytes_are_sealed_or_hashed_and_what_is_personal_is_not_plain_text():
    kinds = {
        (model._meta.table_name, field.column_name): field for model in schema.models() for field in _fields(model)
    }
    for one in ROWS:
        field = kinds[one.table, one.name]
        if isinstance(field, peewee.BlobField):
            assert one.form != PLAIN, one
        if one.form == SEALED:
            assert isinstance(field, peewee.BlobField), one
    # What is personal and lies plain is a day, a reference to what is sealed, or a network address.
    plain = {
        f"{one.table}.{one.name}" for one in ROWS if one.form == PLAIN and one.data_class not in (PUBLIC, INTERNAL)
    }
    assert {name for name in plain if not name.endswith("_id")} == {
        "entry_expiry.last_day",
        "session.address",
        "act.address",
    }


def test_the_word_sensitive_masks_an_item_and_opens_it_by_an_act_alone():
    """What the catalogue calls sensitive is what pages show by its last four and `read_numbers` opens: no list beside
    it. An item without the word is no item (`Item` wants it), one without a row fails above."""
    sensitive = {row.name for row in register.ITEMS.values() if row.data_class == SENSITIVE}

    assert {item for _block, item in details.NUMBERS} == sensitive >= {"id_number", "licence_number"}
    with pytest.raises(TypeError):
        items.Item("new", items.PERSON, items.TEXT)  # type: ignore[call-arg]


def test_every_term_with_days_is_kept_by_somebody():
    kept = {*purging.PURGES, *purging.TOGETHER, "copy"}

    assert sorted(code for code, term in retention.terms().items() if term.days is not None) == sorted(kept)


def test_document_is_the_register_of_this_version():
    assert DOCUMENT.read_text(encoding="utf-8") == data_register.markdown(), "flask --app wsgi privacy register"
