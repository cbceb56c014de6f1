"""A document is found by the hash of its file. Frozen."""


def up(migrator, db):
    migrator.migrate(migrator.add_index("stored_file", ("digest",), False))


def down(migrator, db):
    migrator.migrate(migrator.drop_index("stored_file", "stored_file_digest"))
