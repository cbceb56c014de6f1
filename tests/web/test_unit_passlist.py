"""The list in force through the pages: states, search, one entry, and removals that ask first."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from tests.builders import units as build
from tests.builders.browser import Browser, errors, heading
from tests.builders.filings import person, vehicle
from tests.builders.uploads import listed
from webapp import clock
from webapp.actors import Actor
from webapp.database import transaction
from webapp.domain.notices.models import Notice
from webapp.domain.passlist import queries, removals
from webapp.domain.passlist.models import Entry, EntryExpiry
from webapp.domain.registry.cards import open_card

EMAIL = "manager@unit.example"
FILER = Actor("filer", "somebody", request_id="test")


@pytest.fixture
def unit(db):
    return build.certified_unit(email=EMAIL)


@pytest.fixture
def clerk(app, unit) -> Browser:
    build.member(unit, email="verifier@unit.example")
    browser = Browser(app.test_client())
    browser.come_as("verifier@unit.example")
    return browser


def row(entry: Entry) -> str:
    return f"{entry.ref}:{entry.version}"


def rows_of(answer) -> list[str]:
    return re.findall(r'<li class="hq-work-row" id="row-([a-z0-9]+)">', answer.text)


def fresh(entry: Entry) -> Entry:
    return Entry.get_by_id(entry.id)


def ask_to_leave(entry: Entry) -> None:
    removals.request_removal(FILER, entry.submission_ref, entry.ref)


def test_the_last_day_of_a_hold_is_the_one_the_notice_names(clerk, unit):
    entry = listed(unit)
    until = datetime.fromisoformat(removals.request_removal(FILER, entry.submission_ref, entry.ref)["until"])
    last = clock.last_date(until)

    shown = clerk.open("/unit/list")

    assert Notice.get(Notice.kind == "removal-requested").params["until"] == last.isoformat()
    assert f"本人要求移出，至{last.month}月{last.day}日" in shown.text


def test_of_very_many_whose_papers_end_the_list_says_that_they_are_more(clerk, unit, monkeypatch):
    entry = listed(unit)
    with transaction():
        EntryExpiry.update(last_day=clock.today()).where(EntryExpiry.entry == entry.id).execute()
    assert EntryExpiry.select().where(EntryExpiry.entry == entry.id).exists()
    assert "證件到期1</a>" in clerk.open("/unit/list").text
    monkeypatch.setattr(queries, "MOST", 0)
    assert "證件到期0+</a>" in clerk.open("/unit/list").text


def test_the_list_by_state(clerk, unit):
    in_force, asked, gone = listed(unit), listed(unit), listed(unit)
    ask_to_leave(asked)
    clerk.send(f"/unit/list/{gone.ref}/remove", {"cause": "left_unit"})

    shown = {
        state: rows_of(clerk.open(f"/unit/list?state={state}")) for state in ("", "listed", "suspended", "removed")
    }

    assert shown == {
        "": [asked.ref, in_force.ref],
        "listed": [in_force.ref],
        "suspended": [asked.ref],
        "removed": [gone.ref],
    }
    page = clerk.open("/unit/list").text
    for chip in ("有效2", "名單內1", "暫停1", "已移出1"):
        assert chip in page


def test_search_finds_in_both_scripts_and_as_part(clerk, unit):
    target = listed(unit, who=person(full_name="歐陽志華"))
    listed(unit, who=person(full_name="陳嘉敏"))
    headers = {"HX-Request": "true", "HX-Target": "div#list", "HX-Request-Type": "partial"}

    found = clerk.client.get("/unit/list?q=欧阳", headers=headers)

    assert rows_of(found) == rows_of(clerk.open("/unit/list?q=oyzh")) == [target.ref]
    assert "<html" not in found.text


def test_an_entry_shows_its_channels_history_and_papers(clerk, unit):
    entry = listed(unit, vehicles=[vehicle(size_class="medium")])
    ask_to_leave(entry)

    page = clerk.open(f"/unit/list/{entry.ref}")

    assert (page.status_code, heading(page)) == (200, open_card(entry).name)
    for shown in ("橫琴大橋", "深井", "06:00–24:00", "本人要求移出", "列入名單", entry.number):
        assert shown in page.text
    for hidden in ("十字門隧道", "橫琴隧道"):
        assert hidden not in page.text
    pledge = clerk.open(f"/unit/list/{entry.ref}/pledge")
    assert (pledge.status_code, open_card(entry).name in pledge.text) == (200, True)
    assert clerk.open(f"/unit/list/{entry.ref}/confirmation").status_code == 404


def test_a_removal_asks_first_and_says_what_happened(clerk, unit):
    entry = listed(unit)

    asked = clerk.open(f"/unit/list/{entry.ref}/remove")
    assert heading(asked) == f"把{open_card(entry).name}移出名單？"
    assert 'value="requested"' not in asked.text
    assert fresh(entry).state == "listed"
    assert "適合這輛車的通道" in clerk.open(f"/unit/list/{entry.ref}").text

    unsaid = clerk.send(f"/unit/list/{entry.ref}/remove", {})
    assert (unsaid.status_code, errors(unsaid)) == (422, ["請選擇移出的原因，申報人會看到"])

    done = clerk.send(f"/unit/list/{entry.ref}/remove", {"cause": "left_unit"})
    assert (done.status_code, done.location) == (303, f"/unit/list/{entry.ref}")
    page = clerk.open(done.location).text
    assert ("移出：已離開單位或已遷離社區。" in page, "適合這輛車的通道" in page) == (True, False)
    assert (fresh(entry).state, fresh(entry).cause) == ("removed", "left_unit")


def test_a_request_may_be_answered_where_there_is_one(clerk, unit):
    entry = listed(unit)
    ask_to_leave(entry)

    assert 'value="requested"' in clerk.open(f"/unit/list/{entry.ref}/remove").text
    clerk.send(f"/unit/list/{entry.ref}/remove", {"cause": "requested"})

    assert fresh(entry).cause == "requested"


def test_a_stale_removal_answers_with_the_entry_as_it_is_now(clerk, unit):
    entry = listed(unit)
    ask_to_leave(entry)

    answer = clerk.send(f"/unit/list/{entry.ref}/remove", {"cause": "left_unit", "version": "1"})

    assert answer.status_code == 409
    assert "這一項剛才已經更新。請看最新內容後再決定。" in answer.text
    assert "本人要求移出" in answer.text
    assert fresh(entry).state == "suspended"


def test_a_removed_entry_cannot_be_removed_again(clerk, unit):
    entry = listed(unit)
    clerk.send(f"/unit/list/{entry.ref}/remove", {"cause": "left_unit"})

    page = clerk.open(f"/unit/list/{entry.ref}/remove")

    assert (page.status_code, "這一項已經移出名單" in page.text) == (409, True)


def test_ticked_rows_are_confirmed_with_their_number_and_counted(clerk, unit):
    first, second, third = listed(unit), listed(unit), listed(unit)

    confirm = clerk.send("/unit/list/remove", {"row": [row(first), row(second)]}, page="/unit/list")
    assert (confirm.status_code, heading(confirm)) == (200, "把2項移出名單？")
    ask_to_leave(second)
    chosen = {"row": [row(first), row(second)], "cause": "vehicle_retired"}
    done = clerk.send("/unit/list/removed", chosen, page="/unit/list")

    assert done.status_code == 303
    result = clerk.open(done.location)
    assert heading(result) == "已移出1項"
    assert f"{open_card(second).name}</a>：選取後有更新" in result.text
    assert [fresh(entry).state for entry in (first, second, third)] == ["removed", "suspended", "listed"]


def test_a_result_without_a_removal_promises_nothing(clerk, unit):
    first, second, _other = listed(unit), listed(unit), listed(unit)
    chosen = {"row": [row(first), row(second)], "cause": "vehicle_retired"}
    for _ in range(2):
        done = clerk.send("/unit/list/removed", chosen, page="/unit/list")

    result = clerk.open(done.location)

    assert (heading(result), "每人都會收到通知" in result.text) == ("已移出0項", False)


def test_nothing_ticked_says_so(clerk, unit):
    listed(unit)

    answer = clerk.send("/unit/list/remove", {}, page="/unit/list")

    assert (answer.status_code, errors(answer)) == (422, ["請先選取要移出的人"])


def test_everything_that_matches_carries_a_filter_and_never_ids(clerk, unit):
    target = listed(unit, who=person(full_name="歐陽志華"))
    other = listed(unit, who=person(full_name="陳嘉敏"))
    everything = {"everything": "yes", "q": "歐陽", "state": "", "expected": "1"}

    confirm = clerk.send("/unit/list/remove", everything, page="/unit/list")
    assert (heading(confirm), target.ref in confirm.text) == ("把1項移出名單？", False)
    clerk.send("/unit/list/removed", everything | {"cause": "left_unit"}, page="/unit/list")

    assert [fresh(entry).state for entry in (target, other)] == ["removed", "listed"]


def test_a_filter_that_finds_more_by_now_is_asked_again(clerk, unit):
    entries = [listed(unit), listed(unit)]
    everything = {"everything": "yes", "q": "", "state": "", "expected": "1", "cause": "left_unit"}

    answer = clerk.send("/unit/list/removed", everything, page="/unit/list")

    assert (answer.status_code, errors(answer)) == (409, ["名單剛才有變動，請再看一次數目"])
    assert {fresh(entry).state for entry in entries} == {"listed"}


def test_a_result_is_only_for_whoever_did_it(clerk, unit):
    assert clerk.open("/unit/list/removed/somebody-elses-key").status_code == 404


def test_another_units_entry_does_not_exist(app, unit):
    entry = listed(unit)
    build.certified_unit(email="stranger@unit.example")
    stranger = Browser(app.test_client())
    stranger.come_as("stranger@unit.example")

    paths = ("", "/remove", "/pledge", "/pledge.pdf", "/confirmation", "/confirmation.pdf")
    assert [stranger.open(f"/unit/list/{entry.ref}{path}").status_code for path in paths] == [404] * len(paths)
    confirm = stranger.send("/unit/list/remove", {"row": [row(entry)]}, page="/unit/list")
    assert open_card(entry).name not in confirm.text
    assert fresh(entry).state == "listed"


@pytest.mark.parametrize(
    "path", ["/unit/list?after=x-y", "/unit/list?after=99999999999999999999-1", "/unit/list?state=%FF"]
)
def test_odd_addresses_show_the_list(clerk, unit, path):
    entry = listed(unit)

    assert rows_of(clerk.open(path)) == [entry.ref]


@pytest.mark.parametrize("ref", ["%00", "%E2%80%AE", "x" * 300])
def test_odd_references_are_not_found(clerk, unit, ref):
    found = [clerk.open(f"{base}/{ref}").status_code for base in ("/unit/list", "/unit/uploads")]

    assert found == [404, 404]


def test_confirmation_of_everything_stands_for_those_it_named(clerk, unit):
    leaves, stays = listed(unit), listed(unit)
    everything = {"everything": "yes", "q": "", "state": "", "expected": "2"}
    confirm = clerk.send("/unit/list/remove", everything, page="/unit/list")
    digest = re.search(r'name="digest" value="([0-9a-f]{32})"', confirm.text)[1]
    clerk.send(f"/unit/list/{leaves.ref}/remove", {"cause": "left_unit"})
    came = listed(unit)

    answer = clerk.send("/unit/list/removed", everything | {"digest": digest, "cause": "left_unit"}, page="/unit/list")

    assert (answer.status_code, errors(answer)) == (409, ["名單剛才有變動，請再看一次數目"])
    assert [fresh(entry).state for entry in (stays, came)] == ["listed", "listed"]


def test_ticked_rows_that_are_gone_lead_back_to_the_list(clerk, unit):
    foreign = listed(build.certified_unit())

    answer = clerk.send("/unit/list/remove", {"row": [row(foreign)]}, page="/unit/list")

    assert (answer.status_code, errors(answer)) == (409, ["已不在本單位的名單"])


def test_a_whole_document_number_does_not_stay_in_the_address(app):
    here = build.certified_unit(email="manager@unit.example")
    entry = listed(here, who=person(id_number="11010519491231002X", birth_date=""))
    browser = Browser(app.test_client())
    browser.come_as("manager@unit.example")

    answer = browser.open("/unit/list?q=11010519491231002X")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/unit/list?q=002X")
    assert entry.ref in browser.open("/unit/list?q=002X").text
