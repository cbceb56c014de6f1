"""Searching the whole list: what each kind of words finds, for whom, and what stays on record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import accounts, filings
from tests.builders import units as build
from tests.builders.uploads import listed
from webapp import clock
from webapp.database import transaction
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.filings.models import Filing
from webapp.domain.passlist import queries as passlist
from webapp.domain.passlist.models import Entry
from webapp.domain.registry import tokens
from webapp.domain.registry.models import NameToken
from webapp.domain.searches import actions, queries
from webapp.domain.searches.models import KINDS, ListSearch
from webapp.errors import Invalid, NotFound
from webapp.values.folding import fold

NUMBER = filings.eighteen("440402", "19900101", 25)


@pytest.fixture
def officer(db):
    return accounts.actor_of(accounts.platform_staff("platform_officer"))


@pytest.fixture
def people(db):
    """The same name in two units, listed and only filed; and somebody else."""
    one, other = build.certified_unit(unit_name="橫琴海韻有限公司"), build.certified_unit()
    car = filings.vehicle(plate="粵C·D54321")
    mine = listed(one, who=filings.person(full_name="歐陽慧心", id_number=NUMBER), vehicles=[car])
    filed = filings.filed(other, who=filings.person(full_name="欧阳慧心"))
    third = listed(other, who=filings.person(full_name="Maria Lopes", id_type="passport"))
    return mine, filed.filing, third


def found(officer, kind: str, words: str):
    search = queries.one(actions.begin(officer, kind, words, "個案C-12")["search"], officer.account_id)
    return (
        [row.ref for row in queries.entries(search).rows],
        [row.ref for row in queries.filings(search).rows],
    )


def test_each_kind_finds_its_own(officer, people):
    mine, filed, third = people
    assert found(officer, "document", f"{NUMBER[:6]} {NUMBER[6:]}") == ([mine.ref], [])
    assert found(officer, "plate", "粤cD54321") == ([mine.ref], [])
    assert found(officer, "name", "歐陽慧心") == ([mine.ref], [filed.ref])
    assert found(officer, "name", "oyhx") == ([mine.ref], [filed.ref])
    assert found(officer, "name", "MARIA LOPES") == ([third.ref], [])
    assert found(officer, "name", "歐陽") == ([], [])
    assert found(officer, "unit", "海韻") == ([mine.ref], [])
    assert found(officer, "reference", third.number.lower()) == ([third.ref], [])


def test_a_shared_token_is_checked_after_opening(officer, people, monkeypatch):
    mine, filed, third = people
    NameToken.insert(person=third.person_id, token=tokens.of_words("歐陽慧心")).execute()
    assert found(officer, "name", "歐陽慧心") == ([mine.ref], [filed.ref])


@pytest.mark.parametrize(
    ("kind", "words", "reason", "code"),
    [
        ("document", "123", "個案C-12", "words:search_document"),
        ("document", "", "個案C-12", "words:missing"),
        ("plate", "？", "個案C-12", "words:search_plate"),
        ("name", "··", "個案C-12", "words:search_name"),
        ("unit", "%", "個案C-12", "words:search_unit"),
        ("reference", "HQ-1", "個案C-12", "words:search_reference"),
        ("name", "歐" * 90, "個案C-12", "words:too_long"),
        ("name", "歐陽慧心", "", "reason:search_reason"),
        ("everything", "歐陽慧心", "個案C-12", "kind:choose"),
    ],
)
def test_refused_searches(officer, kind, words, reason, code):
    with pytest.raises(Invalid) as refused:
        actions.begin(officer, kind, words, reason)
    assert code in {f"{fault.field}:{fault.code}" for fault in refused.value.faults}
    assert ListSearch.select().count() == 0


def test_search_and_opening_are_recorded_without_what_was_typed(officer, people):
    mine, _filed, third = people
    ref = actions.begin(officer, "name", "歐陽慧心", "個案C-12")["search"]
    search = queries.one(ref, officer.account_id)
    with pytest.raises(NotFound):
        queries.opened(search, "entry", mine.ref)
    with pytest.raises(NotFound):
        actions.open_result(officer, ref, "entry", third.ref)
    with pytest.raises(NotFound):
        actions.open_result(officer, ref, "pledge", mine.ref)
    actions.open_result(officer, ref, "entry", mine.ref)
    actions.open_result(officer, ref, "entry", mine.ref)

    assert queries.opened(search, "entry", mine.ref).ref == mine.ref
    assert queries.reason_of(search) == "個案C-12"
    tags = [
        line.tag for line in AuditLine.select().where(AuditLine.object_ref << [ref, mine.ref]).order_by(AuditLine.id)
    ]
    assert tags[-3:] == ["list:searched-by-name", "entry:opened", "entry:opened"]
    kept = str([(act.key, act.result, act.codes) for act in Act.select().where(Act.verb.startswith("list:"))])
    assert [word for word in ("歐陽", "慧心", fold("歐陽慧心"), "個案") if word in kept] == []


def test_a_search_is_ones_own_and_ends(officer, people):
    ref = actions.begin(officer, "unit", "海韻", "個案C-12")["search"]
    other = accounts.actor_of(accounts.platform_staff("platform_officer"))
    with pytest.raises(NotFound):
        queries.one(ref, other.account_id)
    with pytest.raises(NotFound):
        actions.open_result(other, ref, "entry", people[0].ref)
    with clock.travel(timedelta(hours=9)), pytest.raises(NotFound):
        queries.one(ref, officer.account_id)


def test_pages_by_keyset(officer, monkeypatch):
    home = build.certified_unit(unit_name="橫琴分頁有限公司")
    for _ in range(3):
        filings.filed(home, who=filings.person(full_name="黃堃"))
    monkeypatch.setattr(queries, "PAGE", 2)
    search = queries.one(actions.begin(officer, "name", "黃堃", "個案C-12")["search"], officer.account_id)
    first = queries.filings(search)
    rest = queries.filings(search, first.next)
    assert (len(first.rows), len(rest.rows), rest.next) == (2, 1, None)
    assert not {row.id for row in first.rows} & {row.id for row in rest.rows}


def test_all_of_a_unit_comes_in_any_state_newest_first(officer, monkeypatch):
    home = build.certified_unit(unit_name="橫琴次序有限公司")
    entries = [listed(home) for _ in range(5)]
    sent = [filings.filed(home).filings[0] for _ in range(4)]
    with transaction():
        for row, state in zip(entries, ("removed", "listed", "suspended", "removed", "listed"), strict=True):
            Entry.update(state=state).where(Entry.id == row.id).execute()
        for row, state in zip(sent, ("refused", "submitted", "withdrawn", "submitted"), strict=True):
            Filing.update(state=state).where(Filing.id == row.id).execute()
    monkeypatch.setattr(queries, "PAGE", 2)
    monkeypatch.setattr(passlist, "PAGE", 2)
    search = queries.one(actions.begin(officer, "unit", "次序", "個案C-12")["search"], officer.account_id)

    def turned(read) -> list[list[int]]:
        pages, page = [], read(search)
        while True:
            pages.append([row.id for row in page.rows])
            if page.next is None:
                return pages
            page = read(search, page.next)

    one, two, three, four, five = (row.id for row in entries)
    assert turned(queries.entries) == [[five, four], [three, two], [one]]
    one, two, three, four = (row.id for row in sent)
    assert turned(queries.filings) == [[four, three], [two, one]]


def test_tokens_are_refilled_and_nothing_changes_by_doing_it_again(db, people):
    before = {(row.person_id, bytes(row.token)) for row in NameToken.select()}
    assert all(len(token) == 3 and token[2] & 0x0F == 0 for _, token in before)
    NameToken.delete().execute()
    for _ in range(2):
        last, looked = 0, 1
        while looked:
            last, looked = tokens.refill(last, limit=2)
        assert {(row.person_id, bytes(row.token)) for row in NameToken.select()} == before
    assert len(KINDS) == 5
