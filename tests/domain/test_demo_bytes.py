"""A whole world at once, because it is costly to make: the cast of the demo, its jobs run, a copy made.

Nothing of it lies in plain anywhere; every sealed value opens where the register says; keys rotate while somebody
writes; the index key changes and everybody is still found.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from tests.builders import bytes as stored
from tests.builders.delivery import drain
from webapp import configure_core, crypto, database
from webapp.backups import creating
from webapp.backups.archive import Reader
from webapp.cli.demo import cast, story
from webapp.domain.accounts import queries as accounts
from webapp.domain.files import actions as files
from webapp.domain.files.models import IssuedDocument, StoredFile
from webapp.domain.filings import declaring
from webapp.domain.filings.models import Submission
from webapp.domain.jobs.models import MESSAGES, RECORDS, URGENT, Job
from webapp.domain.privacy import keys, register, reindexing, rotating
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Answers, Person


def use(settings):
    """A process with these settings, connected in this thread."""
    configure_core(settings)
    database.connect()


@pytest.fixture
def world(db, tmp_path, monkeypatch, capfd):
    """The demo, with mail and texts outside of what is kept, as in life."""
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    place = replace(
        db,
        smtp_url=f"file://{outside / 'mail'}",
        sms_url=f"file://{outside / 'sms'}",
        backup_keys=((7, b"c" * 31 + b"d"),),
        backup_dir=tmp_path / "copies",
    )
    use(place)
    story.tell()
    drain(place, URGENT, RECORDS, MESSAGES)
    # A document of each kind is enough: a hundred of them take minutes.
    kept = {row.kind: row.code for row in IssuedDocument.select().order_by(IssuedDocument.id.desc())}
    Job.delete().where(Job.kind == "render-document", Job.subject.not_in([*kept.values()])).execute()
    drain(place)
    return place


def said() -> dict[str, list[str]]:
    """Everything of the cast that must not be found, as people typed it and as it is kept."""
    declared = [registry.open_answers(row) for row in Answers.select()]
    people = [one["person"] for one in declared]
    return {
        "names": [role.name for role in cast.CAST] + [one["latin_name"] for one in people if one["latin_name"]],
        "staff": [value for unit in cast.UNITS for value in (unit.manager, unit.email)],
        "numbers": [one["id_number"] for one in people],
        "phones": [one["contact"]["phone"] for one in declared if one["contact"]["phone"]],
        "plates": [plate for one in declared for car in one["vehicles"] for plate in car["plates"]],
        "licences": [one["licence"]["licence_number"] for one in declared if one["licence"]["licence_number"]],
    }


def test_nothing_lies_in_plain_and_keys_change_under_a_living_system(world, capfd, caplog):
    values = sorted({value for kind in said().values() for value in kind})
    assert len(values) > 150
    made = creating.create(world)
    logged = "".join(capfd.readouterr()) + caplog.text
    everywhere = [
        *stored.places(world),
        ("log", logged.encode()),
        ("copy", made.path.read_bytes()),
        # What whoever has the key of the copies, and none of ours, reads in one.
        *((member.name, b"".join(member.pieces)) for member in Reader(made.path, dict(world.backup_keys)).members()),
    ]

    assert stored.found(values, everywhere) == []

    _everything_opens_where_the_register_says()
    _keys_rotate(world)
    _index_key_changes(world)


def _everything_opens_where_the_register_says() -> None:
    columns = set()
    for column in register.sealed():
        for _row, sealed, place in rotating.values(column):
            crypto.unseal_bytes(sealed, column.table, column.name, place)
            columns.add(f"{column.table}.{column.name}")
    assert {"answers.sealed", "upload_line.line", "unit_step.note", "case_party.words", "filing_step.note"} <= columns


def _keys_rotate(world) -> None:
    digests = {row.id: row.digest for row in StoredFile.select()}
    newer = replace(world, field_keys=(*world.field_keys, (2, b"n" * 32)))
    use(newer)
    assert keys.faults() == []
    submission = Submission.select().order_by(Submission.id).first()

    done = rotating.rotate()

    assert (done.unreadable, done.unused, set(done.in_use)) == ((), (1,), {2})
    assert done.resealed == sum(done.in_use.values())
    assert rotating.rotate().resealed == 0
    # The old key is no longer needed; the new one alone opens everything, files too; a wrong one is refused.
    alone = replace(world, field_keys=((2, b"n" * 32),))
    use(alone)
    assert keys.faults() == []
    assert registry.answers(submission.answers_id)["person"]["id_number"]
    for row in StoredFile.select():
        assert hashlib.sha256(files.read(row)).hexdigest() == digests[row.id]
    use(world)
    assert keys.faults() == ["FIELD_KEYS lacks key 2, under which values are sealed here"]
    use(replace(alone, field_keys=((2, b"w" * 32),)))
    assert "key 2 is another one" in keys.faults()[0]
    with pytest.raises(crypto.Unreadable):
        registry.answers(submission.answers_id)
    use(alone)


def _index_key_changes(world) -> None:
    before, changed = crypto.Indexer(world.index_key), b"i" * 32
    submission = Submission.select().order_by(Submission.id).first()
    declared = registry.answers(submission.answers_id)
    alone = replace(world, field_keys=((2, b"n" * 32),), index_key=changed)
    use(alone)
    assert "INDEX_KEY is another one" in keys.faults()[0]
    with pytest.raises(ValueError, match="not the one"):
        reindexing.reindex(crypto.Indexer(b"x" * 32))

    done = reindexing.reindex(before)

    assert keys.faults() == []
    assert not {"person_document.key_index", "plate.plate_index", "submission.phone_index"} & set(done.carried)
    key = declaring.identity_key(declared["person"])
    assert registry.person_by_key(key) == Person.get_by_id(submission.person_id)
    assert registry.phone_number(registry.phone_on_file(submission.person_id)) == declared["contact"]["phone"]
    assert accounts.by_email(cast.UNITS[0].email) is not None
    plate = declared["vehicles"][0]["plates"][0]
    assert len(registry.vehicles_of([plate])) == 1
