"""Hand-over, certified changes and recovery through the pages of the unit, the platform and the public."""

from __future__ import annotations

import io

import pytest

from tests.builders.accounts import platform_staff
from tests.builders.browser import Browser, errors, heading
from tests.builders.units import PASSWORD, certified_unit, credit_code, picture, typed
from tests.builders.uploads import listed
from webapp.domain.accounts import links
from webapp.domain.accounts import queries as accounts
from webapp.domain.accounts.models import SingleUseLink
from webapp.domain.audit.models import Act
from webapp.domain.units import members, proposals, queries


def paper(name: str = "letter.png"):
    return io.BytesIO(picture()), name


@pytest.fixture
def here(db):
    return certified_unit(email="boss@unit.example", unit_name="橫琴示範有限公司")


@pytest.fixture
def boss(app, here) -> Browser:
    browser = Browser(app.test_client())
    browser.come_as("boss@unit.example")
    return browser


@pytest.fixture
def officers(app) -> list[Browser]:
    found = []
    for mailbox in ("one@staff.example", "two@staff.example"):
        platform_staff(email=mailbox)
        found.append(Browser(app.test_client()))
        found[-1].come_as(mailbox)
    return found


def named(**changes):
    return {
        "manager_name": "何嘉欣",
        "manager_phone": "13900139000",
        "email": "new@unit.example",
        "managers": "end",
        "note": "",
        "authorisation": paper(),
    } | changes


def waiting():
    (row,) = proposals.waiting()
    return row


def join(app) -> Browser:
    link = SingleUseLink.select().order_by(SingleUseLink.id.desc()).get()
    browser = Browser(app.test_client())
    where = f"/invitation/{links.token(link.ref)}"
    assert browser.send(where, {"full_name": "何嘉欣", "password": PASSWORD}).status_code == 303
    browser.show_code(links.address(link))
    return browser


def managers(here) -> list[str]:
    return [accounts.email_of(one.account) for one in members.active(here.unit.id)]


def test_hand_over_from_form_to_the_new_managers_first_page(app, here, boss, officers):
    assert boss.send("/unit/standing/hand-over", named()).location == "/unit/standing"
    where = f"/platform/proposals/{waiting().ref}"
    page = officers[0].open(where)
    assert ("何嘉欣" in page.text, "周婉儀" in page.text, heading(page)) == (
        True,
        True,
        "更換單位專人：橫琴示範有限公司",
    )
    assert officers[0].open(f"{where}/authorisation").status_code == 200
    assert Act.select().where(Act.verb == "unit-proposal-file:read").count() == 1
    assert officers[0].open(f"{where}/proof").status_code == 404
    assert officers[0].send(f"{where}/confirm", page=where).location == where

    new = join(app)

    assert managers(here) == ["new@unit.example"]
    assert new.open("/unit/standing").status_code == 200
    assert boss.open("/unit/standing").status_code == 403


def test_every_fault_of_the_form_is_said_and_what_was_typed_stays(boss):
    answer = boss.send(
        "/unit/standing/hand-over",
        named(
            manager_name="", manager_phone="1", email="nobody", managers="", authorisation=(io.BytesIO(b"x"), "x.exe")
        ),
    )

    assert (answer.status_code, len(errors(answer))) == (422, 5)
    assert 'value="nobody"' in answer.text


def test_a_second_hand_over_waits(boss):
    boss.send("/unit/standing/hand-over", named())

    assert boss.send("/unit/standing/hand-over", named()).status_code == 409


def test_the_platform_names_one_and_another_officer_confirms(app, here, officers):
    where = f"/platform/units/{here.unit.ref}/hand-over"
    made = officers[0].send(where, named(managers="keep"))
    assert made.status_code == 303
    assert officers[0].send(f"{made.location}/confirm", page=made.location).status_code == 403
    officers[1].send(f"{made.location}/confirm", page=made.location)

    join(app)

    assert managers(here) == ["boss@unit.example", "new@unit.example"]
    assert officers[0].send(where, named(manager_name="")).status_code == 422


def change(here, **changes):
    unit = queries.by_id(here.unit.id)
    return {
        "unit_name": unit.name,
        "unit_class": unit.unit_class,
        "registration_place": unit.registration_place,
        "registration_number": unit.registration_number,
        "branch_name": "",
        "legal_representative": "周婉儀",
        "note": "",
        "proof": paper("proof.png"),
    } | changes


