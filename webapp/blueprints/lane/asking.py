"""One question by API: who asks, whether he may, the answer, and its record. The same for the short way (`shortcut`)
and for Flask's views (`machines`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from werkzeug.exceptions import Unauthorized

from webapp import clock
from webapp.domain.lanes import answers, journal, keys
from webapp.domain.lanes.answers import Answer
from webapp.domain.lanes.contract import RESULTS
from webapp.domain.lanes.keys import Caller
from webapp.errors import Invalid, NotAllowed, Refusal, TooMany

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
#: Half a character of a pair, and the one that ends texts: no database keeps them.
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
#: What gates answered without us may be told for so long.
OLDEST = timedelta(days=31)
#: How far a gate's clock may be ahead.
AHEAD = timedelta(minutes=5)


def admit(authorization: str) -> Caller:
    """Who holds the key of `Authorization: Bearer <key>`. Raises Unauthorized."""
    scheme, _, token = authorization.partition(" ")
    who = keys.caller(token.strip()) if scheme.lower() == "bearer" and token.strip() else None
    if who is None:
        raise Unauthorized
    return who


def take(who: Caller, questions: int = 1) -> None:
    """Take of the client's limit. Raises TooMany."""
    seconds = keys.take(who, questions)
    if seconds:
        raise TooMany("too_many", seconds=seconds)


def single(who: Caller, plate: str, channel: str) -> dict[str, Any]:
    """Answer and record one question about a plate. Raises Invalid, NotAllowed("channel_not_yours"), TooMany."""
    _check_channel(who, channel)
    take(who)
    answer = answers.check(plate, channel)
    journal.write(_record(who, "plate", answer))
    return answer.json()


def one_of_many(who: Caller, item: Any) -> dict[str, Any]:
    """One item of `checks`: its answer, or what is wrong with it; a bad one keeps nobody from the rest."""
    try:
        if not isinstance(item, Mapping):
            raise Invalid("bad_item")
        channel = _text(item, "channel")
        _check_channel(who, channel)
        told = _offline(who, item)
        answer = answers.check(_text(item, "plate"), channel)
        journal.write(_record(who, "plate", answer) | told)
    except Refusal as refusal:
        fault = refusal.faults[0]
        return {"error": fault.code, "field": fault.field}
    return answer.json()


def driver(who: Caller, sent: Any) -> dict[str, Any]:
    """Whether a document belongs to a filed driver of a plate. The number is looked at and never kept."""
    if not isinstance(sent, Mapping):
        raise Invalid("bad_item")
    channel = _text(sent, "channel")
    _check_channel(who, channel)
    answers.way_of(channel)
    answer, result = answers.check_driver(_text(sent, "plate"), _text(sent, "id_number"))
    record = _record(who, "driver", answer) | {"channel": channel, "result": result, "reason": result}
    journal.write(record)
    return {"result": result, "as_of": answers.instant(answer.at)}


def _record(who: Caller, kind: str, answer: Answer) -> dict[str, Any]:
    return {
        "kind": kind,
        "asked_at": answer.at,
        "client_id": who.client_id,
        "channel": answer.channel,
        "plate": answer.plate,
        "plate_index": answer.plate_index,
        "result": answer.found.result,
        "reason": answer.reason,
    }


def _check_channel(who: Caller, channel: str) -> None:
    """A key for some channels only must name one of them."""
    if not who.may_ask(channel):
        if not channel:
            raise Invalid("missing", field="channel")
        raise NotAllowed("channel_not_yours", field="channel")


def _offline(who: Caller, item: Mapping[str, Any]) -> dict[str, Any]:
    """What a gate adds about a question it answered by itself; {} where it asks us."""
    key, asked, result = _text(item, "key"), _text(item, "asked_at"), _text(item, "result")
    if key and not _KEY.fullmatch(key):
        raise Invalid("bad_key", field="key")
    told: dict[str, Any] = {"key": f"{who.ref}:{key}"} if key else {}
    if not asked and not result:
        return told
    if not key:
        raise Invalid("missing", field="key")
    if result not in RESULTS:
        raise Invalid("choose", field="result")
    reason = _text(item, "reason")[:40]
    return told | {"asked_at": _instant(asked), "result": result, "reason": reason, "offline": True}


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("bad_instant", field="asked_at") from None
    if moment.tzinfo is None or not clock.now() - OLDEST <= moment <= clock.now() + AHEAD:
        raise Invalid("bad_instant", field="asked_at")
    return moment


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name, "")
    if value is None:
        return ""
    if not isinstance(value, str) or _UNKEEPABLE.search(value):
        raise Invalid("bad_text", field=name)
    return value
