"""Platform staff, unlocking and the record, through the pages."""

import re
from dataclasses import replace
from ipaddress import ip_network

import pytest

from tests.builders.accounts import also, platform_staff
from tests.builders.browser import Browser, errors, heading
from tests.builders.units import PASSWORD, certified_unit
from webapp.domain.accounts import links, platform, policy, queries
from webapp.domain.audit.models import Act, AuditLine


@pytest.fixture
def browser(client) -> Browser:
    return Browser(client)


def test_administrator_invites_and_the_person_joins(browser, app):
    platform_staff("system_admin", email="keeper@staff.example")
    browser.come_as("keeper@staff.example")

    refused = browser.send("/platform/accounts/invite", {"email": "", "role": ""})
    sent = browser.send(
        "/platform/accounts/invite",
        {"email": "an.lei@staff.example", "role": "platform_officer"},
        page="/platform/accounts/invite",
    )
    invitation = platform.invitations()[0].ref
    path = "/invitation/" + links.token(invitation)
    guest = Browser(app.test_client())
    early = guest.open(path)
    platform_staff("security_admin", email="guard@staff.example")
    guard = Browser(app.test_client())
    guard.come_as("guard@staff.example")
    approved = guard.send(f"/platform/security/invitations/{invitation}/approve", page="/platform/security")
    again = guard.send(f"/platform/security/invitations/{invitation}/approve", page="/platform/security")
    joined = guest.send(path, {"full_name": "安蕾", "password": PASSWORD}, page=path)
    guest.show_code("an.lei@staff.example")

    assert (refused.status_code, errors(refused)) == (422, ["請填寫電郵地址", "請選擇身份"])
    assert (sent.status_code, sent.headers["Location"]) == (303, "/platform/accounts")
    assert [page.status_code for page in (early, approved, again)] == [404, 303, 409]
    assert (joined.status_code, guest.open("/account").status_code) == (303, 200)
    assert "安蕾" in browser.open("/platform/accounts").text


def test_administrators_change_roles_disable_and_enable(browser, app):
    platform_staff("system_admin", email="keeper@staff.example")
    platform_staff("security_admin", email="guard@staff.example")
    guard = Browser(app.test_client())
    guard.come_as("guard@staff.example")
    account = platform_staff("platform_officer", email="an.lei@staff.example")
    also(account, "supervisor")
    browser.come_as("keeper@staff.example")
    path, secure = f"/platform/accounts/{account.ref}", f"/platform/security/{account.ref}"

    found = browser.send("/platform/accounts/find", {"email": "AN.LEI@staff.example"}, page="/platform/accounts")
    forged = guard.send(f"{secure}/roles", {"roles": ["supervisor", "god"]}, page=secure)
    given = guard.send(f"{secure}/roles", {"roles": ["supervisor", "audit_admin"]}, page=secure)
    held = queries.roles_of(account.id)
    roles = guard.send(f"{secure}/roles", {"roles": ["supervisor"]}, page=secure)
    stale = guard.send(f"{secure}/roles", {"roles": [], "version": "1"}, page=secure)
    disabled = browser.send(f"{path}/disable", page=path)
    enabled = browser.send(f"{path}/enable", page=path)
    none = guard.send(f"{secure}/roles", page=secure)

    assert (found.status_code, found.headers["Location"]) == (303, path)
    statuses = [page.status_code for page in (forged, given, roles, stale, disabled, enabled, none)]
    assert statuses == [422, 422, 303, 409, 303, 303, 303]
    assert errors(forged) == ["有一項已不存在，所以甚麼也沒有更改。請看現時的選項再決定"]
    assert errors(given) == ["新的身份要由系統管理員邀請，再由安全管理員同意。這裏只可收回身份"]
    assert held == {"platform_officer", "supervisor"}
    assert queries.roles_of(account.id) == frozenset()
    assert "已沒有任何身份" in guard.open(secure).text
    assert queries.by_ref(account.ref).state == "active"


def test_own_account_and_unknown_ones_are_refused(browser):
    keeper = platform_staff("system_admin", email="keeper@staff.example")
    browser.come_as("keeper@staff.example")
    path = f"/platform/accounts/{keeper.ref}"

    own = browser.send(f"{path}/disable", {"version": "1"}, page=path)
    missing = browser.open("/platform/accounts/no-such-ref")
    unknown = browser.send("/platform/accounts/find", {"email": "nobody@staff.example"}, page="/platform/accounts")
    empty = browser.send("/platform/accounts/find", {"email": ""}, page="/platform/accounts")

    assert [page.status_code for page in (own, missing, unknown, empty)] == [403, 404, 422, 422]
    assert (errors(unknown), errors(empty)) == (["這個電郵沒有帳號"], ["請填寫電郵地址"])
    assert "這是你自己的帳號。" in browser.open(path).text


