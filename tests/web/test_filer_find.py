"""Finding one's filings again by document and phone."""

import re
from datetime import timedelta

from tests.builders.browser import Browser, errors, heading
from tests.builders.filings import filed, id_number, person
from tests.builders.status import newest_code
from tests.builders.units import certified_unit
from webapp import clock
from webapp.domain.accounts import codes
from webapp.domain.accounts.models import OneTimeCode


def ask(browser, number, id_type="mo_bir", **fields):
    return browser.send("/find", {"id_type": id_type, "id_number": number, **fields}, page="/find")


def known():
    return filed(certified_unit(), who=person("mo_bir"))


def type_code(browser, figures):
    return browser.send("/find/code", {"phone_code": figures}, page="/find/code")


def test_document_and_code_give_the_link_again(client, db):
    sent = known()
    browser = Browser(client)
    asked = ask(browser, sent.answers["person"]["id_number"])
    assert (asked.status_code, asked.location) == (303, "/find/code")

    done = type_code(browser, newest_code())

    assert (done.status_code, done.location) == (303, "/find/links")
    page = browser.open("/find/links")
    assert (heading(page), f"/s/{sent.token}" in page.text) == ("你的申報", True)
    assert page.headers["Cache-Control"] == "no-store"


def test_known_and_unknown_documents_are_answered_alike(client, app, db):
    sent = known()
    there, nowhere = Browser(app.test_client()), Browser(app.test_client())

    first, second = ask(there, sent.answers["person"]["id_number"]), ask(nowhere, id_number("mo_bir"))

    assert (first.status_code, first.location) == (second.status_code, second.location)
    cookies = [re.search(r"find=([^;]+)", one.headers["Set-Cookie"])[1] for one in (first, second)]
    assert len(cookies[0]) == len(cookies[1])

    def plain(response):
        text = re.sub(r'(csrf[^>]*value|content|submission_key" value)="[^"]*"', "", response.text)
        return re.sub(r'value="[0-9]{6}"', "", text)

    assert plain(there.open("/find/code")) == plain(nowhere.open("/find/code"))
    codes_made = [codes.shown(row.ref) for row in OneTimeCode.select()]
    wrong = next(f"{n:06d}" for n in range(10) if f"{n:06d}" not in codes_made)
    assert errors(type_code(there, wrong)) == errors(type_code(nowhere, wrong)) == ["驗證碼不正確，還可以試4次"]


def test_phone_is_never_shown(client, db):
    sent = known()
    browser = Browser(client)
    ask(browser, sent.answers["person"]["id_number"])

    page = browser.open("/find/code").text

    assert sent.answers["contact"]["phone"][-4:] not in page


def test_links_need_the_code(client, db):
    sent = known()
    browser = Browser(client)
    ask(browser, sent.answers["person"]["id_number"])

    assert browser.open("/find/links").location == "/find"
    assert Browser(client).open("/find/code").status_code == 200


def test_search_runs_out_with_its_code(client, db):
    sent = known()
    browser = Browser(client)
    ask(browser, sent.answers["person"]["id_number"])

    with clock.travel(timedelta(minutes=11)):
        assert browser.open("/find/code").location == "/find"


def test_every_fault_is_said_beside_its_field(client, db):
    browser = Browser(client)

    assert errors(browser.send("/find", {}, page="/find")) == ["請選擇證件類別", "請輸入證件號碼"]
    assert ask(browser, "").status_code == 422
    assert ask(browser, "123", id_type="passport").status_code == 422
    assert ask(browser, "\x00張", id_type="nonsense").status_code == 422


def test_searches_are_limited(client, db):
    number = id_number("mo_bir")
    browser = Browser(client)

    statuses = [ask(browser, number).status_code for _ in range(6)]

    assert statuses == [303] * 5 + [429]


def test_forged_cookie_is_none(client, db):
    client.set_cookie("find", "AAAA")

    assert client.get("/find/code").location == "/find"
