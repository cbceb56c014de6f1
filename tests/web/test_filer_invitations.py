"""Second drivers by invitation on the phone, without script: both directions, what the link shows, who may answer."""

from __future__ import annotations

import re

import pytest

from tests.builders.browser import Browser
from tests.builders.filings import answers, filed, id_number, person, send, vehicle
from tests.builders.status import actor, couple, entered, now, proved
from tests.builders.units import certified_unit
from webapp.domain.audit.models import Act
from webapp.domain.filings import asking, drafts, inviting
from webapp.domain.filings.models import Draft, Invitation
from webapp.domain.notices.models import Notice
from webapp.values import plates


@pytest.fixture
def phone(app):
    """A browser for each person."""
    return lambda: Browser(app.test_client())


def plate_of(owner):
    return plates.display(plates.fold(owner.answers["vehicles"][0]["plate"]))


def invited(owner):
    """A new invitation of this owner, by its token."""
    made = inviting.invite(actor(owner), owner.submission.ref, owner.filing.ref)
    return asking.token(made["invitation"])


def file_through(someone, built, token):
    """Begin through the unit with the invitation's link opened on this phone, up to the draft."""
    assert someone.send(f"/i/{token}", {"code": built.code}, page=f"/i/{token}").status_code == 303
    begun = someone.send(f"/q/{built.code}", {}, page=f"/q/{built.code}")
    ref = re.search(r"/file/([a-z0-9]{20})/", begun.headers["Location"]).group(1)
    return Draft.get(Draft.ref == ref)


def test_owner_invites_shows_link_and_takes_it_back(app):
    owner = filed(certified_unit())
    who = proved(app.test_client(), owner)
    page = f"/drivers/{owner.filing.ref}"
    assert who.page().text.count(page) == 1

    made = who.post(page, {})

    assert made.status_code == 303
    invitation = Invitation.get()
    shown = who.page(page).text
    assert f"http://passlist.test/i/{asking.token(invitation.ref)}" in shown
    assert "hq-qr" in shown
    assert who.post(page, {"revoke": invitation.ref}).status_code == 303
    assert Invitation.get().state == "revoked"
    assert who.open(f"/i/{asking.token(invitation.ref)}").status_code == 410


def test_the_pages_of_the_owner_want_the_code_to_the_phone_on_file(app):
    owner = filed(certified_unit())
    who = entered(app.test_client(), owner)

    asked = who.page(f"/drivers/{owner.filing.ref}")

    assert asked.status_code == 303
    assert "/code?to=" in asked.headers["Location"]


def test_the_link_shows_plate_and_name_masked_and_nothing_more(phone):
    who = person(full_name="歐陽慧心")
    owner = filed(certified_unit(), who=who)
    plate = plates.fold(owner.answers["vehicles"][0]["plate"])
    token = invited(owner)

    page = phone().open(f"/i/{token}")

    assert page.status_code == 200
    assert plates.mask(plate) in page.text
    assert "歐＊＊＊" in page.text
    hidden = (plate, plates.display(plate), "歐陽慧心", who["id_number"][-4:], owner.submission.number)
    assert [text for text in hidden if text in page.text] == []
    assert phone().open(f"/i/{token[:-1]}x").status_code == 404


def test_the_invited_files_with_plate_and_owner_filled_and_waits_for_nobody(phone):
    here, there = certified_unit(), certified_unit("organ")
    owner = filed(here)
    token = invited(owner)
    someone = phone()

    draft = file_through(someone, there, token)
    drafts.save(draft, answers("organ") | {"vehicles": drafts.answers_of(draft)["vehicles"]})
    page = someone.open(f"/file/{draft.ref}/vehicle/1")
    assert 'name="plate"' not in page.text
    assert 'name="owner_name"' not in page.text
    assert plate_of(owner) in re.sub(r"<[^>]+>", "", page.text)
    # Whatever is posted beside it: the car stays the owner's.
    someone.send(
        f"/file/{draft.ref}/vehicle/1",
        {"plate": "粵C·99999", "is_owner": "yes", "size_class": "small"},
        page=f"/file/{draft.ref}/vehicle/1",
    )
    sent = send(Draft.get_by_id(draft.id))

    assert sent.filing.vehicle_id == owner.filing.vehicle_id
    assert (sent.filing.slot, sent.filing.waiting) == ("second", False)
    invitation = Invitation.get()
    assert (invitation.state, invitation.second_id) == ("accepted", sent.submission.person_id)
    assert Notice.select().where(Notice.kind == "invitation-accepted").get().audience_ref == owner.submission.ref


def test_an_invitation_taken_back_meanwhile_leaves_the_page_to_be_filled(phone):
    here = certified_unit()
    owner = filed(here)
    token = invited(owner)
    someone = phone()
    draft = file_through(someone, here, token)
    drafts.save(draft, answers() | {"vehicles": drafts.answers_of(draft)["vehicles"]})
    inviting.revoke(actor(owner), owner.submission.ref, Invitation.get().ref)

    page = someone.open(f"/file/{draft.ref}/vehicle/1")

    assert 'name="plate"' in page.text
    assert plate_of(owner) not in re.sub(r"<[^>]+>", "", page.text)


