"""The counter: a lost phone, and two documents of one person, without script."""

from tests.builders.browser import Browser, errors
from tests.builders.filings import filed, id_number, person
from tests.builders.status import Person, newest_code, tail
from tests.builders.units import certified_unit
from tests.builders.uploads import uploaded, verified
from webapp.domain.filings import queries
from webapp.domain.filings.models import Submission

MAIL = "counter@unit.example"


def counter(client):
    """(browser of the unit's manager, unit, somebody on its list)."""
    built = certified_unit(email=MAIL)
    sent = filed(built, who=person("passport"))
    uploaded(built, verified(built, sent))
    who = Browser(client)
    who.come_as(MAIL)
    return who, built, sent


def test_new_phone_by_a_code_it_received(client, app, db):
    who, _built, sent = counter(client)
    home = f"/unit/person/{sent.submission.ref}/phone"
    typed = {"phone_region": "853", "phone": "62345678", "id_tail": tail(sent)}

    assert errors(who.send(home, typed)) == ["請當面核對後選取這一項"]
    assert errors(who.send(home)) == [
        "請填寫證件號碼的最後四位",
        "請選擇電話所屬地區",
        "請填寫手提電話",
        "請當面核對後選取這一項",
    ]
    asked = who.send(home, typed | {"seen": "yes"})
    assert asked.status_code == 303
    assert who.send(asked.location, {"phone_code": "000000"}).status_code == 422
    done = who.send(asked.location, {"phone_code": newest_code()})

    assert done.location == home
    assert "62345678" not in asked.location
    after = Submission.get_by_id(sent.submission.id)
    page = Person(app.test_client(), sent)
    page.home = f"/s/{queries.status_token(after)}"
    page.enter()
    page.prove()
    assert page.page("/data").status_code == 409
    assert "24小時內不能移出、撤回或下載資料" in page.page("/data").text


def test_two_documents_are_compared_then_linked(client, db):
    who, built, first = counter(client)
    second = filed(built, who=person("passport", id_number=id_number("passport")))
    home = f"/unit/person/{second.submission.ref}/link"

    assert who.send(home, {"number": "HQ-0000-0000"}).status_code == 422
    to = who.send(home, {"number": first.submission.number}).location
    page = who.open(to)
    assert all(f"尾號{tail(one)}" in page.text for one in (first, second))
    assert who.send(to).status_code == 422
    assert who.send(to, {"seen": "yes"}).status_code == 303
    assert Submission.get_by_id(second.submission.id).person_id == first.submission.person_id


def test_another_units_people_are_not_there(client, db):
    who, _built, sent = counter(client)
    foreign = filed(certified_unit())

    assert who.open(f"/unit/person/{foreign.submission.ref}/phone").status_code == 404
    assert who.open(f"/unit/person/{foreign.submission.ref}/link").status_code == 404
    linked = who.open(f"/unit/person/{sent.submission.ref}/link?with={foreign.submission.ref}")
    assert foreign.submission.number not in linked.text
