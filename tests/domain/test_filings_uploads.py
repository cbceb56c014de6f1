"""Uploading: what is covered, what falls out, the paper, repeats, and statements whose number no row changes."""

from __future__ import annotations

from typing import Any

import pytest
from playhouse.test_utils import count_queries

from tests.builders.filings import filed, vehicle
from tests.builders.units import BuiltUnit, certified_unit, picture
from tests.builders.uploads import (
    chosen,
    entry_of,
    owner_and_second,
    prepared,
    second_filed,
    signature,
    uploaded,
    verified,
    verify,
)
from webapp.actors import Actor
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.files import intake
from webapp.domain.files.models import IssuedDocument, StoredFile
from webapp.domain.filings import queries as filings
from webapp.domain.filings import upload_lists, uploads, withdrawing
from webapp.domain.filings.models import Filing
from webapp.domain.jobs.models import Job
from webapp.domain.notices import queries as notices
from webapp.domain.passlist.models import Entry, EntryStep
from webapp.domain.passlist.selection import Chosen
from webapp.domain.pledges import actions as pledges
from webapp.domain.registry.cards import open_card
from webapp.errors import Conflict, Invalid, NotFound

FILER = Actor("filer", "somebody", request_id="test")


def fresh(filing: Filing) -> Filing:
    return Filing.get_by_id(filing.id)


def make(built: BuiltUnit, ref: str, key: str | None = None, **changes: Any) -> dict[str, Any]:
    return uploads.upload(built.actor, built.unit.id, ref, signature(**changes), key=key)


def print_sheet(built: BuiltUnit, ref: str) -> None:
    uploads.print_sheet(built.actor, built.unit.id, ref, "zh_Hant_MO")


def scan() -> intake.Accepted:
    return intake.check(picture(), "sealed.png", "sealed_paper")


def test_an_upload_puts_people_on_the_list(db):
    here = certified_unit()
    sent = [filed(here), filed(here, vehicles=[vehicle(), vehicle()])]
    ready = verified(here, *sent)

    result = uploaded(here, ready)

    assert (result["covered"], result["fallen"]) == (3, 0)
    assert {fresh(one).state for one in ready} == {"uploaded"}
    assert [(s.action, s.state) for s in filings.steps_of(ready[0])][-1] == ("upload", "uploaded")
    entries = list(Entry.select().order_by(Entry.id))
    assert [(e.state, e.number, e.position, e.upload_ref) for e in entries] == [
        ("listed", sent[0].submission.number, 1, result["upload"]),
        ("listed", sent[1].submission.number, 1, result["upload"]),
        ("listed", sent[1].submission.number, 2, result["upload"]),
    ]
    assert [open_card(e) for e in entries] == [open_card(f) for f in ready]


def test_the_unit_pledge_freezes_exactly_what_is_covered(db):
    here = certified_unit()
    ready = verified(here, filed(here), filed(here))

    result = uploaded(here, ready)

    upload = upload_lists.one(here.unit.id, result["upload"])
    lines = upload_lists.covered_lines(upload)
    pledge = upload_lists.pledge_of(upload)
    content = pledges.content_of(pledge)
    assert upload.digest == content["list_digest"] == upload_lists.list_digest(line.line_digest for line in lines)
    assert (content["filings"], content["people"], content["vehicles"]) == (2, 2, 2)
    assert (content["unit"], content["signed_name"], pledge.subject) == (here.unit.name, "周婉儀", upload.number)
    assert [upload_lists.open_line(upload, line)["plates"] for line in lines] == [open_card(f).plates for f in ready]
    assert IssuedDocument.get(IssuedDocument.subject == pledge.ref).kind == "unit_pledge"


def test_what_an_upload_owes(db):
    here = certified_unit()
    result = uploaded(here, verified(here, filed(here)))

    act = Act.get(Act.verb == "upload:make")
    tags = [line.tag for line in AuditLine.select().where(AuditLine.act == act.id).order_by(AuditLine.id)]
    assert tags == ["filing:uploaded", "entry:listed", "upload:made"]
    assert [job.params for job in Job.select().where(Job.act_id == act.id, Job.kind == "tell")] == [
        {"kind": "entry-listed"}
    ]
    notice = notices.inbox("unit", here.unit.ref)[0]
    assert (notice.kind, notice.params) == ("list-uploaded", {"number": result["number"], "covered": 1, "fallen": 0})


