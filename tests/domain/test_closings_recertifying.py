"""Certified data change only when they are certified again; what the new class forbids ends by rule."""

from __future__ import annotations

import pytest

from tests.builders.accounts import actor_of, platform_staff
from tests.builders.delivery import drain
from tests.builders.filings import answers, filed
from tests.builders.units import BuiltUnit, certified_unit, credit_code, pending_unit, picture
from tests.builders.uploads import entry_of, listed, uploaded, verified
from tests.domain.test_closings_deregistering import kinds_of
from webapp.delivery import contents
from webapp.domain.closings import recertifying
from webapp.domain.files import documents, intake
from webapp.domain.filings import attesting
from webapp.domain.filings.models import Filing
from webapp.domain.passlist.models import Entry
from webapp.domain.units import codes, proposals, queries, registering
from webapp.domain.units.models import UnitProposal, UnitStep
from webapp.errors import Conflict, Invalid, NotAllowed


@pytest.fixture
def officer(db):
    return actor_of(platform_staff())


def proof():
    return intake.check(picture("grey"), "proof.png", "proof")


def wanted(built: BuiltUnit, **changes) -> UnitProposal:
    unit = queries.by_id(built.unit.id)
    typed = recertifying.as_certified(unit) | changes
    made = recertifying.propose(built.actor, unit.id, typed, proof(), "換了名稱", unit.version)
    return proposals.one(made["proposal"])


def test_the_old_data_stay_until_the_new_are_certified(officer, db):
    here = certified_unit(unit_name="橫琴舊名有限公司")
    number = credit_code()
    row = wanted(here, unit_name="橫琴新名有限公司", registration_number=number)
    before = queries.by_id(here.unit.id)
    papers = {kind: documents.of_subject(kind, here.code) for kind in codes.PAPERS}

    recertifying.confirm(officer, row.ref, row.version)

    after = queries.by_id(here.unit.id)
    assert (before.name, after.name, after.registration_number) == ("橫琴舊名有限公司", "橫琴新名有限公司", number)
    assert (after.state, after.proof_id, after.version) == ("certified", row.proof_id, before.version + 1)
    assert queries.active_code(after.id).code == here.code
    assert UnitStep.select().where(UnitStep.unit == after.id, UnitStep.action == "change").count() == 1
    assert kinds_of(after.ref)[-1] == "unit-changed"
    # The papers of the code are made anew; those that hang somewhere say so, and the code goes on.
    assert [papers[kind].code for kind in papers] != [documents.of_subject(kind, here.code).code for kind in papers]
    assert {attesting.attest(one.code).standing for one in papers.values()} == {attesting.PAPER_OLD}
    drain(db, "documents")
    for kind in papers:
        now = documents.of_subject(kind, here.code)
        assert attesting.attest(now.code).standing == attesting.CODE_OPEN
        assert contents.values_for(now, "http://x.test").unit_name == "橫琴新名有限公司"
        assert now.file_id is not None


def test_another_class_without_own_cars_ends_them_and_says_so_first(officer, db):
    here = certified_unit()
    mine = listed(here)
    waits = filed(here)
    of_unit = filed(here, answers("enterprise", relation="unit_driver"))
    uploaded(here, verified(here, of_unit))
    with pytest.raises(Invalid) as warned:
        wanted(here, unit_class="other")
    row = wanted(here, unit_class="other", confirmed=["unit_class"])

    result = recertifying.confirm(officer, row.ref, row.version)
    drain(db)

    (fault,) = warned.value.faults
    assert (fault.code, fault.warning, fault.params) == ("class_closes_own", True, {"entries": 1, "filings": 1})
    assert (result["entries"], result["filings"]) == (1, 1)
    assert (Entry.get_by_id(mine.id).state, Entry.get_by_id(mine.id).cause) == ("removed", "basis_ended")
    assert Filing.get_by_id(waits.filing.id).reasons == ["unit:class_changed"]
    assert entry_of(of_unit).state == "listed"
    assert kinds_of(mine.submission_ref)[-1] == "class-changed"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({}, "unit_name", "same_data"),
        ({"unit_name": ""}, "unit_name", "missing"),
        ({"unit_class": "resident"}, "unit_class", "class_committee"),
        ({"registration_number": "123"}, "registration_number", "wrong_length"),
    ],
)
def test_what_may_not_be_asked(officer, changes, field, code):
    with pytest.raises(Invalid) as refused:
        wanted(certified_unit(), **changes)

    assert (field, code) in {(fault.field, fault.code) for fault in refused.value.faults}


def test_another_units_number_is_refused_when_asked_and_when_confirmed(officer):
    here, other = certified_unit(), certified_unit()
    with pytest.raises(Invalid) as early:
        wanted(here, registration_number=other.unit.registration_number)
    number = credit_code()
    row = wanted(here, registration_number=number)
    pending_unit(registration_number=number)

    with pytest.raises(Conflict) as late:
        recertifying.confirm(officer, row.ref, row.version)

    assert (early.value.code, late.value.code) == ("unit_taken", "unit_taken")
    assert queries.by_id(here.unit.id).registration_number == here.unit.registration_number


def test_a_proof_is_needed_a_version_counts_and_one_waits_at_a_time(officer):
    here = certified_unit()
    typed = recertifying.as_certified(here.unit) | {"unit_name": "橫琴新名有限公司"}
    with pytest.raises(Invalid) as refused:
        recertifying.propose(here.actor, here.unit.id, typed, None, "", here.unit.version)
    with pytest.raises(Conflict) as stale:
        recertifying.propose(here.actor, here.unit.id, typed, proof(), "", here.unit.version + 1)
    wanted(here, unit_name="橫琴新名有限公司")
    with pytest.raises(Conflict) as waits:
        wanted(here, unit_name="橫琴另名有限公司")

    assert [fault.field for fault in refused.value.faults] == ["proof"]
    assert (stale.value.code, waits.value.code) == ("stale", "proposal_waits")


def test_nobody_certifies_his_own_change(officer):
    here = certified_unit()
    row = wanted(here, unit_name="橫琴新名有限公司")

    with pytest.raises(NotAllowed):
        recertifying.confirm(here.actor, row.ref, row.version)


def test_address_and_phones_change_at_once(officer):
    here = certified_unit()

    registering.set_contact(
        here.actor,
        here.unit.id,
        "0756 888 8888",
        "全日",
        here.unit.version,
        address="橫琴新路1號",
        manager_phone="66123456",
    )

    unit = queries.by_id(here.unit.id)
    assert (unit.address, unit.public_phone, unit.public_hours) == ("橫琴新路1號", "0756 888 8888", "全日")
    assert queries.details(unit)["manager_phone"] == "+85366123456"
    with pytest.raises(Invalid) as refused:
        registering.set_contact(here.actor, unit.id, "", "", unit.version, address="", manager_phone="1")
    assert {fault.field for fault in refused.value.faults} == {"address", "manager_phone"}
