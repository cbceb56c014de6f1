"""The private status link: who comes in, by what, for how long, and what the code on the phone opens."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest

from tests.builders.browser import errors, heading
from tests.builders.filings import filed, person, vehicle
from tests.builders.status import Person, answer_words, entered, newest_code, proved, tail
from tests.builders.units import certified_unit
from webapp import clock
from webapp.domain.audit.models import Act
from webapp.domain.filings import following
from webapp.ui import cookies

JUNK = ("x", "0" * 36, "a" * 400, "%00", "張", "../../etc", "ab" * 18)


def test_link_asks_for_the_end_of_the_document(client, db):
    who = Person(client, filed(certified_unit()))

    response = who.page()

    assert (response.status_code, heading(response)) == (200, "查看申報進度")
    assert who.sent.submission.number not in response.text


def test_last_four_open_the_page(client, db):
    sent = filed(certified_unit())
    who = Person(client, sent)

    opened = who.enter()

    assert (opened.status_code, opened.location) == (303, who.home)
    page = who.page()
    assert (heading(page), answer_words(page)) == ("申報進度", ["等待單位驗核"])
    assert page.headers["Cache-Control"] == "no-store"


def test_bracketed_check_digit_may_be_left_out(client, db):
    sent = filed(certified_unit(), who=person("hk_id"))
    whole = tail(sent)
    before_bracket = re.sub(r"[^0-9A-Za-z]", "", sent.answers["person"]["id_number"])[-5:-1]

    assert Person(client, sent).enter(before_bracket).status_code == 303
    assert Person(client, sent).enter(whole).status_code == 303


def test_unknown_link_and_wrong_number_are_answered_alike(client, db):
    sent = filed(certified_unit())
    who = Person(client, sent)

    known = who.send(who.home, {"id_tail": "9999"}, page=who.home)
    unknown = who.send(f"/s/{'a' * 36}", {"id_tail": "9999"}, page=f"/s/{'a' * 36}")

    assert known.status_code == unknown.status_code == 422
    assert errors(known) == errors(unknown)
    assert set(known.headers.keys()) == set(unknown.headers.keys())


@pytest.mark.parametrize("token", JUNK)
def test_junk_links_ask_like_any_other(client, db, token):
    assert client.get(f"/s/{token}").status_code in (200, 404)
    for rest in (
        "/data",
        "/pledge",
        "/pledge.pdf",
        "/code",
        "/correct",
        "/withdraw/x",
        "/owner/x",
        "/entry/x/confirmation",
    ):
        assert client.get(f"/s/{token}{rest}").status_code in (303, 404)


def test_guesses_are_limited_for_known_and_unknown_links(client, db):
    sent = filed(certified_unit())
    who = Person(client, sent)

    def until_refused(path):
        for count in range(30):
            if who.send(path, {"id_tail": "9999"}, page=path).status_code == 429:
                return count
        return 30

    assert until_refused(who.home) == until_refused(f"/s/{'b' * 36}") == 10
    assert who.enter().status_code == 429


def test_cookie_is_of_this_link_alone_and_holds_nothing_readable(client, db):
    sent = filed(certified_unit())
    who = Person(client, sent)

    cookie = who.enter().headers["Set-Cookie"]

    assert cookie.startswith(f"{cookies.name_of('status', who.home)}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert [said for said in (sent.submission.ref, sent.token) if said in cookie] == []


def test_cookie_of_one_person_does_not_open_another(client, app, db):
    built = certified_unit()
    mine, other = filed(built), filed(built)
    entered(client, mine)
    value = client.get_cookie(cookies.name_of("status", f"/s/{mine.token}")).value

    client.set_cookie(cookies.name_of("status", f"/s/{other.token}"), value)
    response = client.get(f"/s/{other.token}")

    assert heading(response) == "查看申報進度"
    assert client.get(f"/s/{other.token}/pledge").status_code == 303


def test_page_closes_after_half_an_hour_without_use(client, db):
    who = entered(client, filed(certified_unit()))

    with clock.travel(timedelta(minutes=29)):
        assert heading(who.page()) == "申報進度"
    with clock.travel(timedelta(minutes=58)):
        assert heading(who.page()) == "申報進度"
    with clock.travel(timedelta(minutes=89)):
        assert heading(who.page()) == "查看申報進度"


def test_page_closes_after_twelve_hours_of_use(client, db):
    who = entered(client, filed(certified_unit()))

    for minutes in range(25, 12 * 60, 25):
        with clock.travel(timedelta(minutes=minutes)):
            assert heading(who.page()) == "申報進度"
    with clock.travel(timedelta(hours=12, seconds=1)):
        assert heading(who.page()) == "查看申報進度"


def test_closing_the_page_ends_what_was_open(client, db):
    """Also for whoever kept the cookie, and for a page of before that answers late; opened again it is open."""
    who = entered(client, filed(certified_unit()))
    name = cookies.name_of("status", who.home)
    before = client.get_cookie(name).value

    with clock.travel(timedelta(minutes=1)):
        who.send(f"{who.home}/close", page=who.home)
        assert client.get_cookie(name) is None
        client.set_cookie(name, before)
        assert heading(who.page()) == "查看申報進度"
        who.send(f"{who.home}/close", page=who.home)
    with clock.travel(timedelta(minutes=2)):
        who.enter()
        assert heading(who.page()) == "申報進度"
    assert Act.select().where(Act.verb == "status:close").count() == 1, "nobody closes what he did not open"


def test_every_try_to_open_the_page_and_every_code_is_on_record(client, db):
    sent = filed(certified_unit())
    who = Person(client, sent)

    who.enter("0000")
    who.enter()
    who.post("/code", {"again": "yes"})
    who.post("/code", {"phone_code": "000000" if newest_code() != "000000" else "111111"})
    who.post("/code", {"phone_code": newest_code()})

    rows = Act.select().where(Act.verb << ["status:open", "code:prove"]).order_by(Act.id)
    assert [(row.verb, row.outcome, row.actor_ref) for row in rows] == [
        (verb, outcome, sent.submission.ref)
        for verb in ("status:open", "code:prove")
        for outcome in ("refused", "done")
    ]
    assert {row.address for row in rows} == {"127.0.0.1"}


def test_new_link_ends_the_old_one(client, db):
    sent = filed(certified_unit())
    who = entered(client, sent)
    sent.submission.link_version = 2
    sent.submission.save()

    assert heading(who.page()) == "查看申報進度"
    assert who.enter().status_code == 422


def test_no_full_number_without_the_code(client, db):
    sent = filed(certified_unit(), who=person("mo_bir"))
    who = entered(client, sent)

    page = who.page()
    refused = who.page("/data")

    number = following.declared(sent.submission)["person"]["id_number"]
    assert number not in page.text
    assert following.phone(sent.submission)[-8:] not in page.text
    assert (refused.status_code, refused.location) == (303, f"{who.home}/code?to=data")


def test_code_shows_everything_for_a_quarter_of_an_hour(client, db):
    sent = filed(certified_unit(), who=person("mo_bir"))
    who = entered(client, sent)

    done = who.prove("data")

    assert (done.status_code, done.location) == (303, f"{who.home}/data")
    number = following.declared(sent.submission)["person"]["id_number"]
    assert f"{number[:-1]}({number[-1]})" in who.page("/data").text
    with clock.travel(timedelta(minutes=16)):
        assert who.page("/data").status_code == 303


def test_a_code_proves_once(client, db):
    """The browser as it was before, and the code again four minutes on: the quarter of an hour is the first one's."""
    sent = filed(certified_unit())
    who = entered(client, sent)
    name = cookies.name_of("status", who.home)
    who.post("/code", {"again": "yes"})
    code, before = newest_code(), client.get_cookie(name).value
    who.post("/code", {"phone_code": code})

    with clock.travel(timedelta(minutes=4)):
        client.set_cookie(name, before)
        again = who.post("/code", {"phone_code": code})
        shown = who.page("/data").status_code
    with clock.travel(timedelta(minutes=15, seconds=10)):
        late = who.page("/data").status_code

    assert (again.status_code, shown, late) == (303, 200, 303)


