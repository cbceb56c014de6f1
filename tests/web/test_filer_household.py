"""The switch of the policy on an officer's page, what a filer and his verifier then see, and what becomes of it when it
is off again; without script."""

from __future__ import annotations

from tests.builders import accounts, editions
from tests.builders.browser import Browser, errors
from tests.builders.filings import Filed, answers, filed
from tests.builders.questionnaire import Filer
from tests.builders.status import proved, tail
from tests.builders.units import certified_unit
from tests.builders.uploads import entry_of, owner_and_second, say_yes, uploaded, verified
from webapp import clock
from webapp.domain.filings.declaring import declare
from webapp.domain.filings.models import Filing, Invitation
from webapp.domain.passlist import removals
from webapp.domain.passlist.selection import Chosen
from webapp.domain.pledges import policy
from webapp.domain.publishing import actions as publishing

HOUSEHOLD = 'value="household"'
ANNOUNCED = "沒有自己單位的同住家人，可經車主所屬單位申報"


def test_switched_on_by_an_officer_filed_by_the_household_seen_by_the_unit(app):
    unit = certified_unit(email="manager@unit.example")
    owner = filed(unit)
    accounts.platform_staff("platform_officer", email="first@staff.example")
    officer = Browser(app.test_client())
    officer.come_as("first@staff.example")
    before = Filer(app.test_client(), unit.code)
    before.until("/belonging")
    assert (HOUSEHOLD in before.response.text, ANNOUNCED in before.client.get(f"/q/{unit.code}").text) == (False, False)
    assert before.post({"unit_relation": "household"}).status == 422

    page = "/platform/texts/policy/new?part=household"
    typed = {"base": "0", "effective_on": clock.today().isoformat()}
    assert errors(officer.send(page, typed)) == ["沒有自己單位的家人，可否由車主所屬單位擔保做第二名駕駛員？請選擇一項"]
    where = officer.send(page, typed | {"household_driver": "yes"}).headers["Location"]
    assert "<del>不可以</del>" in officer.open(where).text
    assert officer.send(f"{where}/publish", page=where).status_code == 303
    assert policy.current().household_driver
    assert "同住家人由車主的單位擔保" in officer.open("/platform/texts/policy").text

    car = owner.answers["vehicles"][0]
    told = {"owner_name": owner.answers["person"]["full_name"], "owner_id_tail": tail(owner)}
    member = Filer(app.test_client(), unit.code, unit_relation="household", address="橫琴海韻路18號", **told,
                   plate=car["plate"], second_plate="", is_owner="no")  # fmt: skip
    assert ANNOUNCED in member.client.get(f"/q/{unit.code}").text
    member.until("/belonging")
    assert HOUSEHOLD in member.response.text
    member.until("/vehicle/1")
    assert "你以車主家人的身份申報" in member.response.text
    assert 'id="is_owner-1"' not in member.response.text
    assert member.post({"is_owner": "yes"}).status == 422
    member.until("/receipt")
    filing = Filing.get(Filing.household)
    assert (filing.slot, filing.waiting, filing.vehicle_id) == ("second", True, owner.filing.vehicle_id)

    desk = Browser(app.test_client())
    desk.come_as("manager@unit.example")
    shown = desk.open(f"/unit/filings/{filing.ref}").text
    assert "車主的家人，請核實同住" in shown
    assert "要先驗核車主" in shown
    refused = desk.send(f"/unit/filings/{filing.ref}", {"act": "verify", "version": filing.version})
    assert refused.status_code == 409
    assert "車主還未由本單位驗核" in refused.text


