"""Another person in charge: handed over, named by the platform, recovered; and who signs from then on."""

from __future__ import annotations

import pytest

from tests.builders.accounts import visitor
from tests.builders.filings import filed
from tests.builders.units import PASSWORD, BuiltUnit, certified_unit, member, picture, typed
from tests.builders.uploads import prepared, signature, verified
from tests.domain.test_closings_deregistering import deregister, officers
from webapp.domain.accounts import links
from webapp.domain.accounts import queries as accounts
from webapp.domain.files import intake
from webapp.domain.filings import uploads
from webapp.domain.notices.models import Notice
from webapp.domain.units import drafts, handing_over, members, proposals, queries, team
from webapp.domain.units.handing_over import END, KEEP, Named
from webapp.domain.units.models import UnitProposal, UnitStep
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound

__all__ = ["officers"]

NEW = Named("何嘉欣", "13900139000", "new@unit.example")
LOCALE = "zh_Hant_MO"


def letter():
    return intake.check(picture(), "letter.png", "authorisation")


def named(actor, built: BuiltUnit, managers: str = END, who: Named = NEW, **how) -> UnitProposal:
    made = handing_over.propose(actor, built.unit.id, who, letter(), managers, **how)
    return proposals.one(made["proposal"])


def confirmed(officer, row: UnitProposal) -> str:
    """The token that goes to the new manager."""
    return links.token(handing_over.confirm(officer, row.ref, row.version)["link"])


def join(token: str, account_id: int | None = None, name: str = NEW.manager_name) -> dict[str, str]:
    return team.join(visitor(), token, account_id, name, PASSWORD)


def roles(built: BuiltUnit) -> dict[str, str]:
    return {accounts.email_of(one.account): one.role for one in members.active(built.unit.id)}


def asked(built: BuiltUnit, email: str = "claimant@unit.example", with_letter: bool = True) -> UnitProposal:
    """Somebody registers the unit again and asks for its account."""
    unit = built.unit
    draft, _cookie = drafts.begin()
    fields = typed(
        unit.unit_class,
        unit_name=unit.name,
        registration_number=unit.registration_number,
        manager_name="何嘉欣",
    )
    drafts.save(draft, fields)
    drafts.keep_file(draft, "proof", intake.check(picture(), "proof.png", "proof"))
    if with_letter:
        drafts.keep_file(draft, "authorisation", letter())
    handing_over.ask_recovery(visitor(), draft.ref, email)
    return proposals.waiting(unit.id, "recover")[-1]


def test_the_manager_hands_over_and_leaves(officers):
    here = certified_unit(email="old@unit.example")
    row = named(here.actor, here, by_unit=True)
    token = confirmed(officers[0], row)
    assert roles(here) == {"old@unit.example": "manager"}

    join(token)

    assert roles(here) == {"new@unit.example": "manager"}
    unit = queries.by_id(here.unit.id)
    details = queries.details(unit)
    assert (details["manager_name"], details["email"], details["legal_representative"]) == (
        "何嘉欣",
        "new@unit.example",
        "周婉儀",
    )
    assert unit.authorisation_id == row.authorisation_id
    assert UnitStep.select().where(UnitStep.unit == unit.id, UnitStep.action == "hand_over").count() == 1
    kinds = [one.kind for one in Notice.select().where(Notice.audience_ref == unit.ref).order_by(Notice.id)]
    assert kinds[-4:] == ["manager-named", "manager-confirmed", "manager-changed", "member-joined"]


def test_uploads_are_signed_by_the_new_person_in_charge(officers):
    here = certified_unit(email="old@unit.example")
    join(confirmed(officers[0], named(here.actor, here, by_unit=True)))
    new = members.active(here.unit.id)[0].account
    other = member(here, "manager")
    upload = prepared(here, verified(here, filed(here)))

    with pytest.raises(Invalid) as refused:
        uploads.upload(other, here.unit.id, upload, signature(signed_name="周婉儀"))
    done = uploads.upload(other, here.unit.id, upload, signature(signed_name="何嘉欣"))

    assert (refused.value.code, done["covered"], accounts.name_of(new)) == ("not_the_manager", 1, "何嘉欣")


def test_a_verifier_of_the_unit_becomes_its_manager_and_the_old_one_stays(officers):
    here = certified_unit(email="old@unit.example")
    clerk = member(here, email="new@unit.example")
    token = confirmed(officers[0], named(here.actor, here, KEEP, by_unit=True))

    join(token, clerk.account_id)

    assert roles(here) == {"old@unit.example": "manager", "new@unit.example": "manager"}


