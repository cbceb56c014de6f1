"""A unit registers by itself, through the pages."""

from __future__ import annotations

import io

import pytest

from tests.builders import units as build
from tests.builders.browser import Browser, errors, heading
from webapp.domain.accounts import codes
from webapp.domain.units import queries
from webapp.domain.units.models import RegistrationDraft, Unit


@pytest.fixture
def browser(client) -> Browser:
    return Browser(client)


def sent(browser: Browser, *, page: str = "/register", **changes):
    fields: dict = build.typed() | {"email": "chow@unit.example"} | changes
    if "proof" not in changes:
        fields["proof"] = (io.BytesIO(build.picture()), "proof.png")
    return browser.send("/register", {name: value for name, value in fields.items() if value is not None}, page=page)


def code_of_draft() -> str:
    return codes.shown(RegistrationDraft.select().order_by(RegistrationDraft.id.desc()).get().code_ref)


def prove(browser: Browser, code: str, password: str = build.PASSWORD):
    return browser.send("/register/email", {"email_code": code, "password": password}, page="/register/email")


def test_register_then_prove_then_done(browser):
    answer = sent(browser, unit_name="橫琴濠星科技有限公司")
    assert (answer.status_code, answer.location) == (303, "/register/email")

    answer = prove(browser, code_of_draft())
    assert (answer.status_code, answer.location) == (303, "/register/done")
    assert "橫琴濠星科技有限公司" in browser.open("/register/done").text

    unit = Unit.get()
    assert (unit.name, unit.state, queries.manager_name(unit)) == ("橫琴濠星科技有限公司", "pending", "周婉儀")
    signed_in = browser.sign_in("chow@unit.example", target="/unit/standing")
    assert signed_in.status_code == 303
    assert heading(browser.open("/unit/standing")) == "登記資料和進度"


def test_register_twice_by_back_button_makes_one_unit(browser):
    sent(browser)
    code = code_of_draft()
    prove(browser, code)

    answer = browser.client.post("/register/email", data={})

    assert answer.status_code in (303, 400)
    assert Unit.select().count() == 1


def test_register_empty_shows_every_error_at_once_and_keeps_nothing_wrong(browser):
    answer = browser.send("/register", {}, page="/register")

    assert answer.status_code == 422
    assert errors(answer) == [
        "請填寫單位全名，與登記證明一致",
        "請選擇單位類別",
        "請選擇登記地",
        "請填寫登記號碼",
        "請填寫單位地址",
        "請填寫法定代表人或負責人的姓名",
        "請填寫單位專人的姓名",
        "請填寫單位專人的手提電話",
        "請填寫電郵地址",
        "請上傳登記證明",
    ]
    assert Unit.select().count() == 0


def test_register_keeps_what_was_typed_and_the_file(browser):
    answer = sent(browser, unit_name="橫琴濠星科技有限公司", address="")
    assert answer.status_code == 422
    assert errors(answer) == ["請填寫單位地址"]
    assert 'value="橫琴濠星科技有限公司"' in answer.text
    assert "已上傳 proof.png" in answer.text

    again = sent(browser, unit_name="橫琴濠星科技有限公司", proof=None)

    assert (again.status_code, again.location) == (303, "/register/email")


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (
            b"<html><script>alert(1)</script></html>",
            "proof.pdf",
            "只可以上傳 PDF、JPEG 或 PNG。可以用手機拍一張清楚的照片",
        ),
        (b"\x89PNG\r\n\x1a\nbroken", "proof.png", "這個檔案打不開。請重新掃描或拍照後再上傳"),
        (b"", "empty.pdf", "這個檔案是空的，請重新選擇"),
        (b"%PDF-1.7\n" + b"0" * (8 * 1024 * 1024), "big.pdf", "檔案超過 8 MB，請縮小後再上傳"),
    ],
)
def test_register_refuses_files_that_are_not_papers(browser, content, name, sentence):
    answer = sent(browser, proof=(io.BytesIO(content), name))

    assert (answer.status_code, errors(answer)) == (422, [sentence])


def test_register_asks_for_letter_when_manager_is_another(browser):
    answer = sent(browser, manager_name="何嘉欣")

    assert errors(answer) == ["單位專人不是法定代表人或負責人，請上傳負責人簽署的授權信"]


def test_register_warns_once_about_class_and_goes_on_when_confirmed(browser):
    number = build.credit_code("54440400MJ")
    answer = sent(browser, unit_class="enterprise", registration_number=number)
    assert answer.status_code == 422
    assert 'name="confirm_unit_class"' in answer.text

    again = sent(browser, unit_class="enterprise", registration_number=number, confirm_unit_class="yes")

    assert again.status_code == 303


def test_second_registrant_is_led_to_recovery_without_names(browser):
    built = build.certified_unit(unit_name="橫琴濠星科技有限公司", email="first@unit.example")

    answer = sent(browser, registration_number=built.unit.registration_number)

    assert (answer.status_code, heading(answer)) == (409, "這個單位已經登記")
    assert "濠星" not in answer.text
    assert "first" not in answer.text
    assert 'href="/contact"' in answer.text


def test_second_registrant_may_register_a_branch(browser):
    built = build.certified_unit()

    answer = sent(browser, registration_number=built.unit.registration_number, branch_name="橫琴分公司")

    assert answer.status_code == 303


def test_wrong_code_and_weak_password_are_said_together(browser):
    sent(browser)
    wrong = "000000" if code_of_draft() != "000000" else "111111"

    answer = prove(browser, wrong, "short")

    assert answer.status_code == 422
    found = errors(answer)
    assert len(found) >= 2
    assert Unit.select().count() == 0

    assert prove(browser, code_of_draft()).location == "/register/done"


def test_mailbox_with_account_signs_in_first_and_keeps_the_registration(browser):
    build.certified_unit(email="chow@unit.example")
    sent(browser, unit_name="橫琴第二示範有限公司")

    answer = prove(browser, code_of_draft())
    assert (answer.status_code, heading(answer)) == (409, "請先登入")

    browser.sign_in("chow@unit.example", target="/register/email")
    page = browser.open("/register/email")
    assert "橫琴第二示範有限公司" in page.text
    done = browser.send("/register/email", {}, page="/register/email")

    assert done.location == "/register/done"
    assert Unit.select().where(Unit.name == "橫琴第二示範有限公司").count() == 1


def test_register_email_without_draft_begins_anew(browser):
    assert browser.open("/register/email").location == "/register"
    assert browser.open("/register/done").location == "/register"


def test_language_switch_keeps_what_was_typed(browser):
    answer = sent(browser, unit_name="橫琴濠星科技有限公司", switch_language="zh_Hant_MO")
    assert (answer.status_code, answer.location) == (303, "/register")

    page = browser.open("/register")

    assert 'value="橫琴濠星科技有限公司"' in page.text
    assert "已上傳 proof.png" in page.text


@pytest.mark.parametrize("text", ["\x00", "🙂" * 500, "=1+1", "<script>", "' OR 1=1 --"])
def test_register_answers_every_text(browser, text):
    fields = {name: text for name in build.typed()} | {"email": text}

    answer = browser.send(
        "/register", {k: v.encode("utf-8", "replace").decode() for k, v in fields.items()}, page="/register"
    )

    assert answer.status_code == 422
    assert heading(answer) == "登記單位"
