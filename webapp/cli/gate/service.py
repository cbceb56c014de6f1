"""The lane service as a gate reaches it: requests, and nothing believed that is not signed."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import urllib3
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TRANSFER_SECONDS = 60.0


class GateError(Exception):
    """The gate cannot go on; the message says why and what to do."""


class Unreachable(GateError):
    """The service does not answer now."""


class KeyRefused(GateError):
    """The key is unknown or ended."""


class Service:
    def __init__(self, url: str, key: str, public_key: str) -> None:
        """Raises GateError where the public key is none."""
        self._url = url.rstrip("/") + "/api/lane/v1"
        self.headers = {"Accept-Encoding": "gzip"}
        self.use(key)
        self._http = urllib3.PoolManager(retries=False)
        try:
            self._signer = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
        except ValueError as error:
            raise GateError(
                "the signing key is none: 44 characters of base64, from where the gate's key was made"
            ) from error

    def use(self, key: str) -> None:
        """Ask with this key from now on."""
        self.headers["Authorization"] = f"Bearer {key}"

    def another_key(self) -> dict[str, str]:
        """Another `key` in place of the one that asks, and when it `ends_at`. The old one stays good for a day; asked
        with it again the service says the same."""
        said = _read(self._request("POST", "/key", TRANSFER_SECONDS).data)
        if "error" in said:
            raise GateError(f"the service gives no other key ({said['error']})")
        if not said.keys() >= {"key", "ends_at"}:
            raise Unreachable("what answers is not the service")
        return said

    def changes(self, after: str) -> dict[str, Any] | None:
        """What happened after a cursor; None where it belongs to another history."""
        answer = self._request("GET", "/changes?after=" + after, TRANSFER_SECONDS)
        if answer.status == 409:
            return None
        self._check(answer.data, answer.headers.get("X-Signature", ""))
        return _read(answer.data)

    def ask(self, path: str, seconds: float) -> dict[str, Any]:
        """One question. Whatever is no answer of the service, a page of some other server on the way, say, is none."""
        said = _read(self._request("GET", path, seconds).data)
        if "result" not in said:
            raise Unreachable("what answers is not the service")
        return said

    def tell(self, checks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Questions of before; what the service says to each, in order."""
        said = _read(self._request("POST", "/checks", TRANSFER_SECONDS, json.dumps({"checks": checks})).data)
        answers = said.get("answers", [])
        if len(answers) != len(checks):
            raise Unreachable("what answers is not the service")
        return answers

    def snapshot(self, after: str) -> Iterator[dict[str, Any]]:
        """Lines of a snapshot, each only once its signature was seen to be right."""
        digest, waiting = hashlib.sha256(), []
        for raw in self.lines("/snapshot?after=" + after):
            line = _read(raw)
            if "signature" not in line:
                digest.update(raw)
                waiting.append(line)
                continue
            if line["digest"] != digest.hexdigest():
                raise GateError("the snapshot was altered on its way; nothing of this block was kept")
            self._check(digest.digest(), line["signature"])
            digest.update(raw)
            yield from waiting
            waiting = []

    def lines(self, path: str) -> Iterator[bytes]:
        try:
            answer = self._http.request(
                "GET", self._url + path, headers=self.headers, preload_content=False, timeout=TRANSFER_SECONDS
            )
            _check_status(answer)
            rest = b""
            for piece in answer.stream(65536, decode_content=True):
                *lines, rest = (rest + piece).split(b"\n")
                yield from (line + b"\n" for line in lines)
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(f"the service does not answer ({type(error).__name__})") from error

    def _check(self, content: bytes, signature: str) -> None:
        try:
            self._signer.verify(base64.b64decode(signature), content)
        except (InvalidSignature, ValueError) as error:
            raise GateError("the signature is wrong: this is not the service, or it has another signing key") from error

    def _request(self, method: str, path: str, seconds: float, body: str | None = None) -> urllib3.BaseHTTPResponse:
        headers = self.headers | ({"Content-Type": "application/json"} if body else {})
        try:
            answer = self._http.request(method, self._url + path, headers=headers, body=body, timeout=seconds)
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(f"the service does not answer ({type(error).__name__})") from error
        _check_status(answer)
        return answer


def _read(content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Unreachable("what answers is not the service")
    return said


def _check_status(answer: urllib3.BaseHTTPResponse) -> None:
    if answer.status == 401:
        raise KeyRefused("the key is not accepted; ask the platform for a new one")
    if answer.status == 403:
        raise GateError("the key is not for this channel")
    if answer.status >= 500 or answer.status == 429:
        raise Unreachable(f"the service answers {answer.status}")
    if answer.status not in (200, 409):
        raise GateError(f"the service refuses the question ({answer.status})")
