"""What is over is found by its age, and what an erasure touches by whom it is about. Frozen."""

INDEXES = (
    ("notice", "created_at"),
    ("delivery", "created_at"),
    ("issued_document", "subject"),
    ("roster_row", "name_index"),
)


def up(migrator, db):
    migrator.migrate(*(migrator.add_index(table, (column,), False) for table, column in INDEXES))
    db.execute_sql('CREATE INDEX "filing_returned" ON "filing" ("state", "id") WHERE state = \'returned\'')


def down(migrator, db):
    migrator.migrate(*(migrator.drop_index(table, f"{table}_{column}") for table, column in INDEXES))
    db.execute_sql("DROP INDEX filing_returned")
