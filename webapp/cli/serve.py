"""The supervisor: starts server and worker, starts again what ends, takes both down with it (decision 0004).

`python -m webapp.cli.serve`. It keeps no state: whoever is killed at whatever moment, starting again is all there is
to do. Each child leads a process group of its own, so that nothing it started is left behind.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from webapp.processes import die_with_parent

ROOT = Path(__file__).resolve().parents[2]
COMMANDS: dict[str, tuple[str, ...]] = {
    "server": (sys.executable, "-m", "webapp.cli.server"),
    "worker": (sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run"),
}
FIT = (sys.executable, "-m", "webapp.cli.fit")
TICK = 0.2
#: Seconds before a child is started again: doubled each time it ends soon after, up to the longest.
SHORTEST, LONGEST = 0.2, 10.0
#: A child that lived this long ended by accident, not because it cannot run.
SETTLED = 15.0
#: Quick ends in a row after which the supervisor gives up and says so.
HOPELESS = 6
GRACE = 20.0


@dataclass
class Child:
    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    quick_ends: int = 0
    pause: float = field(default=SHORTEST)

    def start(self) -> None:
        supervisor = os.getpid()
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            self.command,
            cwd=ROOT,
            process_group=0,
            preexec_fn=lambda: die_with_parent(supervisor, signal.SIGTERM),
        )
        self.started = time.monotonic()

    def look(self) -> None:
        """Notice that it ended, sweep up what it left, and start it again when its pause is over."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.sweep()
        quick = now - self.started < SETTLED
        # Whoever was killed did not fail by himself; he is started again however often it happens.
        if code != -signal.SIGKILL:
            self.quick_ends = self.quick_ends + 1 if quick else 1
        self.pause = min(self.pause * 2, LONGEST) if quick else SHORTEST
        self.process, self.due = None, now + self.pause
        say(f"{self.name} ended ({code}), again in {self.pause:.1f} s")

    def sweep(self) -> None:
        """End every process of its group."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)


class Supervisor:
    def __init__(self, commands: dict[str, tuple[str, ...]]) -> None:
        self.children = [Child(name, command) for name, command in commands.items()]
        self.stopping = False

    def run(self) -> int:
        """Supervise until asked to stop (0) or until a child cannot live (1)."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        hopeless = None
        while not self.stopping and hopeless is None:
            for child in self.children:
                child.look()
            hopeless = next((child for child in self.children if child.quick_ends >= HOPELESS), None)
            time.sleep(TICK)
        self._stop()
        if hopeless is not None:
            say(f"{hopeless.name} does not stay up; see its messages above")
            return 1
        return 0

    def _asked_to_stop(self, _number: int, _frame: object) -> None:
        self.stopping = True

    def _stop(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        until = time.monotonic() + GRACE
        for child in self.children:
            if child.process is not None:
                try:
                    child.process.wait(max(0.1, until - time.monotonic()))
                except subprocess.TimeoutExpired:
                    say(f"{child.name} did not stop in time")
                child.sweep()


def say(words: str) -> None:
    sys.stderr.write(f"serve: {words}\n")
    sys.stderr.flush()


def port_is_free(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
        return True


def main() -> int:
    address, port = os.environ.get("LISTEN") or "127.0.0.1", int(os.environ.get("PORT", "8000"))
    # What a supervisor that was killed left behind has a moment to go.
    until = time.monotonic() + GRACE
    while not port_is_free(address, port):
        if time.monotonic() > until:
            say(f"port {port} is taken by another program; set PORT")
            return 1
        time.sleep(TICK)
    # Said once and plainly, instead of by children that die one after another.
    if os.environ.get("WEBAPP_ENV") == "production" and subprocess.run(FIT, cwd=ROOT).returncode:  # noqa: S603
        return 1
    say(f"http://{address}:{port}  (Ctrl-C stops)")
    return Supervisor(COMMANDS).run()


if __name__ == "__main__":
    sys.exit(main())
