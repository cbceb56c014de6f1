"""A unit deregistered through the pages: asked for, proposed and confirmed by two officers, seen by a person."""

from __future__ import annotations

import pytest

from tests.builders import status
from tests.builders.accounts import platform_staff
from tests.builders.browser import Browser, errors, heading
from tests.builders.delivery import drain
from tests.builders.filings import filed
from tests.builders.units import certified_unit, pending_unit
from tests.builders.uploads import entry_of, listed, uploaded, verified
from webapp.domain.closings import reach
from webapp.domain.passlist.models import Entry
from webapp.domain.units import proposals, queries
from webapp.domain.units.models import UnitProposal

OFFICERS = ("one@staff.example", "two@staff.example")


@pytest.fixture
def officers(app) -> list[Browser]:
    found = []
    for mailbox in OFFICERS:
        platform_staff(email=mailbox)
        browser = Browser(app.test_client())
        browser.come_as(mailbox)
        found.append(browser)
    return found


def state(built) -> str:
    return queries.by_id(built.unit.id).state


def propose(officer: Browser, built, **fields: str) -> str:
    where = f"/platform/units/{built.unit.ref}/deregister"
    answer = officer.send(where, {"reason": "unit:dissolved", "note": "", "successor": ""} | fields)
    assert answer.status_code == 303, errors(answer)
    return answer.location


def test_preview_proposal_confirmation_and_progress(officers, db):
    here = certified_unit(unit_name="橫琴結業有限公司")
    listed(here)
    filed(here)

    page = officers[0].open(f"/platform/units/{here.unit.ref}/deregister")
    assert (heading(page), "1項登記移出名單" in page.text, "1份未完成的申報關閉" in page.text) == (
        "提出註銷單位",
        True,
        True,
    )
    where = propose(officers[0], here)
    shown = officers[0].open(where).text
    assert ("確認註銷" in shown, "Macro" in shown) == (False, False)
    assert "橫琴結業有限公司" in officers[1].open("/platform/proposals").text
    confirmed = officers[1].send(f"{where}/confirm", page=where)

    assert (confirmed.status_code, confirmed.location, state(here)) == (303, where, "deregistered")
    assert "0 / 2" in officers[1].open(where).text
    drain(db)
    assert "2 / 2" in officers[1].open(where).text
    assert officers[1].open(f"{where}/progress").status_code == 200


def test_who_proposed_cannot_confirm_by_hand(officers):
    here = certified_unit()
    where = propose(officers[0], here)

    answer = officers[0].send(f"{where}/confirm", page=where)

    assert (answer.status_code, state(here)) == (403, "certified")
    assert "要由另一位名單管理員確認" in answer.text


def test_stale_and_late_confirmations_answer_409_with_what_is_true(officers):
    here = certified_unit()
    where = propose(officers[0], here)
    stale = officers[1].send(f"{where}/confirm", {"version": "7"}, page=where)
    officers[0].send(f"{where}/withdraw", page=where)

    late = officers[1].send(f"{where}/confirm", {"version": "2"}, page=where)

    assert (stale.status_code, late.status_code, state(here)) == (409, 409, "certified")
    assert "已收回" in late.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": "", "note": " "}, "請選擇或寫下原因"),
        ({"successor": "ZZZZ9999"}, "找不到已認證而有這個二維碼編號或登記號碼的單位"),
        ({"note": "很" * 1001}, None),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(officers, fields, said):
    here = certified_unit()

    answer = officers[0].send(
        f"/platform/units/{here.unit.ref}/deregister",
        {"reason": "unit:merged", "note": "合併", "successor": ""} | fields,
    )

    assert answer.status_code == 422
    assert said is None or errors(answer) == [said]
    assert UnitProposal.select().count() == 0


def test_a_second_proposal_answers_409(officers):
    here = certified_unit()
    propose(officers[0], here)

    answer = officers[1].send(f"/platform/units/{here.unit.ref}/deregister", {"reason": "unit:merged"})

    assert (answer.status_code, UnitProposal.select().count()) == (409, 1)


def test_of_very_many_the_preview_says_what_is_kept_and_the_act_counts(officers, monkeypatch):
    monkeypatch.setattr(reach, "EXACT", 1)
    here = certified_unit(unit_name="橫琴大企業有限公司")
    entry = listed(here)
    filed(here)

    page = officers[0].open(f"/platform/units/{here.unit.ref}/deregister").text
    assert ("1項登記移出名單" in page, "1份未完成的申報關閉" in page, "人會收到通知（至多）" in page) == (True,) * 3
    where = propose(officers[0], here)
    assert "確認時計算並通知" in officers[1].open(where).text
    officers[1].send(f"{where}/confirm", page=where)

    assert type(entry).get_by_id(entry.id).cause == "unit_deregistered"
    assert "確認時計算並通知" not in officers[1].open(where).text


