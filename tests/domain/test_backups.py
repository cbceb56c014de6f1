"""Copies: made while people file, put back elsewhere with equal counts and digests; damage and wrong keys are found."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import peewee
import psycopg
import pytest

from tests.builders import accounts, changing, filings, lanes, units, uploads
from tests.builders import bytes as stored
from tests.builders.backups import KEY, with_copies
from tests.builders.delivery import drain
from webapp import clock, configure_core, crypto, database, schema
from webapp.backups import archive, creating, restoring, verifying
from webapp.domain.accounts import second_factor
from webapp.domain.accounts.models import Account, Session
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.files import actions as files
from webapp.domain.files.models import StoredFile
from webapp.domain.filings import attesting, drafts
from webapp.domain.filings import changing as beginning
from webapp.domain.filings.models import Submission
from webapp.domain.lanes import feed, journal
from webapp.domain.lanes.models import LaneCheck
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.privacy import erasing, erasure_list
from webapp.domain.privacy.models import Erasure
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Answers, Person
from webapp.errors import Invalid
from webapp.settings import Settings, SettingsError

OTHER = bytes(range(1, 33))


@pytest.fixture
def kept(db: Settings, tmp_path: Path) -> Settings:
    return with_copies(db, tmp_path / "copies")


@pytest.fixture
def elsewhere(kept: Settings, tmp_path: Path) -> Iterator[Settings]:
    """An empty place of the same kind."""
    place = replace(kept, data_dir=tmp_path / "elsewhere")
    if database.is_sqlite():
        yield replace(place, database_url=f"sqlite:///{place.data_dir / 'passlist.db'}")
        return
    parts = urlsplit(kept.database_url)
    name = f"restored_{crypto.new_ref()[:8]}"
    with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield replace(place, database_url=parts._replace(path=f"/{name}").geturl())
        database.disconnect()
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def put_back(place: Settings, path: Path) -> restoring.Restored:
    database.disconnect()
    configure_core(place)
    return restoring.restore(place, path)


def test_copy_made_while_people_file_is_put_back_equal(kept, elsewhere):
    built = units.certified_unit()
    drafts = [filings.draft(built) for _ in range(12)]
    begun = threading.Event()

    def people() -> None:
        database.connect()
        for draft in drafts:
            filings.send(draft)
            begun.set()
        database.disconnect()

    thread = threading.Thread(target=people)
    thread.start()
    assert begun.wait(20)
    made = creating.create(kept)
    thread.join()
    cursor = str(feed.now())

    serving_role = "" if database.is_sqlite() else f"serves_{crypto.new_ref()[:8]}"
    if serving_role:
        database.database.execute_sql(f"CREATE ROLE {serving_role}")

    done = put_back(replace(elsewhere, serving_role=serving_role), made.path)

    if serving_role:
        asked = f"SELECT has_table_privilege('{serving_role}', 'submission', 'UPDATE')"
        assert database.database.execute_sql(asked).fetchone() == (True,)
        assert database.database.execute_sql(asked.replace("submission", "seal")).fetchone() == (False,)
        database.database.execute_sql(f"DROP OWNED BY {serving_role}")
        database.database.execute_sql(f"DROP ROLE {serving_role}")
    assert (done.rows, done.files, done.missing_files) == (made.facts["rows"], made.facts["files"], 0)
    assert 1 <= Submission.select().count() <= 12
    assert schema.pending() == []
    assert b"".join(files.stream(StoredFile.select().order_by(StoredFile.id).first())).startswith(b"%PDF")
    # Triggers are there, gates are told to begin anew, the record knows, numbers go on.
    with pytest.raises(peewee.IntegrityError), database.transaction():
        AuditLine.delete().execute()
    assert str(feed.now()).partition(".")[0] != cursor.partition(".")[0]
    assert Act.select().where(Act.verb == "backup:restore").count() == 1
    filings.filed(units.certified_unit())


def test_questions_in_journals_are_in_the_copy_once(kept, elsewhere):
    lanes.fresh()
    asked = {
        "kind": "plate",
        "asked_at": clock.now(),
        "channel": "",
        "plate": "粵C12345",
        "plate_index": b"i" * 16,
        "result": "not_listed",
        "reason": "",
    }
    journal.write(asked)
    assert journal.take_in() == 1
    journal.write(asked)

    made = creating.create(kept)
    put_back(elsewhere, made.path)
    journal.take_in()

    assert LaneCheck.select().count() == 2


def test_restore_refuses_a_place_that_is_not_empty(kept, elsewhere):
    made = creating.create(kept)

    with pytest.raises(restoring.NotEmpty, match="database"):
        restoring.restore(kept, made.path)
    (elsewhere.files_dir / "aa").mkdir(parents=True)
    (elsewhere.files_dir / "aa" / "a").write_bytes(b"x")
    with pytest.raises(restoring.NotEmpty, match="files"):
        put_back(elsewhere, made.path)


def test_damaged_byte_is_named_and_nothing_is_put_back(kept, elsewhere):
    made = creating.create(kept)
    content = bytearray(made.path.read_bytes())
    place = len(content) - 700_000  # in the file of two megabytes
    content[place] ^= 1
    made.path.write_bytes(content)

    with pytest.raises(archive.Damaged, match=r"files/../") as refused:
        verifying.verify(made.path, {7: KEY})
    first, after = (int(word) for word in str(refused.value).removeprefix("bytes ").split(" are")[0].split(" to "))
    with pytest.raises(archive.Damaged):
        put_back(elsewhere, made.path)

    assert first <= place <= after
    assert restoring.places.target(elsewhere.database_url).is_empty()
    assert not elsewhere.data_dir.joinpath("files", "aa").exists()


@pytest.mark.parametrize("cut", [1, 40, archive.SLICE + archive.TAG])
def test_copy_cut_off_is_noticed(kept, cut):
    path = creating.create(kept).path
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])

    with pytest.raises(archive.BadArchive):
        verifying.verify(path, {7: KEY})


def test_keys_of_copies_turn_over_and_a_wrong_one_opens_nothing(kept):
    path = creating.create(kept).path

    assert verifying.verify(path, {7: KEY, 8: OTHER}).key_id == 7
    with pytest.raises(archive.BadArchive, match="another one"):
        verifying.verify(path, {7: OTHER})
    with pytest.raises(archive.BadArchive, match="key 7"):
        verifying.verify(path, {8: OTHER})
    with pytest.raises(SettingsError, match="BACKUP_KEY"):
        creating.create(replace(kept, backup_keys=()))
    assert KEY not in path.read_bytes()


def test_copy_brings_back_nobody_who_was_erased_and_no_session(kept, elsewhere):
    built, first, second = units.certified_unit(), *(accounts.actor_of(accounts.platform_staff()) for _ in range(2))
    given = filings.answers()
    sent = filings.filed(built, given)
    entry = uploads.uploaded(built, uploads.verified(built, sent)) and uploads.entry_of(sent)
    typing = filings.draft(built)
    cookie = drafts.secret(typing.ref)
    session = Session.create(
        ref=crypto.new_ref(), token_hash=crypto.token_hash("t"), account=first.account_id, address="192.0.2.7",
        started_at=clock.now(), seen_at=clock.now(), proved_at=clock.now(),
    )  # fmt: skip
    code = recovery_code(first.account_id)
    made = creating.create(kept)
    looked_for = [given["person"]["full_name"], given["person"]["id_number"]]
    # After the copy he leaves the list and is erased; the session ends.
    removals.remove(built.actor, built.unit.id, Chosen(rows=((entry.ref, entry.version),)), "left_unit")
    person = Person.get_by_id(sent.submission.person_id)
    proposed = erasing.propose(first, person.ref)
    done = erasing.confirm(second, proposed["erasure"])
    drain(kept)
    Session.update(ended_at=clock.now()).where(Session.id == session.id).execute()

    back = put_back(elsewhere, made.path)

    assert (back.settled.sessions >= 1, back.settled.recovery_codes, back.settled.erased) == (True, 10, 1)
    assert second_factor.codes_left(first.account_id) == 0, "one that was used since the copy would work again"
    with pytest.raises(Invalid):
        second_factor.prove(first, Account.get_by_id(first.account_id), "", code, locale="zh_Hant_MO")
    assert Session.select().where(Session.ended_at.is_null()).count() == 0
    assert drafts.opened(typing.ref, cookie) is None
    assert drafts.by_resume_token(drafts.resume_token(typing.ref)) is None
    assert Entry.get(Entry.ref == entry.ref).state == "removed"
    again = Person.get(Person.ref == person.ref)
    assert again.erased_at is not None
    assert registry.open_answers(Answers.get(Answers.person == again.id))["person"]["id_number"] == ""
    assert stored.found(looked_for, stored.places(elsewhere)) == []
    # Number and certificate are those he has.
    assert Erasure.get(Erasure.ref == proposed["erasure"]).number == proposed["number"]
    assert attesting.attest(done["certificate"]).standing == attesting.ERASURE_DONE


def recovery_code(account_id: int) -> str:
    """One of the codes of an account whose second factor is enrolled."""
    secret, account = second_factor.new_secret(), Account.get_by_id(account_id)
    figures = second_factor.code_at(secret, second_factor.step_now())
    return second_factor.enrol(accounts.actor_of(account), account, secret, figures, locale="zh_Hant_MO")[0]


def test_a_database_brought_back_by_other_means_is_settled_like_a_copy(kept):
    """As after a recovery to a moment: the list of erasures stands beside the copies."""
    account = accounts.platform_staff()
    actor = accounts.actor_of(account)
    recovery_code(actor.account_id)
    with pytest.raises(archive.BadArchive, match=r"erasures\.list is missing"):
        restoring.begin_anew(kept)
    before = feed.now()
    erasure_list.write(kept.backup_dir, [])

    settled = restoring.begin_anew(kept)

    assert (settled.recovery_codes, settled.erased) == (10, 0)
    assert second_factor.codes_left(actor.account_id) == 0
    assert str(feed.now()).partition(".")[0] != str(before).partition(".")[0]


def test_what_was_begun_on_a_private_page_can_be_begun_anew_after_that(kept):
    """The link of what was begun before is dead, and led nobody back into it."""
    _built, sent = changing.listed()
    before = beginning.begin(changing.again(sent), ["licence"])
    erasure_list.write(kept.backup_dir, [])

    restoring.begin_anew(kept)
    after = beginning.begin(changing.again(sent), ["licence"])

    assert drafts.by_resume_token(drafts.resume_token(before.ref)) is None
    assert drafts.by_resume_token(drafts.resume_token(after.ref)).id == after.id


def test_restore_is_refused_without_the_list_of_erasures_and_under_other_keys(kept, elsewhere):
    filings.filed(units.certified_unit())
    made = creating.create(kept)
    lines = made.path.parent / erasure_list.NAME
    lines.write_text(
        '{"person": "p", "erasure": "e", "number": "n", "certificate": "", "on": "2026-01-01", "mark": "m"}\n'
    )
    with pytest.raises(archive.BadArchive, match=r"line 1 of erasures\.list was not written by this system"):
        put_back(elsewhere, made.path)
    lines.unlink()
    with pytest.raises(archive.BadArchive, match=r"erasures\.list is missing"):
        put_back(elsewhere, made.path)
    erasure_list.write(made.path.parent, [])
    moved = made.path.rename(kept.data_dir / made.path.name)
    erasure_list.write(moved.parent, [])
    (kept.backup_dir / erasure_list.NAME).write_text("no line\n")
    with pytest.raises(archive.BadArchive, match=r"line 1 of erasures\.list cannot be read"):
        put_back(elsewhere, moved)  # what BACKUP_DIR knows besides counts as well
    erasure_list.write(kept.backup_dir, [])
    moved.rename(made.path)
    with pytest.raises(archive.BadArchive, match="does not open under these keys"):
        put_back(replace(elsewhere, field_keys=((1, b"w" * 32),)), made.path)
