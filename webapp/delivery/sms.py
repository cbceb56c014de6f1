"""Text messages through SMS_URL.

`console:` prints them, `file:///folder` lays each down as one JSON file, `memory:` keeps them in the process, and
`https://key:secret@gateway.example/path` hands them to a gateway (delivery.sms_http). Every driver takes a repeat of
the same `ref` for what it is: the one message, sent again.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from webapp.delivery.sms_http import HttpJson
from webapp.delivery.work import TryLater


@dataclass(frozen=True)
class Text:
    """One message to one phone (E.164). `ref` is that of the delivery, and the same at each try."""

    ref: str
    number: str
    body: str


class SmsGateway(Protocol):
    """Whoever carries texts. Handing one over raises TryLater (away, busy, wrongly set up) or GiveUp (this number will
    never take it)."""

    def send(self, ref: str, number: str, body: str) -> None: ...


def send(url: str, ref: str, number: str, body: str) -> None:
    """Hand a text over to the gateway of this address. Raises TryLater or GiveUp."""
    gateway(url).send(ref, number, body)


@cache
def gateway(url: str) -> SmsGateway:
    """The gateway of an address, made once: connections are kept, and so is what `memory:` was given."""
    target = urlsplit(url)
    driver = DRIVERS.get(target.scheme)
    if driver is None:
        raise TryLater("no_driver")
    return driver(target)


class Console:
    def __init__(self, _target: SplitResult) -> None:
        pass

    def send(self, ref: str, number: str, body: str) -> None:
        # Even on a developer's screen the number stays masked; the text holds nothing personal.
        sys.stdout.write(f"SMS …{number[-3:]}: {body}\n")
        sys.stdout.flush()


class Folder:
    """One JSON file for each message, named by its ref."""

    def __init__(self, target: SplitResult) -> None:
        self._folder = Path(unquote(target.path))

    def send(self, ref: str, number: str, body: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f".{ref}.part"
        draft.write_text(json.dumps({"ref": ref, "to": number, "text": body}, ensure_ascii=False), encoding="utf-8")
        os.replace(draft, self._folder / f"{ref}.json")


class Memory:
    """Messages by ref, for whoever runs the worker in his own process."""

    def __init__(self, _target: SplitResult) -> None:
        self.texts: dict[str, Text] = {}

    def send(self, ref: str, number: str, body: str) -> None:
        self.texts[ref] = Text(ref, number, body)


DRIVERS: dict[str, Callable[[SplitResult], SmsGateway]] = {
    "console": Console,
    "file": Folder,
    "memory": Memory,
    "http": HttpJson,
    "https": HttpJson,
}
