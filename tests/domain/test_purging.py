"""What is over goes when its term is over: time travels, the timers' functions run."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import cases, filings, status, units, uploads
from tests.builders.delivery import drain
from webapp import clock
from webapp.domain.filings.models import Filing
from webapp.domain.notices.models import Delivery, Notice
from webapp.domain.privacy import purging, retention
from webapp.domain.privacy.models import Erasure
from webapp.domain.registry.models import Person
from webapp.domain.searches import actions as searches
from webapp.domain.searches.models import ListSearch


def test_people_go_a_year_after_everything_of_theirs_is_over(db):
    built = units.certified_unit()
    gone, refused = filings.filed(built), cases.refused(built)
    standing = uploads.listed(built)
    uploads.uploaded(built, uploads.verified(built, gone))
    cases.removed(built, gone)
    with clock.travel(timedelta(days=364)):
        assert purging.people(clock.now()) == 0
    with clock.travel(timedelta(days=366)):
        assert purging.people(clock.now()) == 2
        assert purging.people(clock.now()) == 0
    erased = {row.id for row in Person.select().where(Person.erased_at.is_null(False))}
    assert erased == {gone.submission.person_id, refused.submission.person_id}
    assert {row.cause for row in Erasure.select()} == {"retention"}
    assert Person.get_by_id(standing.person_id).erased_at is None


def test_returned_filing_is_warned_of_and_closed_after_ninety_days(db):
    built = units.certified_unit()
    late, corrected = filings.filed(built), filings.filed(built)
    status.return_(built, late.filing, corrected.filing)
    lapse = purging.PURGES["returned"]
    for early in (0, 82):
        with clock.travel(timedelta(days=early)):
            assert lapse(clock.now()) == 0
            assert Notice.select().where(Notice.kind == "filing-lapsing").count() == 0
    with clock.travel(timedelta(days=84)):
        assert lapse(clock.now()) == 0
        told = Notice.select().where(Notice.kind == "filing-lapsing")
        assert sorted(row.subject for row in told) == sorted([late.filing.ref, corrected.filing.ref])
        status.resend(status.correction(corrected))
        again = Filing.get_by_id(corrected.filing.id)
        status.return_(built, again)
    with clock.travel(timedelta(days=92)):
        assert lapse(clock.now()) == 1
    assert Filing.get_by_id(late.filing.id).state == "closed"
    assert Filing.get_by_id(corrected.filing.id).state == "returned"
    assert Notice.select().where(Notice.kind == "filing-lapsed").count() == 1


def test_addresses_notices_and_searched_words_go(db):
    sent, officer = filings.filed(units.certified_unit()), cases.officer()
    drain(db)
    assert Delivery.select().where(Delivery.address != b"").count() > 0
    with clock.travel(timedelta(days=retention.DELIVERY_DAYS, hours=1)):
        assert purging.deliveries(clock.now()) > 0
        assert Delivery.select().where(Delivery.address != b"").count() == 0
        assert purging.deliveries(clock.now()) == 0
    searches.begin(officer, "name", sent.answers["person"]["full_name"], "核對投訴")
    before = len(bytes(ListSearch.get().words))
    with clock.travel(timedelta(days=366)):
        assert purging.searches(clock.now()) == 1
        assert purging.searches(clock.now()) == 0
        assert purging.notices(clock.now()) > 0
    assert len(bytes(ListSearch.get().words)) < before
    assert Notice.select().count() == 0
