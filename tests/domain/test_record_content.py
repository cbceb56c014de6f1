"""What a row of the record says, and that nobody's number, name, phone or plate stands in it (control 15)."""

import pytest

from tests.builders import accounts, units, uploads
from tests.builders import filings as build
from webapp.database import database
from webapp.domain.accounts import codes
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.filings import details
from webapp.domain.passlist import exporting
from webapp.domain.searches import actions as searches
from webapp.errors import Invalid, NotFound


def test_a_row_says_when_who_what_to_which_and_from_where(db):
    built = units.certified_unit()
    build.filed(built)
    codes.issue("email", "an.lei@unit.example", locale="zh_Hant_MO", actor=accounts.visitor("192.0.2.7"))

    assert Act.get(Act.verb == "code:issue", Act.address != "").address == "192.0.2.7"
    act = Act.get(Act.verb == "filing:submit")
    line = AuditLine.get(AuditLine.act == act.id, AuditLine.tag == "filing:submitted")

    said = (act.at.tzinfo is not None, act.actor_kind, bool(act.actor_ref), act.outcome, bool(act.request_id))
    assert said == (True, "filer", True, "done", True)
    assert (bool(act.mac), act.lines >= 2, line.position >= 1, bool(line.object_ref)) == (True,) * 4


def test_no_number_name_phone_or_plate_stands_in_the_record(db):
    """Filed, opened, searched, exported and refused: then every column of every row is looked through."""
    built = units.certified_unit()
    officer = units.platform_actor()
    sent = [build.filed(built, who=build.person(kind)) for kind in ("cn_id", "hk_id", "home_return")]
    entry = uploads.listed(built)
    ref = sent[0].filing.ref
    details.read_numbers(built.actor, built.unit.id, ref, "comparing")
    exporting.export(built.actor, built.unit.id, "csv", "", True, "inspection")
    number = sent[0].answers["person"]["id_number"]
    with pytest.raises(Invalid):
        searches.begin(officer, "document", "5", number)
    with pytest.raises(NotFound):
        details.read_numbers(built.actor, built.unit.id, number, "comparing")

    people = [one.answers for one in sent]
    secrets = {
        value
        for one in people
        for value in (
            one["person"]["id_number"],
            one["person"]["full_name"],
            one["contact"]["phone"],
            one["licence"]["licence_number"],
            *(car["plate"] for car in one["vehicles"]),
        )
        if value
    }
    rows = [
        str(row)
        for table in ("act", "audit_line", "seal", "sequence")
        for row in database.execute_sql(f"SELECT * FROM {table}").fetchall()
    ]
    assert len(rows) > 30
    assert len(secrets) >= 12
    found = {(secret, row) for secret in secrets for row in rows if secret in row}
    assert found == set()
    assert entry.ref in "".join(rows)
