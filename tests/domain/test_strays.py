"""What is kept of people who are no row of the registry goes when its term is over, and with whoever is erased."""

from __future__ import annotations

from datetime import timedelta

import peewee
import pytest

from tests.builders import cases, counter, filings, meanwhile, opened, sanctions, units, uploads
from tests.builders.accounts import actor_of, platform_staff
from tests.builders.delivery import drain
from webapp import clock, database
from webapp.domain.closings import sanction_ending
from webapp.domain.files import documents
from webapp.domain.filings import attesting
from webapp.domain.privacy import erasing, purging, retention, rights_desk, sanctions_over
from webapp.domain.privacy.reach import Said
from webapp.domain.registry.models import Person
from webapp.domain.sanctions import batches, proposing, sanction_queries
from webapp.domain.sanctions.cases_rules import DISMISS
from webapp.domain.sanctions.models import Sanction, SanctionBatch, SanctionStep, SanctionSubject
from webapp.domain.sanctions.proposing import Which
from webapp.errors import NotFound

HEADS = (
    "列入機關,決定編號,決定日期,列入原因,期限至,申訴途徑,聯絡方法,"
    "姓名或名稱,出生日期,證件類別,證件號碼,車牌號碼,單位登記號碼"
)


def sheet(**said: str) -> bytes:
    names = ("name", "birth", "id_type", "id_number", "plate", "registration")
    start = "示範信用辦,決1號,2026-05-20,走私,,六十日內復議,0756 000 0000"
    return f"\ufeff{HEADS}\r\n{start},{','.join(said.get(name, '') for name in names)}".encode()


def sent(db, officer, content: bytes) -> SanctionBatch:
    made = batches.send_file(officer, content, "名單.csv")
    drain(db, "records")
    return SanctionBatch.get(SanctionBatch.ref == made["batch"])


def over(days: int):
    return clock.travel(timedelta(days=days))


def purge(*codes: str) -> None:
    for code in codes:
        purging.PURGES[code](clock.now())


def names_of(given) -> list[str]:
    return [given["person"]["full_name"], given["person"]["id_number"]]


def gone(built, given):
    """Somebody who stood on the list and left it."""
    made = filings.filed(built, given)
    uploads.uploaded(built, uploads.verified(built, made))
    cases.removed(built, made)
    return made


def erase(first, second, person_id: int) -> None:
    erasing.confirm(second, erasing.propose(first, Person.get_by_id(person_id).ref)["erasure"])


@pytest.mark.parametrize("end", ["rejected", "withdrawn", "ended"])
def test_with_a_person_goes_every_sanction_that_named_him_and_the_file_it_came_in(db, end):
    built, (first, second) = units.certified_unit(), sanctions.officers()
    given = filings.answers()
    person = given["person"]
    made = gone(built, given)
    said = {"name": person["full_name"], "id_type": person["id_type"], "id_number": person["id_number"]}
    batch = sent(db, first, sheet(**said))
    other = sent(db, first, sheet(name="溫以寧", plate="粤C99991") + b"\r\n")
    proposing.propose(first, Which(batch=batch.ref))
    # The same row came once more in another file: nothing was made of it.
    again = sent(db, first, sheet(**said) + b"\r\n\r\n")
    one = Sanction.get(Sanction.batch == batch.id)
    if end == "rejected":
        proposing.reject(second, sanctions.which(one), "搞錯了人")
    elif end == "withdrawn":
        proposing.withdraw(first, sanctions.which(one))
    else:
        sanctions.sanctioning.confirm(second, sanctions.which(one))
        sanction_ending.repair(second, sanctions.which(one), clock.today().isoformat(), "已修復")
    assert {"sanction.details", "file:import"} <= opened.found(names_of(given))

    erase(first, second, made.submission.person_id)
    drain(db)

    assert opened.found(names_of(given)) == set()
    assert SanctionSubject.select().where(SanctionSubject.sanction == one.id).count() == 0
    kept = {row.id: row.file_id for row in SanctionBatch.select()}
    assert (kept[batch.id], kept[again.id], bool(kept[other.id])) == (None, None, True)
    assert sanction_queries.file_name(SanctionBatch.get_by_id(batch.id)) == ""


def test_a_sanction_of_his_plate_that_is_over_goes_with_him(db):
    built, (first, second) = units.certified_unit(), sanctions.officers()
    given = filings.answers()
    made = gone(built, given)
    plate = given["vehicles"][0]["plate"]
    row = sanctions.proposed(first, plates=plate, subject_name=given["person"]["full_name"])
    proposing.reject(second, sanctions.which(row), "搞錯了車")
    erase(first, second, made.submission.person_id)
    assert opened.found([plate, *names_of(given)]) == set()


def test_a_file_of_sanctions_is_dropped_with_its_batch_and_goes_after_thirty_days(db):
    first, second = sanctions.officers()
    content = sheet(name="溫以寧", plate="粤C99991")
    batch = sent(db, first, content)
    proposing.drop(second, Which(batch=batch.ref))
    assert opened.found(["溫以寧"]) == set()

    batch = sent(db, first, content)
    proposing.propose(first, Which(batch=batch.ref))
    with over(29):
        purge("sanction_file")
        assert SanctionBatch.get_by_id(batch.id).file_id is not None
    with over(31):
        purge("sanction_file")
    assert SanctionBatch.get_by_id(batch.id).file_id is None
    assert opened.found(["溫以寧"]) == {"sanction.details"}
    with pytest.raises(NotFound):
        batches.as_sent(SanctionBatch.get_by_id(batch.id))


