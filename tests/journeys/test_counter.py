"""Counter help: a clerk types on a tablet, and the person makes the pledge in each of the three forms."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import people, screens
from tests.journeys.screens import SIGNATURE, at, choose, follow, press

CHECK = "與本人核對，由本人簽署"


def typed_in(clerk, given):
    screens.sign_in(clerk, "committee@demo.test")
    clerk.goto("/unit/counter")
    press(clerk, "開始代填")
    screens.answer_until(clerk, CHECK, given)
    return at(clerk, CHECK)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_on_the_persons_own_phone(system, visit, script):
    clerk, phone = visit(system.address, device="tablet", script=script), visit(system.address, script=script)
    given = people.resident("盧月娥")
    typed_in(clerk, given)
    follow(clerk, "用本人的電話")
    at(clerk, "請本人掃描")
    phone.goto(clerk.locator("a[href*='/h/']").get_attribute("href"))
    at(phone, "在你的電話簽署")
    screens.prove_phone(phone)
    at(phone, "核對、承諾並簽署")
    screens.answer(phone, given)
    at(phone, "申報已提交")

    follow(clerk, "本人已簽署")
    at(clerk, "申報已提交")


def test_on_the_tablet(system, visit):
    clerk = visit(system.address, device="tablet")
    given = people.resident("簡惠芳")
    typed_in(clerk, given)
    follow(clerk, "在平板簽名")
    at(clerk, "請本人閱讀並簽名")
    for consent in ("同意為備案處理我的個人信息", "同意交予海關和口岸部門作通道查驗", "我已閱讀並作出以上承諾"):
        choose(clerk, consent)
    screens.draw(clerk, SIGNATURE)
    choose(clerk, "我已核對本人和證件，看着他閱讀承諾並親手簽名")
    press(clerk, "簽署並提交")
    at(clerk, "申報已提交")

    clerk.goto("/unit/filings?q=簡惠芳")
    assert "你在櫃枱代填，由另一位同事處理" in clerk.inner_text("main")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_on_paper(system, visit, script):
    """Whoever has no phone signs a sheet; so does whoever has one where the tablet's browser cannot be drawn on."""
    clerk = visit(system.address, device="tablet", script=script)
    name = "岑有福" if script else "岑有祿"
    given = people.resident(name, **({"no_phone": "yes", "phone": "", "phone_region": "86"} if script else {}))
    typed_in(clerk, given)
    if script:
        expect(clerk.get_by_role("link", name="在平板簽名")).to_have_count(0)
        follow(clerk, "列印紙本")
    else:
        follow(clerk, "在平板簽名")
        press(clerk, "簽署並提交")
        expect(clerk.locator("#error-summary")).to_contain_text("請在框內簽上姓名")
        # The driver of this browser shows no <noscript>; a browser without script does.
        link = re.search(r'不能在網頁上簽名[^<]*<a href="([^"]+)">由本人簽署紙本', clerk.content())
        assert link
        clerk.goto(link[1])
    press(clerk, "製作要列印的紙本")
    assert name in clerk.inner_text("main")
    clerk.go_back()
    clerk.goto(clerk.url)
    clerk.locator("#signed_sheet").set_input_files(
        {"name": "sheet.png", "mimeType": "image/png", "buffer": people.certificate()}
    )
    choose(clerk, "我已核對本人和證件，看着他閱讀並親手簽署紙本")
    press(clerk, "提交")
    at(clerk, "申報已提交")
    assert clerk.locator("svg.hq-qr").count() == 1

    clerk.goto("/unit/counter")
    # Whoever has a phone is told there; what is to be told to others waits at the desk.
    assert (name in clerk.inner_text("main")) == script
