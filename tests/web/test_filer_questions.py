"""The questionnaire as somebody without script meets it: one form a page, field names as documented."""

from __future__ import annotations

import base64
import io
import json
import random
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from PIL import Image, ImageDraw

from tests.builders import units
from webapp import clock
from webapp.domain.accounts import codes
from webapp.domain.filings import drafts, queries
from webapp.domain.filings.models import Draft, Filing, Submission
from webapp.domain.pledges import actions as pledges
from webapp.domain.pledges.models import Pledge
from webapp.domain.units import codes as unit_codes
from webapp.domain.units import deciding


class Page(HTMLParser):
    """The main form of a page: its fields as a browser would send them, and what stands in the error summary."""

    def __init__(self, response) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.names: set[str] = set()
        self.action = ""
        self._depth = 0
        self._form = False
        self._select = ""
        self.feed(response.text)
        self.status = response.status_code
        self.path = response.request.full_path.rstrip("?")
        summary = re.search(r'id="error-summary".*?</ul>', response.text, re.S)
        self.summary = re.findall(r"<a href=\"#([^\"]+)\">", summary.group()) if summary else []
        self.alone = re.findall(r"<li><span>([^<]+)", summary.group()) if summary else []

    def handle_starttag(self, tag, attributes) -> None:
        values = dict(attributes)
        if tag == "form" and (values.get("id") == "question" or values.get("action") is None):
            self._form = True
        if not self._form:
            return
        name = values.get("name")
        if tag == "select":
            self._select = name
            self.names.add(name)
        elif tag == "option" and "selected" in values:
            self.fields[self._select] = values["value"]
        elif tag == "input" and name:
            self.names.add(name)
            if values.get("type") not in ("radio", "checkbox") or "checked" in values:
                self.fields[name] = values.get("value") or ""

    def handle_endtag(self, tag) -> None:
        if tag == "form":
            self._form = False


ANSWERS = {
    "id_type": "mo_bir",
    "full_name": "陳嘉敏",
    "latin_name": "CHAN KA MAN",
    "id_number": "1234567(8)",
    "id_expiry": "2035-01-31",
    "birth_date": "1985-03-02",
    "phone_region": "86",
    "phone": "13800138000",
    "email": "chan@mail.example",
    "language": "zh_Hant_MO",
    "unit_relation": "staff",
    "staff_number": "A-17",
    "licence_number": "440402198503020011",
    "licence_class": "C1",
    "licence_expiry": "2032-05-20",
    "vehicle_use": "own",
    "plate": "粵C·D12345",
    "second_plate": "MX-12-34",
    "size_class": "small",
    "third_plate": "",
    "brand_model": "比亞迪海豚",
    "colour": "",
    "vin": "",
    "is_owner": "yes",
    "add_another": "no",
    "consent_processing": "yes",
    "consent_sharing": "yes",
    "pledge_agreed": "yes",
    "signature_method": "typed",
    "signed_name": "陳嘉敏",
}


class Filer:
    """Somebody with a browser without script, who fills what each page asks."""

    def __init__(self, client, code: str, **answers: str) -> None:
        self.client = client
        self.answers = {**ANSWERS, **answers}
        self.page = Page(client.get(f"/q/{code}"))
        self.post({})

    @property
    def ref(self) -> str:
        return self.page.path.split("/")[2]

    def post(self, changes: dict[str, str]) -> Page:
        given = {name: self.answers[name] for name in self.page.names if name in self.answers}
        if "phone_code" in self.page.names:
            issued = drafts.answers_of(Draft.get(Draft.ref == self.ref))["phone_code"]
            given["phone_code"] = codes.shown(issued["ref"])
        data = {**self.page.fields, **given, **changes}
        response = self.client.post(self.page.path, data={k: v for k, v in data.items() if v is not None})
        hops = 0
        while response.status_code == 303 and hops < 5:
            response, hops = self.client.get(response.headers["Location"]), hops + 1
        self.page = Page(response)
        self.response = response
        return self.page

    def until(self, wanted: str) -> Page:
        """Follow the one form of each page until the page whose address ends so."""
        for _ in range(12):
            if self.page.path.split("?")[0].endswith(wanted):
                return self.page
            before = self.page.path
            self.post({})
            assert self.page.status == 200, (before, self.page.summary, self.page.alone)
        raise AssertionError(f"never came to {wanted}, last at {self.page.path}")


