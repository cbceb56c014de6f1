"""`gate …`: a reference client of the lane service, for those who build gates (docs/gates.md)."""

from __future__ import annotations

import json
import signal
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from webapp.cli.gate.client import Gate
from webapp.cli.gate.service import GateError, Unreachable
from webapp.cli.gate.store import Store
from webapp.errors import Refusal

group = AppGroup(
    "gate",
    help="A reference gate: keeps the list, answers also without the service. Each command says one line of JSON and "
    "ends with 1 where there is no answer. Described in docs/gates.md.",
)


def _gate_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--store", type=click.Path(path_type=Path), required=True, help="File of the gate's own copy."),
        click.option(
            "--signing-key",
            envvar="LANE_SIGNING_KEY",
            required=True,
            help="Public key of the service, shown together with the gate's key; or LANE_SIGNING_KEY.",
        ),
        click.option(
            "--key", envvar="LANE_KEY", required=True, help="Key of this gate; or LANE_KEY, which no list shows."
        ),
        click.option(
            "--url", envvar="LANE_URL", default="http://127.0.0.1:8000", show_default=True, help="The service."
        ),
    ):
        command = option(command)
    return command


def _with_gate(url: str, key: str, signing_key: str, store: Path, work: Callable[[Gate], Any]) -> None:
    """Open the store, do one thing, say what came of it as JSON."""
    try:
        kept = Store(store)
        try:
            result = work(Gate(url, key, signing_key, kept))
        finally:
            kept.close()
    except (GateError, Refusal) as error:
        raise click.ClickException(str(error)) from error
    except (sqlite3.Error, OSError) as error:
        raise click.ClickException(f"the store cannot be used, nothing of this was kept: {error}") from error
    _say(result)


def _say(result: Any) -> None:
    click.echo(json.dumps(result, ensure_ascii=False))


def _synced(gate: Gate) -> dict[str, Any]:
    """`key_ends_at`: of a new key that the gate gave itself; `key_kept`: why it could not, though the end is near."""
    return {**gate.sync(), **gate.tend_key()}


def _replayed(gate: Gate) -> dict[str, Any]:
    """`refused`: what the service did not take, by its reason; the store keeps it."""
    return {"told": gate.replay(), "refused": gate.store.refused()}


@group.command("sync")
@_gate_options
def sync(url: str, key: str, signing_key: str, store: Path) -> None:
    """Fetch the signed list, or what changed since the last time."""
    _with_gate(url, key, signing_key, store, _synced)


@group.command("check")
@_gate_options
@click.option("--channel", default="", help="Code of the channel, e.g. shizimen-tunnel.")
@click.argument("plate")
def check(url: str, key: str, signing_key: str, store: Path, channel: str, plate: str) -> None:
    """Ask about one plate; without the service the own copy answers and says how old it is."""
    _with_gate(url, key, signing_key, store, lambda gate: gate.check(plate, channel))


@group.command("replay")
@_gate_options
def replay(url: str, key: str, signing_key: str, store: Path) -> None:
    """Tell the service what was answered without it."""
    _with_gate(url, key, signing_key, store, _replayed)


@group.command("run")
@_gate_options
@click.option("--every", default=10.0, show_default=True, help="Seconds between two looks.")
def run(url: str, key: str, signing_key: str, store: Path, every: float) -> None:
    """Keep up until told to stop: the list, its changes, and what was answered without the service."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: ended.set())

    def keep_up(gate: Gate) -> dict[str, bool]:
        while not ended.is_set():
            try:
                _say({**_synced(gate), **_replayed(gate), "as_of": gate.store.fact("as_of")})
            except Unreachable as error:
                _say({"away": str(error), "as_of": gate.store.fact("as_of")})
            ended.wait(every)
        return {"ended": True}

    _with_gate(url, key, signing_key, store, keep_up)
