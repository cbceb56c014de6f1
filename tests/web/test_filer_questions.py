"""The questionnaire: its pages in order, what is wrong beside its field, what is kept, and how one goes on."""

from __future__ import annotations

import re

import pytest

from tests.builders import units
from tests.builders.questionnaire import Filer, Page
from webapp.domain.filings import drafts, queries
from webapp.domain.filings.models import Draft, Filing, Submission


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