def test_what_changed_meanwhile_falls_out_and_is_named(db):
    here = certified_unit()
    sent = [filed(here) for _ in range(4)]
    first, second, third, fourth = verified(here, *sent)
    ref = prepared(here, [first, second, third, fourth])
    verify(here, [second])
    withdrawing.withdraw(FILER, sent[3].submission.ref, fourth.ref, fourth.version)

    result = make(here, ref)

    assert (result["covered"], result["fallen"]) == (2, 2)
    upload = upload_lists.one(here.unit.id, ref)
    assert [(line.filing_id, line.fallen_reason) for line in upload_lists.fallen_lines(upload)] == [
        (second.id, "changed_meanwhile"),
        (fourth.id, "not_verified"),
    ]
    assert [line.filing_id for line in upload_lists.covered_lines(upload)] == [first.id, third.id]
    assert (fresh(fourth).state, fresh(fourth).fallen_reason) == ("withdrawn", None)
    left = fresh(second)
    assert (left.state, left.fallen_reason) == ("verified", "changed_meanwhile")
    assert [(s.action, s.reasons) for s in filings.steps_of(second)][-1] == ("fall", ["upload:changed_meanwhile"])

    again = uploaded(here, [left])
    assert again["covered"] == 1
    assert fresh(second).fallen_reason is None


def test_a_filing_that_has_no_place_when_it_is_prepared_stays_out(db):
    """Nothing is covered that the manager did not see, even when its place has come free since."""
    here = certified_unit()
    owner_car, second_car = owner_and_second()
    second = verified(here, second_filed(here, second_car))[0]
    alone = verified(here, filed(here))[0]
    ref = prepared(here, [second, alone])
    uploaded(here, verified(here, filed(here, vehicles=[owner_car])))

    result = make(here, ref)

    assert (result["covered"], result["fallen"]) == (1, 1)
    assert fresh(second).state == "verified"


def test_ticked_rows_with_an_old_version_are_not_taken(db):
    here = certified_unit()
    first, second = verified(here, filed(here), filed(here))
    verify(here, [second])

    result = uploads.prepare(here.actor, here.unit.id, chosen([first, second]))

    assert (result["covered"], result["changed"]) == (1, 1)


def test_everything_that_matches_is_chosen_on_the_server(db):
    here = certified_unit()
    ready = verified(here, *[filed(here) for _ in range(3)])
    plate = open_card(ready[1]).plates[0]

    found = uploads.prepare(here.actor, here.unit.id, Chosen(everything=True, words=plate, expected=1))
    assert upload_lists.covered_lines(upload_lists.by_ref(found["upload"]))[0].filing_id == ready[1].id

    with pytest.raises(Conflict) as refused:
        uploads.prepare(here.actor, here.unit.id, Chosen(everything=True, expected=2))
    assert (refused.value.code, refused.value.params) == ("count_changed", {"expected": 2, "found": 3})


def test_a_repeat_answers_the_first_result_and_a_second_signature_is_refused(db):
    here = certified_unit()
    ref = prepared(here, verified(here, filed(here)))

    first = make(here, ref, key="once-0001")

    assert make(here, ref, key="once-0001") == first
    assert Entry.select().count() == 1
    with pytest.raises(Conflict) as refused:
        make(here, ref, key="twice-0001")
    assert refused.value.code == "upload_done"


def test_nothing_left_to_upload(db):
    here = certified_unit()
    ready = verified(here, filed(here))
    ref = prepared(here, ready)
    verify(here, ready)

    with pytest.raises(Conflict) as refused:
        make(here, ref)

    assert refused.value.code == "nothing_to_upload"
    assert Entry.select().count() == 0


def test_only_a_certified_unit_uploads_and_only_its_own(db):
    here, there = certified_unit(), certified_unit()
    ready = verified(here, filed(here))
    ref = prepared(here, ready)

    with pytest.raises(NotFound):
        make(there, ref)
    with pytest.raises(Conflict) as refused:
        uploads.prepare(there.actor, there.unit.id, chosen(ready))
    assert refused.value.code == "nothing_to_upload"


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"pledge_agreed": False}, [("pledge_agreed", "missing")]),
        ({"method": ""}, [("signature_method", "missing")]),
        ({"signed_name": ""}, [("signed_name", "missing")]),
        ({"signed_name": "何嘉欣"}, [("signed_name", "not_the_manager")]),
        ({"method": "drawn"}, [("signature", "missing")]),
        ({"method": "sealed_paper"}, [("sealed_paper", "missing")]),
        (
            {"pledge_agreed": False, "method": "drawn", "signed_name": ""},
            [("pledge_agreed", "missing"), ("signed_name", "missing"), ("signature", "missing")],
        ),
    ],
)
def test_an_incomplete_signature_is_refused_and_nothing_changes(db, changes, faults):
    here = certified_unit()
    ref = prepared(here, verified(here, filed(here)))

    with pytest.raises(Invalid) as refused:
        make(here, ref, **changes)

    assert [(fault.field, fault.code) for fault in refused.value.faults] == faults
    assert (Entry.select().count(), upload_lists.by_ref(ref).state) == (0, "prepared")


