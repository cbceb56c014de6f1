"""The invented list is one that the acts could have made: the rules hold, what is sealed opens, the pages know it."""

from __future__ import annotations

import dataclasses
import datetime
import random

import peewee
import pytest

from webapp import clock, crypto, schema
from webapp.cli.synth import filling, inventing, planning
from webapp.database import database, is_sqlite, transaction
from webapp.domain.accounts.models import Account
from webapp.domain.audit import sealing, verifying
from webapp.domain.audit.models import Act, AuditLine, Sequence
from webapp.domain.filings import upload_lists
from webapp.domain.filings.models import Filing, Submission, Upload, UploadLine
from webapp.domain.notices import kinds
from webapp.domain.notices.models import Notice
from webapp.domain.passlist import expiries
from webapp.domain.passlist.models import DriverSlot, Entry, EntryExpiry, EntryHold, EntryStep
from webapp.domain.pledges import privacy_text
from webapp.domain.pledges.actions import content_digest, content_of
from webapp.domain.pledges.models import Pledge, PledgeText
from webapp.domain.registry import consents, tokens
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import Answers, NameToken, Plate
from webapp.domain.units import tallies
from webapp.values import documents, plates


@pytest.fixture
def plan(db) -> planning.Plan:
    return filling.fill(db, 600, seed=7, today=clock.today(), processes=1)


def people_named(name: str) -> set[int]:
    token = tokens.of_words(name)
    return {row.person_id for row in NameToken.select().where(NameToken.token == token)}


def test_there_are_so_many(plan):
    assert Entry.select().count() == 600
    assert Filing.select().count() == 600 + plan.open_filings == 630
    assert sum(unit.entries for unit in plan.units) == 600
    states = {state for (state,) in Filing.select(Filing.state).distinct().tuples()}
    assert {"submitted", "verified", "uploaded"} <= states
    assert {state for (state,) in Entry.select(Entry.state).distinct().tuples()} == {"listed", "suspended", "removed"}
    assert {slot for (slot,) in DriverSlot.select(DriverSlot.slot).distinct().tuples()} == {"owner", "second"}


def test_what_is_sealed_opens_and_agrees(plan):
    for entry in Entry.select().where(Entry.state != "removed").limit(40):
        card, declared = open_card(entry), registry.open_answers(Answers.get_by_id(entry.answers_id))
        assert card.name == declared["person"]["full_name"]
        assert entry.person_id in people_named(card.name)
        assert card.plates == declared["vehicles"][0]["plates"]
        pledge = Pledge.get_by_id(entry.pledge_id)
        content = content_of(pledge)
        assert content["declared"] == declared
        assert content["number"] == entry.number
        assert pledge.digest == content_digest(PledgeText.get_by_id(pledge.text_id).digest, content)
        last_days = EntryExpiry.select(EntryExpiry.item, EntryExpiry.last_day).where(EntryExpiry.entry == entry.id)
        assert dict(last_days.tuples()) == expiries.last_days(declared)
        index = crypto.index("plate", card.plates[-1])
        assert Plate.get(Plate.plate_index == index).vehicle_id == entry.vehicle_id
    account = Account.get(Account.id == plan.bases.account + 1)
    assert crypto.unseal(account.email, "account", "email", account.ref) == plan.units[0].email


def test_an_upload_stands_for_its_lines(plan):
    upload = Upload.select().order_by(Upload.covered.desc()).first()
    lines = list(UploadLine.select().where(UploadLine.upload == upload.id).order_by(UploadLine.position))
    assert len(lines) == upload.covered
    digests = []
    for line in lines:
        filing = Filing.get_by_id(line.filing_id)
        verified_at = upload_lists.verified_days([filing])[filing.id]
        assert upload_lists.open_line(upload, line) == upload_lists.line_of(filing, filing.slot or "", verified_at)
        digests.append(upload_lists.line_digest(filing, upload_lists.open_line(upload, line)))
    assert upload.digest == upload_lists.list_digest(digests)


def test_notices_say_what_their_texts_need(plan):
    for notice in Notice.select():
        kinds.check(notice.kind, notice.audience, notice.params)


