"""A unit is deregistered while its people file, its clerks verify and its manager uploads, each in its own process:
whoever comes first, nothing of the unit is in force or open afterwards, and whoever comes late is told so."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.builders.accounts import actor_of, platform_staff
from tests.builders.filings import draft, filed, send
from tests.builders.units import certified_unit
from tests.builders.uploads import chosen, signature, verified
from tests.domain.test_closings_deregistering import proposed
from tests.domain.test_upload_races import assert_the_list_is_true
from webapp import configure_core, database
from webapp.actors import Actor
from webapp.domain.audit.models import AuditLine
from webapp.domain.closings import deregistering
from webapp.domain.filings import uploads, verifying
from webapp.domain.filings.models import OPEN_FILING_STATES, Draft, Filing, FilingStep
from webapp.domain.passlist.models import Entry
from webapp.domain.units import proposals, queries
from webapp.errors import Conflict
from webapp.settings import Settings

PEOPLE = 6
LATE = {"unit_closed", "unit_suspended", "unit_not_certified", "nothing_to_upload", "wrong_state", "stale"}


def _submit(_actor: Actor, _unit_id: int, turn: int) -> None:
    drafts = list(Draft.select().where(Draft.submission_ref.is_null()).order_by(Draft.id))
    if drafts:
        send(drafts[turn % len(drafts)])


def _verify(actor: Actor, unit_id: int, turn: int) -> None:
    rows = list(Filing.select().where(Filing.unit == unit_id, Filing.state == "submitted").order_by(Filing.id))
    row = rows[turn % len(rows)] if rows else Filing.select().where(Filing.unit == unit_id).get()
    verifying.verify(actor, unit_id, row.ref, row.version)


def _upload(actor: Actor, unit_id: int, _turn: int) -> None:
    ready = list(Filing.select().where(Filing.unit == unit_id, Filing.state == "verified").limit(2))
    made = uploads.prepare(actor, unit_id, chosen(ready))
    uploads.upload(actor, unit_id, made["upload"], signature())


def work(settings: Settings, actor: Actor, unit_id: int, act: Callable[..., None], together: Any, results: Any) -> None:
    """Act until the unit is deregistered, and twice more."""
    configure_core(settings)
    database.connect()
    outcome: Counter[str] = Counter()
    together.wait()
    turn, late = 0, 0
    until = time.time() + 20
    while late < 2 and time.time() < until:
        late += queries.by_id(unit_id).state == "deregistered"
        try:
            act(actor, unit_id, turn)
            outcome["done"] += 1
        except Conflict as refusal:
            outcome[f"refused:{refusal.code}"] += 1
        except BaseException as error:
            outcome[f"failed:{type(error).__name__}:{error}"] += 1
        turn += 1
    database.disconnect()
    results.put((act.__name__, dict(outcome)))


def test_deregistering_races_with_filing_verifying_and_uploading(db):
    here = certified_unit()
    one, other = actor_of(platform_staff()), actor_of(platform_staff())
    verified(here, *[filed(here) for _ in range(PEOPLE)])
    for _ in range(PEOPLE):
        filed(here)
    for _ in range(PEOPLE):
        draft(here)
    row = proposed(one, here)
    context = multiprocessing.get_context("spawn")
    together, results = context.Barrier(4), context.Queue()
    workers = [
        context.Process(target=work, args=(db, here.actor, here.unit.id, act, together, results))
        for act in (_submit, _verify, _upload)
    ]
    for worker in workers:
        worker.start()
    together.wait(timeout=60)
    time.sleep(0.3)
    done = deregistering.confirm(other, row.ref, proposals.one(row.ref).version)
    outcomes = [results.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join(timeout=30)

    failed = [(name, code) for name, outcome in outcomes for code in outcome if code.startswith("failed")]
    refused = {code.partition(":")[2] for _, outcome in outcomes for code in outcome if code.startswith("refused")}
    assert failed == []
    assert refused <= LATE
    assert queries.by_id(here.unit.id).state == "deregistered"
    assert Entry.select().where(Entry.unit == here.unit.id, Entry.state != "removed").count() == 0
    assert Filing.select().where(Filing.unit == here.unit.id, Filing.state << OPEN_FILING_STATES).count() == 0
    assert FilingStep.select().where(FilingStep.action == "close").count() == done["filings"]
    assert AuditLine.select().where(AuditLine.tag == "entry:removed").count() == done["entries"]
    if Entry.select().where(Entry.state != "removed").exists():
        assert_the_list_is_true()
