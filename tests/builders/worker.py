"""The worker as a process of its own, for tests that kill it where nothing in a thread could be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from webapp.processes import die_with_parent
from webapp.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
KEY = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="  # of tests.conftest.environment


@contextmanager
def killed_at_the_end(db: Settings, **more: str) -> Iterator[None]:
    """A worker on this database, by SIGKILL no more when the block ends; `more` are settings, e.g. SMTP_URL."""
    environment = os.environ | {
        "WEBAPP_ENV": "development",
        "DATA_DIR": str(db.data_dir),
        "DATABASE_URL": db.database_url,
        "SECRET_KEY": db.secret_key.decode(),
        "FIELD_KEYS": f"1:{KEY}",
        "INDEX_KEY": KEY,
        "PUBLIC_URL": db.public_url,
        **more,
    }
    worker = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent,
    )
    try:
        yield
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