def test_wrong_codes_run_out(client, db):
    who = entered(client, filed(certified_unit()))
    who.post("/code", {"again": "yes"})
    wrong = "000000" if newest_code() != "000000" else "111111"

    said = [errors(who.post("/code", {"phone_code": wrong}))[0] for _ in range(5)]

    assert said[0] == "驗證碼不正確，還可以試4次"
    assert said[-1] == "驗證碼已失效，請重新取得"
    assert who.post("/code", {"phone_code": newest_code()}).status_code == 422
    assert who.page("/data").status_code == 303


def test_code_of_one_page_does_not_prove_another(client, app, db):
    built = certified_unit()
    mine, other = filed(built), filed(built)
    here, there = entered(client, mine), entered(client, other)
    here.post("/code", {"again": "yes"})
    code = newest_code()
    there.post("/code", {"again": "yes"})

    refused = there.post("/code", {"phone_code": code if code != newest_code() else "x"})

    assert refused.status_code == 422


def test_code_page_leads_nowhere_else(client, db):
    who = entered(client, filed(certified_unit()))
    who.post("/code?to=//evil.example", {"again": "yes"})

    done = who.post("/code?to=//evil.example", {"phone_code": newest_code()})

    assert done.location == who.home


def test_every_form_of_the_page_is_reached_by_links_and_codes(client, db):
    built = certified_unit()
    sent = filed(built)
    who = proved(client, sent)

    page = who.page()

    links = re.findall(rf'href="{who.home}(/[^"]+)"', page.text)
    assert {who.page(link).status_code for link in links} == {200}
    assert f"/withdraw/{sent.filing.ref}" in links


