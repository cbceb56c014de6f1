"""What people do, for a client without script: whole paths by links, buttons and the documented names of fields."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tests.journeys import people
from tests.journeys.reader import Given, Page, Reader, first_in, words
from webapp.cli.demo import cast

COMMITTEE, ENTERPRISE = "DEMQ0001", "DEMQ0002"
CHECK = "核對、承諾並簽署"
#: Seconds the worker may take for papers and messages; machines that test are busy.
PATIENCE = 90.0


@dataclass
class Person:
    """Somebody who filed: what he typed, the browser he did it with, and his private page."""

    given: Given
    browser: Reader
    status: str

    @property
    def name(self) -> str:
        return str(self.given["full_name"])

    @property
    def number(self) -> str:
        """Of the submission, as notices print it."""
        self.home()
        return first_in(self.browser.page, r"HQ-[0-9A-Z]{4}-[0-9A-Z]{4}")

    def home(self) -> str:
        """The private page by now, as text."""
        return self.browser.open(self.status).text

    def prove(self) -> Page:
        """The code to the phone, where the page asks for it; the demo has filled it in."""
        if any("發送驗證碼" in "".join(one.itertext()) for one in self.browser.page.main.iter("button")):
            self.browser.press("發送驗證碼")
            self.browser.press("繼續")
        return self.browser.page

    def go(self, link: str) -> Page:
        """From the private page along a link, the phone proved."""
        self.home()
        self.browser.follow(link)
        return self.prove()


def of_demo(address: str, name: str, token: str, tail: str) -> Person:
    """Somebody of the demo on his private page, and what he would type to file again."""
    serial, role = next((serial, one) for serial, one in enumerate(cast.CAST) if one.name == name)
    reader = Reader(address)
    reader.open(f"/s/{token}")
    reader.onward({"id_tail": tail})
    kind = people.resident if role.unit == cast.COMMITTEE else people.staff
    number, phone = cast.number(role.id_type, serial), f"139{serial:08}"
    if role.id_type == "mo_bir":
        phone = f"66{serial:06}"
    given = kind(name, id_type=role.id_type, id_number=number, plate=role.cars[0].plate, phone=phone)
    return Person(given, reader, reader.page.address)


def sign_in(address: str, email: str, password: str = cast.PASSWORD) -> Reader:
    reader = Reader(address)
    reader.open("/signin")
    reader.onward({"email": email, "password": password})
    return reader


def until_check(address: str, code: str, given: Given) -> Reader:
    """Through the whole questionnaire, to the page that is signed."""
    reader = Reader(address)
    reader.open(f"/q/{code}")
    reader.until(CHECK, given)
    return reader


def file_with(address: str, code: str, given: Given) -> Person:
    reader = until_check(address, code, given)
    reader.onward(given)
    assert reader.page.heading == "申報已提交", (reader.page.heading, reader.page.text)
    return opened(reader, given)


def opened(reader: Reader, given: Given) -> Person:
    """From the receipt to the private page."""
    reader.onward()
    if reader.page.heading != "申報進度":
        reader.onward({"id_tail": "".join(filter(str.isalnum, given["id_number"]))[-4:]})
    assert reader.page.heading == "申報進度"
    return Person(given, reader, reader.page.address)


def verify(staff: Reader, *names: str) -> None:
    for name in names:
        staff.open(f"/unit/filings?q={name}")
        # A change is looked at first: before and after stand on its own page.
        if not any("驗核" in words(one) for one in staff.page.main.iter("button")):
            staff.follow(name)
        staff.press("驗核")


def upload(manager: Reader) -> Page:
    """Everything verified goes to the platform under one unit pledge."""
    manager.open("/unit/uploads/new")
    manager.press("準備承諾書")
    manager.onward({"pledge_agreed": "yes", "signature_method": "typed"})
    assert "已列入名單" in manager.page.text, manager.page.text
    return manager.page


def entry(staff: Reader, name: str) -> Page:
    """The page of the one entry of this person."""
    staff.open(f"/unit/list?q={name}")
    return staff.follow(name)


def paper(reader: Reader, path: str) -> Page:
    """A PDF as soon as the worker has made it."""
    until = time.monotonic() + PATIENCE
    while True:
        found = reader.open(path)
        if found.media_type == "application/pdf":
            return found
        assert time.monotonic() < until, (path, reader.page.text)
        time.sleep(0.5)


def code_of(reader: Reader, path: str) -> str:
    """The code at the foot of a document, from its page."""
    reader.open(path)
    return first_in(reader.page, r"(?<=/genuine/)[0-9A-Z]{12}")


def genuine(address: str, code: str) -> str:
    """What anybody is told of a document."""
    anybody = Reader(address)
    anybody.open("/genuine")
    anybody.onward({"document": code})
    assert anybody.page.heading == "這份文件由本系統發出"
    return anybody.page.text
