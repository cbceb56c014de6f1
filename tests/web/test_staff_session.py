"""Sessions of staff through the pages: what an old cookie is worth, how they end, and what they open."""

from datetime import timedelta

import pytest

from tests.builders.accounts import LOCALE, actor_of, platform_staff
from tests.builders.authenticator import code
from tests.builders.browser import Browser, errors, heading
from tests.builders.delivery import drain
from tests.builders.filings import filed
from tests.builders.units import PASSWORD, certified_unit, member
from webapp import clock, database
from webapp.domain.accounts import links, policy, queries, sessions
from webapp.domain.accounts.models import Account, Session, SingleUseLink
from webapp.domain.audit.models import Act
from webapp.domain.units import team
from webapp.ui.presenters import time_of_day

NEW = "Quiet-Ferry-4821"
REFUSED = ["電郵或密碼不正確，或帳號暫時不能登入。連續輸錯5次，帳號會鎖上30分鐘"]


@pytest.fixture
def browser(client) -> Browser:
    return Browser(client)


def cookie(browser: Browser) -> str:
    return browser.client.get_cookie("hq").value


def locations(*responses) -> list[tuple[int, str]]:
    return [(response.status_code, response.headers.get("Location", "")) for response in responses]


def test_signing_in_changes_the_cookie_and_token(browser):
    platform_staff(email="an.lei@staff.example")
    browser.open("/signin")
    before = cookie(browser)

    browser.sign_in("an.lei@staff.example")

    assert cookie(browser) != before


def test_old_cookie_is_refused_after_signing_out(browser, app):
    platform_staff(email="an.lei@staff.example")
    browser.sign_in("an.lei@staff.example")
    old = cookie(browser)

    out = browser.send("/signout", page="/account")

    thief = app.test_client()
    thief.set_cookie("hq", old)
    assert locations(out, browser.open("/account"), thief.get("/account")) == [
        (303, "/signin"),
        (303, "/signin?next=/account"),
        (303, "/signin?next=/account"),
    ]
    assert locations(browser.send("/signout")) == [(303, "/signin")]


def test_old_cookie_is_refused_after_a_new_password_and_this_browser_goes_on(browser, app):
    platform_staff(email="an.lei@staff.example")
    browser.sign_in("an.lei@staff.example")
    old = cookie(browser)

    typed = {"old_password": PASSWORD, "new_password": NEW}
    unproved = browser.send("/account/password", typed | {"code": "000000"}, page="/account")
    changed = browser.send("/account/password", typed | {"code": code("an.lei@staff.example")}, page="/account")

    thief = app.test_client()
    thief.set_cookie("hq", old)
    assert errors(unproved) == ["數字不正確或已用過。請等驗證器換下一個數字再試"]
    assert locations(changed, thief.get("/account")) == [(303, "/account"), (303, "/signin?next=/account")]
    assert "密碼已更改。其他裝置上的登入已結束。" in browser.open("/account").text
    assert Browser(app.test_client()).sign_in("an.lei@staff.example", NEW).status_code == 303


def test_idle_session_must_sign_in_again(browser):
    platform_staff(email="an.lei@staff.example")
    browser.sign_in("an.lei@staff.example")

    with clock.travel(policy.current().idle - timedelta(seconds=10)):
        used = browser.open("/account")
    with clock.travel(policy.current().idle * 2 - timedelta(seconds=20)):
        kept = browser.open("/account")
    with clock.travel(policy.current().idle * 3):
        idle = browser.open("/account")

    assert [page.status_code for page in (used, kept, idle)] == [200, 200, 303]


def test_end_of_a_session_is_said_before_it_comes(browser):
    """On every page, without script too; what the script says is in the journey of the same name."""
    house = policy.current()
    platform_staff(email="an.lei@staff.example")
    browser.sign_in("an.lei@staff.example")
    asked = clock.now()
    page = browser.open("/account").text
    ends = {time_of_day(moment + house.idle) for moment in (asked, clock.now())}  # a minute may turn meanwhile
    assert [end for end in ends if f"沒有操作的話，{end}會自動登出" in page]
    assert "這次登入快滿時限" not in page.partition('id="session-end"')[0]

    with database.transaction():
        Session.update(started_at=clock.now() - house.absolute + timedelta(minutes=14)).execute()
    page = browser.open("/account").text
    end = time_of_day(Session.get().started_at + house.absolute)
    assert f"這次登入快滿時限，{end}會自動登出。請先完成並儲存手上的工作" in page.partition('id="session-end"')[0]
    assert f"沒有操作的話，{end}會自動登出" in page
    with clock.travel(timedelta(minutes=15)):
        assert browser.open("/account").status_code == 303


