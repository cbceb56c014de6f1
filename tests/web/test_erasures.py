"""Officers erase somebody on the pages; every page that showed him goes on working and shows nothing of him."""

from __future__ import annotations

import pytest

from tests.builders import cases, filings, units, uploads
from tests.builders.accounts import platform_staff
from tests.builders.browser import Browser, heading
from tests.builders.delivery import drain
from webapp import clock
from webapp.domain.filings import queries
from webapp.domain.filings.models import Upload
from webapp.domain.privacy.models import Erasure, LegalHold
from webapp.domain.registry.models import Person


@pytest.fixture
def browser(client):
    return Browser(client)


@pytest.fixture
def officers(db):
    platform_staff(email="first@staff.example", name="馮曉嵐")
    platform_staff(email="second@staff.example", name="何敏儀")


def test_two_officers_erase_on_the_pages_and_no_page_breaks(app, browser, db, officers):
    built = units.certified_unit(email="home@unit.example")
    given = filings.answers()
    sent = filings.filed(built, given)
    name, number = given["person"]["full_name"], given["person"]["id_number"]
    uploads.uploaded(built, uploads.verified(built, sent))
    entry = cases.removed(built, sent)
    refused = cases.refused(built)
    drain(db)
    browser.come_as("first@staff.example")
    unknown = browser.open("/platform/erasures?number=HQ-0000-0000")
    person = f"/platform/erasures/person/{sent.submission.number}"
    assert (unknown.status_code, browser.open(f"/platform/erasures?number={sent.submission.number}").location) == (
        422,
        person,
    )

    held = browser.send(f"{person}/hold", {"reason": "", "until": "never"}, page=person)
    assert held.status_code == 422
    until = clock.today().replace(year=clock.today().year + 1).isoformat()
    browser.send(f"{person}/hold", {"reason": "法院要求", "until": until}, page=person)
    assert "有機關要求保存" in browser.open(person).text
    assert browser.send(f"{person}/propose", {"note": ""}, page=person).status_code == 409
    browser.send(f"/platform/holds/{LegalHold.get().ref}/lift", page="/platform/erasures")
    browser.send(f"{person}/propose", {"note": "本人到櫃枱提出"}, page=person)
    page = f"/platform/erasures/{Erasure.get().ref}"
    assert browser.send(f"{page}/confirm", page=page).status_code == 403

    browser = Browser(app.test_client())
    browser.come_as("second@staff.example")
    assert "本人到櫃枱提出" in browser.open(page).text
    assert browser.send(f"{page}/confirm", page=page).status_code == 303
    drain(db)
    assert Person.get_by_id(sent.submission.person_id).erased_at is not None
    done = Erasure.get()
    assert "已刪除" in browser.open(page).text
    assert "已刪除" in browser.open(f"/genuine/{done.certificate}").text
    certificate = browser.open(f"/genuine/{done.certificate}/certificate.pdf")
    assert certificate.data.startswith(b"%PDF")

    asked = {"kind": "reference", "words": sent.submission.number, "reason": "個案C-12"}
    results = browser.send("/platform/search", asked).headers["Location"]
    for noun, ref in (("entry", entry.ref), ("filing", sent.filing.ref)):
        assert browser.open(f"{results}?in={noun}").status_code == 200
        browser.send(f"{results}/{noun}/{ref}/open", page=results)
        opened = browser.open(f"{results}/{noun}/{ref}")
        assert (opened.status_code, name in opened.text) == (200, False)

    browser = Browser(app.test_client())
    browser.come_as("home@unit.example")
    shown = [
        f"/unit/filings/{sent.filing.ref}",
        "/unit/filings?state=all",
        "/unit/list?state=removed",
        f"/unit/list/{entry.ref}",
        f"/unit/uploads/{Upload.get().ref}",
        f"/unit/filings/{refused.filing.ref}",
        "/unit/filings?q=" + name,
    ]
    answers = {path: browser.open(path) for path in shown}
    answers["numbers"] = browser.send(
        f"/unit/filings/{sent.filing.ref}/numbers", {"purpose": "comparing"}, page=shown[0]
    )
    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 200} == {}
    assert [path for path, answer in answers.items() if number in answer.text] == []
    assert [path for path, answer in answers.items() if path != shown[-1] and name in answer.text] == []
    # His private link opens nothing any more.
    assert queries.submission_by_token(sent.token) is None


def test_the_register_is_a_page(browser, officers):
    browser.come_as("first@staff.example")

    page = browser.open("/platform/data")

    assert heading(page) == "資料登記冊"
    assert "person_document" in page.text
    assert "person_document" in browser.open("/platform/data?class=sensitive").text
    assert "pledge_text" not in browser.open("/platform/data?class=sensitive").text
