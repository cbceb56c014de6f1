"""Choosing, signing and uploading through the pages; papers, and what is true by now when an act comes too late."""

from __future__ import annotations

import io
import re

import pytest

from tests.builders import units as build
from tests.builders.browser import Browser, errors, heading
from tests.builders.filings import filed
from tests.builders.uploads import entry_of, prepared, second_filed, uploaded, verified, verify
from tests.builders.uploads import owner_and_second as pair
from webapp.database import transaction
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings import upload_lists
from webapp.domain.filings.models import Filing
from webapp.domain.jobs.models import Job
from webapp.domain.passlist.models import Entry
from webapp.domain.pledges import texts
from webapp.domain.registry.cards import open_card
from webapp.domain.units import deciding, queries

EMAIL = "manager@unit.example"
NAME = "周婉儀"


@pytest.fixture
def unit(db):
    return build.certified_unit(email=EMAIL)


@pytest.fixture
def manager(app, unit) -> Browser:
    browser = Browser(app.test_client())
    browser.come_as(EMAIL)
    return browser


def verifier(app, unit) -> Browser:
    build.member(unit, email="verifier@unit.example")
    browser = Browser(app.test_client())
    browser.come_as("verifier@unit.example")
    return browser


def row(filing: Filing) -> str:
    return f"{filing.ref}:{filing.version}"


def sign(browser: Browser, ref: str, **changes: object):
    """Send the signing form as the page held it."""
    given = {
        "text_digest": texts.current("unit", "zh_Hant_MO").digest,
        "pledge_agreed": "yes",
        "signature_method": "typed",
        "signed_name": NAME,
    }
    return browser.send(f"/unit/uploads/{ref}", given | changes, page="/unit/uploads")


def part(browser: Browser, path: str, target: str):
    headers = {"HX-Request": "true", "HX-Target": f"div#{target}", "HX-Request-Type": "partial"}
    return browser.client.get(path, headers=headers)


def name_of(filing: Filing) -> str:
    return open_card(filing).name


def test_a_manager_chooses_signs_and_uploads(manager, unit):
    ready = verified(unit, filed(unit), filed(unit))

    assert "2份申報已驗核，可以上傳。" in manager.open("/unit/uploads").text
    chosen = manager.send("/unit/uploads/new", {"row": [row(ready[0])], "act": "chosen"})
    assert chosen.status_code == 303
    page = manager.open(chosen.location)
    assert (page.status_code, heading(page)) == (200, "作出單位承諾並上傳")
    assert "1人、1輛車。簽署後，名單即交到公服平台。" in page.text

    signed = sign(manager, chosen.location.rsplit("/", 1)[1])
    assert (signed.status_code, signed.location) == (303, chosen.location)
    result = manager.open(signed.location)
    assert (result.status_code, heading(result)) == (200, "名單已上傳")
    assert "1份已列入名單" in result.text
    assert [entry.person_id for entry in Entry.select()] == [ready[0].person_id]


def test_everything_that_matches_is_one_button(manager, unit):
    ready = verified(unit, *[filed(unit) for _ in range(3)])

    stale = manager.send("/unit/uploads/new", {"everything": "yes", "expected": "2", "q": ""})
    assert (stale.status_code, errors(stale)) == (409, ["名單剛才有變動，請再看一次數目"])
    chosen = manager.send("/unit/uploads/new", {"everything": "yes", "expected": "3", "q": ""})

    upload = upload_lists.by_ref(chosen.location.rsplit("/", 1)[1])
    assert [line.filing_id for line in upload_lists.covered_lines(upload)] == [filing.id for filing in ready]


def test_nothing_chosen_says_so(manager, unit):
    verified(unit, filed(unit))

    answer = manager.send("/unit/uploads/new", {"act": "chosen"})

    assert (answer.status_code, errors(answer)) == (422, ["請先選取要上傳的申報"])


