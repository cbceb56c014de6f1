"""What nginx answers by itself, by the configuration of docs/deployment: pages of ours for people, JSON for gates."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests import postgres
from tests.journeys.hosts import Front, Host

FLOOD = 30
TOO_LARGE = 19 * 1024 * 1024
#: Each test comes from an address of its own: floods are counted by it.
SIGNING_IN, GATE, LARGE, AWAY = (f"127.2.0.{number}" for number in range(1, 5))


class Standing(BaseHTTPRequestHandler):
    """A host that answers whatever it is asked."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        return


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Front, ThreadingHTTPServer]]:
    folder = tmp_path_factory.mktemp("front")
    folder.chmod(0o755)
    standing = Host(1, {}, folder)
    address, _, port = standing.listens.partition(":")
    server = ThreadingHTTPServer((address, int(port)), Standing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    front = Front([standing], folder, postgres.free_port())
    yield front, server
    front.stop()
    server.server_close()


def ask(front: Front, source: str, path: str, body: bytes | None = None) -> tuple[HTTPResponse, str]:
    trusting = ssl.create_default_context(cafile=str(front.certificate))
    connection = HTTPSConnection("127.0.0.1", front.port, source_address=(source, 0), context=trusting, timeout=30)
    connection.request("POST" if body else "GET", path, body)
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()
    return answer, said


def flood(front: Front, source: str, path: str) -> tuple[HTTPResponse, str]:
    """The first answer that is another than those before."""
    for _ in range(FLOOD):
        answer, said = ask(front, source, path)
        if answer.status != 200:
            return answer, said
    raise AssertionError(f"{FLOOD} times {path} were let through")


def test_who_asks_too_often_reads_a_page_of_ours(host):
    answer, page = flood(host[0], SIGNING_IN, "/signin")

    assert (answer.status, answer.headers["Retry-After"]) == (429, "10")
    assert "不會重複" in page
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_gate_that_asks_too_often_reads_json(host):
    answer, said = flood(host[0], GATE, "/api/lane/v1/snapshot")

    assert (answer.status, answer.headers["Retry-After"]) == (429, "10")
    assert json.loads(said) == {"error": "too_many", "seconds": 10}
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [("/file/x", "text/html; charset=utf-8", "檔案太大"), ("/api/lane/v1/checks", "application/json", "too_large")],
)
def test_what_is_too_large_is_said_in_words_of_ours(host, path, kind, words):
    answer, said = ask(host[0], LARGE, path, b"0" * TOO_LARGE)

    assert (answer.status, answer.headers["Content-Type"], words in said) == (413, kind, True)


def unencrypted(front: Front, path: str) -> tuple[HTTPResponse, str]:
    connection = HTTPConnection("127.0.0.1", front.open_port, timeout=30)
    connection.request("GET", path, headers={"Host": "evil.example"})
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()
    return answer, said


@pytest.mark.parametrize("path", ["/", "/q/DEMQ0001?lang=pt", "/x%0d%0aSet-Cookie:%20planted=1", "//evil.example/"])
def test_browsers_are_led_to_tls_on_this_host_and_nowhere_else(host, path):
    answer, _said = unencrypted(host[0], path)

    assert (answer.status, answer.headers["Location"]) == (301, f"https://passlist.example{path}")
    assert answer.headers["Set-Cookie"] is None


@pytest.mark.parametrize("path", ["/api/lane/v1/check?plate=M1", "/api/lane/v1/snapshot", "/sms/receipts"])
def test_a_machine_without_tls_is_refused_and_not_led_on(host, path):
    answer, said = unencrypted(host[0], path)

    assert (answer.status, answer.headers["Location"], json.loads(said)) == (403, None, {"error": "https_only"})


def test_ciphers_without_forward_secrecy_or_authentication_are_refused(host):
    def agreed(ciphers: str) -> str:
        asking = ssl.create_default_context(cafile=str(host[0].certificate))
        asking.maximum_version = ssl.TLSVersion.TLSv1_2
        asking.set_ciphers(ciphers)
        with (
            socket.create_connection(("127.0.0.1", host[0].port), 30) as plain,
            asking.wrap_socket(plain, server_hostname="127.0.0.1") as secured,
        ):
            return str(secured.cipher()[0])

    assert agreed("ECDHE+AES128:ECDHE+AESGCM") == "ECDHE-ECDSA-AES256-GCM-SHA384", "the strongest first"
    with pytest.raises(ssl.SSLError):
        agreed("ECDHE-ECDSA-AES128-SHA")


def test_where_no_host_answers_people_read_a_page_and_gates_json(host):
    front, server = host
    server.shutdown()
    server.server_close()
    time.sleep(0.1)

    (page, said), (answer, told) = ask(front, AWAY, "/"), ask(front, AWAY, "/api/lane/v1/check?plate=M1")

    assert (page.status, page.headers["Retry-After"], "再提交一次即可" in said) == (503, "10", True)
    assert (answer.status, json.loads(told)) == (503, {"error": "unavailable"})