def test_the_wording_must_be_the_one_that_was_shown(db):
    here = certified_unit()
    ref = prepared(here, verified(here, filed(here)))

    with pytest.raises(Conflict) as refused:
        make(here, ref, text_digest="0" * 64)

    assert refused.value.code == "text_changed"


def test_a_simplified_spelling_of_the_managers_name_is_his_name(db):
    here = certified_unit()
    ref = prepared(here, verified(here, filed(here)))

    assert make(here, ref, signed_name="周婉仪")["covered"] == 1


def test_a_sealed_paper_covers_what_was_printed(db):
    here = certified_unit()
    ref = prepared(here, verified(here, filed(here), filed(here)))
    printed = upload_lists.by_ref(ref).digest

    with pytest.raises(Invalid) as refused:
        make(here, ref, method="sealed_paper", scan=scan())
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("sealed_paper", "not_printed")]

    print_sheet(here, ref)
    make(here, ref, method="sealed_paper", scan=scan())

    upload = upload_lists.by_ref(ref)
    pledge = upload_lists.pledge_of(upload)
    assert (upload.digest, upload.covered, pledge.method) == (printed, 2, "sealed_paper")
    assert StoredFile.get_by_id(pledge.drawing_id).kind == "sealed_paper"


def test_a_paper_printed_before_a_change_is_not_taken(db):
    here = certified_unit()
    first, second = verified(here, filed(here), filed(here))
    ref = prepared(here, [first, second])
    print_sheet(here, ref)
    verify(here, [second])

    with pytest.raises(Conflict) as refused:
        make(here, ref, method="sealed_paper", scan=scan())

    assert (refused.value.code, refused.value.params) == ("paper_differs", {"fallen": 1})
    upload = upload_lists.by_ref(ref)
    assert upload_lists.preview(here.unit, upload).reasons == {second.id: "changed_meanwhile"}
    assert (upload.state, fresh(first).state) == ("prepared", "verified")


def test_a_dropped_upload_is_not_taken_any_more(db):
    here = certified_unit()
    ref = prepared(here, verified(here, filed(here)))

    uploads.abandon(here.actor, here.unit.id, ref)

    with pytest.raises(Conflict) as refused:
        make(here, ref)
    assert refused.value.code == "upload_abandoned"
    assert upload_lists.uploads(here.unit.id) == []


def test_a_change_supersedes_the_entry_it_was_made_against(db):
    here = certified_unit()
    sent = filed(here)
    uploaded(here, verified(here, sent))
    old = entry_of(sent)
    # A change is a new filing against an entry; its page belongs to another issue, its place in the rules to this one.
    car = vehicle()
    new = filed(here, who=sent.answers["person"], vehicles=[car], phone=sent.answers["contact"]["phone"])
    Filing.update(changes=old.id).where(Filing.id == new.filing.id).execute()

    uploaded(here, verified(here, new))

    old = Entry.get_by_id(old.id)
    assert (old.state, old.cause, old.slot_id) == ("removed", "superseded", None)
    assert entry_of(new).state == "listed"
    assert [(step.change, step.reason) for step in EntryStep.select().order_by(EntryStep.id)] == [
        ("listed", None),
        ("removed", "superseded"),
        ("listed", None),
    ]


def test_the_number_of_statements_does_not_depend_on_the_number_of_filings(db, engine):
    counts: dict[int, tuple[int, int]] = {}
    # Five cars each. Filing them takes longer than uploading, so the thousand is filed on the faster database.
    for people in (2, 200 if engine == "sqlite" else 40):
        here = certified_unit()
        ready = verified(here, *[filed(here, vehicles=[vehicle() for _ in range(5)]) for _ in range(people)])
        with count_queries() as preparing:
            ref = uploads.prepare(here.actor, here.unit.id, chosen(ready))["upload"]
        with count_queries() as uploading:
            result = make(here, ref)
        counts[result["covered"]] = (preparing.count, uploading.count)

    few, many = sorted(counts)
    assert (few, many) == (10, 1000 if engine == "sqlite" else 200)
    assert counts[few] == counts[many]
