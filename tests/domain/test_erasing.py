"""Erasing one person: two officers, everything gone from database and files, the proof and everybody else's stays."""

from __future__ import annotations

import json
from datetime import timedelta

import peewee
import pytest

from tests.builders import bytes as stored
from tests.builders import cases, filings, rosters, sanctions, units, uploads
from tests.builders.accounts import actor_of, platform_staff
from tests.builders.delivery import drain
from webapp import clock, crypto, database
from webapp.domain.files import documents
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings import attesting, upload_lists
from webapp.domain.filings.models import Filing, Upload
from webapp.domain.passlist.models import Entry
from webapp.domain.pledges import actions as pledges
from webapp.domain.pledges.models import Pledge
from webapp.domain.privacy import clearing, erasing, holds, obstacles, reach
from webapp.domain.privacy.models import Erasure, KeyRotation
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import Answers, Person
from webapp.domain.sanctions import cases_rules
from webapp.errors import Conflict, NotAllowed


def officers():
    return actor_of(platform_staff(name="甲")), actor_of(platform_staff(name="乙"))


def gone(built, given, neighbour=None):
    """Somebody who stood on the list with a neighbour, objected to his removal in vain, and is on it no more."""
    sent = filings.filed(built, given)
    also = [neighbour] if neighbour else []
    uploads.uploaded(built, uploads.verified(built, sent, *also))
    cases.removed(built, sent)
    return sent


def traces(sent, given) -> list[str | bytes]:
    """What must not be found anywhere: values and their blind indexes, and ciphertexts as they are now."""
    person, car = given["person"], given["vehicles"][0]
    kept = reach.of(sent.submission.person_id)
    opened = registry.answers(sent.submission.answers_id)
    indexes = [*kept.documents, *kept.plates, *kept.said.addresses]
    sealed = [bytes(Answers.get_by_id(row).sealed) for row in kept.answers]
    sealed += [bytes(Pledge.get_by_id(row).content) for row in kept.pledges]
    sealed += [bytes(Entry.get_by_id(row).card) for row in kept.entries]
    plain = [person["full_name"], person["id_number"], opened["contact"]["phone"], car["plate"]]
    return [*plain, *indexes, *(one[14:46] for one in sealed)]


def test_nothing_of_an_erased_person_is_left_but_the_proof(db, tmp_path):
    built, first, second = units.certified_unit(), *officers()
    other_given, given = filings.answers(), filings.answers()
    neighbour = filings.filed(built, other_given)
    sent = gone(built, given, neighbour)
    drain(db)
    rosters.entered(db, built, rosters.line_of(sent), rosters.line_of(neighbour))
    ended = Entry.get(Entry.person == sent.submission.person_id)
    case = cases.objection(sent, "removal", ended.ref, cases.handed())
    assert obstacles.of(sent.submission.person_id) == ["case_open"]
    cases.decide(first, case, cases_rules.DISMISS)
    drain(db)
    looked_for = traces(sent, given)
    pledge = Pledge.get_by_id(sent.submission.pledge_id)
    code = documents.of_subject("personal_pledge", pledge.ref).code
    list_digest = Upload.get().digest
    person = Person.get_by_id(sent.submission.person_id)
    assert stored.found(looked_for[4:], stored.places(db)) != []

    made = erasing.propose(first, person.ref)
    with pytest.raises(NotAllowed, match="same_person"):
        erasing.confirm(first, made["erasure"])
    done = erasing.confirm(second, made["erasure"])
    drain(db)

    assert stored.found(looked_for, stored.places(db)) == []
    # What was signed keeps its proof, its papers say what became of them, the list it was in its digest.
    again = Pledge.get_by_id(pledge.id)
    assert (again.digest, again.drawing_id, again.strokes) == (pledge.digest, None, None)
    assert attesting.attest(code).standing == attesting.ERASED
    lines = upload_lists.covered_lines(Upload.get())
    assert upload_lists.list_digest(line.line_digest for line in lines) == list_digest
    assert {upload_lists.open_line(Upload.get(), line)["name"] for line in lines} == {
        "—",
        other_given["person"]["full_name"],
    }
    # The neighbour has lost nothing; the annex was made anew.
    assert (
        open_card(Filing.get(Filing.submission == neighbour.submission.id)).name == other_given["person"]["full_name"]
    )
    annex = IssuedDocument.get(IssuedDocument.kind == "unit_pledge")
    assert annex.file_id is not None
    assert obstacles.of(person.id) == ["already_erased"]
    certificate = documents.document(done["certificate"])
    assert certificate.file_id is not None
    assert attesting.attest(certificate.code).standing == attesting.ERASURE_DONE
    # The list that outlives copies names nobody.
    assert [json.loads(line)["person"] for line in (db.backup_dir / "erasures.list").read_text().splitlines()] == [
        person.ref
    ]
    # He may file again as somebody new.
    anew = filings.filed(built, given)
    assert anew.submission.person_id != person.id


