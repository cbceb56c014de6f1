"""Drafts: sealed, opened by their own secret, gone after seven days."""

from datetime import timedelta

import pytest

from tests.builders import filings, units
from webapp import clock, crypto
from webapp.domain.filings import drafts
from webapp.domain.filings.models import Draft
from webapp.domain.units import codes, deciding
from webapp.errors import Conflict, TooMany


def test_draft_opens_by_its_own_secret_only(db):
    built = units.certified_unit()
    mine, other = filings.draft(built), filings.draft(built)

    assert drafts.opened(mine.ref, drafts.secret(mine.ref)).id == mine.id
    assert drafts.opened(mine.ref, drafts.secret(other.ref)) is None
    assert drafts.opened(mine.ref, "") is None
    assert drafts.opened("nobody", drafts.secret(mine.ref)) is None
    assert drafts.by_resume_token(drafts.resume_token(mine.ref)).id == mine.id
    assert drafts.by_resume_token(drafts.secret(mine.ref)) is None


def test_answers_are_sealed_for_their_draft(db):
    built = units.certified_unit()
    given = filings.answers(who=filings.person(full_name="歐陽慧心"))
    kept, other = filings.draft(built, given), filings.draft(built)

    assert drafts.answers_of(kept) == given
    assert "歐陽慧心".encode() not in bytes(kept.answers)
    kept.ref = other.ref
    with pytest.raises(crypto.Unreadable):
        drafts.answers_of(kept)


def test_draft_is_gone_after_seven_days(db):
    built = units.certified_unit()
    old = filings.draft(built)

    with clock.travel(timedelta(days=6, hours=23)):
        assert drafts.opened(old.ref, drafts.secret(old.ref)) is not None
        assert drafts.purge(clock.now()) == 0
    with clock.travel(timedelta(days=7, minutes=1)):
        assert drafts.opened(old.ref, drafts.secret(old.ref)) is None
        assert drafts.by_resume_token(drafts.resume_token(old.ref)) is None
        assert drafts.purge(clock.now()) == 1
    assert Draft.select().count() == 0


def test_draft_begun_under_a_rotated_code_goes_on(db):
    built = units.certified_unit()
    begun = filings.draft(built)
    codes.rotate(built.actor, built.unit.id, built.code)

    with pytest.raises(Conflict) as refused:
        drafts.begin(built.code, language="zh_Hant_MO", address="192.0.2.1")

    assert refused.value.params == {"standing": "rotated"}
    assert drafts.may_go_on(begun)
    assert filings.send(begun).filing.state == "submitted"


def test_suspended_unit_stops_drafts(db):
    built = units.certified_unit()
    begun = filings.draft(built)
    deciding.suspend(units.platform_actor(), built.unit.id, ["unit:misuse"], "", built.unit.version)

    assert not drafts.may_go_on(begun)
    with pytest.raises(Conflict) as refused:
        filings.send(begun)
    assert refused.value.code == "unit_closed"


def test_daily_ceiling(db):
    built = units.certified_unit()
    codes.set_ceiling(built.actor, built.unit.id, 1)
    drafts.begin(built.code, language="pt", address="192.0.2.1")

    with pytest.raises(Conflict) as refused:
        drafts.begin(built.code, language="pt", address="192.0.2.2")
    assert refused.value.params == {"standing": "ceiling"}

    with clock.travel(timedelta(days=1)):
        assert drafts.begin(built.code, language="pt", address="192.0.2.2").language == "pt"


def test_drafts_are_limited_per_address(db):
    built = units.certified_unit()

    with pytest.raises(TooMany):
        for _ in range(200):
            drafts.begin(built.code, language="en", address="192.0.2.7")


def test_sent_draft_is_not_changed_any_more(db):
    built = units.certified_unit()
    begun = filings.draft(built)
    filings.send(begun)

    drafts.save(begun, {"person": {"full_name": "別人"}})

    assert drafts.answers_of(Draft.get_by_id(begun.id)) == {}
