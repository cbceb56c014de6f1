"""Every page and error state of people once: axe finds nothing, nothing is wider than a small phone, fingers hit it."""

from __future__ import annotations

import pytest

from tests.journeys import people, running, screens
from tests.journeys.screens import choose, press, submit
from webapp.cli.demo import cast


@pytest.fixture(scope="module")
def private_links(world) -> dict[str, tuple[str, str]]:
    """Name of a person of the demo → the private link's token and the end of the document number."""
    return running.private_links(world)


def test_public_pages(inspector):
    look = inspector()

    for path in ("/", "/help", "/help/units", "/committees", "/privacy", "/accessibility", "/contact", "/resume"):
        look.at(path)
    look.at("/code?code=%21", 422)
    look.at("/genuine")
    look.at("/genuine?document=1234", 422)
    look.at("/nowhere", 404)
    look.at("/q/DEMQ0001")
    look.at("/q/ABCDEFGH", 404)
    look.at("/d/nothing", 404)
    look.at("/find")
    look.after("/find refused", lambda: submit(look.page), 422)
    choose(look.page, "護照")
    look.after("/find passport refused", lambda: submit(look.page), 422)
    serial, someone = next((serial, one) for serial, one in enumerate(cast.CAST) if one.id_type == "cn_id")
    choose(look.page, "居民身份證")
    look.page.locator("#id_number").fill(cast.number(someone.id_type, serial))
    look.after("/find/code", lambda: submit(look.page))
    texted = look.page.input_value("#phone_code")
    look.page.locator("#phone_code").fill("")
    look.after("/find/code refused", lambda: submit(look.page), 422)
    look.page.locator("#phone_code").fill(texted)
    look.after("/find/links", lambda: submit(look.page))

    assert look.report() == ""


def test_register_and_sign_in(inspector):
    look = inspector()
    page = look.page

    look.at("/register")
    look.after("/register refused", lambda: submit(page), 422)
    unit = people.enterprise("琴海讀屏測試有限公司", "reader@unit.example")
    for name, value in unit.items():
        if name in ("unit_class", "registration_place"):
            page.locator(f"[name={name}][value={value}] + label").click()
        elif name != "password":
            page.locator(f"[name={name}]").fill(value)
    page.locator("[name=proof]").set_input_files(
        {"name": "certificate.png", "mimeType": "image/png", "buffer": people.certificate()}
    )
    look.after("/register/email", lambda: submit(page))
    look.after("/register/email refused", lambda: submit(page), 422)
    page.locator("[name=password]").fill(unit["password"])
    look.after("/register/done", lambda: submit(page))
    look.at("/signin")
    look.after("/signin refused", lambda: submit(page), 422)
    look.at("/password/forgotten")
    look.after("/password/forgotten refused", lambda: submit(page), 422)

    assert look.report() == ""


def test_questionnaire(inspector):
    look = inspector()
    page = look.page
    driver = people.resident("霍思穎")

    def refused_then_answered(name: str, **given: str) -> None:
        look.look(name)
        look.after(f"{name} refused", lambda: submit(page), 422)
        screens.answer(page, driver | given)

    screens.begin(page, "DEMQ0001")
    refused_then_answered("document type")
    refused_then_answered("person")
    refused_then_answered("contact")
    texted = page.input_value("#phone_code")
    page.locator("#phone_code").fill("")
    refused_then_answered("phone code", phone_code=texted)
    refused_then_answered("belonging")
    refused_then_answered("licence")
    look.look("vehicle")
    look.after("vehicle refused", lambda: submit(page), 422)
    screens.fill(page, driver | {"plate": "MX-12-34", "size_class": "lorry", "vin": "LSVAA49J132047372"})
    look.after("vehicle with warnings", lambda: submit(page), 422)
    screens.answer(page, driver)
    look.look("check")
    look.after("check refused", lambda: submit(page), 422)
    check = page.url
    look.after("pledge in Portuguese", lambda: screens.follow(page, "Português"))
    look.at(check.replace("/check", "/later"))
    page.goto(check)
    screens.fill(page, driver)
    look.after("receipt", lambda: submit(page))

    assert look.report() == ""


def test_collision(inspector):
    look = inspector()
    driver = people.resident("霍思敏")
    screens.file_with(look.page, "DEMQ0001", driver)

    screens.answer_until(screens.begin(look.page, "DEMQ0001"), "核對、承諾並簽署", driver)
    screens.fill(look.page, driver)
    look.after("collision", lambda: submit(look.page), 409)

    assert look.report() == ""


def test_status_pages(inspector, private_links):
    look = inspector()
    page = look.page
    opened = False

    for name in (
        "陳嘉敏",
        "馬詠詩",
        "蘇惠玲",
        "區永泰",
        "羅景天",
        "潘志恆",
        "賴淑貞",
        "康美琪",
        "霍俊文",
        "丁小慧",
        "張偉強",
    ):
        token, tail = private_links[name]
        page.goto(f"/s/{token}")
        if not opened:
            look.look("status, closed")
            look.after("status, refused", lambda: submit(page), 422)
            opened = True
        page.locator("#id_tail").fill(tail)
        look.after(f"status of {name}", lambda: submit(page))
    listed, waiting, returned, owner = (
        f"/s/{private_links[one][0]}" for one in ("陳嘉敏", "潘志恆", "康美琪", "張偉強")
    )
    look.at(f"{listed}/pledge")
    look.at(f"{listed}/receipt")
    look.at(f"{returned}/correct")
    page.goto(listed)
    screens.follow(page, "要求移出名單")
    look.look("code not sent")
    look.after("code sent", lambda: press(page, "發送驗證碼"))
    look.after("leave", lambda: press(page, "繼續"))
    look.after("leave refused", lambda: press(page, "要求移出"), 422)
    look.at(f"{listed}/data")
    page.goto(waiting)
    screens.follow(page, "撤回申報")
    screens.prove_phone(page)
    look.look("withdraw")
    page.goto(waiting)
    screens.follow(page, "這份申報不是我交的")
    look.look("not me")
    page.goto(owner)
    screens.follow(page, "看看是誰並答覆")
    screens.prove_phone(page)
    look.look("owner")
    look.after("owner refused", lambda: submit(page), 422)

    assert look.report() == ""
