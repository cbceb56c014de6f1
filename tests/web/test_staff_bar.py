"""The bar of staff pages: what it asks for, and how pages of a group stand on it."""

import html5lib
import pytest

from tests.builders.accounts import platform_staff
from tests.builders.browser import Browser
from webapp.ui import bar


@pytest.fixture
def browser(client) -> Browser:
    return Browser(client)


def test_every_page_of_the_bar_asks_for_the_permission_the_bar_asks_for(app):
    shown = {item.endpoint: item.permission for item in bar.UNIT_ITEMS + bar.PLATFORM_ITEMS}

    assert {endpoint: app.view_functions[endpoint].audience.permission for endpoint in shown} == shown


def bar_of(page) -> list[list[tuple[str, str]]]:
    """Every line of the bar: what its links say, counts left out, and how they are marked."""
    tree = html5lib.parse(page.text, namespaceHTMLElements=False)
    boxes = [box for box in tree.iter("div") if box.get("class", "").startswith("hq-bar")]
    lines = [line for box in boxes for line in box.iter("nav")]
    return [[((link.text or "").strip(), link.get("aria-current", "")) for link in line.iter("a")] for line in lines]


def test_pages_of_a_group_stand_as_one_on_the_bar_and_on_a_line_of_their_own_below(browser):
    platform_staff(email="an.lei@staff.example")
    browser.sign_in("an.lei@staff.example")

    top, below = bar_of(browser.open("/platform/erasures"))

    assert [name for name, _ in top] == [
        "概覽", "單位", "備案名單", "嚴重失信", "異議", "個人信息", "文本和公告", "通知", "帳號",
    ]  # fmt: skip
    assert [name for name, mark in top if mark] == ["個人信息"]
    assert below == [("要求", ""), ("事件", ""), ("影響評估", ""), ("刪除", "page"), ("登記冊", "")]
    assert len(bar_of(browser.open("/platform/cases"))) == 1


def test_a_page_whose_group_is_not_open_to_one_stands_under_its_own_name(browser):
    platform_staff("audit_admin", email="an.lei@staff.example")
    browser.sign_in("an.lei@staff.example")

    assert bar_of(browser.open("/platform/data")) == [[("操作記錄", ""), ("資料登記冊", "page"), ("帳號", "")]]
