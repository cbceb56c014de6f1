"""Changing from the status page, without script: what is chosen, shown, asked for, and what comes of it."""

import re
from datetime import timedelta

import pytest

from tests.builders.browser import errors, heading
from tests.builders.changing import in_force
from tests.builders.filings import filed, plate, vehicle
from tests.builders.questionnaire import let_open
from tests.builders.status import entered, newest_code, proved
from tests.builders.units import certified_unit
from tests.builders.uploads import entry_of, uploaded, verified
from webapp import clock
from webapp.domain.filings import drafts
from webapp.domain.filings.models import Draft, Filing, Submission
from webapp.domain.pledges import texts
from webapp.domain.registry import queries as registry

SIGNED = {
    "consent_processing": "yes", "consent_sharing": "yes", "pledge_agreed": "yes", "signature_method": "typed",
}  # fmt: skip


HIDDEN = ("csrf_token", "submission_key", "version")


def listed(**choices):
    built = certified_unit()
    sent = filed(built, **choices)
    uploaded(built, verified(built, sent))
    return sent


def begin(who, **chosen):
    """Choose what to change; the address of the draft's check page."""
    sent = who.post("/change", chosen)
    assert sent.status_code == 303, errors(sent)
    opened = who.open(sent.location)
    assert opened.status_code == 303
    return opened.location.partition("?")[0].removesuffix("/check")


def typed(page, **changes):
    """The values a question page shows, with changes."""
    values = {}
    for one in re.findall(r"<input[^>]*>", page.text):
        kind, name, value = (re.search(rf'{part}="([^"]*)"', one) for part in ("type", "name", "value"))
        if name is None or value is None or name[1] in HIDDEN or name[1].startswith("confirm_"):
            continue
        if kind is None or kind[1] not in ("checkbox", "radio") or re.search(r"\bchecked\b", one):
            values[name[1]] = value[1]
    return values | changes


def sign(who, check, name):
    page = who.open(check)
    digest = re.search(r'name="text_digest" value="([0-9a-f]+)"', page.text)[1]
    assert digest.startswith(texts.current("personal", "zh_Hant_MO").digest)
    return who.send(check, SIGNED | {"signed_name": name, "text_digest": digest})


def test_page_asks_for_the_code_first(client, db):
    who = entered(client, listed())

    assert who.page("/change").location.endswith("/code?to=change")


def test_renewed_licence_shows_one_page_and_needs_no_signature(client, db):
    sent = listed()
    who = proved(client, sent)
    home = begin(who, change_pages="licence")
    page = who.open(f"{home}/licence")
    assert 'value="2032-05-20"' in page.text

    assert who.open(f"{home}/person").location == f"{home}/check"
    saved = who.send(f"{home}/licence", typed(page, licence_expiry="2039-01-01"))
    assert saved.location == f"{home}/check"
    check = who.open(saved.location)
    assert heading(check) == "核對更改"
    assert "signature_method" not in check.text
    shown = re.sub(r"<[^>]+>", "", check.text)
    assert "2032年5月20日" in shown
    assert "2039年1月1日" in shown
    assert "found-again" not in check.text
    # Begun once more: what was typed before is there, and the page says so.
    again = who.open(who.post("/change", {"change_pages": "licence"}).location)
    assert "這些更改是你之前填的" in who.open(again.location).text
    done = who.send(f"{home}/check")

    assert done.location == f"{home}/receipt"
    assert Filing.select().order_by(Filing.id.desc()).get().changes_id == entry_of(sent).id
    status = who.page()
    assert "更改正在辦理" in status.text
    assert Submission.select().order_by(Submission.id.desc()).get().number in status.text


def test_closing_the_page_closes_what_was_begun_on_it(client, db):
    """For whoever has the phone next: the draft opens by its link again, and from the page by whoever opens that."""
    sent = listed()
    who = proved(client, sent)
    home = begin(who, change_pages="licence")
    link = f"/d/{drafts.resume_token(home.rpartition('/')[2])}"
    who.send(f"{who.home}/close", page=who.home)

    assert who.open(f"{home}/licence").status_code == 404

    assert who.open(link).status_code == 303
    assert who.open(f"{home}/licence").status_code == 200
    with clock.travel(timedelta(minutes=1)):
        again = proved(client, sent)
        again.send(f"{again.home}/close", page=again.home)
        assert who.open(f"{home}/licence").status_code == 404, "closed once more"
    with clock.travel(timedelta(minutes=2)):
        assert begin(proved(client, sent), change_pages="licence") == home
        assert who.open(f"{home}/licence").status_code == 200


