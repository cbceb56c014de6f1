"""Two hundred filings entered through the web by a script: every document and plate kind is accepted in its published
layout, everything wrong is refused with a reason beside its field, and nothing is answered 500."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import units
from tests.journeys import real_formats
from tests.journeys.real_formats import PHONES, PLATES, VINS, WRONG, Given
from webapp.domain.accounts import codes
from webapp.domain.filings import drafts
from webapp.domain.filings.models import Draft, Filing, Submission

HOW_MANY = 200
#: Class of the unit, relation to it, use of the vehicle: every pair of the guideline's section 3.
PLACES = [
    ("enterprise", "staff", "own"),
    ("resident", "resident_register", "own"),
    ("organ", "staff", "own"),
    ("resident", "resident_permit", "own"),
    ("social", "staff", "own"),
    ("duty", "unit_driver", "unit"),
    ("enterprise", "staff", "unit"),
    ("resident", "committee_staff", "own"),
    ("other", "staff", "unit"),
]


@dataclass
class Filer:
    """A person with a phone of his own: an address, cookies, and what he types on each page."""

    client: FlaskClient
    code: str
    number: int
    answers: Given
    statuses: Counter[int] = field(default_factory=Counter)

    def begin(self) -> None:
        self.client.environ_base["REMOTE_ADDR"] = f"198.51.{self.number // 250}.{self.number % 250 + 1}"
        opened = self._seen(self.client.get(f"/q/{self.code}"))
        self.token = found(opened, r'name="csrf_token" value="([^"]+)"')
        begun = self._seen(self.client.post(f"/q/{self.code}", data={"csrf_token": self.token}))
        self.ref = begun.headers["Location"].split("/")[2]

    def send(self, page: str, **changes: str) -> TestResponse:
        given = {name: self.answers.get(name, "") for name in PAGES[page]} | changes
        hidden = {"csrf_token": self.token}
        if page == "phone" and "phone_code" not in changes:
            given["phone_code"] = self.texted()
        if page == "check":
            shown = self._seen(self.client.get(f"/file/{self.ref}/check"))
            for name in ("version", "text_digest"):
                hidden[name] = found(shown, rf'name="{name}" value="([^"]+)"')
        return self._seen(self.client.post(f"/file/{self.ref}/{page}", data=given | hidden))

    def texted(self) -> str:
        """The code on the person's phone."""
        return codes.shown(drafts.answers_of(Draft.get(Draft.ref == self.ref))["phone_code"]["ref"])

    def settle(self, page: str) -> TestResponse:
        """Send a page that is right; what is unusual about it is confirmed."""
        answer = self.send(page)
        if answer.status_code == 422:
            assert refused_fields(answer) == [], (self.answers, reasons(answer))
            warned = re.findall(r'name="confirm_(\w+)"', answer.text)
            answer = self.send(page, **{f"confirm_{item}": "yes" for item in warned})
        assert answer.status_code == 303, (page, self.answers, reasons(answer))
        return answer

    def _seen(self, answer: TestResponse) -> TestResponse:
        self.statuses[answer.status_code] += 1
        return answer


PAGES = {
    "person": ("id_type", "full_name", "latin_name", "id_country", "id_number", "id_expiry", "birth_date"),
    "contact": ("phone_region", "phone", "email", "language"),
    "phone": ("phone_code",),
    "belonging": ("unit_relation", "address", "residence_permit_number", "residence_permit_expiry"),
    "licence": ("licence_number", "licence_class", "licence_expiry"),
    "vehicle/1": ("vehicle_use", "plate", "second_plate", "size_class", "brand_model", "vin", "is_owner",
                  "add_another"),
    "check": (
        "consent_processing", "consent_sharing", "pledge_agreed", "signature_method", "signed_name", "signature",
    ),
}  # fmt: skip


def found(answer: TestResponse, pattern: str) -> str:
    match = re.search(pattern, answer.text)
    assert match, (pattern, answer.status_code)
    return match[1]


def refused_fields(answer: TestResponse) -> list[str]:
    """The fields that have an error beside them."""
    return re.findall(r'id="([a-z_]+)-error"', answer.text)


def reasons(answer: TestResponse) -> list[tuple[str, str]]:
    """The lines of the error summary that must be put right: where each leads, and what it says."""
    lines = re.findall(r'<li><a href="#([a-z_]+)">([^<]+)</a>', answer.text)
    return [(target, said) for target, said in lines if not target.startswith("confirm_")]


def answers(n: int, relation: str, use: str) -> Given:
    region, phone = PHONES[n % len(PHONES)]
    person = real_formats.person(n)
    return person | {
        "phone_region": region,
        "phone": phone(n),
        "language": "zh_Hant_MO",
        "unit_relation": relation,
        "address": "橫琴海韻路20號2座5樓",
        "residence_permit_number": f"ZH2026{n:04}",
        "residence_permit_expiry": "2031-01-31",
        "licence_number": f"440402{n:06}",
        "licence_class": ("C1", "A1, C1", "b2", "C1E")[n % 4],
        "licence_expiry": "2033-05-20",
        "vehicle_use": use,
        "plate": PLATES[n % len(PLATES)](n),
        "size_class": ("small", "medium", "large", "lorry")[n % 4],
        "brand_model": "比亞迪海豚",
        "vin": VINS[n % len(VINS)] if n < len(VINS) else "",
        "is_owner": "yes" if use == "own" else "",
        "add_another": "no",
        "consent_processing": "yes",
        "consent_sharing": "yes",
        "pledge_agreed": "yes",
        "signature_method": "typed",
        "signed_name": person["full_name"],
    }


@pytest.mark.parametrize("engine", ["sqlite"])
def test_two_hundred_filings(app, engine):
    built = {unit_class: units.certified_unit(unit_class) for unit_class in {place[0] for place in PLACES}}
    statuses: Counter[int] = Counter()
    unhelpful = []

    for n in range(HOW_MANY):
        unit_class, relation, use = PLACES[n % len(PLACES)]
        filer = Filer(app.test_client(), built[unit_class].code, n, answers(n, relation, use), statuses)
        filer.begin()
        wrong_page, wrong_field, wrong, besides = WRONG[n % len(WRONG)]
        for page in PAGES:
            if page == wrong_page:
                refused = filer.send(page, **besides, **{wrong_field: wrong})
                said = (refused.status_code, refused_fields(refused), [field for field, _ in reasons(refused)])
                if said != (422, [wrong_field], [wrong_field]):
                    unhelpful.append((n, wrong_field, wrong, *said))
            settled = filer.settle(page)
        receipt = filer.client.get(settled.headers["Location"])
        assert (receipt.status_code, "申報已提交" in receipt.text) == (200, True)

    print(*unhelpful, sep="\n")
    assert unhelpful == []
    assert (Submission.select().count(), Filing.select().count()) == (HOW_MANY, HOW_MANY)
    assert set(statuses) == {200, 303, 422}
