"""Every key of a gate has an end: those without one, a year from now. A handful of rows. Frozen."""

import time

YEAR = 365 * 24 * 60 * 60


def up(migrator, db):
    ends_at = (int(time.time()) + YEAR) * 1_000_000
    db.execute_sql(f"UPDATE lane_key SET ends_at = {ends_at} WHERE ends_at IS NULL")


def down(migrator, db):
    """An end that was given stays: the version before knows ends."""
