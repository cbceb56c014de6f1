"""A draft: whose it is, how long it lives, resumed, and what becomes of its unit's code."""

from __future__ import annotations

import random
import re
from datetime import timedelta

import pytest

from tests.builders import units
from tests.builders.questionnaire import Filer, Page, draft_cookie
from webapp import clock
from webapp.domain.filings.models import Draft, Submission
from webapp.domain.units import codes as unit_codes
from webapp.domain.units import deciding
from webapp.ui import cookies


@pytest.fixture
def built(app):
    return units.certified_unit()


@pytest.fixture
def filer(client, built):
    return Filer(client, built.code)


def test_sent_draft_leads_to_its_receipt(client, filer):
    receipt = filer.until("/receipt").path
    ref = receipt.split("/")[2]

    for page in ("person", "check", "vehicle/1", "later", "phone"):
        answer = client.get(f"/file/{ref}/{page}")
        assert (answer.status_code, answer.headers["Location"]) == (303, receipt)
    token = re.search(r'csrf-token" content="([^"]+)', filer.response.text).group(1)
    assert client.post(f"/file/{ref}/check", data={"csrf_token": token}).headers["Location"] == receipt
    assert Submission.select().count() == 1


def test_language_switch_keeps_what_was_typed(client, filer):
    filer.until("/person")
    filer.post({})
    filer.until("/contact")

    filer.post({"phone": "not yet", "email": "half@", "switch_language": "zh_Hans_CN"})

    assert (filer.page.status, filer.page.path.endswith("/contact")) == (200, True)
    assert (filer.page.fields["phone"], filer.page.fields["email"]) == ("not yet", "half@")
    assert '<html lang="zh-Hans-CN"' in filer.response.text


def test_large_text_switch_keeps_what_was_typed(filer):
    filer.until("/licence")

    filer.post({"licence_number": "44", "switch_text": "large"})

    assert filer.page.fields["licence_number"] == "44"
    assert 'class="hq-large"' in filer.response.text


def test_stop_and_resume_by_the_link_on_another_phone(app, filer):
    filer.until("/licence")
    filer.post({"licence_number": "44", "later": "yes"})
    assert filer.page.path.endswith("/later")
    link = re.search(r"/d/[a-z0-9]+", filer.response.text).group()

    other = app.test_client()
    assert other.get(filer.page.path).status_code == 404
    answer = other.get(link, follow_redirects=True)

    assert (answer.status_code, answer.request.path) == (200, f"/file/{filer.ref}/licence")
    assert Page(answer).fields["licence_number"] == "44"


def test_somebody_elses_draft_says_nothing(app, filer):
    filer.until("/belonging")
    stranger = app.test_client()
    gone = stranger.get("/file/aaaaaaaaaaaaaaaaaaaa/person")

    for page in ("person", "contact", "check", "receipt", "later", "vehicle/1"):
        for send in (stranger.get, stranger.post):
            answer = send(f"/file/{filer.ref}/{page}")
            assert answer.status_code in (404, 400, 405)
            assert "陳嘉敏" not in answer.text
            assert "138" not in answer.text
    body = stranger.get(f"/file/{filer.ref}/person")
    csrf = r'(name="csrf_token" value|csrf-token" content|name="next" value)="[^"]*"'
    assert re.sub(csrf, "", body.text) == re.sub(csrf, "", gone.text)


def test_cookie_is_of_its_draft_alone(client, built):
    response = client.post(
        f"/q/{built.code}", data={"csrf_token": Page(client.get(f"/q/{built.code}")).fields["csrf_token"]}
    )

    ref = Draft.get().ref
    cookie = next(one for one in response.headers.getlist("Set-Cookie") if one.startswith("draft-"))
    assert cookie.startswith(f"{draft_cookie(ref)}=")
    assert ref not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_browser_keeps_the_newest_drafts(client, built):
    """The header of a browser that many people use stays short enough to be taken."""
    begun = [Filer(client, built.code) for _ in range(cookies.MOST + 2)]

    opened = [client.get(f"/file/{one.ref}").status_code for one in begun]

    assert opened == [404] * 2 + [303] * cookies.MOST


def test_a_draft_that_is_resumed_counts_as_the_newest(client, filer, built):
    filer.until("/licence")
    filer.post({"licence_number": "44", "later": "yes"})
    link = re.search(r"/d/[a-z0-9]+", filer.response.text).group()
    others = [Filer(client, built.code) for _ in range(cookies.MOST - 1)]

    client.get(link)
    Filer(client, built.code)

    opened = [client.get(f"/file/{one.ref}").status_code for one in (filer, *others)]
    assert opened == [303, 404] + [303] * (cookies.MOST - 2)


def test_draft_is_gone_after_seven_days(filer):
    filer.until("/contact")

    with clock.travel(timedelta(days=8)):
        assert filer.client.get(filer.page.path).status_code == 404


def test_suspended_unit_is_explained(built, filer):
    filer.until("/licence")
    deciding.suspend(units.platform_actor(), built.unit.id, ["unit:misuse"], "", built.unit.version)

    filer.post({})

    assert filer.page.status == 409
    assert built.unit.name in filer.response.text


def test_rotated_code_is_explained_and_its_drafts_go_on(client, built, filer):
    filer.until("/contact")
    unit_codes.rotate(built.actor, built.unit.id, built.code)

    assert client.get(f"/q/{built.code}").status_code == 410
    assert filer.until("/receipt").status == 200


JUNK = [
    "",
    " ",
    "\x00",
    "𠀀" * 300,
    "%s%(x)s{{7*7}}",
    "' OR 1=1 --",
    "<script>",
    "-1",
    "9" * 400,
    "\u202e\ud7ff",
    "yes",
    "2026-02-30",
]


@pytest.mark.parametrize("seed", range(4))
def test_junk_never_breaks_a_page(filer, seed):
    chance = random.Random(seed)
    for page in ("/person", "/contact", "/phone", "/belonging", "/licence", "/vehicle/1", "/check"):
        filer.until(page)
        names = sorted(filer.page.names - {"csrf_token"})
        for _ in range(6):
            junk = {name: chance.choice(JUNK) for name in names if chance.random() < 0.7}
            junk |= {"confirm_" + chance.choice(names): "yes", chance.choice(JUNK) or "x": chance.choice(JUNK)}
            token = filer.page.fields["csrf_token"]
            answer = filer.client.post(f"/file/{filer.ref}{page}", data={**junk, "csrf_token": token})
            assert answer.status_code < 500
            if answer.status_code == 303:
                assert filer.client.get(answer.headers["Location"]).status_code < 500
        filer.page = Page(filer.client.get(f"/file/{filer.ref}/person"))
        filer.post({})


@pytest.mark.parametrize(
    "path", ["/vehicle/0", "/vehicle/9", "/vehicle/99999999999999999999", "/vehicle/x", "/nothing"]
)
def test_odd_addresses(filer, path):
    filer.until("/check")

    answer = filer.client.get(f"/file/{filer.ref}{path}")
    assert answer.status_code in (303, 404)