def test_without_the_invitation_he_fills_in_the_car_himself(phone):
    here = certified_unit()
    draft = file_through(someone := phone(), here, invited(filed(here)))
    page = f"/file/{draft.ref}/vehicle/1"
    drafts.save(draft, answers() | {"vehicles": drafts.answers_of(draft)["vehicles"]})

    someone.send(page, {"without_invitation": "yes"}, page=page)

    assert 'name="plate"' in someone.open(page).text


def test_whoever_has_only_the_owners_link_declines_on_it(phone):
    owner = filed(certified_unit())
    link, someone = f"/i/{invited(owner)}", phone()
    assert f'href="{link}/decline"' in someone.open(link).text
    assert someone.open(f"{link}/decline").status_code == 200
    assert Invitation.get().state == "open"

    answered = someone.send(f"{link}/decline", {}, page=f"{link}/decline")

    assert answered.status_code == 303
    assert (Invitation.get().state, Invitation.get().second_id) == ("declined", None)
    assert Notice.select().where(Notice.kind == "invitation-declined").get().audience_ref == owner.submission.ref
    assert Act.get(Act.verb == "invitation:decline-link").actor_kind == "visitor"
    over = someone.open(link)
    assert (over.status_code, "已回覆不接受。已通知對方。" in over.text) == (410, True)
    assert "收到邀請的人已回覆不接受。" in over.text
    assert someone.open(f"{link}/decline").status_code == 410
    assert someone.open(f"{link[:-1]}x/decline").status_code == 404


def test_whoever_has_only_the_drivers_link_declines_on_it(phone):
    car = vehicle(is_owner="no", owner_name="容家豪", owner_id_tail="0000")
    second = filed(certified_unit(), vehicles=[car])
    link, someone = f"/i/{asking.token(Invitation.get().ref)}", phone()
    assert f'href="{link}/decline"' in someone.open(link).text

    assert someone.send(f"{link}/decline", {}, page=f"{link}/decline").status_code == 303

    assert (Invitation.get().state, Invitation.get().owner_id) == ("declined", None)
    assert (now(second).state, now(second).reasons) == ("closed", ["owner:declined"])
    assert Notice.select().where(Notice.kind == "owner-declined").get().audience_ref == second.submission.ref
    over = someone.open(link)
    assert (over.status_code, "收到請求的人已回覆不同意" in over.text) == (410, True)


def test_an_owner_whose_number_was_given_wrongly_answers_by_the_link(app):
    here, there = certified_unit(), certified_unit()
    car = vehicle()
    second = filed(
        there, vehicles=[vehicle(plate=car["plate"], is_owner="no", owner_name="容家豪", owner_id_tail="0000")]
    )
    owner = filed(here, who=person("cn_id", id_number=id_number("cn_id")), vehicles=[car])
    browser = app.test_client()
    asks = entered(app.test_client(), second).page(f"/ask/{second.filing.ref}").text
    link = re.search(r"http://passlist.test(/i/[\w-]+)", asks).group(1)
    who = proved(browser, owner)
    assert 'id="questions"' not in who.page().text

    assert who.open(link).status_code == 200
    page = who.page().text
    assert 'id="questions"' in page
    answer = re.search(r"/owner/[a-z0-9]{20}", page).group(0)
    assert who.post(answer, {"owner_answer": "accept"}).status_code == 303

    assert now(second).waiting is False


def test_who_waits_already_accepts_the_owners_link_on_his_page(app):
    owner, second = couple(certified_unit(), certified_unit())
    token = invited(owner)
    who = proved(app.test_client(), second)
    who.open(f"/i/{token}")
    assert 'id="offer"' in who.page().text

    assert who.post("/invited", {}).status_code == 422
    assert who.post("/invited", {"invitation_answer": "accept"}).status_code == 303

    assert now(second).waiting is False
    assert {one.state for one in Invitation.select()} == {"accepted"}
    assert who.page("/invited").status_code == 303


def test_the_owner_lets_him_go(app):
    owner, second = couple(certified_unit(), certified_unit())
    inviting.accept(actor(second), second.submission.ref, invited(owner))
    who = proved(app.test_client(), owner)
    page = f"/release/{owner.filing.ref}"
    assert page in who.page(f"/drivers/{owner.filing.ref}").text

    assert who.post(page, {}).status_code == 303

    assert (now(second).state, now(second).reasons) == ("closed", ["owner:released"])
    assert Notice.select().where(Notice.kind == "owner-released").get().audience_ref == second.submission.ref
    assert who.post(page, {}).status_code == 409


def test_somebody_elses_car_has_no_such_pages(app):
    owner, second = couple(certified_unit(), certified_unit())
    who = proved(app.test_client(), second)

    for page in (f"/drivers/{owner.filing.ref}", f"/drivers/{second.filing.ref}", f"/release/{second.filing.ref}"):
        assert who.page(page).status_code == 404
