"""`gate …`: a reference client of the lane service, for those who build gates."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from webapp.cli.gate.client import Gate, GateError
from webapp.cli.gate.store import Store
from webapp.errors import Refusal

group = AppGroup("gate", help="A reference gate: keeps the list, answers also without the service.")


def _gate_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--store", type=click.Path(path_type=Path), required=True, help="File of the gate's own copy."),
        click.option("--signing-key", envvar="LANE_SIGNING_KEY", required=True, help="Public key of the service."),
        click.option("--key", envvar="LANE_KEY", required=True, help="Key of this gate."),
        click.option("--url", envvar="LANE_URL", default="http://127.0.0.1:8000", show_default=True),
    ):
        command = option(command)
    return command


def _with_gate(url: str, key: str, signing_key: str, store: Path, work: Callable[[Gate], Any]) -> None:
    """Open the store, do one thing, say what came of it as JSON."""
    kept = Store(store)
    try:
        result = work(Gate(url, key, signing_key, kept))
    except (GateError, Refusal, ValueError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        kept.close()
    click.echo(json.dumps(result, ensure_ascii=False))


@group.command("sync")
@_gate_options
def sync(url: str, key: str, signing_key: str, store: Path) -> None:
    """Fetch the signed list, or what changed since the last time."""
    _with_gate(url, key, signing_key, store, Gate.sync)


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
    _with_gate(url, key, signing_key, store, lambda gate: {"told": gate.replay()})