def test_closing_the_page_closes_the_receipt_of_what_it_shows(client, db):
    sent = listed()
    home = f"/file/{Draft.get(Draft.submission_ref == sent.submission.ref).ref}"
    let_open(client, home.rpartition("/")[2])
    who = proved(client, sent)
    assert who.open(f"{home}/receipt").status_code == 200

    who.send(f"{who.home}/close", page=who.home)

    assert who.open(f"{home}/receipt").status_code == 404


def test_new_name_is_signed(client, db):
    who = proved(client, listed())
    home = begin(who, change_pages="person")
    page = who.open(f"{home}/person")
    who.send(f"{home}/person", typed(page, full_name="陳嘉文"))

    assert heading(who.open(f"{home}/check")) == "核對更改、承諾並簽署"
    unsigned = who.send(f"{home}/check", SIGNED | {"signed_name": "", "text_digest": "x"})
    assert unsigned.status_code == 422
    assert sign(who, f"{home}/check", "陳嘉文").location == f"{home}/receipt"


def test_phone_is_proved_and_changes_at_once(client, db):
    sent = listed()
    who = proved(client, sent)
    home = begin(who, change_pages="contact")
    page = who.open(f"{home}/contact")
    assert who.send(
        f"{home}/contact", typed(page, phone="62345678", phone_region="853", language="zh_Hans_CN")
    ).location == (f"{home}/phone")
    who.send(f"{home}/phone", {"phone_code": newest_code()})

    done = who.send(f"{home}/check")

    assert done.location == who.home
    after = Submission.get_by_id(sent.submission.id)
    assert registry.answers(after.answers_id)["contact"]["phone"] == "+85362345678"
    assert after.language == "zh_Hans_CN"
    assert Filing.select().count() == 1
    assert who.page("/data").status_code == 303  # the old phone's proof opens nothing any more


def test_colour_is_saved_at_once(client, db):
    sent = listed()
    who = proved(client, sent)
    home = begin(who, change_vehicles=entry_of(sent).ref)
    page = who.open(f"{home}/vehicle/1")
    who.send(f"{home}/vehicle/1", typed(page, colour="銀色"))

    assert who.send(f"{home}/check").location == who.home
    assert registry.answers(in_force(sent)[0].answers_id)["vehicles"][0]["colour"] == "銀色"


def test_begins_on_the_first_page_that_was_chosen(client, db):
    who = proved(client, listed())
    opened = who.open(who.post("/change", {"change_pages": ["licence", "person"]}).location)

    assert who.open(opened.location).location.endswith("/person")


def test_nothing_changed_offers_no_button(client, db):
    who = proved(client, listed())
    home = begin(who, change_pages="licence")

    assert "還沒有改動" in who.open(f"{home}/check").text
    assert who.send(f"{home}/check").status_code == 422


def test_two_cars_are_named_where_the_person_changes(client, db):
    who = proved(client, listed(vehicles=[vehicle(add_another="yes"), vehicle()]))
    home = begin(who, change_pages="licence")
    who.send(f"{home}/licence", typed(who.open(f"{home}/licence"), licence_expiry="2039-01-01"))

    assert "適用於你在這個單位的2輛車" in who.open(f"{home}/check").text


def test_collision_is_a_409_with_what_is_true(client, db):
    sent, other = listed(), listed()
    who = proved(client, sent)
    home = begin(who, change_pages="person")
    number = other.answers["person"]["id_number"]
    page = who.open(f"{home}/person")
    kind = other.answers["person"]["id_type"]
    who.send(f"{home}/person", typed(page, id_number=number, id_type=kind))

    refused = sign(who, f"{home}/check", sent.answers["person"]["full_name"])

    assert refused.status_code == 409
    assert "請帶新舊證件到單位查詢" in refused.text


def test_another_vehicle_asks_for_the_vehicle_alone(client, db):
    sent = listed()
    who = proved(client, sent)
    opened = who.open(who.post("/add").location)
    home = opened.location.partition("?")[0].removesuffix("/check")
    car = {"vehicle_use": "own", "plate": plate(), "size_class": "small", "brand_model": "a", "is_owner": "yes"}

    assert who.open(f"{home}/check").location.startswith(f"{home}/vehicle/1")
    assert who.send(f"{home}/vehicle/1", car).location == f"{home}/check"
    name = sent.answers["person"]["full_name"]

    assert sign(who, f"{home}/check", name).location == f"{home}/receipt"
    assert Filing.select().order_by(Filing.id.desc()).get().changes_id is None


@pytest.mark.parametrize(
    ("chosen", "status"), [({}, 422), ({"change_pages": "x"}, 422), ({"change_vehicles": "nobody"}, 409)]
)
def test_junk_is_answered_with_the_page(client, db, chosen, status):
    who = proved(client, listed())

    assert who.post("/change", chosen).status_code == status
