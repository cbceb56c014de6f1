"""The reference gate: keeps a signed copy of the list up to date, answers from it when the service is out of reach, and
tells the service afterwards what it answered. What it relies on is written down for other gates in docs/gates.md."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from webapp import clock
from webapp.cli.gate.service import GateError, KeyRefused, Service, Unreachable
from webapp.cli.gate.store import Store
from webapp.domain.lanes import answers
from webapp.domain.lanes.answers import Answer, Way, instant
from webapp.domain.lanes.feed import plate_hash
from webapp.domain.lanes.lookups import NOTHING, Found
from webapp.errors import Invalid
from webapp.values import plates

#: A car waits: after so many seconds the gate answers by itself.
ANSWER_SECONDS = 2.0
BATCH = 500
#: What clocks may differ by, in seconds, before a gate's is said to be wrong.
CLOCKS_DIFFER = 5.0
#: A key that is good for less is changed for another.
KEY_LEFT = timedelta(days=30)
#: And tried again so long after it did not work.
KEY_AGAIN = timedelta(hours=1)


class Gate:
    def __init__(self, url: str, key: str, public_key: str, store: Store) -> None:
        """`public_key`: what signatures are checked with, given to the gate together with its key, not over the net. A
        key that the gate was given since in place of this one stands in the store and is used instead."""
        self._key, self._given = key, hashlib.sha256(key.encode()).hexdigest()
        changed = store.fact("key_given") == self._given
        self.service = Service(url, store.fact("key") if changed else key, public_key)
        self._public_key = public_key
        self.store = store

    # Keeping up -----------------------------------------------------------------------------------------------

    def sync(self) -> dict[str, int]:
        """Bring the store up to date: a snapshot where there is none (or none of this history, or of another client or
        signing key), then every change. Raises Unreachable; what was received by then is kept and gone on from."""
        try:
            return self._bring_up()
        except KeyRefused:
            if self.store.fact("key_given") != self._given:
                raise
            return self._fall_back()

    def _fall_back(self) -> dict[str, int]:
        """The same with the key it was set up with, where the one it gave itself is refused: the platform ended that,
        or restored a copy of before. It is forgotten only once the other was good, which may ask for it again."""
        self.service.use(self._key)
        try:
            done = self._bring_up()
        except GateError:
            self.service.use(self.store.fact("key"))
            raise
        with self.store.together():
            self.store.keep(key="", key_given="")
        return done

    def _bring_up(self) -> dict[str, int]:
        vehicles = 0
        if not self.store.generation or self.store.fact("signer") != self._public_key:
            vehicles = self._snapshot()
        changed = self._follow()
        if changed is None:
            vehicles, changed = self._snapshot(), self._follow() or 0
        return {"vehicles": vehicles, "changes": changed}

    def _follow(self) -> int | None:
        """Apply changes until there are no more; None where the store is of another history or another client."""
        done = 0
        while True:
            after = self.store.fact("cursor")
            page = self.service.changes(after)
            if page is None or page["client"] != self.store.fact("client"):
                return None
            if page["after"] != after:
                raise GateError("an answer to another question came back: somebody sends old answers again")
            with self.store.together():
                self.store.put(self.store.generation, [change["vehicle"] for change in page["changes"]])
                self._keep_time(page["as_of"])
                self.store.keep(cursor=page["cursor"], channels=json.dumps(page["channels"]))
                self.store.keep(key_ends_at=page.get("key_ends_at") or "")
            done += len(page["changes"])
            if not page["more"]:
                return done

    def _snapshot(self) -> int:
        """Receive the list into a generation of its own; it takes over when the signed end has come. A transfer that
        broke goes on after the last whole block, if it is of the same history, client and signing key."""
        building = self.store.generation + 1
        if self.store.fact("building") != f"{building} {self._public_key}":
            self._begin(building)
        after, received = self.store.fact("building_after"), 0
        head: dict[str, Any] = {}
        for line in self.service.snapshot(after):
            if "snapshot" in line:
                head = line
                if not self._goes_on(head, after):
                    self._begin(building)
                    return self._snapshot()
            elif "vehicles" in line:
                received += len(line["vehicles"])
                with self.store.together():
                    self.store.put(building, line["vehicles"])
                    self.store.keep(building_after=line["last"])
            elif line.get("end") and line["count"] == received:
                self._take_over(building, head)
                return self.store.count(building)
        raise Unreachable("the snapshot broke off; it goes on at the next sync")

    def _begin(self, building: int) -> None:
        with self.store.together():
            self.store.drop(building)
            self.store.keep(building=f"{building} {self._public_key}", building_after="", building_head="")

    def _goes_on(self, head: Mapping[str, Any], after: str) -> bool:
        """Whether this answer goes on where the store stands. Changes are followed from the beginning of the first
        attempt, so nothing that happened between two is missed."""
        if head["after"] != after:
            raise GateError("an answer to another question came back: somebody sends old answers again")
        if not after:
            with self.store.together():
                self.store.keep(building_head=json.dumps(head))
            return True
        first = json.loads(self.store.fact("building_head"))
        history = [one["snapshot"].partition(".")[0] for one in (first, head)]
        return history[0] == history[1] and (first["client"], first["salt"]) == (head["client"], head["salt"])

    def _take_over(self, building: int, head: Mapping[str, Any]) -> None:
        """`as_of` is the first attempt's: what was received then may be that old until the changes are followed."""
        first = json.loads(self.store.fact("building_head"))
        with self.store.together():
            self.store.keep(as_of="")
            self._keep_time(head["as_of"])
            self.store.keep(
                generation=str(building),
                signer=self._public_key,
                client=head["client"],
                cursor=first["snapshot"],
                salt=head["salt"],
                channels=json.dumps(head["channels"]),
                as_of=first["as_of"],
                building="",
                building_head="",
            )
            self.store.drop(building - 1)

    def _keep_time(self, as_of: str) -> None:
        """How old the list is, and how far this machine's clock is ahead of the service's. An answer older than what is
        known, of a host whose clock differs or sent again by somebody, makes nothing younger."""
        if as_of < self.store.fact("as_of"):
            return
        ahead = (clock.now() - datetime.fromisoformat(as_of)).total_seconds()
        self.store.keep(as_of=as_of, ahead=str(ahead if abs(ahead) > CLOCKS_DIFFER else 0.0))

    def tend_key(self) -> dict[str, str]:
        """Change the key for another where it ends soon, by the clock of the service: `key_ends_at` of the new one, {}
        where nothing is to be done, `key_kept` with the reason where the old one has to do. The new key is kept before
        it is used; where it or the answer is lost, the old one asks again."""
        ends_at, as_of, tried = (self.store.fact(name) for name in ("key_ends_at", "as_of", "key_tried"))
        if not ends_at or _between(as_of, ends_at) >= KEY_LEFT or (tried and _between(tried, as_of) < KEY_AGAIN):
            return {}
        with self.store.together():
            self.store.keep(key_tried=as_of)
        try:
            said = self.service.another_key()
        except GateError as error:
            return {"key_kept": str(error)}
        with self.store.together():
            self.store.keep(key=said["key"], key_given=self._given, key_ends_at=said["ends_at"], key_tried="")
        self.service.use(said["key"])
        return {"key_ends_at": said["ends_at"]}

    # Answering ------------------------------------------------------------------------------------------------

    def check(self, plate: str, channel: str) -> dict[str, Any]:
        """What the service says, or without it what the store says, with `offline`, `age_seconds` (how old that is,
        None where the clock cannot be right) and `clock_ahead_seconds` (what this machine's clock was put right by).

        Raises GateError where the store holds no list yet, errors.Invalid for what is no plate or channel."""
        read = answers.readings(plate)
        try:
            said = self.service.ask("/check?" + urlencode({"plate": plate, "channel": channel}), ANSWER_SECONDS)
            return said | {"offline": False, "age_seconds": 0, "clock_ahead_seconds": 0}
        except Unreachable:
            return self._by_itself(read, channel)

    def _by_itself(self, read: tuple[str, ...], channel: str) -> dict[str, Any]:
        if not self.store.generation:
            raise GateError("no list in the store yet: run `gate sync` while the service can be reached")
        ahead = float(self.store.fact("ahead", "0"))
        now = clock.now() - timedelta(seconds=ahead)
        salt = base64.b64decode(self.store.fact("salt"))
        told = self.store.vehicle(plate_hash(salt, plate) for plate in read)
        way = self._way(channel)
        found = _found(told) if told else NOTHING if plates.kind(read[0]) else answers.NO_VEHICLE
        answer = Answer(read[0], b"", channel, found, way.opens_at(now), found.size_class in way.size_classes, now)
        as_of = self.store.fact("as_of")
        said = answer.json() | {"as_of": as_of}
        asked = {"plate": read[0], "channel": channel, "asked_at": instant(now)}
        self.store.remember(secrets.token_hex(12), asked | {"result": said["result"], "reason": said["reason"]})
        age = (now - datetime.fromisoformat(as_of)).total_seconds()
        # Younger than nothing: the clock was put back since the last sync, and no age can be told.
        known = None if age < -CLOCKS_DIFFER else max(0, round(age))
        return said | {"offline": True, "age_seconds": known, "clock_ahead_seconds": round(ahead)}

    def _way(self, channel: str) -> Way:
        """The rules of a channel as the service last told them. Raises Invalid("unknown_channel")."""
        if not channel:
            return answers.ANYWHERE
        for row in json.loads(self.store.fact("channels", "[]")):
            if row["code"] == channel:
                return Way(row["opens"], row["closes"], frozenset(row["size_classes"]))
        raise Invalid("unknown_channel", field="channel")

    def replay(self) -> int:
        """Tell the service what was answered without it; returns how many questions it took. Sent twice they count
        once. What it refuses (a clock that was wrong, say) is kept in the store: `Store.refused`."""
        done = 0
        while waiting := self.store.remembered(BATCH):
            took = self.service.tell([{"key": key, **asked} for key, asked in waiting])
            keys = [key for key, _asked in waiting]
            refused = {key: one["error"] for key, one in zip(keys, took, strict=True) if "error" in one}
            self.store.told(keys, refused)
            done += len(keys) - len(refused)
        return done


def _between(earlier: str, later: str) -> timedelta:
    return datetime.fromisoformat(later) - datetime.fromisoformat(earlier)


def _found(told: Mapping[str, Any]) -> Found:
    return Found(
        told["result"],
        told["reason"],
        vehicle_use=told["use"],
        size_class=told["size_class"],
        drivers=told["drivers"],
    )
