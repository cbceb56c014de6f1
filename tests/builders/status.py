"""A person on the private status page, without script, and an owner with a second driver on one car."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from typing import Any

from flask import Response
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders.browser import Browser
from tests.builders.filings import Filed, filed, filer, id_number, person, signing, vehicle
from tests.builders.units import BuiltUnit
from webapp import clock
from webapp.actors import FILER, Actor
from webapp.blueprints.filer import status_access
from webapp.domain.accounts import codes
from webapp.domain.accounts.models import OneTimeCode
from webapp.domain.audit.acts import Act, action
from webapp.domain.filings import answering, correcting, drafts, following, making, resubmitting, states
from webapp.domain.filings.models import Draft, Filing, Submission


def actor(sent: Filed) -> Actor:
    return Actor(FILER, sent.submission.ref, unit_id=sent.submission.unit_id, request_id="a1b2c3d4e5f60718")


def now(sent: Filed, position: int = 0) -> Filing:
    """The filing as it is by now."""
    return Filing.get_by_id(sent.filings[position].id)


def tail(sent: Filed) -> str:
    """The last four of the person's document number."""
    number = re.sub(r"[^0-9A-Za-z]", "", sent.answers["person"]["id_number"])
    return number[-4:]


def newest_code() -> str:
    """The code that was sent last, as its receiver reads it."""
    return codes.shown(OneTimeCode.select().order_by(OneTimeCode.id.desc()).get().ref)


class Person(Browser):
    """Opens a status page as its person does: by link and last four, and by the code to the phone."""

    def __init__(self, client: FlaskClient, sent: Filed) -> None:
        super().__init__(client)
        self.sent = sent
        self.home = f"/s/{sent.token}"

    def page(self, rest: str = "") -> TestResponse:
        return self.open(f"{self.home}{rest}")

    def post(self, rest: str, fields: dict[str, Any] | None = None) -> TestResponse:
        """Send the form of a page as that page has it."""
        return self.send(f"{self.home}{rest}", fields, page=f"{self.home}{rest}")

    def enter(self, typed: str = "") -> TestResponse:
        return self.post("", {"id_tail": typed or tail(self.sent)})

    def prove(self, to: str = "") -> TestResponse:
        """Have the code sent and type it."""
        query = f"?to={to}" if to else ""
        self.post(f"/code{query}", {"again": "yes"})
        return self.post(f"/code{query}", {"phone_code": newest_code()})


def entered(client: FlaskClient, sent: Filed) -> Person:
    """The page opened, no code proved; the pages that lead there are left out."""
    return _opened(client, sent, full=False)


def proved(client: FlaskClient, sent: Filed) -> Person:
    """The page opened and the code proved; the pages that lead there are left out."""
    return _opened(client, sent, full=True)


def _opened(client: FlaskClient, sent: Filed, *, full: bool) -> Person:
    with client.application.test_request_context():
        access = status_access.begun(sent.token, Submission.get_by_id(sent.submission.id))
        if full:
            access.proved = status_access.mark(following.phone(access.submission))
            access.proved_until = clock.now() + status_access.FULL
        (kept,) = SimpleCookie(status_access.keep(Response(), access).headers["Set-Cookie"]).values()
    client.set_cookie(kept.key, kept.value)
    return Person(client, sent)


@action("test:return")
def _return(act: Act, ids: list[int], reasons: list[str]) -> dict[str, int]:
    for filing in Filing.select().where(Filing.id << ids):
        filing.state = states.next_state(filing.state, "return")
        filing.reasons, filing.act_id, filing.version = reasons, act.id, filing.version + 1
        filing.save()
        making.step(act, filing, "return", reasons)
    return {"changed": len(ids)}


def return_(built: BuiltUnit, *filings: Filing, reasons: tuple[str, ...] = ("plate:differs",)) -> None:
    """The unit returns these."""
    _return(built.actor, [filing.id for filing in filings], list(reasons))


def correction(sent: Filed, **pages: dict[str, Any]) -> Draft:
    """The draft that corrects what was returned, with these pages changed (vehicle_1 for the first vehicle)."""
    made = correcting.begin(Submission.get_by_id(sent.submission.id))
    answers = drafts.answers_of(made)
    for name, changes in pages.items():
        page = name.replace("_", "-")
        answers = answering.with_page(answers, page, {**answering.page_of(answers, page), **changes})
    drafts.save(made, answers)
    return Draft.get_by_id(made.id)


def resend(made: Draft, **changes: Any) -> Submission:
    """Sign and send a correction."""
    sent = resubmitting.resubmit(filer(made), made.ref, signing(made, **changes), key=made.ref)
    return Submission.get(Submission.ref == sent["submission"])


def couple(owners_unit: BuiltUnit, seconds_unit: BuiltUnit, *, owner_first: bool = True) -> tuple[Filed, Filed]:
    """An owner and a second driver who names him, through two units: (owner, second)."""
    number = id_number("cn_id")
    who = person("cn_id", full_name="容家豪", id_number=number)
    car = vehicle()
    other = vehicle(plate=car["plate"], is_owner="no", owner_name="容家豪", owner_id_tail=number[-4:])
    if owner_first:
        first = filed(owners_unit, who=who, vehicles=[car])
        return first, filed(seconds_unit, vehicles=[other])
    second = filed(seconds_unit, vehicles=[other])
    return filed(owners_unit, who=who, vehicles=[car]), second


def answer_words(response: TestResponse) -> list[str]:
    """What the head of a page says of each filing."""
    return [
        re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r'hq-answer-words">(.*?)</p>', response.text, re.S)
    ]