def test_a_changed_name_is_shown_as_a_difference_and_certified(here, boss, officers):
    number = credit_code()
    sent = boss.send("/unit/standing/change", change(here, unit_name="橫琴新名有限公司", registration_number=number))
    assert sent.location == "/unit/standing"
    assert queries.by_id(here.unit.id).name == "橫琴示範有限公司"
    where = f"/platform/proposals/{waiting().ref}"
    page = officers[0].open(where)
    assert ("橫琴示範有限公司" in page.text, "橫琴新名有限公司" in page.text, number in page.text) == (True, True, True)

    officers[0].send(f"{where}/confirm", page=where)

    assert (queries.by_id(here.unit.id).name, boss.open("/unit/standing").status_code) == ("橫琴新名有限公司", 200)
    assert "橫琴新名有限公司" in officers[0].open(where).text


def test_a_class_without_own_cars_must_be_confirmed_by_who_sends_it(here, boss, officers):
    listed(here)
    warned = boss.send("/unit/standing/change", change(here, unit_class="other"))
    assert (warned.status_code, "confirm_unit_class" in warned.text) == (422, True)

    sent = boss.send("/unit/standing/change", change(here, unit_class="other", confirm_unit_class="yes"))

    assert sent.status_code == 303
    where = f"/platform/proposals/{waiting().ref}"
    assert "1項自用車輛的登記移出名單" in officers[0].open(where).text
    assert officers[0].send(f"{where}/confirm", page=where).status_code == 303


@pytest.mark.parametrize("changes", [{}, {"unit_class": "resident"}, {"proof": None}])
def test_what_cannot_be_changed_is_said(here, boss, changes):
    if "proof" in changes:
        # A file is read once: each run sends one of its own.
        changes = {"proof": (io.BytesIO(b""), "")}
    answer = boss.send("/unit/standing/change", change(here, **changes))

    assert (answer.status_code, proposals.waiting()) == (422, [])


def register_again(app, here, **changes) -> Browser:
    somebody = Browser(app.test_client())
    fields = typed(
        unit_name=here.unit.name,
        registration_number=here.unit.registration_number,
        manager_name="何嘉欣",
        email="claimant@unit.example",
    )
    taken = somebody.send("/register", fields | {"proof": paper("proof.png"), "authorisation": paper()} | changes)
    assert (taken.status_code, heading(taken)) == (409, "這個單位已經登記")
    assert "boss@unit.example" not in taken.text
    return somebody


def test_a_second_registrant_recovers_the_account(app, here, boss, officers):
    somebody = register_again(app, here)
    asked = somebody.send("/register/recover", page="/register")
    assert (asked.status_code, asked.location) == (303, "/register/recovering")
    assert somebody.open("/register/recovering").status_code == 200
    assert "有人要求取回單位帳號" in boss.open("/unit/notices").text

    where = f"/platform/proposals/{waiting().ref}"
    assert officers[0].send(f"{where}/take-up", {"managers": ""}, page=where).status_code == 422
    assert (
        officers[0].send(f"{where}/take-up", {"managers": "end", "note": "已致電查證"}, page=where).status_code == 303
    )
    assert officers[0].send(f"{where}/confirm", page=where).status_code == 403
    assert officers[1].send(f"{where}/confirm", page=where).status_code == 303
    join(app)

    assert managers(here) == ["claimant@unit.example"]


def test_a_recovery_without_a_letter_or_without_a_draft(app, here):
    somebody = register_again(app, here, manager_name="周婉儀", authorisation=(io.BytesIO(b""), ""))

    answer = somebody.send("/register/recover", page="/register")
    other = Browser(app.test_client()).send("/register/recover", page="/register")

    assert (answer.status_code, "請返回補上授權信" in answer.text) == (422, True)
    assert (other.status_code, other.location) == (303, "/register")


def test_a_recovery_is_sent_once(app, here):
    somebody = register_again(app, here)
    cookie = somebody.client.get_cookie("register").value
    somebody.send("/register/recover", page="/register")
    somebody.client.set_cookie("register", cookie)

    again = somebody.send("/register/recover", page="/register")

    assert (again.status_code, len(proposals.waiting())) == (303, 1)


def test_address_and_phones_are_changed_at_once(here, boss):
    where = "/unit/standing/contact"
    fields = {
        "address": "橫琴新路1號",
        "public_phone": "0756 888 8888",
        "public_hours": "",
        "manager_phone": "66123456",
    }

    assert boss.send(where, fields).status_code == 303
    assert boss.send(where, fields | {"address": "", "manager_phone": "1"}).status_code == 422

    assert queries.by_id(here.unit.id).address == "橫琴新路1號"
