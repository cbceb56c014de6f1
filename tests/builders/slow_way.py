"""A way to a server that may become slow: it passes on what it is given, until it is told to hold it."""

from __future__ import annotations

import socket
import threading
from urllib.parse import urlsplit, urlunsplit


class SlowWay:
    """`url` leads to the server at `target` through us."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._to = (parts.hostname or "", parts.port or 0)
        self._open = threading.Event()
        self._open.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.url = urlunsplit(parts._replace(netloc=f"{parts.username}@127.0.0.1:{port}"))
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self) -> None:
        """Pass nothing on; connections stay open, and new ones are taken."""
        self._open.clear()

    def let_go(self) -> None:
        self._open.set()

    def close(self) -> None:
        self._listener.close()
        self.let_go()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._to)
            for taken, given in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(taken, given), daemon=True).start()

    def _pass_on(self, taken: socket.socket, given: socket.socket) -> None:
        try:
            while said := taken.recv(65536):
                self._open.wait()
                given.sendall(said)
            given.shutdown(socket.SHUT_WR)
        except OSError:
            taken.close()
            given.close()