def test_password_counts_exactly_as_it_was_typed(browser, app):
    """Neither trimmed nor cut nor folded; signs of the other script are other signs."""
    platform_staff(email="an.lei@staff.example")
    browser.sign_in("an.lei@staff.example")
    chosen = f" {NEW}-橫琴 ".ljust(128, "x")
    typed = {"old_password": PASSWORD, "new_password": chosen, "code": code("an.lei@staff.example")}
    browser.send("/account/password", typed, page="/account")

    for other in (chosen.strip(), chosen[:-1], f"{chosen}x", chosen.swapcase(), chosen.replace("橫", "横")):
        assert Browser(app.test_client()).sign_in("an.lei@staff.example", other).status_code == 422
        Account.update(failures=0).execute()
    assert Browser(app.test_client()).sign_in("an.lei@staff.example", chosen).status_code == 303


def test_wrong_change_of_password_says_everything(browser):
    platform_staff(email="an.lei@staff.example")
    browser.sign_in("an.lei@staff.example")

    refused = browser.send("/account/password", {"old_password": "wrong", "new_password": "short"}, page="/account")

    assert refused.status_code == 422
    assert errors(refused) == [
        "現時的密碼不正確",
        "密碼至少要12個字",
        "密碼要有大寫、小寫、數字、符號之中的3種",
    ]


def test_another_session_can_be_ended_but_not_another_persons(browser, app):
    platform_staff(email="an.lei@staff.example")
    other = platform_staff(email="bao@staff.example")
    second = Browser(app.test_client())
    browser.sign_in("an.lei@staff.example")
    second.sign_in("an.lei@staff.example")
    mine = sessions.of_account(queries.by_email("an.lei@staff.example").id)
    sessions.begin(actor_of(other), other)
    strange = sessions.of_account(other.id)[0]

    page = browser.open("/account")
    known = {"old_password": PASSWORD}
    unproved = browser.send(f"/account/sessions/{mine[0].ref}/end", page="/account")
    open_still = second.open("/account").status_code
    ended = browser.send(f"/account/sessions/{mine[0].ref}/end", known, page="/account")
    missing = browser.send(f"/account/sessions/{strange.ref}/end", known, page="/account")

    assert page.text.count("另一部裝置") == 1
    assert (errors(unproved), open_still) == (["現時的密碼不正確"], 200)
    assert 'value="zh_Hant_MO" checked' in unproved.text
    assert locations(ended, second.open("/account")) == [(303, "/account"), (303, "/signin?next=/account")]
    assert missing.status_code == 404
    assert len(sessions.of_account(other.id)) == 1


def test_language_of_the_account_is_remembered(browser):
    account = platform_staff(email="an.lei@staff.example")
    browser.sign_in("an.lei@staff.example")

    chosen = browser.send("/account/language", {"language": "zh_Hant_MO"}, page="/account")
    refused = browser.send("/account/language", {"language": "klingon"}, page="/account")

    assert locations(chosen) == [(303, "/account")]
    assert queries.by_ref(account.ref).language == "zh_Hant_MO"
    assert (refused.status_code, errors(refused)) == (422, ["請選擇一項"])


def test_one_unit_is_entered_at_once_and_several_are_chosen(browser):
    first = certified_unit(email="manager@unit.example")
    second, stranger = certified_unit(), certified_unit()

    assert locations(browser.sign_in("manager@unit.example", target="/unit/team")) == [(303, "/unit/team")]
    assert first.unit.name in browser.open("/unit/team").text
    browser.send("/signout")
    team.invite(second.actor, second.unit.id, "manager@unit.example", "manager", LOCALE)
    token = links.token(team.invitations(second.unit.id)[0].ref)
    team.join(first.actor, token, first.manager.id, "", "")

    several = browser.sign_in("manager@unit.example", target="/unit/team")
    closed = browser.open("/unit/team")
    foreign = browser.send("/units", {"unit": stranger.unit.ref})
    chosen = browser.send("/units", {"unit": second.unit.ref, "next": "/unit/team"})

    assert locations(several, chosen) == [(303, "/units?next=/unit/team"), (303, "/unit/team")]
    assert (closed.status_code, foreign.status_code) == (403, 404)
    page = browser.open("/unit/team").text
    assert (second.unit.name in page, first.unit.name in page) == (True, False)


