"""What is logged: one JSON object a line whatever stands in it, and nobody's numbers."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import structlog

from webapp import logs

FORGED = 'away\r\n{"event": "record sealed", "head": "forged"}\u2028'
PERSONAL = ["440402199001011234", "+85366123456", "M12345678", "somebody@unit.example", "粵CAB123", "陳大文"]


@pytest.fixture
def written(monkeypatch) -> Iterator[io.StringIO]:
    """Where the log goes, configured as in life; as it was afterwards."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", stream)
        logs.configure()
    yield stream
    structlog.configure(**before)
    root.handlers[:], root.level = handlers, level


def test_each_event_is_one_line_of_json_and_personal_values_are_cut(written):
    structlog.get_logger().warning(f"{FORGED} {PERSONAL[0]}", words=" ".join(PERSONAL[1:5]), full_name=PERSONAL[5])
    logging.getLogger("library").error("%s of %s", FORGED, PERSONAL[1])
    try:
        raise ValueError(f"DETAIL: {PERSONAL[0]}\nsecond line {PERSONAL[3]}")
    except ValueError:
        logging.getLogger("library").exception("failed")

    lines = written.getvalue().split("\n")
    assert lines.pop() == ""
    said = [json.loads(line) for line in lines]
    assert [one["level"] for one in said] == ["warning", "error", "error"]
    assert said[0]["event"].startswith(FORGED)
    assert said[1]["event"].startswith(FORGED)
    assert (said[0]["full_name"], said[0]["words"]) == (logs.CUT, " ".join([logs.CUT] * 4))
    assert "second line" in said[2]["exception"]
    assert [datetime.fromisoformat(one["timestamp"]).utcoffset() for one in said] == [timedelta(0)] * 3
    assert [value for value in PERSONAL if value in written.getvalue()] == []