def test_a_unit_that_cannot_be_deregistered_leads_back(officers):
    built = pending_unit()

    answer = officers[0].open(f"/platform/units/{built.unit.ref}/deregister")

    assert (answer.status_code, answer.location) == (303, f"/platform/units/{built.unit.ref}")


def test_rejecting_needs_words_which_the_unit_reads(app, officers):
    here = certified_unit(email="boss@unit.example")
    boss = Browser(app.test_client())
    boss.come_as("boss@unit.example")
    assert boss.send("/unit/standing/close", {"note": "公司結業"}).status_code == 303
    (row,) = proposals.waiting()
    assert boss.send("/unit/standing/close", {"note": ""}).status_code == 409

    where = f"/platform/proposals/{row.ref}"
    assert officers[0].send(f"{where}/reject", {"note": ""}).status_code == 422
    assert officers[0].send(f"{where}/reject", {"note": "請先處理未完成的申報"}).status_code == 303

    page = boss.open("/unit/standing")
    assert "請先處理未完成的申報" in page.text
    assert state(here) == "certified"


def test_a_unit_takes_its_wish_back(app, officers):
    certified_unit(email="boss@unit.example")
    certified_unit(email="other@unit.example")
    boss, other = Browser(app.test_client()), Browser(app.test_client())
    boss.come_as("boss@unit.example")
    other.come_as("other@unit.example")
    boss.send("/unit/standing/close", {"note": ""})
    (row,) = proposals.waiting()
    where = f"/unit/standing/proposals/{row.ref}/withdraw"

    assert other.send(where, {"version": "1"}, page="/unit/standing").status_code == 404
    assert boss.send(where, page="/unit/standing").status_code == 303
    assert proposals.one(row.ref).state == "withdrawn"
    assert boss.send(where, {"version": "2"}, page="/unit/standing").status_code == 409


def test_staff_of_a_closed_unit_see_nothing_of_it_any_more(app, officers):
    here = certified_unit(email="boss@unit.example")
    listed(here)
    boss = Browser(app.test_client())
    boss.come_as("boss@unit.example")
    assert boss.open("/unit/list").status_code == 200
    where = propose(officers[0], here)
    officers[1].send(f"{where}/confirm", page=where)

    assert boss.open("/unit/list").status_code == 403


def test_the_person_is_offered_another_unit(app, officers, db):
    here = certified_unit()
    entry, sent = listed(here), filed(here)
    where = propose(officers[0], here)
    officers[1].send(f"{where}/confirm", page=where)
    drain(db)

    page = status.entered(app.test_client(), sent).page()

    assert ("經另一單位辦理" in page.text, "單位已註銷" in page.text) == (True, True)
    assert Entry.get_by_id(entry.id).state == "removed"


@pytest.mark.parametrize("was", ["listed", "open"])
def test_the_way_to_another_unit_keeps_what_was_typed(app, officers, was):
    here, there = certified_unit(), certified_unit()
    sent = filed(here)
    if was == "listed":
        uploaded(here, verified(here, sent))
    where = propose(officers[0], here)
    officers[1].send(f"{where}/confirm", page=where)
    person = status.proved(app.test_client(), sent)

    code = person.post("/move", {"unit_code": there.code})
    move = person.post(f"/move/{there.code.lower()}")

    assert (code.status_code, code.location.endswith(f"/move/{there.code.lower()}")) == (303, True)
    assert (move.status_code, move.location.startswith("/d/")) == (303, True), errors(move)


def test_the_dead_code_explains_itself(app, officers):
    here = certified_unit()
    where = propose(officers[0], here)
    officers[1].send(f"{where}/confirm", page=where)

    page = app.test_client().get(f"/q/{here.code}")
    assert (page.status_code, "<form" in page.text and "開始" in page.text) == (410, False)
    assert queries.by_code(here.code).standing == "closed"


def test_who_goes_on_under_a_successor_may_stay_behind(app, officers, db):
    old, new = certified_unit(unit_name="橫琴舊有限公司"), certified_unit(unit_name="橫琴新有限公司")
    sent = filed(old)
    uploaded(old, verified(old, sent))
    where = propose(officers[0], old, successor=new.code)
    assert "1項登記轉到橫琴新有限公司" in officers[1].open(where).text
    officers[1].send(f"{where}/confirm", page=where)
    done = officers[1].open(where).text
    assert ("項登記轉到接手的單位" in done, "1項登記轉到橫琴新有限公司" in done) == (True, True)
    drain(db)
    visit = status.proved(app.test_client(), sent)
    page = visit.page()
    assert ("橫琴新有限公司" in page.text, "不轉過去" in page.text) == (True, True)

    answer = visit.post(f"/stay-behind/{entry_of(sent).ref}")

    assert (answer.status_code, entry_of(sent).state) == (303, "removed")
    assert visit.post(f"/stay-behind/{entry_of(sent).ref}").status_code == 409
