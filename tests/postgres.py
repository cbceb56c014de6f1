"""A PostgreSQL server of our own for the tests: in a temporary folder, on a free port, gone afterwards."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def binaries() -> Path | None:
    """The folder with initdb and postgres, or None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return installed[0].parent if installed else None


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """Run a server; yields its URL without a database name, e.g. postgresql://tests@127.0.0.1:40123."""
    folder = binaries()
    if folder is None:
        raise RuntimeError("PostgreSQL is missing: on Debian, apt-get install postgresql")
    root = Path(tempfile.mkdtemp(prefix="passlist-pg-"))
    # initdb refuses to run as root; Debian's package brings a user of its own.
    who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if who:
        shutil.chown(root, "postgres")
    port = free_port()
    options = (
        f"-p {port} -k {root} -c listen_addresses=127.0.0.1 -c max_connections=80 -c shared_buffers=64MB -c jit=off"
    )
    if not durable:
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    try:
        _run(
            [
                *who,
                folder / "initdb",
                "-D",
                root / "data",
                "-A",
                "trust",
                "-U",
                "tests",
                "-E",
                "UTF8",
                "--locale=C",
                "-N",
            ]
        )
        _run(
            [
                *who,
                folder / "pg_ctl",
                "-D",
                root / "data",
                "-o",
                options,
                "-l",
                root / "log",
                "-w",
                "start",
            ]
        )
        try:
            yield f"postgresql://tests@127.0.0.1:{port}"
        finally:
            _run(
                [
                    *who,
                    folder / "pg_ctl",
                    "-D",
                    root / "data",
                    "-m",
                    "immediate",
                    "-w",
                    "stop",
                ]
            )
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _run(command: list[object]) -> None:
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd="/")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def data_folder(url: str) -> str:
    """Where the data of a running server lie; `url` names a database of it."""
    with psycopg.connect(url) as connection:
        return connection.execute("SHOW data_directory").fetchone()[0]


def stop(folder: str) -> None:
    """Take a server away as a loss of power does."""
    _control(folder, "-m", "immediate", "stop")


def start(folder: str) -> None:
    """Let it come back as it was."""
    options = shlex.split((Path(folder) / "postmaster.opts").read_text())[1:]
    if "-D" in options:
        del options[options.index("-D") : options.index("-D") + 2]
    _control(folder, "-o", shlex.join(options), "-l", str(Path(folder).parent / "log"), "start")


def _control(folder: str, *words: str) -> None:
    binary = binaries()
    if binary is None:
        raise RuntimeError("PostgreSQL is missing")
    who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    _run([*who, binary / "pg_ctl", "-D", folder, "-w", *words])
