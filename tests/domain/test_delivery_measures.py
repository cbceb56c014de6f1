"""Figures for who watches: what the database tells, and what web processes counted, added up by the worker."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from dataclasses import replace

import pytest

from tests import postgres
from tests.conftest import make_settings
from webapp import database
from webapp.delivery import figures
from webapp.domain.jobs import actions as jobs

REQUESTS = """
from webapp import create_app
app = create_app()
client = app.test_client()
client.get("/healthz"); client.get("/healthz"); client.get("/no/such/page/13912345678")
"""


@pytest.fixture
def counted(db, monkeypatch):
    """Three requests answered by another process."""
    settings = replace(db, metrics_port=postgres.free_port())
    environment = {
        **os.environ,
        "WEBAPP_ENV": "development",
        "DATA_DIR": str(db.data_dir),
        "DATABASE_URL": db.database_url,
        "METRICS_PORT": str(settings.metrics_port),
    }
    subprocess.run([sys.executable, "-c", REQUESTS], env=environment, check=True)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    return settings


def test_worker_tells_the_figures_of_database_and_web_processes(counted):
    with database.transaction():
        jobs.enqueue(None, "test", "somebody")

    figures.serve(counted)
    with urllib.request.urlopen(f"http://127.0.0.1:{counted.metrics_port}/metrics", timeout=20) as answer:
        told = answer.read().decode()

    assert "passlist_up 1.0" in told
    assert 'passlist_jobs{queue="records",state="queued"} 1.0' in told
    assert 'passlist_requests_total{endpoint="public.health",status="2xx"} 2.0' in told
    assert 'passlist_requests_total{endpoint="none",status="4xx"} 1.0' in told
    assert "13912345678" not in told
    assert "somebody" not in told


def test_nothing_is_told_where_no_port_is_set(tmp_path):
    settings = make_settings(tmp_path, f"sqlite:///{tmp_path / 'x.db'}")

    figures.serve(settings)

    assert not settings.figures_dir.exists()