def test_invitation_of_the_platform_is_revoked(browser):
    platform_staff("system_admin", email="keeper@staff.example")
    browser.come_as("keeper@staff.example")
    browser.send(
        "/platform/accounts/invite",
        {"email": "an.lei@staff.example", "role": "supervisor"},
        page="/platform/accounts/invite",
    )
    ref = platform.invitations()[0].ref

    revoked = browser.send(f"/platform/accounts/invitations/{ref}/revoke", page="/platform/accounts")
    again = browser.send(f"/platform/accounts/invitations/{ref}/revoke", page="/platform/accounts")

    assert (revoked.status_code, again.status_code) == (303, 404)
    assert platform.invitations() == []


def test_security_administrator_unlocks(browser, app):
    account = platform_staff(email="an.lei@staff.example", name="安蕾")
    platform_staff("security_admin", email="guard@staff.example")
    owner = Browser(app.test_client())
    for _ in range(5):
        owner.sign_in("an.lei@staff.example", "wrong")
    browser.come_as("guard@staff.example")

    page = browser.open("/platform/unlock")
    done = browser.send(f"/platform/unlock/{account.ref}", page="/platform/unlock")
    again = browser.send(f"/platform/unlock/{account.ref}", page="/platform/unlock")

    assert ("安蕾" in page.text, "an.lei@staff.example" in page.text) == (True, False)
    assert (done.status_code, again.status_code) == (303, 409)
    assert owner.sign_in("an.lei@staff.example").status_code == 303
    line = AuditLine.get(AuditLine.tag == "account:unlocked")
    assert Act.get_by_id(line.act_id).account_id == queries.by_email("guard@staff.example").id


def test_auditor_reads_filters_and_drills_down(browser):
    built = certified_unit()
    auditor = platform_staff("audit_admin", email="auditor@staff.example", name="馮曉嵐")
    browser.sign_in("nobody@staff.example", "wrong")
    browser.come_as("auditor@staff.example")
    certified = Act.get(Act.verb == "unit:certify")
    day = "2020-01-01"

    def verbs(query: str) -> list[str]:
        page = browser.open(f"/platform/audit?{query}")
        assert (page.status_code, heading(page)) == (200, "操作記錄")
        return [verb for verb in ("認證單位", "登記單位", "登入", "查看操作記錄") if f">{verb}</a>" in page.text]

    assert verbs("") == ["認證單位", "登記單位", "登入", "查看操作記錄"]
    assert verbs("verb=unit:certify") == ["認證單位"]
    assert verbs("outcome=refused") == ["登入"]
    assert verbs(f"account={auditor.ref}") == ["登入", "查看操作記錄"]
    assert verbs(f"object={built.unit.ref}") == ["認證單位", "登記單位"]
    assert verbs(f"until={day}") == []
    assert verbs(f"since={day}&verb=account:sign-in") == ["登入"]
    detail = browser.open(f"/platform/audit/{certified.id}")
    assert heading(detail) == "認證單位"
    assert ("unit:certified" in detail.text, built.unit.ref in detail.text) == (True, True)
    assert Act.select().where(Act.verb == "record:view").count() == 1


@pytest.mark.parametrize(
    "query",
    ["account=no-such", "unit=no-such", "since=2026-13-01", "until=yesterday"],
)
def test_filter_that_means_nothing_is_said_so(browser, query):
    platform_staff("audit_admin", email="auditor@staff.example")
    browser.come_as("auditor@staff.example")

    page = browser.open(f"/platform/audit?{query}")

    assert (page.status_code, len(errors(page))) == (422, 1)


@pytest.mark.parametrize(
    "path",
    ["?before=x", "?before=99999999999999999999", "?before=-1", "?verb=x", "?object=%F0", "/1?after=x"],
)
def test_odd_addresses_of_the_record_are_harmless(browser, path):
    platform_staff("audit_admin", email="auditor@staff.example")
    browser.come_as("auditor@staff.example")

    assert browser.open(f"/platform/audit{path}").status_code == 200


def test_unknown_acts_are_not_found(browser):
    platform_staff("audit_admin", email="auditor@staff.example")
    browser.come_as("auditor@staff.example")

    statuses = [browser.open(f"/platform/audit/{n}").status_code for n in ("0", "999999", "9" * 25, "x")]
    assert statuses == [404] * 4


def test_record_is_turned_by_pages(browser):
    platform_staff("audit_admin", email="auditor@staff.example")
    browser.come_as("auditor@staff.example")
    for _ in range(60):
        browser.send("/account/language", {"language": "zh_Hant_MO"}, page="/account")

    first = browser.open("/platform/audit")
    following = first.text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = browser.open(following)

    assert (len(re.findall(r"/platform/audit/\d", first.text)), second.status_code) == (50, 200)
    assert len(re.findall(r"/platform/audit/\d", second.text)) == Act.select().count() - 50
    assert 'rel="next"' not in second.text


@pytest.mark.parametrize(
    "role", ["platform_officer", "supervisor", "lane_officer", "system_admin", "security_admin", "audit_admin"]
)
def test_each_administrator_opens_his_own_pages_only(browser, role):
    platform_staff(role, email="an.lei@staff.example")
    browser.come_as("an.lei@staff.example")
    own = {"system_admin": "/platform/accounts", "security_admin": "/platform/unlock", "audit_admin": "/platform/audit"}

    opened = [path for path in own.values() if browser.open(path).status_code == 200]

    assert opened == [own[role]] if role in own else opened == []


