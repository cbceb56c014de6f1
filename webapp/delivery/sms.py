"""Text messages through SMS_URL: `console:` prints them, `file:///folder` lays each down as one JSON file.

A gateway of an operator is one more driver here: a function of (url, ref, number, text) in DRIVERS, which raises
`mail.TryLater` when the gateway is away and `work.GiveUp` when it will never take the number.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from webapp.delivery.work import GiveUp


def send(url: str, ref: str, number: str, text: str) -> None:
    """Hand a text over; `ref` lets a gateway recognise a repeat. Raises TryLater or GiveUp."""
    target = urlsplit(url)
    driver = DRIVERS.get(target.scheme)
    if driver is None:
        raise GiveUp(f"no driver {target.scheme}")
    driver(target, ref, number, text)


def _console(_target: SplitResult, _ref: str, number: str, text: str) -> None:
    # Even on a developer's screen the number stays masked; the text holds nothing personal.
    sys.stdout.write(f"SMS …{number[-3:]}: {text}\n")
    sys.stdout.flush()


def _file(target: SplitResult, ref: str, number: str, text: str) -> None:
    folder = Path(unquote(target.path))
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{ref}.part"
    draft.write_text(json.dumps({"ref": ref, "to": number, "text": text}, ensure_ascii=False), encoding="utf-8")
    os.replace(draft, folder / f"{ref}.json")


DRIVERS: dict[str, Callable[[SplitResult, str, str, str], None]] = {"console": _console, "file": _file}
