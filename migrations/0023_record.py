"""The record proves itself: MACs, places and seals. Frozen.

Numbers that audit lines had are dropped: acts are numbered now, and get their numbers with their proofs. Rows that are
there already get their positions here and their MACs from `db upgrade` (webapp.domain.audit.adopting), once.
"""

from peewee import BigAutoField, BigIntegerField, BlobField, IntegerField, Model, SqliteDatabase

TRIGGERS = ("act_frozen", "audit_line_frozen", "sequence_frozen", "sequence_kept")


class Seal(Model):
    id = BigAutoField()
    number = BigIntegerField(unique=True)
    acts = BigIntegerField()
    lines = BigIntegerField()
    root = BlobField()
    head = BlobField()
    at = BigIntegerField()
    mac = BlobField()

    class Meta:
        table_name = "seal"
        legacy_table_names = False


def up(migrator, db):
    drop_triggers(db)
    migrator.migrate(
        migrator.add_column("act", "lines", IntegerField(null=True)),
        migrator.add_column("act", "mac", BlobField(null=True)),
        migrator.add_column("audit_line", "position", IntegerField(null=True)),
        migrator.add_column("audit_line", "mac", BlobField(null=True)),
        migrator.add_column("sequence", "mac", BlobField(null=True)),
    )
    with db.bind_ctx([Seal], bind_refs=False, bind_backrefs=False):
        db.create_tables([Seal], safe=False)
    db.execute_sql("DELETE FROM sequence WHERE stream = 'audit'")
    db.execute_sql(
        "UPDATE audit_line SET position = placed.position FROM"
        " (SELECT id, row_number() OVER (PARTITION BY act_id ORDER BY id) AS position FROM audit_line) AS placed"
        " WHERE audit_line.id = placed.id"
    )
    db.execute_sql("UPDATE act SET lines = (SELECT count(*) FROM audit_line WHERE audit_line.act_id = act.id)")


def down(migrator, db):
    drop_triggers(db)
    with db.bind_ctx([Seal], bind_refs=False, bind_backrefs=False):
        db.drop_tables([Seal], safe=False)
    db.execute_sql("DELETE FROM sequence WHERE stream = 'audit'")
    db.execute_sql(
        "INSERT INTO sequence (stream, number, source_id) SELECT 'audit', row_number() OVER (ORDER BY id), id"
        " FROM audit_line"
    )
    for table, column in (
        ("act", "lines"),
        ("act", "mac"),
        ("audit_line", "position"),
        ("audit_line", "mac"),
        ("sequence", "mac"),
    ):
        migrator.migrate(migrator.drop_column(table, column))


def drop_triggers(db):
    """They are made anew after the migration, and would refuse what it does."""
    for name in TRIGGERS:
        table = name.rpartition("_")[0]
        if isinstance(getattr(db, "obj", db), SqliteDatabase):
            for moment in ("update", "delete"):
                db.execute_sql(f"DROP TRIGGER IF EXISTS {name}_{moment}")
        else:
            db.execute_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
