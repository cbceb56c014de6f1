"""Indexes for what was looked for from end to end: an entry by its number, jobs that are old, holds of a day."""

INDEXES = (("entry", "number"), ("entry_hold", "since"), ("job", "finished_at"))


def up(migrator, db):
    migrator.migrate(*(migrator.add_index(table, (column,)) for table, column in INDEXES))


def down(migrator, db):
    migrator.migrate(*(migrator.drop_index(table, f"{table}_{column}") for table, column in INDEXES))
