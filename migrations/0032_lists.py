"""What a unit has in force is found newest first, and what of it ends soon by the unit. Frozen."""

from peewee import BigIntegerField


def up(migrator, db):
    migrator.migrate(migrator.add_column("entry_expiry", "unit_id", BigIntegerField(null=True)))
    db.execute_sql(
        "UPDATE entry_expiry SET unit_id = (SELECT e.unit_id FROM entry AS e WHERE e.id = entry_expiry.entry_id)"
    )
    migrator.migrate(migrator.add_index("entry_expiry", ("unit_id", "last_day", "entry_id"), False))
    db.execute_sql('CREATE INDEX "entry_in_force" ON "entry" ("unit_id", "listed_at", "id") WHERE state <> \'removed\'')


def down(migrator, db):
    db.execute_sql("DROP INDEX entry_in_force")
    migrator.migrate(migrator.drop_index("entry_expiry", "entry_expiry_unit_id_last_day_entry_id"))
    migrator.migrate(migrator.drop_column("entry_expiry", "unit_id"))
