"""A text message gateway as an operator runs one: HTTP on loopback, signatures checked, repeats known by their key.

`Gateway(*script)` plays its script first, one word for each request: a status ("429", "500", "400", …), `silent` (takes
the message, never answers), `half` (takes it, its answer ends in the middle), `drop` (takes it and closes); after that
it takes everything but what goes to `nobody`: numbers that are none (410).
"""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from webapp.values.signatures import matches

SECRET = "gate/way+secret"


class Gateway:
    def __init__(self, *script: str, retry_after: str = "") -> None:
        self.script, self.retry_after = list(script), retry_after
        self.nobody: set[str] = set()
        self.calls: list[str] = []  # keys, as they came
        self.taken: dict[str, dict[str, str]] = {}  # key → message: what a phone shows
        self.released = threading.Event()
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                gateway._answer(self)

            def log_message(self, *_args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        secret = SECRET.replace("/", "%2F")
        return f"http://unit-test:{secret}@127.0.0.1:{self._server.server_port}/v1/messages"

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def wait_for(self, calls: int, seconds: float = 20) -> None:
        until = time.monotonic() + seconds
        while len(self.calls) < calls:
            assert time.monotonic() < until, "no call came"
            time.sleep(0.02)

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        key, stamp = request.headers["Idempotency-Key"], request.headers["X-Timestamp"]
        genuine = matches(request.headers["X-Signature"], SECRET, stamp, key, body)
        word = self.script.pop(0) if self.script else "202"
        if json.loads(body)["to"] in self.nobody:
            word = "410"
        if not genuine or request.headers["X-Key-Id"] != "unit-test":
            word = "401"
        known = key in self.taken
        if word in ("202", "silent", "half", "drop"):
            self.taken.setdefault(key, json.loads(body))
        self.calls.append(key)
        if word == "silent":
            self.released.wait(30)
        elif word == "half":
            request.wfile.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 40\r\n\r\n{")
        elif word != "drop":
            self._status(request, 409 if known and word == "202" else int(word))
        request.close_connection = word in ("silent", "half", "drop")

    def _status(self, request: BaseHTTPRequestHandler, status: int) -> None:
        request.send_response(status)
        if 300 <= status < 400:
            request.send_header("Location", "/elsewhere")
        if self.retry_after and status == 429:
            request.send_header("Retry-After", self.retry_after)
        request.send_header("Content-Length", "2")
        request.end_headers()
        request.wfile.write(b"{}")