def test_off_again_he_changes_his_address_and_reads_why_he_is_held(app):
    editions.published("policy", publishing.upcoming("policy") | {"household_driver": True}, "")
    unit = certified_unit("resident")
    mine, others = owner_and_second()
    owner, member = filed(unit, vehicles=[mine]), filed(unit, vehicles=[others], relation="household")
    say_yes(unit, member.filings)
    uploaded(unit, verified(unit, owner, member))
    editions.published("policy", publishing.upcoming("policy") | {"household_driver": False}, "")

    who = proved(app.test_client(), member)
    begun = who.open(who.post("/change", {"change_pages": "belonging"}).location)
    check = begun.location.partition("?")[0].removesuffix("/check")
    page = f"{check}/belonging"
    assert HOUSEHOLD in who.open(page).text
    sent = who.send(page, {"unit_relation": "household", "address": "橫琴海韻路99號"})
    assert (sent.status_code, errors(sent)) == (303, [])
    assert who.send(f"{check}/check").status_code == 303
    assert Filing.get(Filing.changes == entry_of(member).id).household

    gone = entry_of(owner)
    removals.remove(unit.actor, unit.unit.id, Chosen(rows=((gone.ref, gone.version),)), "left_unit")
    assert "經這個單位重新列入" in who.page().text


def listed_member(unit_class: str = "resident") -> Filed:
    """A member of a household on the list with the owner, while the switch was on."""
    editions.published("policy", publishing.upcoming("policy") | {"household_driver": True}, "")
    unit = certified_unit(unit_class)
    mine, others = owner_and_second()
    owner, member = filed(unit, vehicles=[mine]), filed(unit, vehicles=[others], relation="household")
    say_yes(unit, member.filings)
    uploaded(unit, verified(unit, owner, member))
    return member


def test_off_again_the_first_vehicle_page_says_so_before_another_car_is_typed(app):
    member = listed_member("enterprise")
    who = proved(app.test_client(), member)
    page = who.post("/add").location
    while (shown := who.open(page)).status_code == 303:
        page = shown.location
    assert 'name="plate"' in shown.text
    editions.published("policy", publishing.upcoming("policy") | {"household_driver": False}, "")

    shown = who.open(page)
    assert (shown.status_code, 'id="no-longer"' in shown.text, 'name="plate"' in shown.text) == (200, True, False)
    typed = {"plate": "粵C·D71099", "size_class": "small", "is_owner": "yes", "add_another": "no"}
    refused = who.send(page, typed, page="/find")
    assert (refused.status_code, 'id="no-longer"' in refused.text) == (409, True)

    # He works there by now: he says so and goes on.
    other = page.replace("/vehicle/1", "/belonging")
    assert other in shown.text
    assert who.send(other, {"unit_relation": "staff", "staff_number": "A-7"}).status_code == 303
    assert 'name="plate"' in who.open(page).text


def test_nobody_of_a_household_is_asked_whether_he_is_an_owner_beside_the_owner(app):
    editions.published("policy", publishing.upcoming("policy") | {"household_driver": True}, "")
    unit = certified_unit()
    car = filed(unit).answers["vehicles"][0]
    member = Filer(app.test_client(), unit.code, unit_relation="household", address="橫琴海韻路18號", is_owner="no",
                   plate=car["plate"], second_plate="", owner_name="陳嘉敏", owner_id_tail="0000")  # fmt: skip
    member.until("/vehicle/1")
    assert "joint_owner" not in member.page.names
    # Sent all the same it counts for nothing.
    member.post({"joint_owner": "yes"})
    member.until("/receipt")
    assert not Invitation.get(Invitation.filing == Filing.get(Filing.household).id).joint


def test_ticked_as_staff_and_then_of_the_household_he_is_no_owner_beside_the_owner(app):
    editions.published("policy", publishing.upcoming("policy") | {"household_driver": True}, "")
    unit = certified_unit()
    typed = {"is_owner": "no", "joint_owner": "yes", "owner_name": "陳嘉敏", "owner_id_tail": "0000"}
    staff = answers("enterprise", vehicles=[owner_and_second()[1] | typed])
    assert declare(staff, unit.unit, "zh_Hant_MO")["vehicles"][0]["joint_owner"]
    staff["belonging"]["unit_relation"] = "household"
    assert not declare(staff, unit.unit, "zh_Hant_MO")["vehicles"][0]["joint_owner"]
