"""Indexes that find nothing any more, or that another begins with, go; a column that few rows fill is found by an index
over those alone, and the filings of a vehicle, which are few, whatever their state. Each act wrote all these for each
filing it changed. Frozen."""

GONE = {
    "entry_unit_id": '"entry" ("unit_id")',
    "entry_act_id": '"entry" ("act_id")',
    "filing_act_id": '"filing" ("act_id")',
    "filing_changes_id": '"filing" ("changes_id")',
    "filing_vehicle_id_state": '"filing" ("vehicle_id", "state")',
    "entry_expiry_reminded_on": '"entry_expiry" ("reminded_on")',
}
NEW = {
    "filing_vehicle_id": '"filing" ("vehicle_id")',
    "filing_changes": '"filing" ("changes_id") WHERE changes_id IS NOT NULL',
    "entry_expiry_reminded": '"entry_expiry" ("reminded_on") WHERE reminded_on IS NOT NULL',
}


def up(migrator, db):
    _make(db, NEW)
    _drop(db, GONE)


def down(migrator, db):
    _make(db, GONE)
    _drop(db, NEW)


def _make(db, indexes):
    for name, over in indexes.items():
        db.execute_sql(f'CREATE INDEX "{name}" ON {over}')


def _drop(db, indexes):
    for name in indexes:
        db.execute_sql(f"DROP INDEX {name}")