def test_made_anew_not_even_freed_room_holds_his_ciphertext(db):
    """The bytes of the database's own files, as they lie on disk."""
    built, first, second = units.certified_unit(), *officers()
    given = filings.answers()
    sent = gone(built, given)
    looked_for = traces(sent, given)
    assert stored.found(looked_for[4:], stored.on_disk(db)) != []
    proposed = erasing.propose(first, Person.get_by_id(sent.submission.person_id).ref)
    erasing.confirm(second, proposed["erasure"])
    drain(db)

    clearing.rewrite()

    assert stored.found(looked_for, stored.on_disk(db)) == []


def test_what_is_in_force_on_its_way_or_held_is_not_erased(db):
    built, first, second = units.certified_unit(), *officers()
    entry = uploads.listed(built)
    person = Person.get_by_id(entry.person_id)
    with pytest.raises(Conflict) as refused:
        erasing.propose(first, person.ref)
    assert refused.value.params["obstacles"] == ["entry_in_force", "second_driver_waits"]
    # Nor does the database let anybody else.
    with pytest.raises(peewee.IntegrityError, match="erasure_of_nothing_open"), database.transaction():
        Erasure.create(
            ref="r", number="n", person=person.id, cause="retention", state="confirmed",
            proposed_at=clock.now(), ended_on=clock.today(), act_id=1,
        )  # fmt: skip

    given = filings.answers()
    sent = gone(built, given)
    person = Person.get_by_id(sent.submission.person_id)
    held = holds.place(first, person.ref, "法院要求保存", clock.today() + timedelta(days=30))
    with pytest.raises(Conflict) as refused:
        erasing.propose(first, person.ref)
    assert refused.value.params["obstacles"] == ["legal_hold"]
    holds.lift(second, held["hold"])
    proposed = erasing.propose(first, person.ref)
    holds.place(second, person.ref, "檢察機關要求保存", clock.today() + timedelta(days=5))
    with pytest.raises(Conflict, match="erasure_blocked"):
        erasing.confirm(second, proposed["erasure"])
    with clock.travel(timedelta(days=6)):
        assert erasing.confirm(second, proposed["erasure"])["counts"]["answers"] == 1

    one, _ = sanctions.officers()
    other = filings.answers()
    stopped = gone(built, other)
    sanctions.proposed(one, **sanctions.of_person(other))
    assert obstacles.of(stopped.submission.person_id) == ["sanctioned"]


def test_frozen_rows_change_for_nobody_else(db):
    sent = filings.filed(units.certified_unit())
    pledge = Pledge.get_by_id(sent.submission.pledge_id)
    anew = crypto.seal(pledges.content_of(pledge), "pledge", "content", pledge.ref)
    for change in (Answers.update(sealed=b"x"), Pledge.update(drawing=None, content=anew), Pledge.update(digest="0")):
        with pytest.raises(peewee.IntegrityError, match="frozen"), database.transaction():
            change.execute()
    # While keys are rotated: what is sealed anew under the new key, as long as it was; nothing else of the row.
    with database.transaction():
        KeyRotation.create(to_key="01", began_at=clock.now())
        Pledge.update(content=anew).where(Pledge.id == pledge.id).execute()
    for change in (Pledge.update(content=anew[:-1]), Pledge.update(content=anew, method="drawn"), Answers.delete()):
        with pytest.raises(peewee.IntegrityError), database.transaction():
            change.execute()
    assert pledges.is_whole(Pledge.get_by_id(pledge.id))
