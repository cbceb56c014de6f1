"""All consents of a submission, ended ones too, are found by it. Frozen."""


def up(migrator, db):
    migrator.migrate(migrator.add_index("consent", ("submission_ref", "id"), False))


def down(migrator, db):
    migrator.migrate(migrator.drop_index("consent", "consent_submission_ref_id"))