@pytest.fixture
def built(app):
    return units.certified_unit()


@pytest.fixture
def filer(client, built):
    return Filer(client, built.code)


def test_whole_path_without_script(client, filer):
    page = filer.until("/receipt")

    submission = Submission.get()
    assert page.status == 200
    assert submission.number in filer.response.text
    token = re.search(r"/s/([a-z0-9]{36})", filer.response.text).group(1)
    assert queries.submission_by_token(token).id == submission.id
    assert f"/s/{token}/pledge" in filer.response.text
    assert Filing.get().state == "submitted"
    assert Filing.get().slot == "owner"


def test_every_page_has_one_heading_and_its_title_begins_with_it(client, filer):
    seen = set()
    while not filer.page.path.endswith("/receipt"):
        filer.post({})
        headings = re.findall(r"<h1>(.*?)</h1>", filer.response.text)
        assert len(headings) == 1
        assert re.search(r"<title>(.*?) –", filer.response.text).group(1) == headings[0]
        assert filer.response.headers["Cache-Control"] == "no-store"
        seen.add(filer.page.path.rsplit("/", 1)[-1])
    assert seen == {"person", "contact", "phone", "belonging", "licence", "1", "check", "receipt"}


def test_sent_draft_leads_to_its_receipt(client, filer):
    receipt = filer.until("/receipt").path
    ref = receipt.split("/")[2]

    for page in ("person", "check", "vehicle/1", "later", "phone"):
        answer = client.get(f"/file/{ref}/{page}")
        assert (answer.status_code, answer.headers["Location"]) == (303, receipt)
    token = re.search(r'csrf-token" content="([^"]+)', filer.response.text).group(1)
    assert client.post(f"/file/{ref}/check", data={"csrf_token": token}).headers["Location"] == receipt
    assert Submission.select().count() == 1


@pytest.mark.parametrize(
    ("page", "field", "value"),
    [
        ("person", "full_name", ""),
        ("person", "id_number", "12345"),
        ("person", "id_expiry", "2020-01-01"),
        ("person", "birth_date", "2020-01-01"),
        ("contact", "phone", "12"),
        ("contact", "email", "nobody"),
        ("phone", "phone_code", "12ab"),
        ("phone", "phone_code", ""),
        ("belonging", "unit_relation", ""),
        ("licence", "licence_number", ""),
        ("licence", "licence_expiry", "soon"),
        ("vehicle/1", "plate", "粵C8F6N"),
        ("vehicle/1", "size_class", ""),
        ("vehicle/1", "is_owner", ""),
        ("vehicle/1", "vin", "IIII"),
        ("check", "consent_processing", None),
        ("check", "pledge_agreed", None),
        ("check", "signature_method", None),
        ("check", "signed_name", "別人"),
    ],
)
def test_wrong_value_is_told_beside_its_field_and_kept(filer, page, field, value):
    filer.until(f"/{page}")
    if page == "person":
        filer.post({})  # the document type comes first

    refused = filer.post({field: value})

    assert (refused.status, refused.summary, refused.alone) == (422, [field], [])
    assert f'id="{field}-error"' in filer.response.text
    assert "<title>錯誤：" in filer.response.text
    assert refused.path.endswith(f"/{page}")
    if value and field != "phone_code":
        assert refused.fields[field] == value


def test_what_may_be_left_out_says_so_beside_its_name(filer):
    filer.until("/contact")

    labels = re.findall(r"<label[^>]*>\s*([^<]+?)\s*</label>", filer.response.text)

    assert {label for label in labels if label.endswith("（如有）")} == {"電郵地址（如有）"}


def test_what_is_wrong_with_a_phone_stands_above_region_and_number(filer):
    filer.until("/contact")

    filer.post({"phone_region": "86", "phone": "12"})

    text = filer.response.text
    assert 0 < text.find('id="phone-error"') < text.find('class="hq-pair"')


def test_an_unusual_phone_is_confirmed_and_stays_confirmed_beside_another_fault(filer):
    filer.until("/contact")
    filer.post({"phone_region": "853", "phone": "60001234"})
    assert 'id="confirm_phone"' in filer.response.text

    filer.post({"phone_region": "853", "phone": "60001234", "confirm_phone": "yes", "email": "nobody"})

    assert re.search(r'id="confirm_phone"[^>]* checked', filer.response.text)


