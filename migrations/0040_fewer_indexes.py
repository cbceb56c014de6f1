"""What no row is found by, and what another index begins with, has no index: each costs whatever writes. Frozen."""

INDEXES = {
    "filing_unit_id": ("filing", "unit_id"),
    "filing_vehicle_id": ("filing", "vehicle_id"),
    "filing_answers_id": ("filing", "answers_id"),
    "filing_pledge_id": ("filing", "pledge_id"),
    "entry_answers_id": ("entry", "answers_id"),
    "entry_pledge_id": ("entry", "pledge_id"),
    "entry_expiry_entry_id": ("entry_expiry", "entry_id"),
    "driver_slot_vehicle_id": ("driver_slot", "vehicle_id"),
    "upload_line_upload_id": ("upload_line", "upload_id"),
}


def up(migrator, db):
    for name in INDEXES:
        db.execute_sql(f"DROP INDEX {name}")


def down(migrator, db):
    for name, (table, column) in INDEXES.items():
        db.execute_sql(f'CREATE INDEX "{name}" ON "{table}" ("{column}")')
