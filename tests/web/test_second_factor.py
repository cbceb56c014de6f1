"""The second factor through the pages: enrolling, codes, recovery codes, another device, and nothing before it."""

import re
from datetime import timedelta

import pytest

from tests.builders import authenticator
from tests.builders.accounts import platform_staff
from tests.builders.browser import Browser, errors, heading
from tests.builders.delivery import drain
from tests.builders.units import PASSWORD
from webapp import clock
from webapp.domain.accounts import links, policy, queries, second_factor, sessions
from webapp.domain.accounts.models import Account, RecoveryCode, Session, SingleUseLink

MAILBOX = "an.lei@staff.example"
SECRET = re.compile(r"secret=([A-Z2-7]+)")


@pytest.fixture
def account(app) -> Account:
    return platform_staff("audit_admin", email=MAILBOX)


@pytest.fixture
def browser(client) -> Browser:
    return Browser(client)


def password(browser: Browser, target: str = ""):
    return browser.send("/signin", {"email": MAILBOX, "password": PASSWORD, "next": target})


def test_first_sign_in_enrols_an_authenticator_and_shows_the_recovery_codes_once(browser, account):
    first = password(browser, "/account")
    where = first.headers["Location"]
    page = browser.open(where)
    secret = SECRET.search(page.text)[1]
    again = SECRET.search(browser.open(where).text)[1]
    held = browser.client.get_cookie("hq").value

    blank = browser.send(where)
    wrong = browser.send(where, {"code": "000000"})
    done = browser.send(where, {"code": second_factor.code_at(secret, second_factor.step_now()), "next": "/account"})
    codes = browser.open(done.headers["Location"])
    unread = browser.send(done.headers["Location"])
    kept = browser.send(done.headers["Location"], {"kept": "yes", "next": "/account"})

    assert (first.status_code, where, heading(page)) == (303, "/signin/enrol?next=/account", "先設定驗證器")
    assert (again == secret, "<svg" in page.text) == (True, True)
    assert (blank.status_code, errors(blank)) == (422, ["請輸入驗證器上的6位數字"])
    assert (wrong.status_code, errors(wrong)) == (422, ["數字不正確或已用過。請等驗證器換下一個數字再試"])
    assert done.headers["Location"] == "/signin/recovery-codes?next=/account"
    assert browser.client.get_cookie("hq").value != held
    assert len(set(re.findall(r"\b(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}\b", codes.text))) == 10
    assert (unread.status_code, errors(unread)) == (422, ["請先列印或抄下恢復碼，再剔選這一項"])
    assert kept.headers["Location"] == "/account"
    assert heading(browser.open("/account")) == "我的帳號"
    assert browser.open("/signin/recovery-codes").headers["Location"] == "/begin"


@pytest.mark.parametrize("path", ["/account", "/platform/audit", "/begin", "/units", "/signin/recovery-codes"])
def test_nothing_opens_before_the_second_factor(browser, account, path):
    password(browser)

    answer = browser.open(path)

    assert answer.headers["Location"].partition("?")[0] == "/signin/enrol"
    assert "安蕾" not in browser.open("/").text


def test_a_code_opens_one_session_and_never_a_second(browser, account, app):
    authenticator.enrol(account)
    thief = Browser(app.test_client())
    with clock.travel(timedelta(minutes=1)):
        assert password(browser, "/account").headers["Location"] == "/signin/code?next=/account"
        password(thief)
        code = authenticator.now()
        opened = browser.send("/signin/code", {"code": code, "next": "/account"})
        replayed = thief.send("/signin/code", {"code": code})
        early = thief.send("/signin/code", {"code": authenticator.now(-1)})
        next_one = thief.send("/signin/code", {"code": authenticator.now(1)})

    assert opened.headers["Location"] == "/account"
    assert (replayed.status_code, early.status_code, next_one.status_code) == (422, 422, 303)


def test_wrong_codes_lock_the_account_like_wrong_passwords(browser, account):
    authenticator.enrol(account)
    password(browser)
    for _ in range(policy.current().failures):
        browser.send("/signin/code", {"code": "000000"})

    with clock.travel(timedelta(minutes=1)):
        late = browser.send("/signin/code", {"code": authenticator.now()})
        again = password(browser)

    assert (late.status_code, again.status_code) == (422, 422)
    assert [one.ref for one in queries.locked()] == [account.ref]


def test_a_right_password_does_not_pay_back_wrong_codes(browser, account):
    authenticator.enrol(account)
    for _ in range(policy.current().failures - 1):
        password(browser)
        browser.send("/signin/code", {"code": "000000"})
        browser.send("/signout", page="/signin")

    assert Account.get_by_id(account.id).failures == policy.current().failures - 1


