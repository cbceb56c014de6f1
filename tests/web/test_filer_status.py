"""The private status page: who may open it, what it shows, and what it never shows."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest

from tests.builders.browser import errors, heading
from tests.builders.delivery import drain
from tests.builders.filings import answers, draft, filed, person, send, vehicle
from tests.builders.status import Person, actor, couple, entered, newest_code, proved, return_, tail
from tests.builders.units import certified_unit, platform_actor
from tests.builders.uploads import entry_of, uploaded, verified
from webapp import clock
from webapp.domain.accounts.models import OneTimeCode
from webapp.domain.filings import following, invitations, inviting
from webapp.domain.jobs.models import Job
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.units import deciding
from webapp.domain.units.queries import by_id

JUNK = ("x", "0" * 36, "a" * 400, "%00", "張", "../../etc", "ab" * 18)


def answer_words(response):
    return [
        re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r'hq-answer-words">(.*?)</p>', response.text, re.S)
    ]


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

    assert f"Path={who.home}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert sent.submission.ref not in cookie.split(";")[0]


def test_cookie_of_one_person_does_not_open_another(client, app, db):
    built = certified_unit()
    mine, other = filed(built), filed(built)
    entered(client, mine)
    value = client.get_cookie("status", path=f"/s/{mine.token}").value

    client.set_cookie("status", value, path=f"/s/{other.token}")
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


def test_closing_the_page_forgets_it(client, db):
    who = entered(client, filed(certified_unit()))

    who.send(f"{who.home}/close", page=who.home)

    assert heading(who.page()) == "查看申報進度"


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


def test_other_submissions_with_the_same_phone_are_linked_and_no_others(client, db):
    built, elsewhere = certified_unit(), certified_unit()
    who = person("mo_bir")
    mine = filed(built, who=who, phone="13800000031")
    same = filed(elsewhere, who=who, phone="13800000031", vehicles=[vehicle()])
    other_phone = filed(certified_unit(), who=who, phone="13800000032", vehicles=[vehicle()])

    page = entered(client, mine).page()

    assert same.submission.number in page.text
    assert other_phone.submission.number not in page.text


def test_answer_for_each_state(client, db):
    built = certified_unit()
    waiting, returned, passed, withdrawn = (filed(built) for _ in range(4))
    return_(built, returned.filing)
    verified(built, passed)
    gone = proved(client, withdrawn)
    gone.post(f"/withdraw/{withdrawn.filing.ref}")

    def words(sent):
        return answer_words(entered(client, sent).page())

    assert words(waiting) == ["等待單位驗核"]
    assert words(returned) == ["要你補正"]
    assert words(passed) == ["單位已驗核"]
    assert words(withdrawn) == ["你已撤回"]


def test_listed_person_leaves_and_stays(client, db):
    built = certified_unit()
    sent = filed(built)
    uploaded(built, verified(built, sent))
    who = proved(client, sent)
    entry = entry_of(sent)
    assert answer_words(who.page()) == ["在名單內"]

    assert errors(who.post(f"/leave/{entry.ref}")) == ["請選擇一種移出方式"]
    assert who.post(f"/leave/{entry.ref}", {"leave_by": "request"}).status_code == 303
    assert answer_words(who.page()) == ["暫停"]
    assert "現在不能再要求移出" in who.page(f"/leave/{entry.ref}").text
    assert who.post(f"/stay/{entry.ref}").status_code == 303
    assert answer_words(who.page()) == ["在名單內"]
    assert who.post(f"/leave/{entry.ref}", {"leave_by": "consent"}).status_code == 303
    assert answer_words(who.page()) == ["已移出名單"]


def test_an_owner_reads_what_becomes_of_each_second_driver_of_his(client, db):
    here, there = certified_unit(), certified_unit("organ")
    cars = [vehicle(), vehicle()]
    owner = filed(here, vehicles=cars)
    uploaded(here, verified(here, owner))
    for filing, joint in zip(owner.filings, (True, False), strict=True):
        made = inviting.invite(actor(owner), owner.submission.ref, filing.ref, joint=joint)["invitation"]
        second = send(draft(there, answers("organ") | {"vehicles": invitations.prefilled(made)["vehicles"]}))
        uploaded(there, verified(there, second))
    who = proved(client, owner)
    first, other = Entry.select().where(Entry.submission_ref == owner.submission.ref).order_by(Entry.id)

    page = who.page(f"/leave/{first.ref}").text
    assert (
        "你移出後，與你共有這輛車的駕駛員成為登記的車主。他的登記照舊有效，不會暫停。"
        in page.partition('id="others"')[0]
    )
    assert "你移出後，這輛車的第二名駕駛員會暫停。你在30日內重新列入" in page.partition('id="others"')[2]

    removals.remove(here.actor, here.unit.id, Chosen(((other.ref, other.version),)), "left_unit")
    assert 'id="others"' not in who.page(f"/leave/{first.ref}").text


def test_request_already_made_is_answered_409(client, db):
    built = certified_unit()
    sent = filed(built)
    uploaded(built, verified(built, sent))
    who, entry = proved(client, sent), entry_of(sent)
    who.post(f"/leave/{entry.ref}", {"leave_by": "request"})

    again = who.post(f"/leave/{entry.ref}", {"leave_by": "request"})

    assert (again.status_code, errors(again)) == (409, ["已經要求移出，單位正在辦理"])


def test_deeds_about_somebody_elses_rows_are_not_found(client, db):
    built = certified_unit()
    mine, other = filed(built), filed(built)
    listed_other = filed(built)
    uploaded(built, verified(built, listed_other))
    who = proved(client, mine)

    paths = [
        f"/withdraw/{other.filing.ref}",
        f"/not-me/{other.filing.ref}",
        f"/leave/{entry_of(listed_other).ref}",
        f"/stay/{entry_of(listed_other).ref}",
        f"/entry/{entry_of(listed_other).ref}/confirmation",
        f"/entry/{entry_of(listed_other).ref}/confirmation.pdf",
        f"/pledge/{following.pledge(other.submission).ref}",
        f"/pledge/{following.pledge(other.submission).ref}.pdf",
    ]

    assert {path: who.page(path).status_code for path in paths} == dict.fromkeys(paths, 404)
    assert who.send(f"{who.home}/withdraw/{other.filing.ref}", page=who.home).status_code == 404


def test_withdrawal_from_a_stale_page_is_answered_409(client, db):
    built = certified_unit()
    sent = filed(built)
    who = proved(client, sent)
    path = f"{who.home}/withdraw/{sent.filing.ref}"
    verified(built, sent)

    refused = who.send(path, {"version": "1"}, page=path)

    assert refused.status_code == 409
    assert answer_words(who.page()) == ["單位已驗核"]


def test_disowned_filing_says_so(client, db):
    sent = filed(certified_unit())
    who = proved(client, sent)

    assert who.post(f"/not-me/{sent.filing.ref}").status_code == 303

    page = who.page()
    assert "這份申報有異議，平台查證前不會列入名單。" in page.text
    assert f"/not-me/{sent.filing.ref}" not in page.text


def test_documents_are_pages_until_their_pdfs_are_made(client, db):
    sent = filed(certified_unit())
    who = entered(client, sent)

    early = who.page("/pledge.pdf")

    assert (early.mimetype, "PDF正在製作" in early.text) == ("text/html", True)
    assert sent.answers["person"]["full_name"] in who.page("/pledge").text
    assert heading(who.page("/receipt")) == "申報回執"


def test_documents_as_pdf(client, db):
    built = certified_unit()
    sent = filed(built)
    uploaded(built, verified(built, sent))
    drain(db)
    who = entered(client, sent)
    confirmation = f"/entry/{entry_of(sent).ref}/confirmation.pdf"

    for path in ("/pledge.pdf", "/receipt.pdf", confirmation):
        response = who.page(path)
        assert (response.status_code, response.mimetype, response.data[:5]) == (200, "application/pdf", b"%PDF-")
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert re.fullmatch(r'inline; filename="[a-z0-9-]+\.pdf"', response.headers["Content-Disposition"])
    assert Job.select().where(Job.state == "failed").count() == 0


def test_owner_answers_on_his_page(client, db):
    owner, second = couple(certified_unit(), certified_unit())
    who = proved(client, owner)
    page = who.page()
    path = re.search(rf'href="{who.home}(/owner/[a-z0-9]+)"', page.text)[1]
    assert second.answers["person"]["full_name"] not in page.text

    assert second.answers["person"]["full_name"] in who.page(path).text
    assert errors(who.post(path)) == ["請選擇同意或不同意"]
    assert who.post(path, {"owner_answer": "accept"}).status_code == 303

    assert "/owner/" not in who.page().text
    assert who.page(path).status_code == 303


def test_owner_declines(client, db):
    owner, second = couple(certified_unit(), certified_unit())
    who = proved(client, owner)
    path = re.search(rf'href="{who.home}(/owner/[a-z0-9]+)"', who.page().text)[1]

    who.post(path, {"owner_answer": "decline"})

    told = entered(client, second).page()
    assert answer_words(told) == ["申報已結束"]
    assert "車主不同意" in told.text


def test_owner_answers_only_at_the_phone_on_file(client, db):
    mine, other = certified_unit(), certified_unit()
    owner, _second = couple(mine, other)
    impostor = filed(
        other, who=owner.answers["person"], vehicles=[vehicle(plate=owner.answers["vehicles"][0]["plate"])]
    )
    who = proved(client, impostor)
    path = re.search(rf'href="{who.home}(/owner/[a-z0-9]+)"', who.page().text)[1]

    refused = who.page(path)

    assert (refused.status_code, refused.location) == (303, f"{who.home}/code?to={path[1:]}")
    who.post(f"/code?to={path[1:]}", {"again": "yes"})
    sent_to = OneTimeCode.select().order_by(OneTimeCode.id.desc()).get().address_index
    assert bytes(sent_to) == bytes(owner.submission.phone_index)


def test_correction_goes_through_the_questionnaire(client, db):
    built = certified_unit()
    sent = filed(built)
    return_(built, sent.filing, reasons=("brand_model:differs",))
    who = entered(client, sent)

    page = who.page("/correct")
    assert "品牌型號與行駛證不一致" in page.text
    asked = who.post("/correct")
    assert asked.location == f"{who.home}/code?to=correct"
    who.prove("correct")
    begun = who.post("/correct")
    draft = re.match(r"/file/[a-z0-9]+", client.get(begun.location).location)[0]

    check = client.get(f"{draft}/check")
    assert "品牌型號與行駛證不一致" in check.text
    vehicle_page = client.get(f"{draft}/vehicle/1")
    assert "單位要你改這一頁" in vehicle_page.text
    assert "不申報這輛車" not in vehicle_page.text
    fields = {
        "vehicle_use": "own",
        "plate": sent.answers["vehicles"][0]["plate"],
        "size_class": "small",
        "brand_model": "豐田卡羅拉",
        "is_owner": "yes",
        "add_another": "yes",
    }
    changed = who.send(f"{draft}/vehicle/1?to=check", fields, page=f"{draft}/vehicle/1")
    assert changed.location == f"{draft}/check"
    check = client.get(f"{draft}/check")
    signed = {
        "text_digest": re.search(r'name="text_digest" value="([0-9a-f]+)"', check.text)[1],
        "consent_processing": "yes",
        "consent_sharing": "yes",
        "pledge_agreed": "yes",
        "signature_method": "typed",
        "signed_name": sent.answers["person"]["full_name"],
    }
    done = who.send(f"{draft}/check", signed, page=f"{draft}/check")

    assert (done.status_code, done.location) == (303, f"{draft}/receipt")
    after = who.page()
    assert answer_words(after) == ["等待單位驗核"]
    assert "以前簽署的承諾（已由新的取代）" in after.text
    old = following.pledges(sent.submission)[1].ref
    assert who.page(f"/pledge/{old}").status_code == 200


def test_suspended_unit_is_named_as_what_the_filing_waits_for_and_the_way_elsewhere_stands_open(client, db):
    built = certified_unit()
    who = Person(client, filed(built))
    who.enter()
    deciding.suspend(platform_actor(), built.unit.id, ["unit:outdated"], "", built.unit.version)

    page = who.page()

    assert answer_words(page) == ["單位暫停，申報要等"]
    assert "你可以等，也可以撤回後經另一個所屬單位申報。" in page.text
    assert "撤回申報" in page.text
    assert re.findall(r"最遲[^<]*核對", page.text) == []


def test_returned_filing_cannot_be_corrected_while_the_unit_is_suspended_and_the_page_says_so(client, db):
    built = certified_unit()
    sent = filed(built)
    return_(built, sent.filings[0])
    who = Person(client, sent)
    who.enter()
    deciding.suspend(platform_actor(), built.unit.id, ["unit:outdated"], "", built.unit.version)

    page = who.page()

    assert "單位恢復後，你便可以補正並重新簽署。" in page.text
    assert "查看要改的項目並補正" not in page.text


def ways(page):
    """The links of the page that are drawn as buttons."""
    return [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r'<a class="hq-button[^>]*>(.*?)</a>', page.text)]


def test_only_what_can_be_done_is_offered(client, db):
    built = certified_unit()
    who = entered(client, filed(built))
    waiting = ways(who.page())
    assert {"加一輛車", "更改電話、電郵或通知語言", "轉到另一個單位"} <= set(waiting)

    deciding.suspend(platform_actor(), built.unit.id, ["unit:outdated"], "", by_id(built.unit.id).version)

    paused = ways(who.page())
    assert "加一輛車" not in paused
    assert {"更改電話、電郵或通知語言", "轉到另一個單位"} <= set(paused)


def test_an_objection_is_promised_where_there_is_one(client, db):
    built = certified_unit()
    sent = filed(built)
    uploaded(built, verified(built, sent))
    entry = entry_of(sent)
    who = proved(client, sent)
    removals.remove(built.actor, built.unit.id, Chosen(((entry.ref, entry.version),)), "left_unit")

    page = who.page().text
    assert "或在下面提出異議。" in page
    assert "不同意移出？提出異議" in page


def test_what_one_asked_for_is_not_objected_to(client, db):
    built = certified_unit()
    sent = filed(built)
    uploaded(built, verified(built, sent))
    who = proved(client, sent)
    who.post(f"/leave/{entry_of(sent).ref}", {"leave_by": "consent"})

    page = who.page().text
    assert "提出異議" not in page
    assert "需要時可以重新申報。" in page


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
