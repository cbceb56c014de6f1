"""Deciding a case: what it rests on, who decides, and that everybody learns it."""

import pytest

from tests.builders import accounts, delivery, status, units, uploads
from tests.builders import cases as made
from tests.builders.cases import refusal, uphold, waited
from webapp import crypto
from webapp.database import transaction
from webapp.domain.audit.acts import action
from webapp.domain.audit.models import AuditLine
from webapp.domain.closings import cases as deciding
from webapp.domain.notices.models import Notice
from webapp.domain.passlist.models import Entry
from webapp.domain.sanctions import cases, cases_opening, cases_queries
from webapp.domain.sanctions.cases_evidence import Handed
from webapp.domain.sanctions.models import Case
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound


def test_decision_needs_choice_reason_and_words(db):
    _built, _sent, case = refusal()
    judge = made.officer()

    def faults(*args, **changes):
        with pytest.raises(Invalid) as refused:
            made.decide(judge, case, *args, **changes)
        return [(one.field, one.code) for one in refused.value.faults]

    assert faults("perhaps") == [("decision", "missing")]
    assert faults("dismiss", reasons=[]) == [("reason", "case_reason_needed")]
    assert faults("dismiss", "case:records_confirm") == [("reason", "case_reason_needed")]
    assert faults("dismiss", words="  ") == [("words", "missing")]
    assert faults("dismiss", words="長" * 1001) == [("words", "too_long")]
    assert made.now(case).state == "open"


def test_decision_is_about_the_case_as_it_is(db):
    _built, _sent, case = refusal()
    judge = made.officer()

    with pytest.raises(Conflict) as stale:
        made.decide(judge, case, "dismiss", version=made.now(case).version - 1)
    with pytest.raises(Conflict) as nothing:
        made.decide(judge, case, "dismiss", version=None)
    with pytest.raises(NotFound):
        deciding.decide(judge, crypto.new_ref(), "dismiss", ["case:no_evidence"], "", "說明", 1)

    assert (stale.value.code, nothing.value.code) == ("stale", "stale")


def test_other_side_is_heard_first(db):
    built, _sent, case = refusal()
    judge = made.officer()
    with pytest.raises(Conflict) as early:
        made.decide(judge, case)
    cases.answer(built.actor, "unit", built.unit.ref, case.ref, "他已離職", Handed())

    assert early.value.code == "answer_awaited"
    assert made.decide(judge, case, "uphold", "case:act_unfounded")["state"] == "upheld"


def test_silence_decides_only_beside_evidence(db):
    _built, sent, case = refusal()
    other = refusal()[2]
    judge = made.officer()
    cases.add_evidence(status.actor(sent), "submission", sent.submission.ref, case.ref, made.handed())

    with pytest.raises(Invalid) as early:
        made.decide(judge, case, "uphold", "case:holder_silent")
    with waited(made.now(other)):
        with pytest.raises(Invalid) as bare:
            made.decide(judge, other, "uphold", "case:holder_silent")
        assert made.decide(judge, case, "uphold", "case:holder_silent")["state"] == "upheld"

    assert (early.value.code, bare.value.code) == ("silence_needs_evidence", "silence_needs_evidence")


def test_whoever_did_it_does_not_judge_it_where_another_can(db):
    built, _sent, case = refusal()
    himself = accounts.platform_staff("platform_officer")
    with transaction():
        Case.update(contested_account=himself.id).where(Case.id == case.id).execute()

    assert made.decide(accounts.actor_of(himself), case, "dismiss")["state"] == "dismissed"

    second = refusal(built)[2]
    with transaction():
        Case.update(contested_account=himself.id).where(Case.id == second.id).execute()
    another = made.officer("何嘉欣")
    with pytest.raises(NotAllowed) as refused:
        made.decide(accounts.actor_of(himself), second, "dismiss")
    assert refused.value.code == "decided_it_yourself"
    assert made.decide(another, second, "dismiss")["state"] == "dismissed"


def test_everybody_learns_the_decision_and_its_words_are_sealed(db):
    built, sent, case = refusal()
    made.decide(made.officer(), case, "dismiss")
    delivery.drain(db)

    told = {
        (one.audience, one.audience_ref): one.params for one in Notice.select().where(Notice.kind == "case-decided")
    }
    assert set(told) == {
        ("platform", "platform"),
        ("unit", built.unit.ref),
        ("submission", sent.submission.ref),
    }
    assert told["submission", sent.submission.ref] == {
        "number": sent.submission.number,
        "case": case.number,
        "decision": "dismissed",
    }
    decided = made.now(case)
    assert decided.reasons == ["case:no_evidence"]
    assert (cases_queries.decision_words(decided), "已核對記錄".encode() in bytes(decided.words)) == (
        "已核對記錄",
        False,
    )
    assert AuditLine.select().where(AuditLine.tag == "case:dismissed", AuditLine.object_ref == case.ref).count() == 1


def test_unit_that_confirmed_nobody_is_reminded_and_no_entry_touched(db):
    built = units.certified_unit()
    entry = uploads.entry_of(made.listed(built))

    @action("test:unconfirmed")
    def unconfirmed(act):
        case = cases_opening.against_unit(act, built.unit)
        return {"case": case.ref}

    case = made.opened(unconfirmed(made.officer()))
    assert (case.topic, case.opened_by, case.unit_id) == ("unconfirmed", "system", built.unit.id)
    assert uphold(case)["outcome"] == ["done:remind"]
    assert Entry.get_by_id(entry.id).state == "listed"
