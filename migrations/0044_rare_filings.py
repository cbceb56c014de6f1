"""What is to be minded in the verification list is found by itself, where it is. Frozen."""

OPEN = "state NOT IN ('uploaded', 'refused', 'withdrawn', 'closed')"
RARE = {
    "filing_warned": "warnings <> '[]'",
    "filing_fell_out": "fallen_reason IS NOT NULL",
    "filing_no_vehicle": "vehicle_id IS NULL",
    "filing_waiting": "waiting AND state <> 'returned'",
}


def up(migrator, db):
    for name, rare in RARE.items():
        columns = '"unit_id", "submitted_at", "id"'
        db.execute_sql(f'CREATE INDEX "{name}" ON "filing" ({columns}) WHERE {rare} AND {OPEN}')


def down(migrator, db):
    for name in RARE:
        db.execute_sql(f"DROP INDEX {name}")
