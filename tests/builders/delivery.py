"""A worker without threads or clock, for tests that want what follows a commit to have happened."""

from __future__ import annotations

import email
import json
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from urllib.parse import urlsplit

from webapp.delivery.handlers import HANDLERS
from webapp.delivery.worker import Worker
from webapp.domain.jobs.models import QUEUES
from webapp.settings import Settings


def drain(settings: Settings, *queues: str) -> int:
    """Do every job that is due (of these queues), and what those owe; returns how many were claimed."""
    worker, done = Worker(settings, HANDLERS), 0
    while worker.work_once("test", queues or QUEUES):
        done += 1
    return done


def mails(settings: Settings) -> list[EmailMessage]:
    """Mails laid down by the file driver, by subject."""
    folder = Path(urlsplit(settings.smtp_url).path)
    found = [email.message_from_bytes(path.read_bytes(), policy=default) for path in folder.glob("*.eml")]
    return sorted(found, key=lambda one: (one["To"], one["Subject"]))  # type: ignore[return-value]


def texts(settings: Settings) -> list[dict[str, str]]:
    """Text messages laid down by the file driver."""
    folder = Path(urlsplit(settings.sms_url).path)
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
