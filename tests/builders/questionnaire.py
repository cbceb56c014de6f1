"""The questionnaire as somebody without script fills it: one form a page, field names as documented."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from webapp.domain.accounts import codes
from webapp.domain.filings import drafts
from webapp.domain.filings.models import Draft
from webapp.ui import cookies


def draft_cookie(ref: str) -> str:
    return cookies.name_of("draft", f"/file/{ref}")


def let_open(client: FlaskClient, ref: str) -> None:
    """The browser has the cookie of that draft."""
    client.set_cookie(draft_cookie(ref), drafts.secret(ref))


class Page(HTMLParser):
    """The main form of a page: its fields as a browser would send them, and what stands in the error summary."""

    def __init__(self, response: TestResponse) -> None:
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

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
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

    def handle_endtag(self, tag: str) -> None:
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

    def __init__(self, client: FlaskClient, code: str, **answers: str) -> None:
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
