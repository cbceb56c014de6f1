"""Checking, signing and sending at the end of the questionnaire."""

from __future__ import annotations

import base64
import io
import json

import pytest
from PIL import Image, ImageDraw

from tests.builders import units
from tests.builders.questionnaire import Filer, Page
from webapp.domain.filings.models import Submission
from webapp.domain.pledges import actions as pledges
from webapp.domain.pledges.models import Pledge


@pytest.fixture
def built(app):
    return units.certified_unit()


@pytest.fixture
def filer(client, built):
    return Filer(client, built.code)


def test_switch_on_the_signing_page_drops_only_what_belongs_to_the_old_text(filer):
    filer.until("/check")

    filer.post({"switch_language": "zh_Hans_CN"})

    assert filer.page.fields.get("consent_processing") == "yes"
    assert "pledge_agreed" not in filer.page.fields
    assert filer.page.fields["signed_name"] == "陳嘉敏"
    assert filer.until("/receipt").status == 200


def test_change_from_the_check_page_returns_there(filer):
    filer.until("/check")
    filer.page = Page(filer.client.get(f"/file/{filer.ref}/licence?to=check"))

    assert filer.page.fields["licence_class"] == "C1"
    assert filer.post({"licence_class": "B2"}).path.endswith("/check")
    assert "B2" in filer.response.text


def test_change_that_spoils_a_later_answer_leads_there(filer):
    filer.until("/check")
    filer.page = Page(filer.client.get(f"/file/{filer.ref}/belonging?to=check"))

    filer.post({"unit_relation": "unit_driver"})

    assert filer.page.path.endswith("/vehicle/1?to=check")
    assert filer.page.summary == ["vehicle_use"]
    assert filer.post({"vehicle_use": "unit"}).path.endswith("/check")


def handwriting() -> str:
    """A drawn signature as the pad sends it."""
    image = Image.new("RGBA", (400, 160), (0, 0, 0, 0))
    ImageDraw.Draw(image).line((20, 20, 380, 140), fill="black", width=4)
    output = io.BytesIO()
    image.save(output, "PNG")
    return "data:image/png;base64," + base64.b64encode(output.getvalue()).decode()


def test_drawn_signature(filer):
    drawn = handwriting()
    filer.until("/check")

    assert filer.post({"signature_method": "drawn", "signature": "data:image/png;base64,AAAA"}).summary == ["signature"]
    said = {"signature_method": "drawn", "signature": drawn}
    assert filer.post(said | {"signature_strokes": "<svg/>"}).summary == ["signature"]
    lines = {"width": 358, "height": 160, "strokes": [[[20, 20, 0], [380, 140, 310]]]}
    assert filer.post(said | {"signature_strokes": json.dumps(lines)}).path.endswith("/receipt")
    pledge = Pledge.get()
    assert pledges.strokes_of(pledge) == lines
    assert b"380" not in bytes(pledge.strokes)


def test_drawn_signature_without_strokes(filer):
    filer.until("/check")

    assert filer.post({"signature_method": "drawn", "signature": handwriting()}).path.endswith("/receipt")
    assert pledges.strokes_of(Pledge.get()) is None


def test_collision_is_told_and_disputed(client, app, built):
    Filer(client, built.code).until("/receipt")
    again = Filer(app.test_client(), built.code)
    again.until("/check")

    collided = again.post({})

    assert collided.status == 409
    assert Submission.get().number in again.response.text
    token = collided.fields["csrf_token"]
    wordless = again.client.post(f"/file/{again.ref}/dispute", data={"csrf_token": token})
    assert (wordless.status_code, "請用幾句話說明" in wordless.text) == (422, True)
    answer = again.client.post(f"/file/{again.ref}/dispute", data={"csrf_token": token, "words": "不是我交的"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/file/{again.ref}/disputed")
    page = again.client.get(answer.headers["Location"])
    assert "你提出的個案" in page.text
    assert "處理中" in page.text


def test_answers_changed_in_another_window_are_shown_before_signing(filer):
    page = filer.until("/check")
    filer.page = Page(filer.client.get(f"/file/{filer.ref}/licence?to=check"))
    filer.post({"licence_class": "B2"})
    filer.page = page

    assert filer.post({}).status == 409
    assert Submission.select().count() == 0
    assert filer.post({"pledge_agreed": "yes"}).path.endswith("/receipt")


def test_reading_copy_of_the_pledge(client, filer):
    filer.until("/check")

    answer = client.get(f"/file/{filer.ref}/pledge/pt")
    assert (answer.status_code, 'lang="pt"' in answer.text) == (200, True)
    assert client.get(f"/file/{filer.ref}/pledge/xx").status_code == 404


def test_character_without_a_glyph_is_told_before_signing(filer):
    filer.until("/person")
    filer.post({})

    assert filer.post({"full_name": "陳\U0002ffff嘉"}).status == 422
