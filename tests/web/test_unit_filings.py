"""The verification list at a browser: without script, and by htmx."""

import re
import secrets

import pytest

from tests.builders import changing, rosters
from tests.builders import filings as build
from tests.builders import units as build_units
from tests.builders.browser import Browser, errors, heading
from tests.builders.filings import filed, send
from tests.builders.units import certified_unit
from tests.builders.uploads import uploaded, verified
from tests.domain.test_filings_verifying import statements
from webapp.domain.audit.models import Act
from webapp.domain.filings import changing as beginning
from webapp.domain.filings import drafts, queries, verifying
from webapp.domain.filings.models import Draft, Filing
from webapp.domain.units import deciding, vehicles
from webapp.domain.units import queries as units

MANAGER = "manager@unit.example"


@pytest.fixture
def unit(app):
    return build_units.certified_unit(email=MANAGER)


@pytest.fixture
def browser(client, unit):
    signed_in = Browser(client)
    signed_in.come_as(MANAGER)
    return signed_in


def htmx(target, kind="partial", **more):
    return {"HX-Request": "true", "HX-Request-Type": kind, "HX-Target": f"div#{target}", **more}


def post(browser, path, fields, page="/unit/filings", headers=None):
    """POST what the page at `page` holds hidden, with these fields."""
    seen = browser.open(page).text
    token = re.search(r'<meta name="csrf-token" content="([^"]+)">', seen)[1]
    hidden = {"csrf_token": token, "submission_key": secrets.token_urlsafe(12)}
    return browser.client.post(path, data=hidden | fields, headers=headers)


def rows(response):
    return re.findall(r'<a class="hq-work-name"[^>]*>([^<]+)</a>', response.text)


def state_of(filing):
    return Filing.get_by_id(filing.id).state


def page_of(filing):
    return f"/unit/filings/{filing.ref}"


# List --------------------------------------------------------------------------------------------------------------


def test_the_list_shows_who_waits_masked_and_what_may_be_done(browser, unit):
    plain = build.filed(unit, who=build.person(full_name="張偉強"))
    build.filed(unit, who=build.person(full_name="陳大文"), relation="unit_driver")

    page = browser.open("/unit/filings")

    number = plain.answers["person"]["id_number"]
    assert (page.status_code, heading(page), rows(page)) == (200, "驗核名單", ["張偉強", "陳大文"])
    assert f"居民身份證 尾號{number[-4:]}" in page.text
    assert number not in page.text
    assert re.findall(r'class="hq-chips".*?</ul>', page.text, re.S)[0].count("待驗核2") == 1
    assert re.findall(r'name="row" value="[a-z2-7]{20}:1" form="bulk"( disabled)?', page.text) == ["", " disabled"]
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("?q=zwq", ["張偉強"]),
        ("?q=Chan", ["陳大文"]),
        ("?state=all&q=%E5%BC%A0%E4%BC%9F", ["張偉強"]),
        ("?state=returned", []),
        ("?state=nonsense&flag=nonsense&after=x&before=-", ["張偉強", "陳大文"]),
        ("?flag=warned", []),
        ("?after=99999999999999999-1", []),
    ],
)
def test_filters_stand_in_the_address(browser, unit, address, found):
    build.filed(unit, who=build.person(full_name="張偉強"))
    build.filed(unit, who=build.person(full_name="陳大文", latin_name="CHAN TAI MAN"))

    page = browser.open(f"/unit/filings{address}")

    assert (page.status_code, rows(page)) == (200, found)


def test_pages_are_links(browser, unit):
    names = [f"李{sign}" for sign in "志強家豪慧心美儀國榮子軒俊傑文華明德永康安寧"]
    for name in names:
        build.filed(unit, who=build.person(full_name=name))

    first = browser.open("/unit/filings")
    onward = re.search(r'<a href="([^"]+)" rel="next">', first.text)[1].replace("&amp;", "&")
    second = browser.open(onward)
    back = re.search(r'<a href="([^"]+)" rel="prev">', second.text)[1].replace("&amp;", "&")

    assert (rows(first), rows(second), rows(browser.open(back))) == (names[:20], names[20:], names[:20])