def test_platform_role_works_without_a_unit_and_not_in_one(browser):
    certified_unit()
    platform_staff("security_admin", email="an.lei@staff.example")
    browser.sign_in("an.lei@staff.example")

    statuses = [browser.open(path).status_code for path in ("/platform/unlock", "/unit/team", "/platform/audit")]

    assert statuses == [200, 403, 403]


def test_ended_membership_closes_the_unit_at_the_next_request(browser):
    built = certified_unit()
    member(built, "manager", email="second@unit.example")
    browser.sign_in("second@unit.example")
    assert browser.open("/unit/team").status_code == 200

    team.end(built.actor, built.unit.id, queries.by_email("second@unit.example").ref, LOCALE)

    assert browser.open("/unit/team").status_code == 403
    assert locations(browser.open("/begin")) == [(303, "/account")]


def test_forgotten_password_is_set_through_the_pages(browser, db):
    platform_staff(email="an.lei@staff.example")

    known = browser.send("/password/forgotten", {"email": "an.lei@staff.example"})
    unknown = browser.send("/password/forgotten", {"email": "nobody@staff.example"})
    broken = browser.send("/password/forgotten", {"email": "an.lei"})
    drain(db)
    path = "/password/" + links.token(SingleUseLink.get(SingleUseLink.purpose == "password").ref)
    weak = browser.send(path, {"password": "weak"})
    done = browser.send(path, {"password": NEW})

    assert locations(known) == locations(unknown) == [(303, "/password/sent")]
    assert (known.data, heading(browser.open("/password/sent"))) == (unknown.data, "請查看電郵")
    assert (broken.status_code, errors(broken)) == (422, ["請填寫完整的電郵地址，例如name@example.com"])
    assert (weak.status_code, errors(weak)[0]) == (422, "密碼至少要12個字")
    assert locations(done) == [(303, "/signin")]
    assert browser.open(path).status_code == 404
    assert browser.sign_in("an.lei@staff.example", NEW).status_code == 303


def test_a_page_beyond_ones_role_is_refused_and_the_attempt_kept(app):
    built = certified_unit()
    member(built, "verifier", email="clerk@unit.example")
    browser = Browser(app.test_client())
    browser.sign_in("clerk@unit.example")

    answer = browser.send("/unit/code/rotate", page="/unit/code")

    (act,) = Act.select().where(Act.outcome == "refused")
    assert answer.status_code == 403
    assert (act.verb, act.codes, act.unit_id) == ("page:open", [["", "not_allowed"]], built.unit.id)


def test_a_thing_of_another_unit_is_not_there_and_the_attempt_kept(app):
    built, theirs = certified_unit(email="manager@unit.example"), filed(certified_unit())
    browser = Browser(app.test_client())
    browser.sign_in("manager@unit.example")

    answer = browser.open(f"/unit/filings/{theirs.filing.ref}")

    (act,) = Act.select().where(Act.outcome == "refused")
    assert answer.status_code == 404
    assert (act.verb, act.codes, act.unit_id) == ("page:open", [["", "not_found"]], built.unit.id)

    browser.send(f"/unit/filings/{theirs.filing.ref}/numbers", {"purpose": "comparing"}, page="/unit/filings")

    verbs = [row.verb for row in Act.select().where(Act.outcome == "refused").order_by(Act.id)]
    assert verbs == ["page:open", "filing:number-read"], "an act that was refused is kept once, as that act"


def test_a_stale_form_is_answered_by_a_page_also_on_a_fresh_connection(app):
    certified_unit(email="manager@unit.example")
    browser = Browser(app.test_client())
    browser.sign_in("manager@unit.example")
    database.disconnect()

    answer = browser.client.post("/account/language", data={"language": "zh_Hans_CN"})

    assert answer.status_code == 400
    assert "已失效" in answer.text
