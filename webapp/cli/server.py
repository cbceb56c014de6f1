"""The web server: granian serving the WSGI application from a few processes with one thread each (limits.md B2).

The application is loaded once, before the processes are forked: they share its memory, and one that died is back at
once. No database connection is open at that moment.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from webapp.processes import die_with_parent
from webapp.ui import measuring, static_files

PROCESSES = 2
ROOT = Path(__file__).resolve().parents[2]
#: Seconds in which a process may end what it is answering.
GRACE = 10


def main() -> None:
    static_files.compress(ROOT / "static")
    from wsgi import app

    measuring.begin_anew(app.config["SETTINGS"])
    parent = os.getpid()

    def load(_target: str) -> Callable[..., Any]:
        # Orphans would keep the port and answer with yesterday's code.
        die_with_parent(parent)
        return app

    Granian(
        "wsgi:app",
        address=app.config["SETTINGS"].listen,
        port=app.config["SETTINGS"].port,
        interface=Interfaces.WSGI,
        workers=PROCESSES,
        blocking_threads=1,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
        log_level=LogLevels.warning,
    ).serve(target_loader=load)


if __name__ == "__main__":
    main()
