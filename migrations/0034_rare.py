"""What is rare among very many is found by itself. Frozen."""

INDEXES = {
    "filing_unready": (
        """"filing" ("unit_id", "id") WHERE state = 'verified' AND (waiting OR disputed OR vehicle_id IS NULL)"""
    ),
    "register_vehicle_held": '"register_vehicle" ("unit_id", "id") WHERE ended_at IS NULL',
}


def up(migrator, db):
    for name, over in INDEXES.items():
        db.execute_sql(f'CREATE INDEX "{name}" ON {over}')


def down(migrator, db):
    for name in INDEXES:
        db.execute_sql(f"DROP INDEX {name}")
