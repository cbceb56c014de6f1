"""Lists exported as PDF. Frozen.

The words of `issued_document.kind` stand in a check of the table, which SQLite cannot change: the table is made anew.
"""

from peewee import BigAutoField, BigIntegerField, Check, ForeignKeyField, IntegerField, Model, SqliteDatabase, TextField


class Table(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


class Unit(Table):
    class Meta:
        table_name = "unit"


class StoredFile(Table):
    class Meta:
        table_name = "stored_file"


class ListExport(Table):
    ref = TextField(unique=True)
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    account_id = BigIntegerField()
    state = TextField()
    purpose = TextField()
    rows = IntegerField()
    created_at = BigIntegerField()
    kept_until = BigIntegerField()
    ended_at = BigIntegerField(null=True)
    act_id = BigIntegerField()

    class Meta:
        table_name = "list_export"
        indexes = ((("kept_until",), False),)


KINDS = ("personal_pledge", "unit_pledge", "annex", "receipt", "listing_confirmation", "poster", "desk_card")


def documents_of(*kinds):
    class IssuedDocument(Table):
        code = TextField(unique=True)
        kind = TextField(constraints=[Check(f"kind IN ({', '.join(repr(kind) for kind in kinds)})")])
        subject = TextField()
        locale = TextField()
        file = ForeignKeyField(StoredFile, on_delete="RESTRICT", backref="+", null=True)
        pages = IntegerField()
        unit_id = BigIntegerField(null=True)
        issued_at = BigIntegerField()

        class Meta:
            table_name = "issued_document"
            indexes = ((("kind", "subject", "locale"), True),)

    return IssuedDocument


KEPT = "id, code, kind, subject, locale, file_id, pages, unit_id, issued_at"


def up(migrator, db):
    remake(db, documents_of(*KINDS, "list_export"))
    with db.bind_ctx([ListExport], bind_refs=False, bind_backrefs=False):
        db.create_tables([ListExport], safe=False)


def down(migrator, db):
    db.execute_sql("DELETE FROM issued_document WHERE kind = 'list_export'")
    remake(db, documents_of(*KINDS))
    with db.bind_ctx([ListExport], bind_refs=False, bind_backrefs=False):
        db.drop_tables([ListExport], safe=False)


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
