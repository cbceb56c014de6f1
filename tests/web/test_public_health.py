"""What watches the machine gets plain answers."""

from datetime import timedelta

from webapp import clock, database
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
    assert answer.json["pending_migrations"] == ["0001_start"]
