"""Changes one at a time, what happens to them meanwhile, and those the unit returned."""

import pytest

from tests.builders.changing import change, filings_of, in_force, listed, send, upload, upload_fallen
from tests.builders.filings import Filed, id_number, person, plate
from tests.builders.status import correction, resend, return_
from tests.builders.uploads import entry_of
from webapp.actors import FILER, Actor
from webapp.domain.filings import changing, drafts, queries, sending, withdrawing
from webapp.domain.filings.models import Submission
from webapp.domain.passlist import removals
from webapp.domain.passlist.selection import Chosen
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Person, PersonDocument
from webapp.errors import Conflict, Invalid
from webapp.values import plates


def unit_removes(built, sent):
    entry = entry_of(sent)
    removals.remove(built.actor, built.unit.id, Chosen(rows=((entry.ref, entry.version),)), "left_unit")


# One at a time, and what happens meanwhile -----------------------------------------------------------------------


def test_second_change_waits_for_the_first(db):
    _built, sent = listed()
    made = send(change(sent, licence={"licence_expiry": "2039-01-01"}))

    with pytest.raises(Conflict) as refused:
        change(sent, in_force(sent), vehicle_1={})

    assert (refused.value.code, refused.value.params) == ("change_on_its_way", {"number": made.number})


def test_change_of_what_was_removed_meanwhile_is_over(db):
    built, sent = listed()
    made = change(sent, licence={"licence_expiry": "2039-01-01"})
    unit_removes(built, sent)

    with pytest.raises(Conflict) as refused:
        send(made)

    assert refused.value.code == "entry_ended"
    assert changing.is_over(made, drafts.answers_of(made))


@pytest.mark.parametrize(("removed", "reason"), [(True, "entry_ended"), (False, "leaving")])
def test_change_falls_out_when_the_entry_ended_or_its_person_leaves(db, removed, reason):
    built, sent = listed()
    new = send(change(sent, licence={"licence_expiry": "2039-01-01"}))
    if removed:
        unit_removes(built, sent)
    else:
        removals.request_removal(built.actor, sent.submission.ref, entry_of(sent).ref)

    assert upload_fallen(built, new).fallen_reason == reason


def test_change_is_withdrawn_like_any_filing(db):
    _built, sent = listed()
    new = send(change(sent, licence={"licence_expiry": "2039-01-01"}))
    filing = filings_of(new)[0]

    withdrawing.withdraw(sent_actor(new), new.ref, filing.ref, filing.version)

    assert len(in_force(sent)) == 1
    assert changing.begin(sent.submission, ["licence"]).begun_from == sent.submission.id


def sent_actor(submission):
    return Actor(FILER, submission.ref, unit_id=submission.unit_id, request_id="a1b2c3d4e5f60718")


def test_sent_twice_is_sent_once(db):
    _built, sent = listed()
    made = change(sent, licence={"licence_expiry": "2039-01-01"})
    first = send(made)

    again = sending.send(sent_actor(sent.submission), made.ref, made.version, key="another")

    assert again["number"] == first.number
    assert Submission.select().count() == 2


def test_stale_page_is_refused(db):
    _built, sent = listed()
    made = change(sent, licence={"licence_expiry": "2039-01-01"})

    with pytest.raises(Conflict) as refused:
        sending.send(sent_actor(sent.submission), made.ref, made.version - 1)

    assert refused.value.code == "draft_changed"


def test_begun_twice_is_one_draft(db):
    _built, sent = listed()

    assert changing.begin(sent.submission, ["licence"]).id == changing.begin(sent.submission, ["licence"]).id


@pytest.mark.parametrize(("pages", "entries", "code"), [((), (), "choose"), (("licence",), ("nobody",), "entry_ended")])
def test_nothing_chosen_and_unknown_entries(db, pages, entries, code):
    _built, sent = listed()

    with pytest.raises((Conflict, Invalid)) as refused:
        changing.begin(sent.submission, pages, entries)

    assert refused.value.code == code


# Returned by the unit --------------------------------------------------------------------------------------------


def test_returned_change_is_corrected_and_still_changes_the_entry(db):
    built, sent = listed()
    [before] = in_force(sent)
    new = send(change(sent, [before], vehicle_1={"plate": plate()}), signed=True)
    return_(built, *filings_of(new))
    right = plate()

    resend(correction(filed_again(new), vehicle_1={"plate": right}))

    filing = filings_of(new)[0]
    assert (filing.state, filing.changes_id, filing.vehicle_id) == ("submitted", before.id, before.vehicle_id)
    upload(built, new)
    assert [one.id for one in registry.vehicles_of([plates.fold(right)])] == [before.vehicle_id]


def test_returned_new_document_stays_the_same_person(db):
    built, sent = listed(who=person("passport"))
    new = send(change(sent, person={"id_number": id_number("passport")}), signed=True)
    return_(built, *filings_of(new), reasons=("id_number:differs",))

    resend(correction(filed_again(new), person={"id_number": id_number("passport")}))

    assert Person.select().count() == 1
    upload(built, new)
    assert PersonDocument.select().count() == 2


def test_returned_change_of_an_entry_that_ended_is_over(db):
    built, sent = listed()
    new = send(change(sent, licence={"licence_expiry": "2039-01-01"}))
    return_(built, *filings_of(new), reasons=("licence_expiry:expired",))
    made = correction(filed_again(new))
    unit_removes(built, sent)

    with pytest.raises(Conflict) as refused:
        resend(made)

    assert refused.value.code == "entry_ended"


def filed_again(submission):
    """A change that was sent, as the builders of corrections take it."""
    return Filed(submission, filings_of(submission), {}, queries.status_token(submission))
