"""Answers given on the status page: an owner's to his second driver, and the correction of what was returned."""

import re

from tests.builders.browser import errors
from tests.builders.filings import filed, vehicle
from tests.builders.status import Person, answer_words, couple, entered, proved, return_
from tests.builders.units import certified_unit, platform_actor
from webapp.domain.accounts.models import OneTimeCode
from webapp.domain.filings import following
from webapp.domain.units import deciding


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
