"""A gateway over HTTP with JSON (docs/operations.md): one POST for each message, signed, with a key by which the
gateway recognises a repeat. `https://key:secret@host/path`; the key names us, the secret signs and is never sent.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, unquote, urlunsplit

import urllib3

from webapp import clock
from webapp.delivery.work import GiveUp, TryLater
from webapp.values.signatures import sign

CONNECT_SECONDS, READ_SECONDS = 3, 10
#: The gateway has this very message already: it came through, only its answer was lost.
TAKEN_BEFORE = 409
#: Refusals that are nobody's number: wrong credentials, no credit, wrong address of the gateway, busy.
OUR_TROUBLE = (401, 402, 403, 404, 405, 408, 421, 425, 429)


class HttpJson:
    def __init__(self, target: SplitResult) -> None:
        host = target.hostname or ""
        place = f"[{host}]" if ":" in host else host
        self._url = urlunsplit(
            (target.scheme, place + (f":{target.port}" if target.port else ""), target.path or "/", target.query, "")
        )
        self._key, self._secret = unquote(target.username or ""), unquote(target.password or "")
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        # Trying again is the job's business: it remembers, and waits as long as it was told.
        self._pool = urllib3.PoolManager(timeout=timeout, retries=False)

    def send(self, ref: str, number: str, body: str) -> None:
        payload = json.dumps({"id": ref, "to": number, "text": body}, ensure_ascii=False).encode()
        timestamp = str(int(clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": ref,
            "X-Key-Id": self._key,
            "X-Timestamp": timestamp,
            "X-Signature": sign(self._secret, timestamp, ref, payload),
        }
        try:
            answer = self._pool.request("POST", self._url, body=payload, headers=headers, redirect=False)
        except urllib3.exceptions.NewConnectionError:
            raise TryLater("away") from None
        except urllib3.exceptions.TimeoutError:
            raise TryLater("timeout") from None
        except urllib3.exceptions.HTTPError as error:
            # Away, or gone in the middle of its answer: it may have the message, and will know it by its key.
            raise TryLater(type(error).__name__) from None
        _judge(answer.status, answer.headers.get("Retry-After", ""))


def _judge(status: int, retry_after: str) -> None:
    if 200 <= status < 300 or status == TAKEN_BEFORE:
        return
    if 400 <= status < 500 and status not in OUR_TROUBLE:
        raise GiveUp(str(status))
    raise TryLater(str(status), after=pause(retry_after, clock.now()))


def pause(retry_after: str, now: datetime) -> timedelta | None:
    """What Retry-After asks for: seconds, or a moment; None where it says nothing that can be read."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit() and len(text) < 9:
        return timedelta(seconds=int(text))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta(0))
