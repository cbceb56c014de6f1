"""Submitting a draft: what it makes, every way it is refused, repeats and races."""

import threading
import time
from datetime import timedelta

import pytest

from tests.builders import filings, units
from tests.builders.filings import refusal
from webapp import clock, database
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings import drafts, queries, submitting
from webapp.domain.filings.models import Draft, Filing, FilingStep, Submission
from webapp.domain.jobs.models import Job
from webapp.domain.pledges import actions as pledges
from webapp.domain.pledges.models import Pledge
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import Person
from webapp.errors import NotFound
from webapp.values.codes import has_valid_check


def test_submission_with_all_it_owes(db):
    built = units.certified_unit()
    vehicles = [filings.vehicle(second_plate=filings.plate("macao")), filings.vehicle("unit")]
    given = filings.answers(
        who=filings.person("mo_bir", full_name="陳嘉敏"), vehicles=vehicles, email="chan@mail.example"
    )

    sent = filings.filed(built, given)

    submission = sent.submission
    assert submission.number.startswith("HQ-")
    assert has_valid_check(submission.number[3:].replace("-", ""))
    assert [(f.position, f.vehicle_use, f.slot, f.state, f.waiting, f.disputed) for f in sent.filings] == [
        (1, "own", "owner", "submitted", False, False),
        (2, "unit", None, "submitted", False, False),
    ]
    card = open_card(sent.filing)
    assert (card.name, card.id_type, card.tail) == ("陳嘉敏", "mo_bir", given["person"]["id_number"][-4:])
    assert len(card.plates) == 2
    assert "cjm" in card.keys
    assert sent.filing.warnings == []
    assert registry.answers(submission.answers_id)["contact"]["email"] == "chan@mail.example"
    pledge = Pledge.get_by_id(submission.pledge_id)
    content = pledges.content_of(pledge)
    assert (pledge.subject, pledge.method, content["signed_name"]) == (submission.number, "typed", "陳嘉敏")
    assert content["declared"] == registry.answers(submission.answers_id)
    assert FilingStep.select().count() == 2
    tags = [line.tag for line in AuditLine.select().where(AuditLine.act == submission.act_id)]
    assert sorted(tags) == ["consent:given"] * 2 + ["filing:submitted"] * 2 + ["submission:made"]
    issued = [(d.kind, d.subject) for d in IssuedDocument.select().where(IssuedDocument.unit_id == built.unit.id)]
    assert ("personal_pledge", pledge.ref) in issued
    assert ("receipt", submission.ref) in issued
    assert Job.select().where(Job.kind == "tell", Job.subject == str(submission.act_id)).count() == 1


def test_a_verifier_reads_of_papers_that_run_out_soon(db):
    built = units.certified_unit("resident")
    soon = (clock.today() + timedelta(days=9)).isoformat()
    given = filings.answers("resident", relation="resident_permit")
    given["belonging"] |= {"residence_permit_expiry": soon, "confirmed": {"residence_permit_expiry": soon}}
    given["licence"] |= {"licence_expiry": soon, "confirmed": {"licence_expiry": soon}}
    given["person"] |= {"id_expiry": soon, "confirmed": {"id_expiry": soon}}

    sent = filings.filed(built, given)

    assert sent.filing.warnings == [
        "id_expiry:expires_soon",
        "residence_permit_expiry:expires_soon",
        "licence_expiry:expires_soon",
    ]


def test_draft_keeps_nothing_once_sent(db):
    built = units.certified_unit()
    begun = filings.draft(built)
    sent = filings.send(begun)

    kept = Draft.get_by_id(begun.id)
    assert (kept.submission_ref, drafts.answers_of(kept)) == (sent.submission.ref, {})


