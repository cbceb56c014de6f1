"""Finding one's filings again says the same whether or not a document is known."""

import hmac

import pytest

from tests.builders.delivery import drain, texts
from tests.builders.filings import filed, id_number, person
from tests.builders.status import newest_code
from tests.builders.units import certified_unit
from webapp import crypto, database
from webapp.actors import VISITOR, Actor
from webapp.domain.accounts import codes
from webapp.domain.accounts.models import OneTimeCode
from webapp.domain.filings import declaring, finding, following
from webapp.domain.limits import actions as limits
from webapp.domain.notices.models import Delivery
from webapp.domain.registry import queries as registry
from webapp.errors import Invalid, TooMany
from webapp.values import documents

SOMEBODY = Actor(VISITOR, "web", request_id="test", address="192.0.2.77")


def search(key):
    return finding.search(key, locale="zh_Hant_MO", actor=SOMEBODY)


def known(**choices):
    sent = filed(certified_unit(), **choices)
    return sent, declaring.identity_key(registry.answers(sent.submission.answers_id)["person"])


def unknown():
    return documents.identity_key("mo_bir", id_number("mo_bir"))


def refusals(made, figures, times=6):
    said = []
    for _ in range(times):
        with pytest.raises(Invalid) as refused:
            finding.prove(made, figures, field="phone_code", actor=SOMEBODY)
        said.append((refused.value.code, refused.value.params))
    return said


def wrong_for(made):
    return "000000" if codes.shown(made.code) != "000000" else "111111"


def test_code_to_the_phone_on_file_finds_the_submissions(db):
    sent, key = known()
    made = search(key)

    finding.prove(made, newest_code(), field="phone_code", actor=SOMEBODY)

    assert [one.number for one in finding.found(made)] == [sent.submission.number]


def test_wrong_codes_are_counted_alike(db):
    _sent, key = known()
    there, nowhere = search(key), search(unknown())

    assert refusals(there, wrong_for(there)) == refusals(nowhere, wrong_for(nowhere))


def test_limits_are_alike(db):
    def tries(key):
        for count in range(20):
            try:
                search(key)
            except TooMany:
                return count
        return 20

    _sent, key = known()

    assert tries(key) == tries(unknown())


def test_phone_that_had_its_codes_looks_like_none(db):
    sent, key = known()
    for _ in range(5):
        try:
            limits.take("code-phone", following.phone(sent.submission))
        except TooMany:
            break
    drain(db)
    before = texts(db)

    made = search(key)
    drain(db)

    assert made.pretended is True
    assert texts(db) == before
    assert refusals(made, wrong_for(made))[0] == ("code_wrong", {"left": 4})


def test_nobody_gets_a_pretended_code_and_it_opens_nothing(db):
    filed(certified_unit())
    made = search(unknown())
    drain(db)

    assert texts(db) == []
    assert Delivery.select().where(Delivery.state == "queued").count() == 0
    with pytest.raises(Invalid) as refused:
        finding.prove(made, newest_code(), field="phone_code", actor=SOMEBODY)
    assert refused.value.code == "code_expired"
    assert finding.found(made) == []


def test_submissions_at_another_phone_are_not_found(db):
    who = person("mo_bir")
    sent, key = known(who=who, phone="13800000011")
    elsewhere = filed(certified_unit(), who=who, phone="13800000022")
    made = search(key)

    finding.prove(made, newest_code(), field="phone_code", actor=SOMEBODY)

    assert [one.id for one in finding.found(made)] == [sent.submission.id]
    assert elsewhere.submission.person_id == sent.submission.person_id


def test_codes_of_both_kinds_are_bound_to_their_address(db):
    made = search(unknown())

    row = OneTimeCode.get(OneTimeCode.ref == made.code)

    assert bytes(row.address_index) == crypto.index("phone", codes.NOBODY)


def test_known_and_unknown_documents_cost_the_same_statements(db, monkeypatch):
    _sent, key = known()
    search(unknown())  # whatever a first look sets up
    said: list[str] = []
    execute = database.database.obj.execute_sql

    def counted(sql, *more, **kwargs):
        said.append(sql)
        return execute(sql, *more, **kwargs)

    monkeypatch.setattr(database.database.obj, "execute_sql", counted)
    there = search(key) and said[:]
    said.clear()
    nowhere = search(unknown()) and said[:]

    assert there == nowhere


def test_whoever_has_a_line_of_ipv6_gets_no_more_tries_by_changing_his_address(db):
    for number in range(20):
        limits.take("find-address", f"2001:db8:0:1:{number:x}::{number:x}")

    with pytest.raises(TooMany):
        limits.take("find-address", "2001:db8:0:1:ffff::1")
    limits.give_back("find-address", "2001:db8:0:1:eeee::1")
    limits.take("find-address", "2001:db8:0:1:dddd::1")
    limits.take("find-address", "2001:db8:0:2::1")


@pytest.mark.parametrize("rule", ["code-phone", "code-phone-day", "code-address", "code-address-day"])
def test_codes_are_limited_by_phone_by_address_and_by_day(db, monkeypatch, rule):
    """Each limit alone; how a bucket fills again is in test_sealing."""
    free = dict.fromkeys((name for name in limits.RULES if name.startswith(("code-", "find-"))), limits.Rule(1000, 1))
    monkeypatch.setattr(limits, "RULES", limits.RULES | free | {rule: limits.Rule(2, 3600)})

    def ask(count: int) -> None:
        phone, address = f"+8536612340{count}", f"192.0.2.{count}"
        if "phone" in rule:
            phone = "+85366123456"
        else:
            address = "192.0.2.77"
        codes.issue("phone", phone, locale="zh_Hant_MO", actor=Actor(VISITOR, "web", request_id="t", address=address))

    ask(1)
    ask(2)
    with pytest.raises(TooMany):
        ask(3)
    assert OneTimeCode.select().count() == 2


def test_what_was_typed_is_compared_in_constant_time(db, monkeypatch):
    compared = []
    compare = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda left, right: compared.append(left) or compare(left, right))
    made = search(known()[1])

    finding.prove(made, newest_code(), field="phone_code", actor=SOMEBODY)

    assert len(compared) == 1