def test_first_officers_come_from_the_command_line(app):
    runner = app.test_cli_runner()

    made = runner.invoke(args=["accounts", "create-officer", "first@staff.example", "--role", "system_admin"])
    wrong = runner.invoke(args=["accounts", "create-officer", "first"])

    assert (made.exit_code, wrong.exit_code) == (0, 1)
    path = made.output.strip().removeprefix("http://passlist.test")
    guest = Browser(app.test_client())
    joined = guest.send(path, {"full_name": "安蕾", "password": PASSWORD}, page=path)
    guest.show_code("first@staff.example")
    assert joined.status_code == 303
    assert queries.roles_of(queries.by_email("first@staff.example").id) == {"system_admin"}
    for _ in range(5):
        Browser(app.test_client()).sign_in("first@staff.example", "wrong")
    unlocked = runner.invoke(args=["accounts", "unlock", "first@staff.example"])
    again = runner.invoke(args=["accounts", "unlock", "first@staff.example"])
    assert (unlocked.exit_code, again.exit_code) == (0, 1)


def test_the_first_three_administrators_get_links_once(app):
    runner = app.test_cli_runner()
    three = [f"{name}@staff.example" for name in ("system", "security", "audit")]

    twice = runner.invoke(args=["accounts", "first", three[0], three[0], three[2]])
    made = runner.invoke(args=["accounts", "first", *three])
    links_made = [line.split(": ", 1)[1].removeprefix("http://passlist.test") for line in made.output.splitlines()]
    for path, mailbox in zip(links_made, three, strict=True):
        guest = Browser(app.test_client())
        guest.send(path, {"full_name": "安蕾", "password": PASSWORD}, page=path)
        guest.show_code(mailbox)
    again = runner.invoke(args=["accounts", "first", *three])

    assert (twice.exit_code, made.exit_code, again.exit_code) == (1, 0, 1)
    held = [sorted(queries.roles_of(queries.by_email(mailbox).id)) for mailbox in three]
    assert held == [["system_admin"], ["security_admin"], ["audit_admin"]]


def test_links_of_the_first_three_made_anew_end_those_before(app):
    runner, rest = app.test_cli_runner(), ["security@staff.example", "audit@staff.example"]

    mistyped = runner.invoke(args=["accounts", "first", "sistem@staff.example", *rest])
    made = runner.invoke(args=["accounts", "first", "system@staff.example", *rest])

    paths = [line.split("http://passlist.test", 1)[1] for line in (mistyped.output + made.output).splitlines()]
    assert [app.test_client().get(path).status_code for path in paths] == [303] * 3 + [200] * 3


def test_the_security_administrator_resets_a_lost_second_factor_and_demands_a_password(browser, app):
    platform_staff("security_admin", email="guard@staff.example")
    account = platform_staff(email="an.lei@staff.example")
    owner = Browser(app.test_client())
    owner.come_as("an.lei@staff.example")
    browser.come_as("guard@staff.example")
    path = f"/platform/security/{account.ref}"

    found = browser.send("/platform/security/find", {"email": "an.lei@staff.example"}, page="/platform/security")
    unknown = browser.send("/platform/security/find", {"email": "nobody@staff.example"}, page="/platform/security")
    reset = browser.send(f"{path}/second-factor", page=path)
    twice = browser.send(f"{path}/second-factor", page=path)
    demanded = browser.send(f"{path}/password", page=path)

    statuses = [page.status_code for page in (found, unknown, reset, twice, demanded)]
    assert statuses == [303, 422, 303, 409, 303]
    assert owner.open("/account").headers["Location"] == "/signin?next=/account"
    assert owner.sign_in("an.lei@staff.example").headers["Location"] == "/signin/password"


def test_last_days_and_the_list_to_look_through(browser):
    platform_staff("system_admin", email="keeper@staff.example")
    account = platform_staff(email="an.lei@staff.example")
    browser.come_as("keeper@staff.example")
    path = f"/platform/accounts/{account.ref}"

    wrong = browser.send(f"{path}/end", {"ends_on": "2020-01-01"}, page=path)
    right = browser.send(f"{path}/end", {"ends_on": "2099-12-31"}, page=path)
    listed = browser.open("/platform/accounts/review?after=x")

    assert (wrong.status_code, errors(wrong), right.status_code) == (422, ["最後一日不可早於今日"], 303)
    assert ("2099年12月31日" in listed.text, "沒有期限" in listed.text) == (True, True)


def test_administrators_elsewhere_are_turned_away_and_it_is_kept(browser):
    platform_staff("system_admin", email="keeper@staff.example")
    before = policy.current()
    browser.come_as("keeper@staff.example")
    policy.configure(replace(before, networks=(ip_network("10.1.0.0/16"),)))
    try:
        page = browser.open("/platform/accounts")
    finally:
        policy.configure(before)

    assert (page.status_code, "管理員只可以在指定的網絡工作" in page.text) == (403, True)
    assert Act.select().where(Act.verb == "page:open", Act.outcome == "refused").count() == 1
