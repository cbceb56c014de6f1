"""That the record was looked at is itself on record (an auditor's own acts are audited).

One act `record:view` for each session and hour says who read the record and when; the key of the act makes it one
however many pages are turned. What was filtered is not kept: the whole record is open to whoever may read any of it.
Reading is a GET, so this is one of the two listed exceptions of "GET never writes" (the other: sessions.touch).
"""

from __future__ import annotations

from webapp import clock
from webapp.actors import Actor
from webapp.domain.audit.acts import Act, action, first_result, record

VERB = "record:view"


def viewed(actor: Actor) -> None:
    """Note that this session reads the record now. Without a write when it was noted within the hour."""
    key = f"{actor.session_ref}:{clock.now():%Y%m%d%H}"
    if first_result(actor, VERB, key) is None:
        _view(actor, key=key)


@action(VERB)
def _view(act: Act) -> dict[str, str]:
    record(act, "record:viewed", act.actor.session_ref)
    return {}
