"""Files of sanctions: read and looked at, proposed and confirmed as a whole or row by row."""

from __future__ import annotations

import pytest

from tests.builders.delivery import drain
from tests.builders.filings import person
from tests.builders.sanctions import Which, officers, which
from tests.builders.units import certified_unit
from tests.builders.uploads import listed
from webapp.domain.closings import sanction_preview, sanctioning
from webapp.domain.sanctions import batches, proposing
from webapp.domain.sanctions.models import (
    Sanction,
    SanctionBatch,
    SanctionFault,
)
from webapp.errors import Conflict

# Files -----------------------------------------------------------------------------------------------------------

HEADS = (
    "列入機關,決定編號,決定日期,列入原因,期限至,申訴途徑,聯絡方法,"
    "姓名或名稱,出生日期,證件類別,證件號碼,車牌號碼,單位登記號碼"
)


def sheet(*rows: str) -> bytes:
    return ("\ufeff" + "\r\n".join([HEADS, *rows])).encode()


def row(number: int, **said: str) -> str:
    values = {"id_type": "", "id_number": "", "plate": "", "registration": "", "name": "", "birth": ""} | said
    start = f"示範信用辦,決{number}號,2026-05-20,走私,,六十日內復議,0756 000 0000"
    return ",".join(
        [start, *(values[name] for name in ("name", "birth", "id_type", "id_number", "plate", "registration"))]
    )


def sent(db, officer, content: bytes) -> SanctionBatch:
    made = batches.send_file(officer, content, "名單.csv")
    drain(db, "records")
    return SanctionBatch.get(SanctionBatch.ref == made["batch"])


def test_a_file_is_read_looked_at_proposed_and_confirmed_as_a_whole(db):
    first, second = officers()
    here = certified_unit()
    who = person("home_return")
    listed(here, who=who)
    content = sheet(
        row(1, id_type="回鄉證", id_number=who["id_number"]),
        row(2, plate="粤C88888"),
        row(3, name="陳嘉敏"),
        row(4, id_type="居民身份證", id_number="440402199001010010"),
        row(2, plate="粤C·88888"),
    )

    batch = sent(db, first, content)

    faults = [(one.row, one.field, one.code) for one in SanctionFault.select().order_by(SanctionFault.row)]
    assert faults == [
        (4, "id_number", "no_number_named"),
        (5, "id_number", "check_digit"),
        (6, "decision_number", "row_repeats"),
    ]
    preview = sanction_preview.of_batch(batch)
    assert (batch.state, batch.rows, preview.total, preview.exact, preview.absent) == ("ready", 5, 2, 1, 1)
    with pytest.raises(Conflict) as refused:
        proposing.propose(first, Which(batch=batch.ref, expected=3))
    assert refused.value.code == "count_changed"
    assert proposing.propose(first, Which(batch=batch.ref, expected=2)) == {"proposed": 2, "known": 0}
    with pytest.raises(Conflict) as refused:
        sanctioning.confirm(first, Which(batch=batch.ref))
    assert refused.value.code == "own_proposal"
    done = sanctioning.confirm(second, Which(batch=batch.ref, expected=2))
    assert done == {"confirmed": 2, "entries": 1, "filings": 0, "units": 0}


def test_the_same_file_again_changes_nothing_nor_do_its_rows_in_another(db):
    first, second = officers()
    content = sheet(row(1, plate="粤C11111"), row(2, plate="粤C22222"))
    batch = sent(db, first, content)
    proposing.propose(first, Which(batch=batch.ref))
    sanctioning.confirm(second, Which(batch=batch.ref))

    again = batches.send_file(second, content, "再傳.csv")
    more = sent(db, second, content + b"\r\n")

    assert again == {"batch": batch.ref, "known": True}
    assert (more.known, Sanction.select().count()) == (2, 2)
    with pytest.raises(Conflict) as refused:
        proposing.propose(second, Which(batch=more.ref))
    assert refused.value.code == "batch_empty"
    proposing.drop(second, Which(batch=more.ref))
    assert (Sanction.select().count(), SanctionBatch.get_by_id(more.id).state) == (2, "dropped")


@pytest.mark.parametrize("content", [b"PK\x03\x04 no book", b"a,b\r\n1,2\r\n", "列入機關\r\n".encode()])
def test_a_file_that_is_no_such_sheet_says_so(db, content):
    first, _second = officers()

    batch = sent(db, first, content)

    assert (batch.state, bool(batch.problem)) == ("unreadable", True)
    proposing.drop(first, Which(batch=batch.ref))
    assert batches.send_file(first, content, "")["known"] is False


def test_rows_of_a_batch_can_be_decided_one_by_one(db):
    first, second = officers()
    batch = sent(db, first, sheet(row(1, plate="粤C11111"), row(2, plate="粤C22222"), row(3, plate="粤C33333")))
    proposing.propose(first, Which(batch=batch.ref))
    one, two, three = Sanction.select().order_by(Sanction.id)

    sanctioning.confirm(second, which(one))
    proposing.reject(second, which(two), "另有其人")
    sanctioning.confirm(second, Which(batch=batch.ref, expected=1))

    assert [Sanction.get_by_id(row.id).state for row in (one, two, three)] == ["confirmed", "rejected", "confirmed"]
