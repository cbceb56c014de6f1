"""The audit administrator's pages: who read whose data, alerts, counts and seals."""

import re

import pytest

from tests.builders import accounts, uploads
from tests.builders.browser import Browser, errors, heading
from tests.builders.units import certified_unit, member
from webapp.domain.alerts import watching
from webapp.domain.audit import daybooks, sealing
from webapp.domain.audit.models import Act
from webapp.domain.audit.viewing import VIEW


@pytest.fixture
def auditor(app) -> Browser:
    accounts.platform_staff("audit_admin", email="auditor@staff.example")
    browser = Browser(app.test_client())
    browser.come_as("auditor@staff.example")
    return browser


def test_auditor_learns_who_read_whose_data_and_why(app, auditor):
    unit = certified_unit("enterprise", email="home@unit.example")
    member(unit, "verifier", email="verifier@unit.example")
    entry = uploads.listed(unit)
    clerk, officer = Browser(app.test_client()), Browser(app.test_client())
    clerk.come_as("verifier@unit.example")
    clerk.open(f"/unit/list/{entry.ref}")
    clerk.open(f"/unit/list/{entry.ref}")
    accounts.platform_staff("platform_officer", email="officer@staff.example", name="安蕾")
    officer.come_as("officer@staff.example")
    found = officer.send(
        "/platform/search", {"kind": "reference", "words": entry.number, "reason": "來信C-12"}, page="/platform/search"
    )
    results = found.headers["Location"]
    opened = officer.send(f"{results}/entry/{entry.ref}/open", page=results)
    assert opened.status_code == 303

    asked = auditor.open("/platform/audit/readings")
    page = auditor.open(f"/platform/audit/readings?of={entry.number}")
    nobody = auditor.open("/platform/audit/readings?of=HQ-0000-0000")
    odd = [auditor.open(f"/platform/audit/readings?{q}").status_code for q in ("of=%F0", "of=x&before=y", "before=-1")]

    assert (heading(asked), heading(page)) == ("誰看過誰的資料", "誰看過誰的資料")
    assert page.text.count("打開此人的頁面") == 2, "the page drawn again is the same reading"
    assert ("安蕾" in page.text, "來信C-12" in page.text, unit.unit.name in page.text) == (True, True, True)
    assert ("沒有這個編號" in nobody.text, odd) == (True, [200] * 3)
    assert Act.select().where(Act.verb == VIEW).count() == 1
    assert officer.open("/platform/audit/readings").status_code == 403


def test_auditor_sees_alerts_and_marks_them(auditor):
    account = accounts.platform_staff("platform_officer", email="officer@staff.example", name="安蕾")
    watching.raise_alert(watching.Noticed(watching.NUMBERS, account.ref, 61, "2027-03-08T12"))
    watching.raise_alert(watching.Noticed(watching.REFUSALS, "192.0.2.7", 30, "2027-03-08T12"))

    page = auditor.open("/platform/audit/alerts")
    newest = re.search(r'name="newest" value="(\d+)"', page.text)[1]
    marked = auditor.send("/platform/audit/alerts/read", {"newest": newest}, page="/platform/audit/alerts")

    assert ("一小時內查看61次完整號碼" in page.text, "安蕾" in page.text, "192.0.2.7" in page.text) == (
        True,
        True,
        True,
    )
    assert "把2項標為已讀" in page.text
    assert marked.status_code == 303
    assert "標為已讀" not in auditor.open("/platform/audit/alerts").text
    assert errors(page) == []


def test_auditor_sees_counts_and_how_far_the_record_is_sealed(auditor):
    sealing.seal_committed()
    daybooks._kept(watching.actors.system("daybook"), "2027-03-07.record", "ab" * 32, {"acts": 4, "lines": 12}, key="d")

    page = auditor.open("/platform/audit/figures")

    assert heading(page) == "統計和封存"
    assert bytes(sealing.last().head).hex()[:8] in page.text
    assert "2027-03-07.record" in page.text
    assert "登入" in page.text
