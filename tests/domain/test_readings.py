"""Who read whose data, in one query."""

from dataclasses import replace

import pytest

from tests.builders import accounts, uploads
from tests.builders import filings as build
from tests.builders import units as unit_builders
from webapp.domain.audit import readings
from webapp.domain.filings import details, replacing_phones, subjects
from webapp.domain.passlist import exporting, opening
from webapp.domain.searches import actions as searches
from webapp.errors import NotFound


@pytest.fixture
def unit(db):
    return unit_builders.certified_unit()


def test_every_opening_of_one_persons_data_is_found_by_what_he_sent(unit):
    """By one question: whoever opened pages, papers or numbers, searched or exported, newest first."""
    staff = replace(unit.actor, session_ref="session-1")
    officer = accounts.actor_of(accounts.platform_staff("platform_officer", email="an.lei@staff.example"))
    entry = uploads.listed(unit)
    other = uploads.listed(unit, who=build.person())
    sent = subjects.meant(entry.ref)

    for _ in range(2):  # the page drawn again is the same reading
        opening.page(staff, unit.unit.id, entry.ref)
    opening.papers(staff, unit.unit.id, entry.ref)
    exporting.export(staff, unit.unit.id, "csv", "", True, "inspection")
    search = searches.begin(officer, "reference", entry.number, "個案C-12")["search"]
    searches.open_result(officer, search, "entry", entry.ref)
    filed = build.filed(unit, who=build.person())
    details.opened(staff, unit.unit.id, filed.filing.ref)
    details.read_numbers(staff, unit.unit.id, filed.filing.ref, "comparing")
    replacing_phones.opened(staff, unit.unit.id, filed.submission.ref)
    with pytest.raises(NotFound):
        opening.page(staff, unit.unit.id, filed.filing.ref)

    found = readings.readings_of(sent)
    assert [(one.how, one.verb, one.account_id) for one in found] == [
        ("page-read", "list:open-result", officer.account_id),
        ("exported", "list:export", staff.account_id),
        ("paper-read", "person:open", staff.account_id),
        ("page-read", "person:open", staff.account_id),
    ]
    assert (found[1].purpose, found[1].items, found[1].unit_id) == ("inspection", ("id_number", "phone"), unit.unit.id)
    assert [one.how for one in readings.readings_of(sent, before=found[1].id)] == ["paper-read", "page-read"]
    assert [one.how for one in readings.readings_of(subjects.meant(other.ref))] == ["exported"]
    mine = readings.readings_of([filed.submission.ref])
    assert [one.how for one in mine] == ["page-read", "numbers-read", "page-read"]
    assert set(mine[1].items) >= {"id_number", "licence_number"}


def test_a_reference_means_everything_its_person_sent(unit):
    entry = uploads.listed(unit)

    meant = subjects.meant(entry.ref)

    assert meant == [entry.submission_ref]
    assert [subjects.meant(one) for one in (entry.number, entry.number.lower(), entry.submission_ref)] == [meant] * 3
    assert subjects.meant("no-such-reference") == []
