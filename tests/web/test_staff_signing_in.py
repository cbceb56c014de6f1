"""Signing in through the pages: who is let in, who is not, and where he is led."""

import html5lib
import pytest

from tests.builders.accounts import LOCALE, actor_of, platform_staff
from tests.builders.browser import Browser, errors, heading
from tests.builders.units import PASSWORD
from webapp.domain.accounts import platform
from webapp.ui.addresses import local_path

REFUSED = ["電郵或密碼不正確，或帳號暫時不能登入。連續輸錯5次，帳號會鎖上30分鐘"]


@pytest.fixture
def browser(client) -> Browser:
    return Browser(client)


def locations(*responses) -> list[tuple[int, str]]:
    return [(response.status_code, response.headers.get("Location", "")) for response in responses]


def test_sign_in_page_asks_and_remembers_where_one_was_going(browser):
    asked = browser.open("/account")
    page = browser.open(asked.headers["Location"])

    assert locations(asked) == [(303, "/signin?next=/account")]
    assert heading(page) == "單位和平台人員登入"
    assert '<input type="hidden" name="next" value="/account">' in page.text
    typed = html5lib.parse(page.text, namespaceHTMLElements=False).find(".//input[@name='password']").attrib
    assert (typed["type"], typed["autocomplete"], "value" in typed) == ("password", "current-password", False)


def test_right_password_leads_to_where_one_was_going(browser):
    platform_staff("audit_admin", email="an.lei@staff.example")

    signed_in = browser.sign_in("an.lei@staff.example", target="/account")
    again = browser.open("/signin")

    assert locations(signed_in, again, browser.open("/begin")) == [
        (303, "/account"),
        (303, "/begin"),
        (303, "/platform/audit"),
    ]
    assert heading(browser.open("/account")) == "我的帳號"


def test_wrong_unknown_locked_and_disabled_look_the_same(browser):
    platform_staff(email="an.lei@staff.example")
    gone = platform_staff(email="gone@staff.example")
    platform.disable(actor_of(platform_staff("system_admin")), gone.ref, gone.version, LOCALE)

    answers = [
        browser.sign_in("an.lei@staff.example", "wrong"),
        browser.sign_in("nobody@staff.example"),
        browser.sign_in("gone@staff.example"),
        *[browser.sign_in("an.lei@staff.example", "wrong") for _ in range(4)],
        browser.sign_in("an.lei@staff.example"),
    ]

    assert [answer.status_code for answer in answers] == [422] * 8
    assert [errors(answer) for answer in answers] == [REFUSED] * 8
    assert {"password" in answer.text and PASSWORD not in answer.text for answer in answers} == {True}


def test_flood_of_failures_is_stopped_politely(browser):
    for _ in range(10):
        browser.sign_in("nobody@staff.example", "wrong")

    stopped = browser.sign_in("nobody@staff.example", "wrong")

    assert stopped.status_code == 429
    assert int(stopped.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\r\nX: y",
        "/\tevil",
        "account",
        "",
    ],
)
def test_only_paths_of_this_site_are_followed(target):
    assert local_path(target) == ""


@pytest.mark.parametrize("target", ["/", "/account", "/unit/filings?state=waiting&q=%E9%99%B3", "/%0d%0a", "/["])
def test_paths_of_this_site_are_followed(target):
    assert local_path(target) == target


def test_foreign_next_is_dropped(browser):
    platform_staff("audit_admin", email="an.lei@staff.example")

    assert locations(browser.sign_in("an.lei@staff.example", target="//evil.example")) == [(303, "/begin")]
    assert locations(browser.open("/signin?next=https://evil.example/")) == [(303, "/begin")]