def test_warning_is_confirmed_and_goes_on(filer):
    filer.until("/vehicle/1")

    warned = filer.post({"size_class": "lorry"})
    assert (warned.status, warned.summary) == (422, ["confirm_size_class"])
    assert "confirm_size_class" in warned.names

    filer.answers["size_class"] = "lorry"
    assert filer.post({"confirm_size_class": "yes"}).path.endswith("/check")
    assert filer.until("/receipt").status == 200
    assert Filing.get().warnings == ["size_class:lorry"]


@pytest.mark.parametrize("sent", [{}, {"id_type": "x"}, {"id_type": ""}])
def test_answers_without_a_document_type_are_kept_and_the_type_is_asked(client, filer, sent):
    token = {"csrf_token": filer.page.fields["csrf_token"]}

    answered = Page(
        client.post(filer.page.path, data={"full_name": "陳嘉敏", "id_number": "1234567(8)"} | token | sent)
    )

    assert (answered.status, answered.summary, "full_name" in answered.names) == (422, ["id_type"], False)
    after = filer.post({"id_type": "mo_bir"})
    assert (after.fields["full_name"], after.fields["id_number"]) == ("陳嘉敏", "1234567(8)")


def test_a_strange_character_in_a_plate_sends_one_to_the_vehicle_licence(filer):
    filer.until("/vehicle/1")

    filer.post({"plate": "粵C·D12#45"})

    assert "這裏不能有“#”，請對照行駛證" in filer.response.text


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


def test_switch_on_the_signing_page_drops_only_what_belongs_to_the_old_text(filer):
    filer.until("/check")

    filer.post({"switch_language": "zh_Hans_CN"})

    assert filer.page.fields.get("consent_processing") == "yes"
    assert "pledge_agreed" not in filer.page.fields
    assert filer.page.fields["signed_name"] == "陳嘉敏"
    assert filer.until("/receipt").status == 200


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


def test_cookie_is_bound_to_its_draft(client, built):
    response = client.post(
        f"/q/{built.code}", data={"csrf_token": Page(client.get(f"/q/{built.code}")).fields["csrf_token"]}
    )

    ref = Draft.get().ref
    cookie = next(one for one in response.headers.getlist("Set-Cookie") if one.startswith("draft="))
    assert f"Path=/file/{ref}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


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


def test_code_is_sent_again(filer):
    filer.until("/phone")
    first = drafts.answers_of(Draft.get())["phone_code"]["ref"]

    filer.post({"again": "yes"})

    assert filer.page.path.endswith("/phone")
    assert drafts.answers_of(Draft.get())["phone_code"]["ref"] != first
    assert filer.post({}).path.endswith("/belonging")


def test_changed_phone_is_proved_again(filer):
    filer.until("/check")
    filer.page = Page(filer.client.get(f"/file/{filer.ref}/contact?to=check"))

    filer.post({"phone": "13900139000"})
    assert filer.page.path.endswith("/phone?to=check")
    assert filer.post({}).path.endswith("/check")


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


def test_pages_ahead_lead_back_to_the_first_unfinished(client, filer):
    ref = filer.ref

    for page in ("contact", "phone", "belonging", "licence", "vehicle/1", "check"):
        answer = client.get(f"/file/{ref}/{page}")
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith(f"/file/{ref}/person")


def test_several_vehicles(filer):
    filer.until("/vehicle/1")
    filer.post({"add_another": "yes"})
    assert filer.page.path.endswith("/vehicle/2")

    filer.answers |= {"plate": "粵C·A1234", "second_plate": "", "vehicle_use": "unit"}
    assert filer.post({}).path.endswith("/check")
    filer.until("/receipt")

    assert [(f.position, f.vehicle_use) for f in Filing.select().order_by(Filing.position)] == [(1, "own"), (2, "unit")]


def test_asked_for_vehicle_is_given_up(filer):
    filer.until("/vehicle/1")
    filer.post({"add_another": "yes"})

    assert filer.post({"remove": "yes"}).path.endswith("/check")
    filer.until("/receipt")
    assert Filing.select().count() == 1


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
