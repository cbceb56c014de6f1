"""A paper that a newer one replaced says so by a moment of its own; the papers of a code said it by their subject.
Frozen."""

from peewee import BigIntegerField

COLUMNS = ("kind", "subject", "locale")
CODE = "substr(subject, 1, 8)"  # posters and desk cards speak of an enrolment code


def up(migrator, db):
    migrator.migrate(
        migrator.drop_index("issued_document", f"issued_document_{'_'.join(COLUMNS)}"),
        migrator.add_column("issued_document", "replaced_at", BigIntegerField(null=True)),
    )
    db.execute_sql(
        "UPDATE issued_document SET replaced_at = COALESCE("
        "(SELECT min(newer.issued_at) FROM issued_document AS newer WHERE newer.kind = issued_document.kind"
        " AND newer.locale = issued_document.locale AND newer.id > issued_document.id"
        " AND substr(newer.subject, 1, 8) = substr(issued_document.subject, 1, 8)), issued_at)"
        " WHERE kind IN ('poster', 'desk_card') AND subject <> " + CODE
    )
    db.execute_sql(f"UPDATE issued_document SET subject = {CODE} WHERE replaced_at IS NOT NULL")
    db.execute_sql(
        'CREATE UNIQUE INDEX "issued_document_once" ON "issued_document" ("kind", "subject", "locale")'
        " WHERE replaced_at IS NULL"
    )


def down(migrator, db):
    db.execute_sql('DROP INDEX "issued_document_once"')
    db.execute_sql("UPDATE issued_document SET subject = subject || '~' || id WHERE replaced_at IS NOT NULL")
    migrator.migrate(
        migrator.drop_column("issued_document", "replaced_at"),
        migrator.add_index("issued_document", COLUMNS, True),
    )
