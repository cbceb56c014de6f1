"""Acts on many filings at once: chosen, confirmed, done, told."""

import pytest

from tests.builders import filings as build
from tests.builders import units as build_units
from tests.builders.browser import Browser, errors, heading
from tests.builders.verifying import MANAGER, hidden, post, rows, state_of


@pytest.fixture
def unit(app):
    return build_units.certified_unit(email=MANAGER)


@pytest.fixture
def browser(client, unit):
    signed_in = Browser(client)
    signed_in.come_as(MANAGER)
    return signed_in


def test_bulk_verify_is_confirmed_then_done_then_told(browser, unit):
    plain = [build.filed(unit).filing for _ in range(2)]
    question = build.filed(unit, who=build.person(full_name="陳大文"), relation="unit_driver").filing
    chosen = [f"{filing.ref}:1" for filing in (*plain, question)]

    confirm = post(browser, "/unit/filings/choose", {"act": "verify", "row": chosen})
    assert (confirm.status_code, heading(confirm)) == (200, "驗核這2份申報？")
    assert ("有要留意的地方，請逐份細看：1份" in confirm.text, "陳大文" in confirm.text) == (True, True)
    assert [state_of(filing) for filing in (*plain, question)] == ["submitted"] * 3

    done = browser.client.post("/unit/filings/bulk", data=hidden(confirm))
    result = browser.open(done.headers["Location"])

    assert (done.status_code, heading(result)) == (303, "已驗核2份申報")
    assert "1份沒有改動" in result.text
    assert [state_of(filing) for filing in (*plain, question)] == ["verified", "verified", "submitted"]


def test_a_repeat_of_the_confirmation_leads_to_the_same_result(browser, unit):
    filing = build.filed(unit).filing
    fields = hidden(post(browser, "/unit/filings/choose", {"act": "verify", "row": f"{filing.ref}:1"}))

    first, second = (browser.client.post("/unit/filings/bulk", data=fields) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert heading(browser.open(second.headers["Location"])) == "已驗核1份申報"


def test_bulk_refusal_of_the_whole_result_needs_a_reason(browser, unit):
    filings = [build.filed(unit, who=build.person(full_name="李志強")).filing for _ in range(3)]
    kept = build.filed(unit, who=build.person(full_name="張偉強")).filing

    confirm = post(browser, "/unit/filings/choose", {"act": "refuse", "everything": "yes", "q": "李"})
    fields = hidden(confirm)
    without = browser.client.post("/unit/filings/bulk", data=fields)
    done = browser.client.post("/unit/filings/bulk", data=fields | {"reason": "unit_relation:not_ours"})

    assert heading(confirm) == "這3份申報不予受理？"
    assert (without.status_code, errors(without)) == (422, ["請選擇最少一項原因，申報人會看到"])
    assert (done.status_code, {state_of(filing) for filing in filings}, state_of(kept)) == (
        303,
        {"refused"},
        "submitted",
    )


def test_a_whole_result_that_nobody_confirmed_is_confirmed_first(browser, unit):
    filing = build.filed(unit).filing

    answer = post(browser, "/unit/filings/bulk", {"act": "verify", "everything": "yes"})

    assert (answer.status_code, heading(answer), state_of(filing)) == (200, "驗核這1份申報？", "submitted")


def test_a_result_that_changed_is_shown_again(browser, unit):
    filing = build.filed(unit).filing
    fields = hidden(post(browser, "/unit/filings/choose", {"act": "verify", "everything": "yes"}))
    build.filed(unit)

    answer = browser.client.post("/unit/filings/bulk", data=fields)

    assert (answer.status_code, heading(answer)) == (409, "驗核這2份申報？")
    assert ("名單剛才有變動" in answer.text, state_of(filing)) == (True, "submitted")


@pytest.mark.parametrize("path", ["/unit/filings/choose", "/unit/filings/bulk"])
@pytest.mark.parametrize(
    "fields",
    [
        {"act": "verify"},
        {"act": "verify", "row": ["nonsense", "x:1", "\x00", "aaaaaaaaaaaaaaaaaaaa"]},
        {"act": "upload", "everything": "yes"},
        {},
    ],
)
def test_nothing_chosen_is_said_on_the_list(browser, unit, path, fields):
    build.filed(unit, who=build.person(full_name="張偉強"))

    answer = post(browser, path, fields)

    assert (answer.status_code, rows(answer)) == (422, ["張偉強"])
    assert "未選取任何申報。請先在名單選取，再按按鈕。" in answer.text
    assert "<title>錯誤：" in answer.text


def test_the_result_of_nobody_is_not_found(browser):
    paths = ["/unit/filings/result/verify/nothing", "/unit/filings/result/upload/nothing"]

    assert [browser.open(path).status_code for path in paths] == [404, 404]


def test_choice_of_rows_that_are_not_ours_names_nobody(browser, unit):
    foreign = build.filed(build_units.certified_unit()).filings[0]

    page = post(browser, "/unit/filings/choose", {"act": "verify", "row": [f"{foreign.ref}:1"]})

    assert "已不在本單位的名單：1份" in page.text
    assert ("<table" in page.text, "只列出最先的" in page.text) == (False, False)
