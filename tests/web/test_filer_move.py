"""To another unit from the status page, and out of one, without script."""

import pytest

from tests.builders.browser import errors, heading
from tests.builders.changing import in_force
from tests.builders.filings import filed
from tests.builders.status import now, proved
from tests.builders.units import certified_unit
from tests.builders.uploads import entry_of, uploaded, verified
from tests.web.test_filer_change import sign
from webapp.domain.filings.models import Filing


def listed(built):
    sent = filed(built)
    uploaded(built, verified(built, sent))
    return sent


def test_move_asks_for_the_relation_and_a_pledge(client, db):
    here, there = certified_unit(), certified_unit("resident", unit_name="橫琴示範居民委員會")
    sent = listed(here)
    who = proved(client, sent)

    to = who.post("/move", {"unit_code": f"{there.code[:4]}-{there.code[4:]}"}).location
    page = who.open(to)
    assert heading(page) == "是這個單位嗎？"
    assert "橫琴示範居民委員會" in page.text
    began = who.send(to, {"move": [entry.ref for entry in in_force(sent)]})
    home = who.open(began.location).location.partition("?")[0].rpartition("/")[0]
    assert who.open(f"{home}/check").location.startswith(f"{home}/belonging")
    where = who.send(f"{home}/belonging", {"unit_relation": "resident_register", "address": "橫琴海韻路18號"}).location
    assert where == f"{home}/check"
    check = who.open(where)
    assert "原" not in errors(check)
    assert f"你在{here.unit.name}的登記便同時結束" in check.text
    assert sign(who, f"{home}/check", sent.answers["person"]["full_name"]).location == f"{home}/receipt"

    filing = Filing.select().order_by(Filing.id.desc()).get()
    assert (filing.unit_id, filing.changes_id) == (there.unit.id, entry_of(sent).id)


def test_unknown_code_is_said(client, db):
    who = proved(client, listed(certified_unit()))

    refused = who.post("/move", {"unit_code": "ABCD1234"})

    assert (refused.status_code, errors(refused)) == (422, ["這個編號現在不能申報，請向新單位索取二維碼或編號"])
    assert errors(who.post("/move", {"unit_code": " "})) == ["請輸入新單位的編號"]


def test_own_unit_is_said(client, db):
    here = certified_unit()
    sent = listed(here)
    who = proved(client, sent)

    assert errors(who.post("/move", {"unit_code": here.code})) == ["這就是你現在的單位。請輸入新單位的編號"]
    assert who.send(f"{who.home}/move/{here.code.lower()}", {"move": entry_of(sent).ref}).status_code == 409


@pytest.mark.parametrize(
    ("leave_by", "state"), [("request", "suspended"), ("left", "suspended"), ("consent", "removed")]
)
def test_three_ways_to_leave(client, db, leave_by, state):
    here = certified_unit()
    sent = listed(here)
    more = filed(here, who=sent.answers["person"], phone=sent.answers["contact"]["phone"])
    who = proved(client, sent)

    done = who.post(f"/leave/{entry_of(sent).ref}", {"leave_by": leave_by})

    assert done.location == who.home
    assert entry_of(sent).state == state
    assert now(more).state == ("submitted" if leave_by == "request" else "withdrawn")