def test_a_file_that_is_dropped_while_it_is_looked_at_names_nobody(db, monkeypatch):
    first, second = sanctions.officers()
    batch = sent(db, first, sheet(name="溫以寧", plate="粤C99991"))
    meanwhile.after_read(monkeypatch, "sanction_batch", lambda: proposing.drop(second, Which(batch=batch.ref)))

    assert sanctions_over.files_naming(Said(*[frozenset()] * 6, frozenset({"粤C99991"}))) == []


def test_sanctions_of_nobody_here_go_a_year_after_they_are_over_and_staged_ones_too(db):
    first, second = sanctions.officers()
    stranger = filings.answers()
    rejected = sanctions.proposed(first, **sanctions.of_person(stranger), subject_name=stranger["person"]["full_name"])
    proposing.reject(second, sanctions.which(rejected), f"{stranger['person']['full_name']}不是這個人")
    standing = sanctions.confirmed(first, second, subject_name="溫以寧", plates="粤C99991")
    # Nobody takes a note away before: what is over still names him.
    with pytest.raises(peewee.IntegrityError, match="sanction_step_frozen"), database.transaction():
        SanctionStep.update(note=None).where(SanctionStep.sanction == rejected.id).execute()
    staged = sanctions.staged(first, subject_name="卓凱琳", plates="粤C99992")
    # One of somebody who is here goes with him alone.
    built, given = units.certified_unit(), filings.answers()
    filings.filed(built, given)
    his = sanctions.proposed(first, **sanctions.of_person(given), subject_name=given["person"]["full_name"])
    proposing.withdraw(first, sanctions.which(his))
    with over(364):
        purge("person")
    assert Sanction.select().where(Sanction.id == staged.id).exists()
    with over(366):
        purge("person")
        purge("person")
    assert opened.found(names_of(stranger)) == set()
    assert opened.found(["卓凱琳"]) == set()
    with pytest.raises(peewee.IntegrityError, match="sanction_step_frozen"), database.transaction():
        SanctionStep.update(note=b"x").where(SanctionStep.sanction == rejected.id).execute()
    assert not Sanction.select().where(Sanction.id == staged.id).exists()
    assert sanction_queries.details(Sanction.get_by_id(standing.id))["subject_name"] == "溫以寧"
    assert "sanction.details" in opened.found(names_of(given))


def test_a_sheet_printed_for_a_draft_that_was_never_sent_goes_with_the_draft(db):
    built, given = units.certified_unit(), filings.answers()
    begun = counter.begun(built, given)
    ref = counter.printed(built, begun)
    drain(db)
    code = documents.of_subject("personal_pledge", ref).code
    assert documents.document(code).file_id is not None
    with over(6):
        purge("draft")
    assert "counter_sheet.content" in opened.found(names_of(given))
    with over(8):
        purge("draft")
        purge("draft")
    assert opened.found(names_of(given)) == set()
    assert documents.document(code).file_id is None
    assert attesting.attest(code).standing == attesting.ERASED, "the paper is still told"


def test_a_sheet_that_was_signed_stays_when_its_draft_goes(db):
    built, given = units.certified_unit(), filings.answers()
    counter.on_paper(built, counter.begun(built, given))
    with over(8):
        purge("draft")
    assert "counter_sheet.content" in opened.found(names_of(given))


def test_what_a_stopped_draft_said_in_a_case_goes_a_year_after_it_was_decided(db):
    built, officer = units.certified_unit(), cases.officer()
    given = filings.answers()
    holder = cases.listed(built, vehicles=given["vehicles"])
    stopped, case = cases.dispute(built, given, cases.handed())
    phone = given["contact"]["phone"]
    with over(1):
        cases.decide(officer, case, DISMISS)
    with over(30):
        purge("draft")
        assert "case_party.contact" in opened.found([phone])
    with over(364):
        purge("person")
    assert "case_party.words" in opened.found(["車輛是我的"])
    with over(367):
        purge("person")
        purge("person")
    assert {"case_party.words", "case_party.contact"} & opened.found([phone, "車輛是我的"]) == set()
    assert "answers.sealed" in opened.found([holder.answers["person"]["id_number"]])
    assert stopped.ref


def test_a_letter_of_somebody_who_is_not_here_goes_a_year_after_its_answer(db):
    officer = actor_of(platform_staff(name="甲"))
    asker = {"words": "我從未申報", "asked_by": "溫以寧", "contact": "+85366000111", "relation": ""}
    made = rights_desk.enter(officer, "inspect", "letter", "", asker)
    with over(1):
        rights_desk.answer(officer, made["request"], False, ["not_held"], "這裡沒有你的資料", 1)
    with over(365):
        purge("person")
    assert opened.found(["溫以寧"]) == {"rights_request.asked"}
    with over(367):
        purge("person")
    assert opened.found(["溫以寧", "沒有你的資料"]) == set()
    assert retention.person_days() == 365