def test_a_recovery_code_works_once_in_any_spelling(browser, account, app):
    code = authenticator.enrol(account)[0]
    spelt = "-".join(code[start : start + 4] for start in range(0, len(code), 4)).lower()
    password(browser)

    opened = browser.send("/signin/code", {"recovery_code": spelt})

    other = Browser(app.test_client())
    password(other)
    again = other.send("/signin/code", {"recovery_code": code})
    assert (opened.status_code, again.status_code, errors(again)) == (303, 422, ["恢復碼不正確或已用過"])
    assert second_factor.codes_left(account.id) == 9


def test_a_mailed_link_changes_the_password_and_leaves_the_second_factor(browser, account, app, db):
    authenticator.enrol(account)
    browser.send("/password/forgotten", {"email": MAILBOX})
    drain(db)
    path = "/password/" + links.token(SingleUseLink.get(SingleUseLink.purpose == "password").ref)

    set_anew = browser.send(path, {"password": "Quiet-Ferry-4821"})
    asked = browser.send("/signin", {"email": MAILBOX, "password": "Quiet-Ferry-4821", "next": "/account"})

    assert (set_anew.headers["Location"], asked.headers["Location"]) == ("/signin", "/signin/code?next=/account")
    assert browser.open("/account").headers["Location"] == "/signin/code?next=/account"


def test_another_device_and_new_recovery_codes_ask_for_both_factors(browser, account, app):
    browser.sign_in(MAILBOX)
    old = browser.client.get_cookie("hq").value
    before = {row.code_hash for row in RecoveryCode.select()}
    where = "/account/second-factor"

    def asked(**typed: str):
        return browser.send(where, {"old_password": PASSWORD, "code": authenticator.code(MAILBOX)} | typed)

    unproved = asked(wanted="device", code="000000")
    without = asked(wanted="device", old_password="wrong")
    unsaid = asked()
    renewed = asked(wanted="codes")
    browser.send("/signin/recovery-codes", {"kept": "yes"})
    replaced = asked(wanted="device")

    thief = app.test_client()
    thief.set_cookie("hq", old)
    assert (errors(unproved), errors(without), unsaid.status_code) == (
        ["數字不正確或已用過。請等驗證器換下一個數字再試"],
        ["現時的密碼不正確"],
        422,
    )
    assert renewed.headers["Location"] == "/signin/recovery-codes?next=/account"
    assert replaced.headers["Location"] == "/signin/enrol?next=/account"
    assert (before & {row.code_hash for row in RecoveryCode.select()}) == set()
    assert second_factor.of_account(account.id) is None
    assert thief.get("/account").headers["Location"] == "/signin?next=/account"


def test_right_figures_are_not_called_wrong_while_others_have_locked_the_account(browser, account, app):
    browser.sign_in(MAILBOX)
    stranger = Browser(app.test_client())
    for _ in range(policy.current().failures):
        stranger.send("/signin", {"email": MAILBOX, "password": "Wrong-Ferry-4821"})

    held = browser.send(
        "/account/password",
        {"old_password": PASSWORD, "new_password": "Quiet-Ferry-4821", "code": authenticator.code(MAILBOX)},
        page="/account",
    )

    assert (held.status_code, errors(held)) == (422, ["有人在別處試錯太多次，這個帳號暫時鎖上。請在30分鐘後再試"])


def test_an_old_password_is_changed_before_anything_else(browser, account):
    policy.configure(policy.Policy())
    age = policy.current().password_age
    with clock.travel(age):
        led = browser.sign_in(MAILBOX, target="/account")
        closed = browser.open("/platform/audit")
        where = "/signin/password"
        same = browser.send(where, {"old_password": PASSWORD, "new_password": PASSWORD})
        done = browser.send(where, {"old_password": PASSWORD, "new_password": "Quiet-Ferry-4821", "next": "/account"})
        page = browser.open("/account")

    assert led.headers["Location"] == "/signin/password?next=/account"
    assert closed.headers["Location"] == "/signin/password?next=/platform/audit"
    assert (same.status_code, errors(same)) == (422, ["新密碼要和現時的不同"])
    assert (done.headers["Location"], page.status_code) == ("/account", 200)


def test_whoever_signs_in_may_leave_half_way(browser, account):
    password(browser)

    browser.send("/signout", page="/signin/enrol")

    assert browser.open("/signin/enrol").headers["Location"] == "/signin?next=/signin/enrol"
    assert Session.select().where(Session.ended_at.is_null()).count() == 0


def test_half_a_session_ends_after_a_quarter_of_an_hour(browser, account):
    password(browser)

    with clock.travel(timedelta(minutes=15)):
        assert browser.open("/signin/enrol").headers["Location"] == "/signin?next=/signin/enrol"


def test_an_administrator_works_in_one_place(browser, account, app):
    browser.sign_in(MAILBOX)
    second = Browser(app.test_client())
    second.sign_in(MAILBOX)

    assert browser.open("/account").headers["Location"] == "/signin?next=/account"
    assert second.open("/account").status_code == 200
    assert len(sessions.of_account(account.id)) == 1
