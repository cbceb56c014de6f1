"""Entries are found by the number of their submission through the submission, which has it in an index. Frozen."""


def up(migrator, db):
    db.execute_sql("DROP INDEX entry_number")


def down(migrator, db):
    db.execute_sql('CREATE INDEX "entry_number" ON "entry" ("number")')
