"""The counter without script: a filing typed by a clerk, signed in each of the three forms, and "不是我"."""

import io
import re

from tests.builders import cases
from tests.builders import counter as builders
from tests.builders.browser import Browser, errors, heading
from tests.builders.filings import answers, vehicle
from tests.builders.status import newest_code
from tests.builders.units import certified_unit, picture
from webapp.domain.filings import drafts, helping
from webapp.domain.filings.models import CounterHelp, Draft, Filing, Submission
from webapp.domain.notices import deliveries
from webapp.domain.notices.models import Delivery

MAIL = "desk@unit.example"


def desk(client):
    built = certified_unit(email=MAIL)
    who = Browser(client)
    who.come_as(MAIL)
    return who, built


def typed_in(who, built, given=None):
    """A draft begun on the counter's page, filled by the clerk."""
    begun = who.send("/unit/counter")
    assert begun.status_code == 303
    draft = Draft.select().order_by(Draft.id.desc()).get()
    assert begun.location == f"/file/{draft.ref}/person"
    drafts.save(draft, answers(built.unit.unit_class) if given is None else given)
    return f"/file/{draft.ref}", Draft.get_by_id(draft.id)


def test_only_the_units_staff_open_what_is_typed(client, app, db):
    who, built = desk(client)
    home, draft = typed_in(who, built)
    page = who.open(f"{home}/check")
    assert heading(page) == "與本人核對，由本人簽署"
    assert "櫃枱代填" in page.text

    stranger, other = Browser(app.test_client()), Browser(app.test_client())
    certified_unit(email="other@unit.example")
    other.come_as("other@unit.example")
    for one in (stranger, other):
        assert one.open(f"{home}/check").status_code == 404
        assert one.open(f"/d/{drafts.resume_token(draft.ref)}").status_code == 303
        assert one.open(f"{home}/check").status_code == 404
    assert stranger.open("/unit/counter").status_code in (302, 303)


def test_signed_on_the_persons_own_phone(client, app, db):
    who, built = desk(client)
    home, draft = typed_in(who, built)
    assert helping.signing_token(draft.ref) in who.open(f"{home}/sign/phone").text
    link = f"/h/{draft.ref}/{helping.signing_token(draft.ref)}"
    phone = Browser(app.test_client())

    assert phone.open(f"/h/{draft.ref}/wrong").status_code == 404
    assert phone.send(link, {"again": "yes"}).status_code == 303
    assert phone.send(link, {"phone_code": "000000"}).status_code == 422
    assert phone.send(link, {"phone_code": newest_code()}).status_code == 303
    page = phone.open(link)
    assert heading(page) == "核對、承諾並簽署"
    assert phone.send(link, {}).status_code == 422
    name = drafts.answers_of(draft)["person"]["full_name"]
    digest = page.text.partition('name="text_digest" value="')[2].partition('"')[0]
    agreed = dict.fromkeys(("consent_processing", "consent_sharing", "pledge_agreed"), "yes")
    sent = phone.send(link, agreed | {"signature_method": "typed", "signed_name": name, "text_digest": digest})

    assert sent.status_code == 303
    assert heading(phone.open(link)) == "申報已提交"
    assert heading(who.open(f"{home}/receipt")) == "申報已提交"
    assert Browser(app.test_client()).open(link).status_code == 404
    assert CounterHelp.get(CounterHelp.draft_ref == draft.ref).form == "own_phone"


def test_signed_on_paper_and_disowned_by_the_link_of_the_text(client, app, db):
    who, built = desk(client)
    home, draft = typed_in(who, built)
    paper = f"{home}/sign/paper"

    early = who.send(paper, {"attested": "yes"})
    assert (early.status_code, errors(early)) == (409, ["請先製作紙本，列印給本人簽署"])
    assert who.send(f"{home}/sign/sheet", page=paper).status_code == 303
    sheet = who.open(f"{home}/sign/sheet").text
    assert "申報的全部資料" in sheet
    assert drafts.answers_of(draft)["licence"]["licence_number"] in sheet
    assert errors(who.send(paper)) != []
    handed = {"attested": "yes", "signed_sheet": (io.BytesIO(picture()), "sheet.png")}
    assert who.send(paper, handed).location == f"{home}/receipt"

    delivery = Delivery.select().order_by(Delivery.id.desc()).get()
    code = deliveries.parcel(delivery.ref).params["report"]
    other = Browser(app.test_client())
    link = f"/n/{code}"
    assert other.open("/n/AAAAAAAAAAAA").status_code == 404
    assert other.send(link, {"again": "yes"}).status_code == 303
    assert other.send(link, {"phone_code": newest_code()}).status_code == 303
    assert other.send(link, {"words": "我沒有到過這個單位"}).status_code == 303
    assert "已記錄“不是我”" in other.open(link).text
    assert Filing.select().order_by(Filing.id.desc()).get().disputed


def test_on_the_tablet_the_clerk_attests(client, db):
    who, built = desk(client)
    home, _draft = typed_in(who, built)

    refused = who.send(f"{home}/sign/tablet")

    assert refused.status_code == 422
    assert "請當面核對本人和證件，看着他簽署，再選取這一項" in errors(refused)
    assert "請在框內簽上姓名" in errors(refused)
    # The box is for the script alone, which shows it; without one, paper is what is left.
    assert re.search(r'<div hidden data-signature-box>\s*<div class="hq-pad"', refused.text)
    assert "請改用紙本" in refused.text


def test_without_a_phone_the_desk_tells(client, db):
    who, built = desk(client)
    home, draft = typed_in(who, built, builders.without_phone(built))
    assert who.open(f"{home}/sign/tablet").status_code == 303
    assert "本人沒有電話" in who.open(f"{home}/check").text
    assert 'name="no_phone"' in who.open(f"{home}/contact").text

    builders.on_paper(built, draft)
    page = who.open("/unit/counter").text
    number = Submission.select().order_by(Submission.id.desc()).get().number
    assert number in page
    ref = Submission.select().order_by(Submission.id.desc()).get().ref
    assert who.send(f"/unit/counter/told/{ref}", page="/unit/counter").status_code == 303
    assert who.send(f"/unit/counter/correct/{ref}", page="/unit/counter").status_code == 303
    assert who.send("/unit/counter/told/aaaaaaaaaaaaaaaaaaaa", page="/unit/counter").status_code == 404


def test_a_filer_cannot_say_he_has_no_phone(client, db):
    built = certified_unit()
    browser = Browser(client)
    draft = browser.send(f"/q/{built.code}").location.rsplit("/", 1)[0]
    assert 'name="no_phone"' not in browser.open(f"{draft}/contact").text


def test_a_claimed_plate_at_the_counter_names_the_way(client, db):
    who, built = desk(client)
    car = vehicle()
    cases.listed(built, vehicles=[car])
    home, draft = typed_in(who, built, answers("enterprise", vehicles=[vehicle(plate=car["plate"])]))
    who.send(f"{home}/sign/sheet", page=f"{home}/sign/paper")

    handed = {"attested": "yes", "signed_sheet": (io.BytesIO(picture()), "sheet.png")}
    refused = who.send(f"{home}/sign/paper", handed)

    assert refused.status_code == 409
    assert any("請平台查證" in one for one in errors(refused))
    assert Draft.get_by_id(draft.id).submission_ref is None
