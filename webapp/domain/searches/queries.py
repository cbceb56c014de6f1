"""What a search finds: entries of the list and filings, newest first by keyset. Documents, plates and references are
found by their blind indexes; a name by its token, and then by the opened card, because others share the token."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Any

from webapp import clock, crypto
from webapp.domain.filings.models import FILING_STATES, Filing, FilingStep, Submission
from webapp.domain.filings.searching import identity_keys, receipt
from webapp.domain.passlist import queries as passlist
from webapp.domain.passlist.models import Entry
from webapp.domain.registry import queries as registry
from webapp.domain.registry import tokens
from webapp.domain.registry.cards import finder, open_card
from webapp.domain.registry.looking import Place
from webapp.domain.registry.models import NameToken, PersonDocument, Plate
from webapp.domain.searches.models import (
    DOCUMENT,
    ENTRY,
    FILING,
    KINDS,
    NAME,
    PLATE,
    REFERENCE,
    UNIT,
    ListSearch,
    SearchOpening,
)
from webapp.domain.units import queries as units
from webapp.errors import NotFound
from webapp.values import plates
from webapp.values.normalising import compact

__all__ = ["ENTRY", "FILING", "KINDS", "Place"]

PAGE = passlist.PAGE
#: So long a search may be turned through; then it is made again, with its reason.
LIFE = timedelta(hours=8)
#: Filings opened at a time while a name is looked for.
SCAN = 500
#: States of filings that have not become an entry.
NOT_LISTED = tuple(state for state in FILING_STATES if state != "uploaded")
#: So many units of one name are looked into.
MOST_UNITS = 50


@dataclass(frozen=True)
class FilingPage:
    rows: list[Filing]
    next: Place | None


def one(ref: str, account_id: int | None) -> ListSearch:
    """Somebody's own search, as long as it may be used. Raises NotFound."""
    row = ListSearch.get_or_none(ListSearch.ref == ref)
    if row is None or row.account_id != account_id or row.made_at < clock.now() - LIFE:
        raise NotFound("not_found")
    return row


def words_of(search: ListSearch) -> str:
    return crypto.unseal(search.words, "list_search", "words", search.ref)


def reason_of(search: ListSearch) -> str:
    return crypto.unseal(search.reason, "list_search", "reason", search.ref)


def reasons(refs: Iterable[str]) -> dict[str, str]:
    """Why these searches were made, by ref; for whoever audits them."""
    return {row.ref: reason_of(row) for row in ListSearch.select().where(ListSearch.ref << list(refs))}


def recent(account_id: int | None, limit: int = 10) -> list[ListSearch]:
    """One's own newest searches that may still be used."""
    mine = (ListSearch.account_id == account_id) & (ListSearch.made_at >= clock.now() - LIFE)
    return list(ListSearch.select().where(mine).order_by(ListSearch.id.desc()).limit(limit))


def entries(search: ListSearch, after: Place | None = None) -> passlist.Page:
    """One page of entries in any state."""
    words = words_of(search)
    query = Entry.select().where(_about(search, Entry, words))
    if search.kind == UNIT:
        return passlist.page_in_any_state(query, after=after)
    return passlist.page_of(query, words if search.kind == NAME else "", after=after)


def filings(search: ListSearch, after: Place | None = None) -> FilingPage:
    """One page of filings that have not become an entry."""
    words, finds = _finding(search)
    wanted = Filing.select().where(_about(search, Filing, words))
    # Of a unit each state has its place in an index; of what else is looked for there are few.
    each = [Filing.state == state for state in NOT_LISTED] if search.kind == UNIT else [Filing.state != "uploaded"]
    rows: list[Filing] = []
    place, size = after, PAGE + 1 if search.kind != NAME else SCAN
    while len(rows) <= PAGE:
        query = wanted
        if place is not None:
            earlier = (Filing.submitted_at == place.listed_at) & (Filing.id < place.id)
            begins = Filing.submitted_at <= place.listed_at  # for the index, which begins at no "or"
            query = query.where(begins, (Filing.submitted_at < place.listed_at) | earlier)
        query = query.order_by(Filing.submitted_at.desc(), Filing.id.desc()).limit(size)
        found = sorted(
            chain.from_iterable(query.where(of_state) for of_state in each),
            key=lambda row: (row.submitted_at, row.id),
            reverse=True,
        )[:size]
        rows += [row for row in found if finds(row)]
        if len(found) < size:
            break
        place = Place(found[-1].submitted_at, found[-1].id)
    shown = rows[:PAGE]
    return FilingPage(shown, Place(shown[-1].submitted_at, shown[-1].id) if len(rows) > PAGE else None)


def found_units(search: ListSearch) -> list[Any]:
    """The units that a search by unit means."""
    return _units(words_of(search)) if search.kind == UNIT else []


def result(search: ListSearch, noun: str, object_ref: str) -> Any:
    """The entry or filing, if the search finds it. Raises NotFound."""
    words, finds = _finding(search)
    model = {ENTRY: Entry, FILING: Filing}.get(noun)
    row = model.select().where(model.ref == object_ref, _about(search, model, words)).first() if model else None
    if row is None or not finds(row):
        raise NotFound("not_found")
    return row


def opened(search: ListSearch, noun: str, object_ref: str) -> Any:
    """A result that was opened. Raises NotFound."""
    known = SearchOpening.select(SearchOpening.id).where(
        SearchOpening.search == search.id, SearchOpening.noun == noun, SearchOpening.object_ref == object_ref
    )
    if not known.exists():
        raise NotFound("not_found")
    return result(search, noun, object_ref)


def number_of(noun: str, row: Any) -> str:
    """The reference people read out."""
    return row.number if noun == ENTRY else Submission.get_by_id(row.submission_id).number


def submission_ref(noun: str, row: Any) -> str:
    """What the person sent, as the record of readings names him."""
    return str(row.submission_ref if noun == ENTRY else Submission.get_by_id(row.submission_id).ref)


def steps(row: Filing) -> list[FilingStep]:
    return list(FilingStep.select().where(FilingStep.filing == row.id).order_by(FilingStep.id))


def _finding(search: ListSearch) -> tuple[str, Callable[[Any], bool]]:
    """What was typed, and whether a row is meant: more than its token where a name was."""
    words = words_of(search)
    if search.kind != NAME:
        return words, lambda _row: True
    by_card = finder(words)
    return words, lambda row: by_card(open_card(row))


def _about(search: ListSearch, model: Any, words: str) -> Any:
    """The condition on entries or filings that a search means."""
    if search.kind == DOCUMENT:
        indexes = [crypto.index("document", key) for key in identity_keys(compact(words))]
        return model.person << PersonDocument.select(PersonDocument.person).where(PersonDocument.key_index << indexes)
    if search.kind == PLATE:
        borne = registry.plate_indexes(plates.candidates(words))
        return model.vehicle << Plate.select(Plate.vehicle).where(Plate.plate_index << borne)
    if search.kind == NAME:
        return model.person << NameToken.select(NameToken.person).where(NameToken.token == tokens.of_words(words))
    if search.kind == REFERENCE:
        sent = Submission.select().where(Submission.number == receipt(compact(words)))
        if model is Entry:
            return Entry.submission_ref << sent.select(Submission.ref)
        return Filing.submission << sent.select(Submission.id)
    return model.unit << [unit.id for unit in _units(words)]


def _units(words: str) -> list[Any]:
    by_code = units.by_code(words).unit
    if by_code is not None:
        return [by_code]
    return units.found(units.Filter(words=words), limit=MOST_UNITS)
