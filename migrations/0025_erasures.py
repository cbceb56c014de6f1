"""Erasures, legal holds, checks of keys, rotations; what is erased says so. Frozen.

The words of `issued_document.kind` stand in a check of the table, which SQLite cannot change: the table is made anew.
"""

from peewee import (
    SQL,
    BigAutoField,
    BigIntegerField,
    BlobField,
    Check,
    DateField,
    ForeignKeyField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)


class Table(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


class Person(Table):
    class Meta:
        table_name = "person"


class StoredFile(Table):
    class Meta:
        table_name = "stored_file"


class Erasure(Table):
    ref = TextField(unique=True)
    number = TextField(unique=True)
    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
    cause = TextField(constraints=[Check("cause IN ('asked', 'retention', 'replayed')")])
    request_ref = TextField()
    state = TextField(constraints=[Check("state IN ('proposed', 'confirmed', 'done', 'rejected')")])
    note = BlobField(null=True)
    proposed_by = BigIntegerField(null=True)
    confirmed_by = BigIntegerField(null=True)
    proposed_at = BigIntegerField()
    ended_at = BigIntegerField(null=True)
    ended_on = DateField(null=True)
    counts = TextField(null=True)
    locale = TextField()
    certificate = TextField()
    act_id = BigIntegerField()

    class Meta:
        indexes = ((("state", "id"), False), (("person", "id"), False))
        constraints = (
            Check(
                "cause <> 'asked' OR state NOT IN ('confirmed', 'done') OR COALESCE(confirmed_by <> proposed_by, 1 = 0)"
            ),
        )


Erasure.add_index(Erasure.person, unique=True, where=SQL("state = 'proposed'"), name="erasure_once")


class LegalHold(Table):
    ref = TextField(unique=True)
    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
    reason = BlobField()
    until = DateField()
    placed_by = BigIntegerField()
    placed_at = BigIntegerField()
    lifted_by = BigIntegerField(null=True)
    lifted_at = BigIntegerField(null=True)
    act_id = BigIntegerField()

    class Meta:
        table_name = "legal_hold"
        indexes = ((("person", "until"), False),)


class KeyCheck(Table):
    name = TextField(unique=True)
    value = BlobField()

    class Meta:
        table_name = "key_check"


class KeyRotation(Table):
    to_key = TextField()
    began_at = BigIntegerField()
    ended_at = BigIntegerField(null=True)
    resealed = BigIntegerField()

    class Meta:
        table_name = "key_rotation"


KeyRotation.add_index(KeyRotation.to_key, unique=True, where=SQL("ended_at IS NULL"), name="key_rotation_once")

TABLES = (Erasure, LegalHold, KeyCheck, KeyRotation)
KINDS = (
    "personal_pledge",
    "unit_pledge",
    "annex",
    "receipt",
    "listing_confirmation",
    "poster",
    "desk_card",
    "list_export",
)


def documents_of(kinds, *, with_erased):
    class IssuedDocument(Table):
        code = TextField(unique=True)
        kind = TextField(constraints=[Check(f"kind IN ({', '.join(repr(kind) for kind in kinds)})")])
        subject = TextField()
        locale = TextField()
        file = ForeignKeyField(StoredFile, on_delete="RESTRICT", backref="+", null=True)
        pages = IntegerField()
        unit_id = BigIntegerField(null=True)
        issued_at = BigIntegerField()
        if with_erased:
            erased_at = BigIntegerField(null=True)

        class Meta:
            table_name = "issued_document"
            indexes = ((("kind", "subject", "locale"), True),)

    return IssuedDocument


KEPT = "id, code, kind, subject, locale, file_id, pages, unit_id, issued_at"


def up(migrator, db):
    remake(db, documents_of((*KINDS, "erasure_certificate"), with_erased=True))
    migrator.migrate(migrator.add_column("person", "erased_at", BigIntegerField(null=True)))
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)


#: They speak of the table of erasures, without which SQLite refuses them; `db upgrade` makes every trigger anew.
TRIGGERS = (
    *(f"{table}_frozen_update" for table in ("pledge", "answers", "unit_step", "filing_step", "sanction_step")),
    "sanction_as_proposed_update",
)


def down(migrator, db):
    if isinstance(getattr(db, "obj", db), SqliteDatabase):
        for trigger in TRIGGERS:
            db.execute_sql(f"DROP TRIGGER IF EXISTS {trigger}")
    db.execute_sql("DELETE FROM issued_document WHERE kind = 'erasure_certificate'")
    remake(db, documents_of(KINDS, with_erased=False))
    migrator.migrate(migrator.drop_column("person", "erased_at"))
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)


def remake(db, table):
    db.execute_sql("CREATE TABLE issued_document_kept AS SELECT * FROM issued_document")
    db.execute_sql("DROP TABLE issued_document")
    with db.bind_ctx([table], bind_refs=False, bind_backrefs=False):
        db.create_tables([table], safe=False)
    db.execute_sql(f"INSERT INTO issued_document ({KEPT}) SELECT {KEPT} FROM issued_document_kept")
    db.execute_sql("DROP TABLE issued_document_kept")
    if not isinstance(getattr(db, "obj", db), SqliteDatabase):
        db.execute_sql(
            "SELECT setval(pg_get_serial_sequence('issued_document', 'id'), (SELECT max(id) FROM issued_document))"
        )
