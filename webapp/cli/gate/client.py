"""The reference gate: keeps a signed copy of the list up to date, answers from it when the service is out of reach, and
tells the service afterwards what it answered."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import urllib3
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from webapp import clock
from webapp.cli.gate.store import Store
from webapp.domain.lanes import answers
from webapp.domain.lanes.answers import Answer, Way, instant
from webapp.domain.lanes.feed import plate_hash
from webapp.domain.lanes.lookups import NOTHING, Found
from webapp.values import plates

#: A car waits: after so many seconds the gate answers by itself.
ANSWER_SECONDS = 2.0
TRANSFER_SECONDS = 60.0
BATCH = 500


class GateError(Exception):
    """The gate cannot go on; the message says why and what to do."""


class Unreachable(GateError):
    """The service does not answer now."""


class Gate:
    def __init__(self, url: str, key: str, public_key: str, store: Store) -> None:
        """`public_key`: what signatures are checked with, given to the gate together with its key, not over the net."""
        self._url = url.rstrip("/") + "/api/lane/v1"
        self._headers = {"Authorization": f"Bearer {key}", "Accept-Encoding": "gzip"}
        self._signer = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
        self._http = urllib3.PoolManager(retries=False)
        self.store = store

    # Keeping up -----------------------------------------------------------------------------------------------

    def sync(self) -> dict[str, int]:
        """Bring the store up to date: a snapshot where there is none (or none of this history), then every change.
        Raises Unreachable; what was received by then is kept and gone on from."""
        vehicles = 0
        if not self.store.generation:
            vehicles = self._snapshot()
        changed = self._follow()
        if changed is None:
            vehicles, changed = self._snapshot(), self._follow() or 0
        return {"vehicles": vehicles, "changes": changed}

    def _follow(self) -> int | None:
        """Apply changes until there are no more; None where the cursor belongs to another history."""
        done = 0
        while True:
            answer = self._get("/changes?after=" + self.store.fact("cursor"), TRANSFER_SECONDS)
            if answer.status == 409:
                return None
            self._check(answer.data, answer.headers.get("X-Signature", ""))
            page = json.loads(answer.data)
            with self.store.together():
                self.store.put(self.store.generation, [change["vehicle"] for change in page["changes"]])
                self.store.keep(cursor=page["cursor"], as_of=page["as_of"], channels=json.dumps(page["channels"]))
            done += len(page["changes"])
            if not page["more"]:
                return done

    def _snapshot(self) -> int:
        """Receive the list into a generation of its own; it takes over when the signed end has come. A transfer that
        broke goes on after the last whole block."""
        building = self.store.generation + 1
        if self.store.fact("building") != str(building):
            with self.store.together():
                self.store.drop(building)
                self.store.keep(building=str(building), building_after="", building_cursor="")
        after = self.store.fact("building_after")
        head = None
        for line in self._signed_lines("/snapshot?after=" + after):
            if "snapshot" in line:
                head = line
                # Changes are followed from the beginning of the first attempt: nothing between is missed.
                if not after:
                    with self.store.together():
                        self.store.keep(building_cursor=head["snapshot"])
            elif "vehicles" in line:
                with self.store.together():
                    self.store.put(building, line["vehicles"])
                    self.store.keep(building_after=line["last"])
            elif line.get("end") and head is not None:
                self._take_over(building, head)
                return self.store.count(building)
        raise Unreachable("the snapshot broke off; it goes on at the next sync")

    def _take_over(self, building: int, head: Mapping[str, Any]) -> None:
        with self.store.together():
            self.store.keep(
                generation=str(building),
                cursor=self.store.fact("building_cursor"),
                salt=head["salt"],
                channels=json.dumps(head["channels"]),
                as_of=head["as_of"],
                building="",
            )
            self.store.drop(building - 1)

    def _signed_lines(self, path: str) -> Iterator[dict[str, Any]]:
        """Lines of a snapshot, each only once its signature was seen to be right."""
        digest, waiting = hashlib.sha256(), []
        for raw in self._lines(path):
            line = json.loads(raw)
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

    def _lines(self, path: str) -> Iterator[bytes]:
        try:
            answer = self._http.request(
                "GET", self._url + path, headers=self._headers, preload_content=False, timeout=TRANSFER_SECONDS
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

    # Answering ------------------------------------------------------------------------------------------------

    def check(self, plate: str, channel: str) -> dict[str, Any]:
        """What the service says, or without it what the store says, with `offline` and `age_seconds`: how old that is.
        Raises GateError where the store holds no list yet, errors.Invalid for what is no plate or channel."""
        read = answers.readings(plate)
        try:
            answer = self._get("/check?" + urlencode({"plate": plate, "channel": channel}), ANSWER_SECONDS)
            return json.loads(answer.data) | {"offline": False, "age_seconds": 0}
        except Unreachable:
            return self._by_itself(read, channel)

    def _by_itself(self, read: tuple[str, ...], channel: str) -> dict[str, Any]:
        if not self.store.generation:
            raise GateError("no list in the store yet: run `gate sync` while the service can be reached")
        now = clock.now()
        salt = base64.b64decode(self.store.fact("salt"))
        told = self.store.vehicle(plate_hash(salt, plate) for plate in read)
        way = self._ways().get(channel, answers.ANYWHERE)
        found = _found(told) if told else NOTHING if plates.kind(read[0]) else answers.NO_VEHICLE
        answer = Answer(read[0], b"", channel, found, way.opens_at(now), found.size_class in way.size_classes, now)
        as_of = self.store.fact("as_of")
        said = answer.json() | {"as_of": as_of}
        asked = {"plate": read[0], "channel": channel, "asked_at": instant(now)}
        self.store.remember(secrets.token_hex(12), asked | {"result": said["result"], "reason": said["reason"]})
        age = (now - datetime.fromisoformat(as_of)).total_seconds()
        return said | {"offline": True, "age_seconds": max(0, round(age))}

    def _ways(self) -> dict[str, Way]:
        rows = json.loads(self.store.fact("channels", "[]"))
        return {row["code"]: Way(row["opens"], row["closes"], frozenset(row["size_classes"])) for row in rows}

    def replay(self) -> int:
        """Tell the service what was answered without it; returns how many questions. Sent twice they count once."""
        done = 0
        while waiting := self.store.remembered(BATCH):
            body = json.dumps({"checks": [{"key": key, **asked} for key, asked in waiting]})
            answer = self._send("/checks", body)
            refused = [one for one in json.loads(answer.data)["answers"] if "error" in one]
            self.store.told(key for key, _asked in waiting)
            done += len(waiting) - len(refused)
        return done

    # The net --------------------------------------------------------------------------------------------------

    def _get(self, path: str, seconds: float) -> urllib3.BaseHTTPResponse:
        return self._request("GET", path, seconds)

    def _send(self, path: str, body: str) -> urllib3.BaseHTTPResponse:
        return self._request("POST", path, TRANSFER_SECONDS, body)

    def _request(self, method: str, path: str, seconds: float, body: str | None = None) -> urllib3.BaseHTTPResponse:
        headers = self._headers | ({"Content-Type": "application/json"} if body else {})
        try:
            answer = self._http.request(method, self._url + path, headers=headers, body=body, timeout=seconds)
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(f"the service does not answer ({type(error).__name__})") from error
        _check_status(answer)
        return answer


def _check_status(answer: urllib3.BaseHTTPResponse) -> None:
    if answer.status in (401, 403):
        raise GateError("the key is not accepted; ask the platform for a new one")
    if answer.status >= 500 or answer.status == 429:
        raise Unreachable(f"the service answers {answer.status}")
    if answer.status not in (200, 409):
        raise GateError(f"the service refuses the question ({answer.status})")


def _found(told: Mapping[str, Any]) -> Found:
    return Found(
        told["result"],
        told["reason"],
        vehicle_use=told["use"],
        size_class=told["size_class"],
        drivers=told["drivers"],
    )