def test_who_waits_for_the_owner_cannot_be_ticked(manager, unit):
    _, second_car = pair()
    waiting = verified(unit, filed(unit, vehicles=[second_car]))[0]
    assert waiting.waiting

    page = manager.open("/unit/uploads/new").text

    box = re.search(rf'<input type="checkbox"[^>]*value="{row(waiting)}"[^>]*>', page).group(0)
    assert " disabled" in box
    assert "等待車主同意" in page


def test_the_list_is_searched_as_page_and_as_part(manager, unit):
    first, second = verified(unit, filed(unit), filed(unit))
    plate = open_card(second).plates[0]

    page = manager.open(f"/unit/uploads/new?q={plate}")
    found = part(manager, f"/unit/uploads/new?q={plate}", "list")

    for answer in (page, found):
        assert (row(second) in answer.text, row(first) in answer.text) == (True, False)
    assert ("<html" in page.text, "<html" in found.text) == (True, False)


def test_an_incomplete_signature_shows_every_fault_and_keeps_what_was_typed(manager, unit):
    ref = prepared(unit, verified(unit, filed(unit)))

    answer = sign(manager, ref, signed_name="何嘉欣", pledge_agreed="")

    assert answer.status_code == 422
    assert errors(answer) == ["請閱讀信用承諾，並選取這一項", "請輸入單位專人的姓名，與登記的相同"]
    assert 'value="何嘉欣"' in answer.text
    assert Entry.select().count() == 0


def test_what_changed_is_named_before_and_after_signing(manager, unit):
    first, second = verified(unit, filed(unit), filed(unit))
    ref = prepared(unit, [first, second])
    verify(unit, [second])

    assert "1份申報不在內。" in manager.open(f"/unit/uploads/{ref}").text
    sign(manager, ref)

    result = manager.open(f"/unit/uploads/{ref}").text
    assert "1份沒有列入，原因見下。" in result
    assert f"{name_of(second)}</a>：選取後有更改，請看過後重新選取" in result


def test_a_paper_is_printed_scanned_and_taken(manager, unit):
    ref = prepared(unit, verified(unit, filed(unit)))

    printed = manager.send(f"/unit/uploads/{ref}/sheet", {})
    assert (printed.status_code, printed.location) == (303, f"/unit/uploads/{ref}/sheet.pdf")
    sheet = manager.open(printed.location)
    assert (sheet.status_code, NAME in sheet.text) == (200, True)
    manager.open(f"/unit/uploads/{ref}")
    scan = (io.BytesIO(build.picture()), "sealed.png")
    sent = sign(manager, ref, signature_method="sealed_paper", sealed_paper=scan)

    assert sent.status_code == 303
    kept = manager.open(f"/unit/uploads/{ref}/sealed-paper")
    assert (kept.status_code, kept.mimetype, kept.data[:4]) == (200, "image/png", b"\x89PNG")


def test_a_paper_that_does_not_match_any_more_is_refused(manager, unit):
    first, second = verified(unit, filed(unit), filed(unit))
    ref = prepared(unit, [first, second])
    manager.open(f"/unit/uploads/{ref}")
    manager.send(f"/unit/uploads/{ref}/sheet", {})
    verify(unit, [second])
    scan = (io.BytesIO(build.picture()), "sealed.png")

    answer = sign(manager, ref, signature_method="sealed_paper", sealed_paper=scan)

    assert answer.status_code == 409
    assert errors(answer) == ["列印之後有1份申報不能列入，紙本與名單不符。請作廢後重新選擇、列印和蓋章"]
    assert f"{name_of(second)}</a>：選取後有更改，請看過後重新選取" in answer.text


def test_signing_twice_shows_what_is_true_by_now(manager, unit):
    ref = prepared(unit, verified(unit, filed(unit)))
    first = sign(manager, ref)

    again = sign(manager, ref)

    assert first.status_code == 303
    assert (again.status_code, heading(again)) == (409, "名單已上傳")


def test_a_list_is_dropped_and_chosen_anew(manager, unit):
    ref = prepared(unit, verified(unit, filed(unit)))

    dropped = manager.send(f"/unit/uploads/{ref}/abandon", {})

    assert (dropped.status_code, dropped.location) == (303, "/unit/uploads/new")
    assert heading(manager.open(f"/unit/uploads/{ref}")) == "名單已作廢"
    assert sign(manager, ref).status_code == 409


