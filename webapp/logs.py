"""Structured logs to standard error: one JSON object a line, with the request's id and nothing personal."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import structlog

#: What looks like an identity number, phone, e-mail address, plate or token is cut out wherever it stands. Keys that
#: hold personal data by name are cut out whatever they hold.
PERSONAL_KEYS = re.compile(
    r"name|number|phone|email|plate|address|token|password|secret|answers|card|birth",
    re.IGNORECASE,
)
PERSONAL_TEXT = re.compile(
    r"\d{15,18}[Xx]?|\+?\d{8,14}|[A-Za-z]{1,2}\d{6,9}\(?\w?\)?|[\w.+-]{1,64}@[\w.-]+|[一-鿿][A-Z]·?[A-Z0-9]{5,6}"
)
SAFE_KEYS = {
    "logger_name",
    "endpoint",
    "event",
    "job_kind",
    "head",  # of a seal of the record: it proves something only whole
    "request_id",
    "ref",
    "timestamp",
    "level",
}
CUT = "[cut]"


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor: cut personal data out of every value."""
    for key, value in event.items():
        if key in SAFE_KEYS and key not in ("event",):
            continue
        if PERSONAL_KEYS.search(key) and key != "event":
            event[key] = CUT
        elif isinstance(value, str):
            event[key] = PERSONAL_TEXT.sub(CUT, value)
    return event


class _Redacting(logging.Filter):
    """The same for what libraries log through `logging`: their texts may quote values."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = PERSONAL_TEXT.sub(CUT, record.getMessage()), ()
        return True


class _Line(logging.Formatter):
    """One JSON object a line, tracebacks within it: no text of others begins a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "event": record.getMessage(),
            "logger_name": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if record.exc_info:
            said["exception"] = PERSONAL_TEXT.sub(CUT, self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)


def configure() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Redacting())
    handler.setFormatter(_Line())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