def test_holds_and_numbers_are_settled(plan):
    suspended = {entry.id for entry in Entry.select().where(Entry.state == "suspended")}
    assert suspended == {hold.entry_id for hold in EntryHold.select()}
    assert expiries.hold_due() == 0, "the timer finds nothing that was forgotten"
    sealing.seal_committed()
    for stream, source in (("audit", Act), ("list", EntryStep)):
        numbers = [n for (n,) in Sequence.select(Sequence.number).where(Sequence.stream == stream).tuples()]
        assert sorted(numbers) == list(range(1, source.select().count() + 1))


def test_everybody_agreed_and_it_is_on_record(plan):
    """As in life: consents of each submission, and five lines and more of the record an entry."""
    sent = Submission.select().order_by(Submission.id.desc()).first()
    live, text = consents.live([sent.ref]), privacy_text.current(sent.language)
    assert {(one.purpose, one.digest, one.person_id) for one in live} == {
        (purpose, text.digest, sent.person_id) for purpose in consents.PURPOSES
    }
    assert not consents.is_asked_again(sent.ref)
    said = AuditLine.select().where(AuditLine.act == sent.act_id, AuditLine.tag == "consent:given")
    assert {line.object_ref for line in said} == {one.ref for one in live}
    assert AuditLine.select().count() >= 5 * plan.entries


def test_counts_are_kept_of_all_of_it(plan):
    assert tallies.KEPT.differences() == []
    largest = plan.units[0].id
    assert sum(tallies.of_entries(largest).values()) == plan.units[0].entries


def test_the_record_proves_itself(plan):
    sealing.seal_committed()
    report = verifying.verify()
    assert (report.faults, report.acts, report.lines) == ([], Act.select().count(), AuditLine.select().count())


def test_the_same_seed_makes_the_same_people(db):
    moment = clock.today()
    first, again, other = (planning.make(300, seed, moment, planning.Bases()) for seed in (1, 1, 2))
    assert first == again
    assert first.batches != other.batches


def test_invented_values_are_valid_and_never_the_same_twice():
    chance, seen = random.Random(1), set()
    for n in [*range(1, 400), *range(229_900, 230_100), 999_999, 1_000_000, 9_999_999]:
        _name, who = inventing.person(n, chance)
        checked = documents.check(
            who["id_type"], who["id_number"], country=who["id_country"], today=datetime.date(2026, 11, 26)
        )
        assert checked.value == who["id_number"]
        for plate in inventing.plates(n):
            assert plates.check(plate).value == plate
            assert plate not in seen
            seen.add(plate)


def test_only_an_empty_database_that_is_not_in_production(app):
    ask = app.test_cli_runner()
    made = ask.invoke(args=["synth", "30", "--processes", "1"])
    assert made.exit_code == 0, made.output
    assert Entry.select().count() == 30
    again = ask.invoke(args=["synth", "30", "--processes", "1"])
    assert "there are units already" in again.output
    beside = ask.invoke(args=["synth", "30", "--seed", "2", "--beside", "--processes", "1"])
    assert beside.exit_code == 0, beside.output
    assert Entry.select().count() == 60
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], mode="production")
    assert "production" in ask.invoke(args=["synth", "30", "--beside"]).output


def test_tables_are_as_they_were_and_what_is_in_them_holds(db):
    before = schema.catalogue()
    filling.fill(db, 60, seed=7, today=clock.today(), processes=1)
    assert schema.catalogue() == before
    if is_sqlite():  # PostgreSQL looks at everything when it gets its references back
        assert database.execute_sql("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute_sql("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute_sql("PRAGMA foreign_keys").fetchone() == (1,)
    with pytest.raises(peewee.IntegrityError), transaction():
        DriverSlot.update(in_force=False).where(DriverSlot.slot == "owner").execute()
    for broken in ("no_slot", "other_use"):
        condition = schema.CONDITIONS[broken].format(each="").replace("NEW.", "entry.")
        of_use = "vehicle_use = 'own' AND" if broken == "no_slot" else ""
        query = f"SELECT count(*) FROM entry WHERE state <> 'removed' AND {of_use} {condition}"
        assert database.execute_sql(query).fetchone() == (0,), broken
    alone = schema.CONDITIONS["no_owner"].format(share="").replace("NEW.", "slot_of.")
    query = f"SELECT count(*) FROM driver_slot AS slot_of WHERE slot = 'second' AND in_force AND {alone}"
    assert database.execute_sql(query).fetchone() == (0,)