def test_search_while_typing_answers_the_part_and_speaks_the_count(browser, unit):
    build.filed(unit, who=build.person(full_name="張偉強"))

    part = browser.client.get("/unit/filings?q=zwq", headers=htmx("list"))

    assert (part.status_code, rows(part)) == (200, ["張偉強"])
    assert part.text.lstrip().startswith('<div id="list">')
    assert 'data-say="共1份申報"' in part.text
    assert "HX-Request" in part.headers["Vary"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        htmx("list", kind="full"),
        htmx("list", **{"HX-History-Restore-Request": "true"}),
        htmx("list", **{"HX-Boosted": "true"}),
        htmx("main"),
    ],
)
def test_everything_else_gets_the_whole_page(browser, unit, headers):
    build.filed(unit, who=build.person(full_name="張偉強"))

    page = browser.client.get("/unit/filings?q=zwq", headers=headers)

    assert (heading(page), rows(page)) == ("驗核名單", ["張偉強"])
    assert "data-say" not in page.text


# Acts on one -------------------------------------------------------------------------------------------------------


def test_verify_as_a_plain_form_leads_back_to_the_list_with_a_note(browser, unit):
    filing = build.filed(unit).filing

    answer = post(browser, f"{page_of(filing)}?state=all&q=x", {"act": "verify", "version": "1"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/unit/filings?state=all&q=x")
    assert state_of(filing) == "verified"
    assert "已驗核1份申報" in browser.open("/unit/filings").text


def test_verify_by_htmx_answers_the_row_the_chips_and_the_sentence(browser, unit):
    filing = build.filed(unit).filing

    part = post(browser, page_of(filing), {"act": "verify", "version": "1"}, headers=htmx(f"row-{filing.ref}"))

    assert part.status_code == 200
    assert part.text.lstrip().startswith(f'<li class="hq-work-row" id="row-{filing.ref}">')
    assert part.text.count('<li class="hq-work-row"') == 1
    assert 'data-say="已驗核1份申報"' in part.text
    assert part.text.count("data-focus") == 1
    assert '<div id="chips" hx-swap-oob="innerHTML">' in part.text
    # The bar too: nothing waits for verification any more, one filing for upload (and one notice is unread).
    bar = part.text.split('<ul id="bar" hx-swap-oob="innerHTML">')[1]
    assert re.findall(r">([^<]+) <span class=\"hq-count\">1</span>", bar) == ["上傳", "通知"]
    assert ("已驗核1" in part.text, "待驗核0" in part.text) == (True, True)


def test_one_key_serves_every_row_of_a_page(browser, unit):
    first, second = build.filed(unit).filing, build.filed(unit).filing

    for filing in (first, second, second):
        post(browser, page_of(filing), {"act": "verify", "version": "1", "submission_key": "the-same-key"})

    assert (state_of(first), state_of(second)) == ("verified", "verified")
    assert [step.action for step in queries.steps_of(second)] == ["submit", "verify"]


@pytest.mark.parametrize("part", [True, False])
def test_a_stale_act_answers_what_is_now_true_and_who_did_it(browser, unit, part):
    filing = build.filed(unit).filing
    colleague = build_units.member(unit, name="何嘉欣")
    verifying.verify(colleague, unit.unit.id, filing.ref, 1)
    headers = htmx(f"row-{filing.ref}") if part else None

    answer = post(browser, page_of(filing), {"act": "verify", "version": "1"}, headers=headers)

    assert answer.status_code == 409
    assert "何嘉欣已於" in answer.text
    assert "已驗核" in answer.text
    assert answer.text.lstrip().startswith("<li" if part else "<!doctype")


def test_return_with_every_reason_at_once(browser, unit):
    filing = build.filed(unit).filing
    fields = {"act": "return", "version": "1", "reason": ["plate:differs", "full_name:differs"], "note": "請帶證件"}

    answer = post(browser, page_of(filing), fields, page=page_of(filing))

    assert answer.status_code == 303
    assert Filing.get_by_id(filing.id).reasons == ["full_name:differs", "plate:differs"]
    page = browser.open(page_of(filing)).text
    assert ("姓名與證件不一致；車牌與行駛證不一致；請帶證件" in page, "周婉儀" in page) == (True, True)


@pytest.mark.parametrize("name", ["return", "refuse"])
def test_a_decision_without_reason_comes_back_with_what_was_typed(browser, unit, name):
    filing = build.filed(unit).filing

    answer = post(browser, page_of(filing), {"act": name, "version": "1", "note": "我的說明"}, page=page_of(filing))

    assert (answer.status_code, errors(answer)) == (422, ["請選擇最少一項原因，申報人會看到"])
    assert f'<a href="#{name}-reason">' in answer.text
    assert answer.text.count("我的說明") == 1
    assert answer.text.count('<details class="hq-details" open>') == 1
    assert state_of(filing) == "submitted"


@pytest.mark.parametrize("fields", [{}, {"act": "upload", "version": "1"}, {"act": "\x00", "version": "x" * 99}])
def test_an_unknown_act_changes_nothing(browser, unit, fields):
    filing = build.filed(unit).filing

    answer = post(browser, page_of(filing), fields)

    assert (answer.status_code, state_of(filing)) == (422, "submitted")


def test_undo_needs_a_reason_and_brings_it_back(browser, unit):
    filing = build.filed(unit).filing
    verifying.verify(unit.actor, unit.unit.id, filing.ref, 1)

    fields = {"act": "undo", "version": "2", "reason": "filing:by_mistake"}
    answer = post(browser, page_of(filing), fields, page=page_of(filing))

    assert (answer.status_code, state_of(filing)) == (303, "submitted")


def test_ids_of_the_page_are_unique(browser, unit):
    filing = build.filed(unit).filing

    ids = re.findall(r'\sid="([^"]+)"', browser.open(page_of(filing)).text)

    assert len(ids) == len(set(ids))


def test_own_filing_is_for_a_colleague(browser, unit):
    build_units.member(unit)
    filing = build.filed(unit, email=MANAGER).filing

    page = browser.open(page_of(filing))
    answer = post(browser, page_of(filing), {"act": "verify", "version": "1"}, page=page_of(filing))
    row = post(browser, page_of(filing), {"act": "verify", "version": "1"}, headers=htmx(f"row-{filing.ref}"))

    assert ("由另一位同事處理" in page.text, 'name="act"' in page.text) == (True, False)
    assert (answer.status_code, row.status_code, state_of(filing)) == (403, 403, "submitted")
    assert "請由本單位另一位同事處理" in answer.text
    assert "請由本單位另一位同事處理" in row.text


def test_the_full_number_is_shown_once_asked_for_by_post(browser, unit):
    sent = build.filed(unit)
    number = sent.answers["person"]["id_number"]
    page = browser.open(page_of(sent.filing))

    unsaid = post(browser, f"{page_of(sent.filing)}/numbers", {}, page=page_of(sent.filing))
    answer = post(browser, f"{page_of(sent.filing)}/numbers", {"purpose": "comparing"}, page=page_of(sent.filing))

    assert (unsaid.status_code, number in unsaid.text) == (422, False)
    assert (number in page.text, number in answer.text) == (False, True)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    # It hides itself again, and why it was opened is on record.
    assert answer.headers["Refresh"] == f"120; url={page_of(sent.filing)}"
    opened = Act.get(Act.verb == "filing:number-read", Act.outcome == "done")
    assert opened.result == {"filing": sent.filing.ref, "purpose": "comparing"}
    assert browser.open(f"{page_of(sent.filing)}/numbers").status_code == 405


def test_a_vehicle_is_assigned_from_the_register(browser, unit):
    vehicles.add(unit.actor, unit.unit.id, vehicles.NewVehicle("粤C·3KB19", "medium"), ("plate",))
    car = build.vehicle("unit", plate="", unit_assigns=True, size_class="")
    filing = build.filed(unit, relation="unit_driver", vehicles=[car]).filing
    path = f"{page_of(filing)}/vehicle"

    wrong = post(browser, path, {"version": "1", "plate": "粵C·00000"}, page=page_of(filing))
    right = post(browser, path, {"version": "1", "plate": "粵C3KB19"}, page=page_of(filing))
    late = post(browser, path, {"version": "1", "plate": "粵C3KB19"}, page=page_of(filing))

    assert (wrong.status_code, right.status_code, late.status_code) == (422, 303, 409)
    assert errors(wrong) == ["這個車牌不在單位車輛登記冊內。請先登記，或檢查車牌"]
    assert "粤C·3KB19" in browser.open(page_of(filing)).text


# Scope -------------------------------------------------------------------------------------------------------------


def test_another_unit_finds_nothing_at_any_address(browser, unit):
    filing = build.filed(unit).filing
    build_units.certified_unit(email="stranger@unit.example")
    browser.send("/signout")
    browser.come_as("stranger@unit.example")
    row = htmx(f"row-{filing.ref}")

    statuses = [
        browser.open(page_of(filing)).status_code,
        *(
            post(
                browser,
                path,
                {"act": "verify", "version": "1", "plate": "粵C·3KB19", "purpose": "comparing"},
                headers=headers,
            ).status_code
            for headers in (None, row)
            for path in (page_of(filing), f"{page_of(filing)}/numbers")
        ),
        post(browser, f"{page_of(filing)}/vehicle", {"version": "1", "plate": "粵C·3KB19"}).status_code,
    ]
    confirm = post(browser, "/unit/filings/choose", {"act": "verify", "row": f"{filing.ref}:1"})

    assert statuses == [404] * 6
    assert ("已不在本單位的名單：1份" in confirm.text, filing.ref in _main(confirm)) == (True, False)
    assert (rows(browser.open("/unit/filings?state=all")), state_of(filing)) == ([], "submitted")


def _main(response):
    return re.search(r"<main.*</main>", response.text, re.S)[0]


def test_nobody_signed_in_is_led_to_sign_in(client, unit):
    filing = build.filed(unit).filing

    answers = [client.get("/unit/filings"), client.get(page_of(filing))]

    assert [(answer.status_code, answer.headers["Location"][:7]) for answer in answers] == [(303, "/signin")] * 2


def test_a_suspended_unit_reads_and_gets_409_for_acts(browser, unit):
    filing = build.filed(unit).filing
    held = units.by_id(unit.unit.id)
    deciding.suspend(build_units.platform_actor(), held.id, ["unit:outdated"], "", held.version)

    answer = post(browser, page_of(filing), {"act": "verify", "version": "1"})

    assert (browser.open("/unit/filings").status_code, answer.status_code) == (200, 409)
    assert (state_of(filing), "單位現在不能驗核、上傳或更改車輛" in answer.text) == ("submitted", True)


# Many --------------------------------------------------------------------------------------------------------------


def hidden(response):
    """Every hidden field of the confirming form, as a browser would send it."""
    form = re.search(r'<form class="hq-sheet".*?</form>', response.text, re.S)[0]
    fields = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form):
        fields.setdefault(name, []).append(value)
    return fields


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


def test_a_whole_document_number_does_not_stay_in_the_address(browser, unit):
    sent = build.filed(unit)
    number, receipt = sent.answers["person"]["id_number"], sent.submission.number

    known = browser.open(f"/unit/filings?state=all&q={number}")
    unknown = browser.open("/unit/filings?q=11010519491231002X")
    by_receipt = browser.open(f"/unit/filings?q={receipt}")

    assert (known.status_code, known.headers["Location"]) == (303, f"/unit/filings?state=all&q={number[-4:]}")
    assert (unknown.status_code, unknown.headers["Location"]) == (303, "/unit/filings?q=002X")
    assert by_receipt.status_code == 200
    assert sent.filing.ref in browser.open(known.headers["Location"]).text
    assert sent.filing.ref in by_receipt.text


def test_the_list_takes_few_statements_with_session_and_bar(browser, unit):
    build.filed(unit)
    browser.open("/unit/filings")

    assert statements(lambda: browser.open("/unit/filings")) <= 7


def test_the_list_beside_a_roster_takes_one_statement_more(db, browser, unit):
    sent = build.filed(unit)
    rosters.entered(db, unit, rosters.line_of(sent))

    listed = browser.open("/unit/filings")

    assert "名冊相符" in listed.text
    assert statements(lambda: browser.open("/unit/filings")) <= 8


# Changes ---------------------------------------------------------------------------------------------------------


def changed(client, **pages):
    """A change before the manager of its unit: (browser, its filing)."""
    built = certified_unit("enterprise", email="changes@unit.example")
    sent = filed(built)
    uploaded(built, verified(built, sent))
    new = changing.send(changing.change(sent, **pages), signed="person" in pages)
    who = Browser(client)
    who.come_as("changes@unit.example")
    return who, changing.filings_of(new)[0]


def test_change_shows_before_and_after_masked(client, db):
    who, filing = changed(client, licence={"licence_number": "440402199001019999", "licence_expiry": "2039-01-01"})

    listed = who.open("/unit/filings")
    page = who.open(f"/unit/filings/{filing.ref}")

    assert "更改現有登記，請核對前後" in listed.text
    text = re.sub(r"<[^>]+>", "", page.text)
    assert "更改前後" in text
    assert all(one in text for one in ("2032年5月20日", "2039年1月1日", "尾號0011", "尾號9999"))
    assert "440402199001019999" not in page.text


def test_move_shows_nothing_of_the_former_unit(client, db):
    here = certified_unit("enterprise", unit_name="橫琴舊單位有限公司")
    there = certified_unit("enterprise", email="changes@unit.example")
    sent = filed(here)
    uploaded(here, verified(here, sent))
    made = beginning.begin_move(changing.again(sent), there.unit, [one.ref for one in changing.in_force(sent)])
    drafts.save(made, drafts.answers_of(made) | {"belonging": {"unit_relation": "staff"}})
    moved = send(Draft.get_by_id(made.id))
    who = Browser(client)
    who.come_as("changes@unit.example")

    page = who.open(f"/unit/filings/{moved.filing.ref}")

    assert "由另一單位轉來" in page.text
    assert "更改前後" not in page.text
    assert here.unit.name not in page.text
