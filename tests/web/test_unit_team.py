"""The team page and invitations through the pages, and nothing across units."""

import pytest

from tests.builders.accounts import LOCALE, platform_staff
from tests.builders.browser import Browser, errors, heading
from tests.builders.units import PASSWORD, certified_unit, member
from webapp.domain.accounts import links, queries
from webapp.domain.units import members, team


@pytest.fixture
def browser(client) -> Browser:
    return Browser(client)


def invitation(built, email: str = "an.lei@unit.example", role: str = "verifier") -> str:
    made = team.invite(built.actor, built.unit.id, email, role, LOCALE)
    return "/invitation/" + links.token(made["link"])


def test_manager_invites_and_the_person_makes_an_account(browser, app):
    built = certified_unit(email="manager@unit.example")
    browser.come_as("manager@unit.example")

    sent = browser.send(
        "/unit/team/invite", {"email": "an.lei@unit.example", "role": "verifier"}, page="/unit/team/invite"
    )
    page = browser.open("/unit/team")
    path = "/invitation/" + links.token(team.invitations(built.unit.id)[0].ref)
    guest = Browser(app.test_client())
    asked = guest.open(path)
    weak = guest.send(path, {"full_name": "", "password": "weak"})
    joined = guest.send(path, {"full_name": "安蕾", "password": PASSWORD})
    guest.show_code("an.lei@unit.example")
    again = guest.send(path, {"full_name": "安蕾", "password": PASSWORD}, page="/account")

    assert (sent.status_code, sent.headers["Location"]) == (303, "/unit/team")
    assert "an.lei@unit.example" in page.text
    assert path not in page.text
    assert (heading(asked), built.unit.name in asked.text) == ("你獲邀請加入", True)
    assert (weak.status_code, errors(weak)[:2]) == (422, ["請填寫姓名", "密碼至少要12個字"])
    assert (joined.status_code, joined.headers["Location"]) == (303, "/begin")
    assert (again.status_code, again.headers["Location"]) == (303, "/signin")
    assert [one.role for one in members.active(built.unit.id)] == ["manager", "verifier"]
    assert guest.open("/unit/team").status_code == 403


def test_form_of_an_invitation_says_everything_at_once(browser):
    certified_unit(email="manager@unit.example")
    browser.come_as("manager@unit.example")

    refused = browser.send("/unit/team/invite", {"email": "an.lei", "role": "king"})
    known = browser.send(
        "/unit/team/invite", {"email": "manager@unit.example", "role": "manager"}, page="/unit/team/invite"
    )

    assert (refused.status_code, errors(refused)) == (422, ["請填寫完整的電郵地址，例如name@example.com", "請選擇身份"])
    assert (known.status_code, errors(known)) == (422, ["這位人員已經在本單位"])


def test_existing_account_signs_in_and_accepts(browser):
    first, second = certified_unit(email="manager@unit.example"), certified_unit()
    path = invitation(second, "manager@unit.example", "manager")

    asked = browser.open(path)
    anonymous = browser.send(path, {"full_name": "另一人", "password": PASSWORD})
    browser.sign_in("manager@unit.example", target=path)
    joined = browser.send(path)

    assert f'href="/signin?next={path}"' in asked.text
    assert anonymous.status_code == 200
    assert (joined.status_code, joined.headers["Location"]) == (303, "/begin")
    assert [one.account.id for one in members.active(second.unit.id)] == [second.manager.id, first.manager.id]
    assert second.unit.name in browser.open("/unit/team").text


def test_invitation_for_another_mailbox_is_explained_and_refused(browser):
    built = certified_unit()
    platform_staff(email="bao@staff.example")
    path = invitation(built)
    browser.come_as("bao@staff.example")

    page = browser.open(path)
    refused = browser.send(path)

    assert "你正以另一個帳號登入。" in page.text
    assert refused.status_code == 403
    assert len(members.active(built.unit.id)) == 1


def test_unknown_and_revoked_invitations_are_explained(browser):
    built = certified_unit()
    path = invitation(built)
    team.revoke_invitation(built.actor, built.unit.id, team.invitations(built.unit.id)[0].ref, LOCALE)

    unknown = browser.open("/invitation/no-such-token")
    revoked = browser.open(path)

    assert unknown.status_code == 404
    assert (revoked.status_code, revoked.headers["Location"]) == (303, "/signin")
    assert "這個連結已經用過或已取消。" in browser.open("/signin").text


def test_manager_revokes_and_removes(browser):
    built = certified_unit(email="manager@unit.example")
    clerk = member(built, email="clerk@unit.example", name="何嘉欣")
    invitation(built)
    ref = team.invitations(built.unit.id)[0].ref
    browser.come_as("manager@unit.example")

    revoked = browser.send(f"/unit/team/invitations/{ref}/revoke", page="/unit/team")
    asked = browser.open(f"/unit/team/{clerk.ref}/end")
    ended = browser.send(f"/unit/team/{clerk.ref}/end", page="/unit/team")
    warned = browser.open(f"/unit/team/{built.manager.ref}/end")
    last = browser.send(f"/unit/team/{built.manager.ref}/end", page="/unit/team")

    assert [page.status_code for page in (revoked, ended, last)] == [303, 303, 409]
    assert (heading(asked), "何嘉欣" in asked.text) == ("移除這位人員？", True)
    for page in (warned, last):
        assert (heading(page), "單位至少要有一名專人" in page.text) == ("移除這位人員？", True)
        assert 'href="/unit/standing/hand-over"' in page.text
        assert "hq-button-warning" not in page.text
    assert [one.account.id for one in members.active(built.unit.id)] == [built.manager.id]


def test_nothing_of_another_unit_can_be_reached(browser):
    built, other = certified_unit(), certified_unit(email="other@unit.example")
    clerk = member(built, email="clerk@unit.example")
    invitation(built)
    ref = team.invitations(built.unit.id)[0].ref
    browser.come_as("other@unit.example")

    answers = [
        browser.open(f"/unit/team/{clerk.ref}/end"),
        browser.send(f"/unit/team/{clerk.ref}/end", page="/unit/team"),
        browser.send(f"/unit/team/invitations/{ref}/revoke", page="/unit/team"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert "clerk@unit.example" not in browser.open("/unit/team").text
    assert len(members.active(built.unit.id)) == 2
    assert len(team.invitations(built.unit.id)) == 1
    assert [one.account.id for one in members.active(other.unit.id)] == [other.manager.id]


def test_team_is_for_managers(browser):
    built = certified_unit()
    clerk = member(built, email="clerk@unit.example")
    invitation(built)
    ref = team.invitations(built.unit.id)[0].ref
    browser.come_as("clerk@unit.example")

    answers = [
        browser.open("/unit/team"),
        browser.open("/unit/team/invite"),
        browser.send("/unit/team/invite", {"email": "bao@unit.example", "role": "manager"}),
        browser.send(f"/unit/team/{built.manager.ref}/end"),
        browser.send(f"/unit/team/{clerk.ref}/end"),
        browser.send(f"/unit/team/invitations/{ref}/revoke"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 6
    assert queries.by_email("bao@unit.example") is None
    assert browser.client.get("/signout").status_code == 405


def test_form_without_its_token_changes_nothing(browser):
    built = certified_unit(email="manager@unit.example")
    browser.come_as("manager@unit.example")

    answer = browser.client.post("/unit/team/invite", data={"email": "an.lei@unit.example", "role": "manager"})

    assert answer.status_code == 400
    assert team.invitations(built.unit.id) == []
