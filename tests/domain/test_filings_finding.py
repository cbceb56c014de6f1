"""Finding one's filings again says the same whether or not a document is known."""

import pytest

from tests.builders.filings import filed, id_number, person
from tests.builders.status import newest_code
from tests.builders.units import certified_unit
from webapp import crypto
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
            finding.prove(made, figures, field="phone_code")
        said.append((refused.value.code, refused.value.params))
    return said


def wrong_for(made):
    return "000000" if codes.shown(made.code) != "000000" else "111111"


def test_code_to_the_phone_on_file_finds_the_submissions(db):
    sent, key = known()
    made = search(key)

    finding.prove(made, newest_code(), field="phone_code")

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
    before = Delivery.select().count()

    made = search(key)

    assert made.pretended is True
    assert Delivery.select().count() == before
    assert refusals(made, wrong_for(made))[0] == ("code_wrong", {"left": 4})


def test_nobody_gets_a_pretended_code_and_it_opens_nothing(db):
    before = Delivery.select().count()
    made = search(unknown())

    assert Delivery.select().count() == before
    with pytest.raises(Invalid) as refused:
        finding.prove(made, newest_code(), field="phone_code")
    assert refused.value.code == "code_expired"
    assert finding.found(made) == []


def test_submissions_at_another_phone_are_not_found(db):
    who = person("mo_bir")
    sent, key = known(who=who, phone="13800000011")
    elsewhere = filed(certified_unit(), who=who, phone="13800000022")
    made = search(key)

    finding.prove(made, newest_code(), field="phone_code")

    assert [one.id for one in finding.found(made)] == [sent.submission.id]
    assert elsewhere.submission.person_id == sent.submission.person_id


def test_codes_of_both_kinds_are_bound_to_their_address(db):
    made = search(unknown())

    row = OneTimeCode.get(OneTimeCode.ref == made.code)

    assert bytes(row.address_index) == crypto.index("phone", codes.NOBODY)
