"""What people do on the pages in a browser, by the words and roles they meet."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.builders.filings import Filed
from tests.builders.status import tail
from webapp.cli.demo import cast

Given = dict[str, str]


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def follow(page: Page, link: str) -> None:
    page.get_by_role("link", name=link, exact=True).first.click()


def of_row(page: Page, act: str, name: str) -> Locator:
    """Button or link of a row: its word, and for screen readers whose row it is."""
    named = re.compile(rf"^{act}\s*：{re.escape(name)}$")
    return page.get_by_role("button", name=named).or_(page.get_by_role("link", name=named))


def choose(page: Page, answer: str) -> None:
    """Tick by touching the row, as the whole row is the target."""
    page.locator("label").and_(page.get_by_text(answer, exact=True)).click()
    expect(page.get_by_label(answer, exact=True)).to_be_checked()


def at(page: Page, heading: str) -> Page:
    """The page once it has this heading."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    return page


def fill(page: Page, given: Given) -> None:
    """Fill what the main form of the page asks for, by the documented names."""
    for name, value in given.items():
        asked = page.locator(f"#question [name={name}]:not([type=hidden], button)")
        if asked.count():
            _fill(asked, value)


def _fill(asked: Locator, value: str) -> None:
    first = asked.first
    kind = first.evaluate("field => field.tagName === 'SELECT' ? 'select' : field.type")
    if kind in ("radio", "checkbox"):
        row = asked.page.locator(f"[name='{first.get_attribute('name')}'][value='{value}'] + label")
        if row.is_visible():
            row.click()
    elif kind == "select":
        first.select_option(value)
    elif first.is_visible():
        first.fill(value)


def answer(page: Page, given: Given) -> None:
    """Fill the page and go on."""
    fill(page, given)
    with page.expect_navigation():
        page.locator("#question .hq-button[type=submit]:not(.hq-button-second)").first.click()


def answer_until(page: Page, heading: str, given: Given) -> Page:
    """From page to page until the one with this heading."""
    for _ in range(12):
        if page.get_by_role("heading", level=1).inner_text() == heading:
            return page
        answer(page, given)
    raise AssertionError(f"never came to {heading}, last at {page.url}")


def begin(page: Page, code: str) -> Page:
    page.goto(f"/q/{code}")
    press(page, "是，開始申報")
    return page


def file_with(page: Page, code: str, given: Given) -> Page:
    """File through a code and come to the receipt."""
    answer_until(begin(page, code), "核對、承諾並簽署", given)
    answer(page, given)
    return at(page, "申報已提交")


def open_status(page: Page, given: Given) -> str:
    """From the receipt to the private page; returns its address."""
    follow(page, "查看進度和文件")
    page.get_by_label("證件號碼的最後四位").fill(given["id_number"].strip("()")[-4:])
    press(page, "查看進度")
    at(page, "申報進度")
    return page.url


def open_page(page: Page, sent: Filed) -> Page:
    """The private page, by its link and the end of the document number."""
    page.goto(f"/s/{sent.token}")
    page.get_by_label("證件號碼的最後四位").fill(tail(sent))
    press(page, "查看進度")
    return at(page, "申報進度")


def prove_phone(page: Page) -> None:
    """The code to the phone, sent and typed; the demo has filled it in."""
    press(page, "發送驗證碼")
    press(page, "繼續")


def sign_in(page: Page, email: str, password: str = cast.PASSWORD) -> Page:
    page.goto("/signin")
    page.get_by_label("電郵", exact=True).fill(email)
    page.get_by_label("密碼", exact=True).fill(password)
    with page.expect_navigation():
        press(page, "登入")
    return page


def draw(page: Page, strokes: list[list[tuple[float, float]]]) -> None:
    """Draw on the signature pad, with a finger where there is touch, else with the mouse. Points are parts of 1."""
    pad = page.get_by_role("img", name="簽名框")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    at_screen = [[(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in line] for line in strokes]
    touch = page.evaluate("navigator.maxTouchPoints > 0")
    for line in at_screen:
        (_touch if touch else _pull)(page, line)


def _pull(page: Page, line: list[tuple[float, float]]) -> None:
    page.mouse.move(*line[0])
    page.mouse.down()
    for point in line[1:]:
        page.mouse.move(*point, steps=4)
    page.mouse.up()


def _touch(page: Page, line: list[tuple[float, float]]) -> None:
    session = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    send("touchStart", line[0])
    for point in line[1:]:
        send("touchMove", point)
    send("touchEnd")
    session.detach()


#: 王, more or less.
SIGNATURE = [
    [(0.3, 0.25), (0.5, 0.24), (0.7, 0.25)],
    [(0.32, 0.5), (0.5, 0.49), (0.68, 0.5)],
    [(0.5, 0.25), (0.5, 0.5), (0.5, 0.75)],
    [(0.28, 0.76), (0.5, 0.75), (0.73, 0.77)],
]


def submit(page: Page) -> None:
    """Send the main form of the page as it stands."""
    page.locator("main button[type=submit]:not(.hq-button-second, .hq-button-warning, .hq-link-button)").first.click()
