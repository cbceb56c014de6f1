"""What watches the machine gets plain answers."""

from datetime import timedelta

from webapp import actors, clock, database
from webapp.backups import record
from webapp.domain.audit import sealing
from webapp.domain.jobs import actions as jobs


def test_health_says_ok(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_readiness_tells_shape_and_age_of_the_oldest_job(client):
    with database.transaction():
        jobs.enqueue(None, "test", "subject")

    with clock.travel(timedelta(seconds=90)):
        answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json["status"] == "ready"
    assert answer.json["pending_migrations"] == []
    assert 90 <= answer.json["oldest_due_job_seconds"] <= 120


def test_not_ready_before_the_database_is_migrated(client):
    database.database.execute_sql("DELETE FROM schema_migration")

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json["status"]) == (503, "waiting")
    assert answer.json["pending_migrations"][0] == "0001_start"
    assert "backup_age_seconds" not in answer.json


def test_readiness_tells_ages_of_copy_and_record_and_the_backlog_of_lanes(client, db):
    before = client.get("/readyz").json
    record.created(actors.system("backup"), "a.backup", {})

    with clock.travel(timedelta(seconds=30)):
        after = client.get("/readyz").json
    sealing.seal_committed()
    numbered = client.get("/readyz").json

    assert before["backup_age_seconds"] is None
    assert 30 <= after["backup_age_seconds"] <= 40
    assert 30 <= after["unsealed_audit_seconds"] <= 40
    assert numbered["unsealed_audit_seconds"] == 0
    assert after["lane_journal_bytes"] == 0