def test_the_page_and_all_below_it_can_be_closed(client, db):
    who = proved(client, filed(certified_unit()))
    links = ["", *re.findall(rf'href="{who.home}(/[^"]+)"', who.page().text)]

    pages = {link: page.text for link in links if "hq-sheet-page" in (page := who.page(link)).text}

    assert len(pages) > 5
    assert [link for link, text in pages.items() if text.count(f'action="{who.home}/close"') != 1] == []
    client.delete_cookie(cookies.name_of("status", who.home))
    assert "/close" not in who.page().text


def test_other_submissions_with_the_same_phone_are_linked_and_no_others(client, db):
    built, elsewhere = certified_unit(), certified_unit()
    who = person("mo_bir")
    mine = filed(built, who=who, phone="13800000031")
    same = filed(elsewhere, who=who, phone="13800000031", vehicles=[vehicle()])
    other_phone = filed(certified_unit(), who=who, phone="13800000032", vehicles=[vehicle()])

    page = entered(client, mine).page()

    assert same.submission.number in page.text
    assert other_phone.submission.number not in page.text


def test_whatever_is_behind_the_code_is_where_one_comes_after_it(app, db):
    """Each page of one's own that asks for the code first names itself as the page it is wanted for."""
    sent = filed(certified_unit())
    who = entered(app.test_client(), sent)
    some = {"code": "demq0001", "topic": "removal", "purpose": "sharing", "deed": "answer"}
    asked = {}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/s/<token>/") and "GET" in rule.methods:
            path = re.sub(
                r"<(?:\w+:)?(\w+)>", lambda part: some.get(part[1], "x" * 20), rule.rule[len("/s/<token>/") :]
            )
            answer = who.page(f"/{path}")
            if answer.status_code == 303 and "/code?to=" in answer.location:
                asked[path] = unquote(answer.location.partition("?to=")[2])

    assert "stay-behind/xxxxxxxxxxxxxxxxxxxx" in asked
    assert who.prove().status_code == 303
    assert {path: who.page(f"/code?to={to}").location for path, to in asked.items()} == {
        path: f"{who.home}/{path}" for path in asked
    }
