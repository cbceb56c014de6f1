"""Taking a filing back, and saying that it is not one's own."""

import pytest

from tests.builders.filings import filed, vehicle
from tests.builders.status import actor, now, return_
from tests.builders.units import certified_unit
from tests.builders.uploads import listed, uploaded, verified
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.filings import withdrawing
from webapp.domain.filings.models import FilingStep
from webapp.domain.notices import queries as notices
from webapp.domain.notices.models import PLATFORM, UNIT
from webapp.domain.units.telling import PLATFORM_REF
from webapp.errors import Conflict, NotFound


def withdraw(sent, version=None, **key):
    return withdrawing.withdraw(actor(sent), sent.submission.ref, now(sent).ref, version, **key)


def test_submitted_filing_is_withdrawn_and_the_unit_told(db):
    built = certified_unit()
    sent = filed(built)

    withdraw(sent, sent.filing.version)

    assert (now(sent).state, now(sent).version) == ("withdrawn", sent.filing.version + 1)
    steps = FilingStep.select().where(FilingStep.filing == sent.filing.id).order_by(FilingStep.id)
    assert [step.action for step in steps] == ["submit", "withdraw"]
    told = notices.inbox(UNIT, built.unit.ref)[0]
    assert (told.kind, told.params["number"]) == ("filing-withdrawn", sent.submission.number)
    assert AuditLine.select().where(AuditLine.tag == "filing:withdrawn").get().object_ref == sent.filing.ref


def test_returned_and_verified_filings_are_withdrawn(db):
    built = certified_unit()
    returned, passed = filed(built), filed(built)
    return_(built, returned.filing)
    verified(built, passed)

    withdraw(returned)
    withdraw(passed)

    assert (now(returned).state, now(passed).state) == ("withdrawn", "withdrawn")


def test_only_one_car_of_a_submission_is_withdrawn(db):
    sent = filed(certified_unit(), vehicles=[vehicle(add_another="yes"), vehicle()])

    withdrawing.withdraw(actor(sent), sent.submission.ref, sent.filings[1].ref, 1)

    assert (now(sent, 0).state, now(sent, 1).state) == ("submitted", "withdrawn")


def test_stale_page_does_not_withdraw(db):
    built = certified_unit()
    sent = filed(built)
    verified(built, sent)

    with pytest.raises(Conflict) as refused:
        withdraw(sent, sent.filing.version)

    assert refused.value.code == "stale"
    assert now(sent).state == "verified"


def test_uploaded_filing_cannot_be_withdrawn(db):
    built = certified_unit()
    sent = filed(built)
    uploaded(built, verified(built, sent))

    with pytest.raises(Conflict) as refused:
        withdraw(sent)

    assert refused.value.code == "wrong_state"


def test_repeat_of_a_withdrawal_answers_the_same(db):
    sent = filed(certified_unit())

    first, second = withdraw(sent, 1, key="the-same-key"), withdraw(sent, 1, key="the-same-key")

    assert first == second == {"state": "withdrawn"}
    assert Act.select().where(Act.verb == "filing:withdraw").count() == 1


def test_filing_of_another_submission_is_not_found(db):
    built = certified_unit()
    mine, other = filed(built), filed(built)

    with pytest.raises(NotFound):
        withdrawing.withdraw(actor(mine), mine.submission.ref, other.filing.ref, None)

    assert now(other).state == "submitted"


def test_disowned_filing_is_disputed_and_the_platform_told(db):
    sent = filed(certified_unit())

    withdrawing.disown(actor(sent), sent.submission.ref, sent.filing.ref, 1)

    assert (now(sent).disputed, now(sent).state) == (True, "submitted")
    told = notices.inbox(PLATFORM, PLATFORM_REF)[0]
    assert (told.kind, told.params["number"]) == ("case-raised", sent.submission.number)


def test_filing_is_disowned_once(db):
    sent = filed(certified_unit())
    withdrawing.disown(actor(sent), sent.submission.ref, sent.filing.ref, 1)

    with pytest.raises(Conflict) as refused:
        withdrawing.disown(actor(sent), sent.submission.ref, sent.filing.ref, 2)

    assert refused.value.code == "already_disputed"


def test_what_is_listed_is_not_disowned(db):
    built = certified_unit()
    entry = listed(built)
    sent = filed(built)
    uploaded(built, verified(built, sent))

    with pytest.raises(Conflict) as refused:
        withdrawing.disown(actor(sent), sent.submission.ref, sent.filing.ref, None)

    assert refused.value.code == "wrong_state"
    assert entry.state == "listed"