def test_a_verifier_reads_but_does_not_sign(app, unit):
    ref = prepared(unit, verified(unit, filed(unit)))
    browser = verifier(app, unit)

    page = browser.open(f"/unit/uploads/{ref}")

    assert (page.status_code, "上傳由單位專人簽署承諾後進行。" in page.text) == (200, True)
    assert sign(browser, ref).status_code == 403
    assert browser.open("/unit/uploads/new").status_code == 403
    assert Entry.select().count() == 0


def test_another_units_upload_does_not_exist(app, unit):
    result = uploaded(unit, verified(unit, filed(unit)))
    build.certified_unit(email="stranger@unit.example")
    stranger = Browser(app.test_client())
    stranger.come_as("stranger@unit.example")

    paths = ("", "/lines", "/pledge", "/pledge.pdf", "/sheet", "/sheet.pdf", "/sealed-paper")
    found = [stranger.open(f"/unit/uploads/{result['upload']}{path}").status_code for path in paths]

    assert found == [404] * len(paths)


def test_lines_pledge_and_papers_of_an_upload(manager, unit):
    owner_car, second_car = pair()
    sent = [filed(unit, vehicles=[owner_car]), second_filed(unit, second_car)]
    result = uploaded(unit, verified(unit, *sent))
    base = f"/unit/uploads/{result['upload']}"

    lines = manager.open(f"{base}/lines").text
    pledge = manager.open(f"{base}/pledge")
    papers = part(manager, base, "papers")

    for one in sent:
        assert name_of(one.filing) in lines
        assert name_of(one.filing) in pledge.text
    assert result["number"] in pledge.text
    assert ("<html" in papers.text, "0 / 3" in papers.text) == (False, True)
    assert entry_of(sent[0]).upload_ref == result["upload"]


def test_a_long_annex_says_how_far_it_is(manager, unit):
    result = uploaded(unit, verified(unit, filed(unit)))
    base = f"/unit/uploads/{result['upload']}"
    document = IssuedDocument.get(IssuedDocument.kind == "unit_pledge")
    with transaction():
        Job.update(state="running", progress=700, total=1800).where(Job.subject == document.code).execute()

    papers = part(manager, base, "papers").text
    early = manager.open(f"{base}/pledge.pdf")

    assert ("附頁已排版的行數" in papers, "700 / 1800" in papers) == (True, True)
    assert ("700 / 1800" in early.text, "幾秒" in early.text, "Refresh" in early.headers) == (True, False, True)


def test_uploads_are_paged(manager, unit, monkeypatch):
    monkeypatch.setattr(upload_lists, "PAGE", 2)
    numbers = [uploaded(unit, verified(unit, filed(unit)))["number"] for _ in range(3)]

    first = manager.open("/unit/uploads").text
    following = re.search(r'href="([^"]+)" rel="next"', first).group(1)
    second = manager.open(following).text

    assert [number in first for number in numbers] == [False, True, True]
    assert [number in second for number in numbers] == [True, False, False]


def test_a_suspended_unit_is_told_why_it_cannot_upload(manager, unit):
    ref = prepared(unit, verified(unit, filed(unit)))
    manager.open(f"/unit/uploads/{ref}")
    version = queries.by_id(unit.unit.id).version
    deciding.suspend(build.platform_actor(), unit.unit.id, ["unit:misuse"], "", version)

    answer = sign(manager, ref)

    assert (answer.status_code, errors(answer)) == (409, ["單位現在不能上傳。原因見單位首頁，恢復後可以繼續"])
    assert upload_lists.by_ref(ref).state == "prepared"


def test_a_faulty_signature_on_a_list_that_is_done_shows_what_is_done(manager, unit):
    ref = prepared(unit, verified(unit, filed(unit)))
    sign(manager, ref)

    again = sign(manager, ref, signed_name="")

    assert (again.status_code, heading(again)) == (409, heading(manager.open(f"/unit/uploads/{ref}")))
    assert "這份名單已經上傳，不用再簽署" in again.text
