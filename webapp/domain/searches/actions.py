"""Searching the whole list, and opening what was found: each a recorded act with a reason."""

from __future__ import annotations

from webapp import crypto
from webapp.domain.audit import readings
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings.searching import identity_keys, receipt
from webapp.domain.registry import tokens
from webapp.domain.searches import queries
from webapp.domain.searches.models import DOCUMENT, KINDS, NAME, PLATE, REFERENCE, UNIT, ListSearch, SearchOpening
from webapp.errors import Fault, Invalid
from webapp.values import plates
from webapp.values.folding import fold
from webapp.values.normalising import compact, tidy

WORDS_LONGEST, REASON_SHORTEST, REASON_LONGEST, SHORTEST_PLATE = 80, 4, 300, 4


@action("list:search")
def begin(act: Act, kind: str, words: str, reason: str) -> dict[str, str]:
    """Search by one kind of words, with a reason. Raises Invalid beside `kind`, `words`, `reason`."""
    said, why = tidy(words), tidy(reason)
    found = _faults(kind, said, why)
    if found:
        raise Invalid(faults=found)
    ref = crypto.new_ref()
    ListSearch.create(
        ref=ref,
        account_id=act.actor.account_id,
        kind=kind,
        words=crypto.seal(said, "list_search", "words", ref),
        reason=crypto.seal(why, "list_search", "reason", ref),
        made_at=act.now,
        act_id=act.id,
    )
    record(act, f"list:searched-by-{kind}", ref)
    return {"search": ref}


@action("list:open-result")
def open_result(act: Act, search_ref: str, noun: str, object_ref: str) -> dict[str, str]:
    """Open one of the results of one's own search. Raises NotFound where it is none of them."""
    search = queries.one(search_ref, act.actor.account_id)
    row = queries.result(search, noun, object_ref)
    SearchOpening.insert(
        search=search.id, noun=noun, object_ref=object_ref, act_id=act.id, opened_at=act.now
    ).on_conflict_ignore().execute()
    record(act, f"{noun}:opened", object_ref, unit_id=row.unit_id)
    readings.note(act, readings.PAGE_READ, [queries.submission_ref(noun, row)], unit_id=row.unit_id)
    return {"search": search_ref, "noun": noun, "object": object_ref}


def _faults(kind: str, words: str, reason: str) -> list[Fault]:
    found = []
    if kind not in KINDS:
        found.append(Fault("kind", "choose"))
    if not words:
        found.append(Fault("words", "missing"))
    elif len(words) > WORDS_LONGEST:
        found.append(Fault("words", "too_long", {"maximum": WORDS_LONGEST}))
    elif kind == DOCUMENT and not identity_keys(compact(words)):
        found.append(Fault("words", "search_document"))
    elif kind == PLATE and len(plates.fold(words)) < SHORTEST_PLATE:
        found.append(Fault("words", "search_plate"))
    elif kind == NAME and tokens.of_words(words) is None:
        found.append(Fault("words", "search_name"))
    elif kind == UNIT and not fold(words):
        found.append(Fault("words", "search_unit"))
    elif kind == REFERENCE and not receipt(compact(words)):
        found.append(Fault("words", "search_reference"))
    if len(reason) < REASON_SHORTEST:
        found.append(Fault("reason", "search_reason"))
    elif len(reason) > REASON_LONGEST:
        found.append(Fault("reason", "too_long", {"maximum": REASON_LONGEST}))
    return found
