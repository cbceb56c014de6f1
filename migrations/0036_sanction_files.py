"""A file of sanctions is not kept for good: its batch outlives it. Frozen."""


def up(migrator, db):
    migrator.migrate(migrator.drop_not_null("sanction_batch", "file_id"))


def down(migrator, db):
    migrator.migrate(migrator.add_not_null("sanction_batch", "file_id"))