def test_private_link_finds_its_submission_and_no_other(db):
    built = units.certified_unit()
    one, two = filings.filed(built), filings.filed(built)

    assert queries.submission_by_token(one.token).id == one.submission.id
    for wrong in ("", one.token[:-1], one.submission.ref + two.token[20:], one.token + "a", "é" * 36):
        assert queries.submission_by_token(wrong) is None

    with database.transaction():
        Submission.update(link_version=2).where(Submission.id == one.submission.id).execute()
    assert queries.submission_by_token(one.token) is None


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"consent_processing": False}, [("consent_processing", "missing")]),
        (
            {"consent_sharing": False, "pledge_agreed": False},
            [("consent_sharing", "missing"), ("pledge_agreed", "missing")],
        ),
        ({"method": ""}, [("signature_method", "missing")]),
        ({"method": "stamp"}, [("signature_method", "missing")]),
        ({"method": "drawn"}, [("signature", "missing")]),
        ({"signed_name": " "}, [("signed_name", "missing")]),
        ({"signed_name": "別人"}, [("signed_name", "not_the_name")]),
        ({"draft_version": 1}, [("", "draft_changed")]),
        ({"draft_version": None}, [("", "draft_changed")]),
        ({"text_digest": "0" * 64}, [("", "text_changed")]),
    ],
)
def test_signature_is_refused(db, changes, faults):
    built = units.certified_unit()

    assert refusal(filings.draft(built), **changes) == faults
    assert Submission.select().count() == Person.select().count() == 0


def test_typed_name_may_differ_in_script_width_and_spaces(db):
    built = units.certified_unit()
    begun = filings.draft(built, filings.answers(who=filings.person(full_name="陳嘉敏", latin_name="CHAN Ka Man")))

    assert filings.send(begun, signed_name="陈嘉敏").filing.state == "submitted"
    begun = filings.draft(built, filings.answers(who=filings.person(full_name="陳嘉敏", latin_name="CHAN Ka Man")))
    assert filings.send(begun, signed_name="chan ka man").filing.state == "submitted"


def test_simplified_readers_sign_the_simplified_text(db):
    built = units.certified_unit()
    sent = filings.send(filings.draft(built), language="zh_Hans_CN")

    issued = IssuedDocument.get(IssuedDocument.kind == "personal_pledge")
    assert (issued.locale, Pledge.get_by_id(sent.submission.pledge_id).ref) == ("zh_Hans_CN", issued.subject)


def test_wrong_answers_are_all_refused(db):
    built = units.certified_unit()
    given = filings.answers()
    given["person"]["full_name"] = ""
    given["vehicles"][0]["plate"] = ""

    assert refusal(filings.draft(built, given)) == [("person", "missing"), ("vehicle-1", "missing")]


def test_unproved_phone_is_refused(db):
    built = units.certified_unit()
    given = filings.answers()
    given["contact"]["phone"] = "13900139000"

    assert refusal(filings.draft(built, given)) == [("phone", "missing")]


def test_draft_that_is_gone_is_not_found(db):
    built = units.certified_unit()
    begun = filings.draft(built)

    with clock.travel(timedelta(days=8)), pytest.raises(NotFound):
        filings.send(begun)


def test_repeats_answer_the_first_result(db):
    built = units.certified_unit()
    begun = filings.draft(built)
    signed, actor = filings.signing(begun), filings.filer(begun)

    first = submitting.submit(actor, begun.ref, signed, key=begun.ref)

    assert submitting.submit(actor, begun.ref, signed, key=begun.ref) == first
    assert submitting.submit(actor, begun.ref, signed, key="another-key") == first
    assert Submission.select().count() == Filing.select().count() == 1


def test_two_identical_submits_at_once_make_one(db):
    built = units.certified_unit()
    begun = filings.draft(built)
    signed, actor = filings.signing(begun), filings.filer(begun)
    results, start = [], threading.Barrier(2)

    def send() -> None:
        database.connect()
        start.wait()
        results.append(submitting.submit(actor, begun.ref, signed, key=begun.ref))
        database.disconnect()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 2
    assert results[0] == results[1]
    assert Submission.select().count() == Filing.select().count() == Person.select().count() == 1


def test_a_draft_that_ends_while_it_is_sent_is_not_there(db):
    draft = filings.draft(units.certified_unit())
    gone = threading.Event()

    def end():
        database.connect()
        with database.transaction():
            Draft.delete().where(Draft.id == draft.id).execute()
            gone.set()
            time.sleep(0.5)  # meanwhile the other reaches the row and waits for it
        database.disconnect()

    ending = threading.Thread(target=end)
    signed = filings.signing(draft)
    ending.start()
    gone.wait()
    with pytest.raises(NotFound):
        submitting.submit(filings.filer(draft), draft.ref, signed)
    ending.join()


def test_refusals_are_recorded_without_values(db):
    built = units.certified_unit()
    given = filings.answers()
    given["person"]["id_number"] = "44040219900101001"
    refusal(filings.draft(built, given))

    act = Act.get(Act.verb == "filing:submit", Act.outcome == "refused")
    assert act.codes == [["person", "wrong_length"]]