def test_the_platform_names_one_when_the_manager_is_gone_by_two_officers(officers):
    here = certified_unit()
    row = named(officers[0], here)

    with pytest.raises(NotAllowed) as same:
        handing_over.confirm(officers[0], row.ref, row.version)
    with pytest.raises(NotAllowed, match="same_person"):
        proposals.reject(officers[0], row.ref, "改了主意", row.version)
    join(confirmed(officers[1], row))

    assert same.value.code == "same_person"
    assert roles(here) == {"new@unit.example": "manager"}


def test_a_manager_cannot_confirm_his_own_successor(officers):
    here = certified_unit()
    row = named(here.actor, here, by_unit=True)

    with pytest.raises(NotAllowed):
        handing_over.confirm(here.actor, row.ref, row.version)


@pytest.mark.parametrize(
    ("who", "managers", "fields"),
    [
        (Named("", "12", "nobody"), "x", {"manager_name", "manager_phone", "email", "managers"}),
        (NEW, "", {"managers"}),
    ],
)
def test_every_fault_at_once(officers, who, managers, fields):
    with pytest.raises(Invalid) as refused:
        handing_over.propose(officers[0], certified_unit().unit.id, who, letter(), managers)

    assert {fault.field for fault in refused.value.faults} == fields


def test_a_letter_is_needed_unless_the_representative_takes_over_himself(officers):
    here = certified_unit(manager_name="何嘉欣")
    with pytest.raises(Invalid) as refused:
        handing_over.propose(officers[0], here.unit.id, NEW, None, KEEP)

    himself = Named("周婉儀", "13900139000", "chief@unit.example")
    assert handing_over.propose(officers[0], here.unit.id, himself, None, KEEP)["proposal"]
    assert refused.value.faults[0].field == "authorisation"


def test_an_account_is_recovered_with_letter_and_proof_by_two_officers(officers):
    here = certified_unit(email="lost@unit.example")
    row = asked(here)
    with pytest.raises(Conflict):
        handing_over.confirm(officers[0], row.ref, row.version)

    handing_over.take_up(officers[0], row.ref, END, "已核對授權信", row.version)
    row = proposals.one(row.ref)
    with pytest.raises(NotAllowed):
        handing_over.confirm(officers[0], row.ref, row.version)
    join(confirmed(officers[1], row))

    assert roles(here) == {"claimant@unit.example": "manager"}
    assert Notice.select().where(Notice.kind == "recovery-asked", Notice.audience_ref == here.unit.ref).count() == 1
    assert UnitStep.select().where(UnitStep.action == "recover").count() == 1


def test_a_recovery_needs_a_letter_and_leads_nowhere_without_a_unit(officers):
    here = certified_unit()
    with pytest.raises(Invalid) as refused:
        asked(here, with_letter=False)
    deregister(officers, here)
    with pytest.raises(NotFound):
        asked(here)

    assert refused.value.faults[0].field == "authorisation"


def test_only_so_many_ask_at_a_time_and_one_is_taken_up(officers):
    here = certified_unit()
    rows = [asked(here, f"claimant{n}@unit.example") for n in range(handing_over.RECOVERIES_AT_ONCE)]
    with pytest.raises(Conflict) as full:
        asked(here, "late@unit.example")

    handing_over.take_up(officers[0], rows[0].ref, KEEP, "", rows[0].version)
    with pytest.raises(Conflict) as second:
        handing_over.take_up(officers[1], rows[1].ref, KEEP, "", rows[1].version)

    assert (full.value.code, second.value.code) == ("recoveries_full", "proposal_waits")


def test_who_holds_the_account_cannot_stop_the_link(officers):
    here = certified_unit()
    row = asked(here)
    handing_over.take_up(officers[0], row.ref, END, "", row.version)
    token = confirmed(officers[1], proposals.one(row.ref))
    link = links.opened(token, "invitation")

    assert team.invitations(here.unit.id) == []
    with pytest.raises(NotFound):
        team.revoke_invitation(here.actor, here.unit.id, link.ref, LOCALE)
    team.invite(here.actor, here.unit.id, "claimant@unit.example", "verifier", LOCALE)
    join(token)

    assert "claimant@unit.example" in roles(here)


def test_the_link_works_once(officers):
    here = certified_unit()
    token = confirmed(officers[0], named(here.actor, here, by_unit=True))
    join(token)

    with pytest.raises(NotFound):
        join(token)
