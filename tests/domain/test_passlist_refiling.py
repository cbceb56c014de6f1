"""After each cause of removal: whoever files again is accepted, waits, or is refused, as the cause says (design 6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import changing, sanctions
from tests.builders.delivery import drain
from tests.builders.filings import Filed, draft, filed, send, vehicle
from tests.builders.status import actor
from tests.builders.units import BuiltUnit, certified_unit, platform_actor
from tests.builders.uploads import entry_of, owner_and_second, second_filed, uploaded, verified
from tests.domain.test_closings_deregistering import deregister, officers
from webapp import clock
from webapp.domain.campaigns import actions as campaigns
from webapp.domain.campaigns import advancing
from webapp.domain.closings import fleet
from webapp.domain.filings import withdrawing
from webapp.domain.notices.models import Delivery, Notice
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import CAUSES, Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.units import vehicles
from webapp.errors import Conflict

__all__ = ["officers"]
PLATE = "粤C·12345"
#: Cause → what becomes of the same answers sent again.
AGAIN = {
    "sanctioned": "sanctioned",
    "requested": "listed",
    "left_unit": "listed",
    "unit_deregistered": "elsewhere",
    "not_confirmed": "listed",
    "basis_ended": "waits",
    "vehicle_retired": "listed",
    "entered_in_error": "listed",
    "deceased": "listed",
    "superseded": "already_in_force",
}


def listed(built: BuiltUnit, **choices: Any) -> Filed:
    sent = filed(built, **choices)
    uploaded(built, verified(built, sent))
    return sent


def chosen(sent: Filed) -> Chosen:
    entry = entry_of(sent)
    return Chosen(rows=((entry.ref, entry.version),))


def end(cause: str, built: BuiltUnit, both: Any) -> Filed:
    """Somebody whose entry ended for this cause, by the act that gives it in life."""
    if cause == "vehicle_retired":
        ref = vehicles.add(built.actor, built.unit.id, vehicles.NewVehicle(PLATE, "small"))["vehicle"]
        sent = listed(built, relation="unit_driver", vehicles=[vehicle("unit", plate=PLATE)])
        fleet.retire(built.actor, built.unit.id, ref)
        return sent
    if cause == "basis_ended":
        own, other = owner_and_second()
        owner, sent = filed(built, vehicles=[own]), None
        sent = second_filed(built, other)
        uploaded(built, verified(built, owner, sent))
        removals.remove(built.actor, built.unit.id, chosen(owner), "left_unit")
        with clock.travel(timedelta(days=31)):
            assert removals.finish_due() == 1
        return sent
    sent = listed(built)
    if cause == "sanctioned":
        sanctions.confirmed(*sanctions.officers(), **sanctions.of_person(sent.answers))
    elif cause == "unit_deregistered":
        deregister(both, built)
    elif cause == "superseded":
        changing.upload(built, changing.send(changing.change(sent, licence={"licence_expiry": "2041-01-31"})))
        return sent
    elif cause == "not_confirmed":
        today = clock.today()
        other = listed(built)
        due = today + timedelta(days=30)
        ref = str(campaigns.start_in_unit(built.actor, built.unit.id, due.isoformat(), today)["campaign"])
        campaigns.confirm(built.actor, built.unit.id, ref, chosen(other))
        for days in (16, 31, 38, 45):  # told, held, told again, removed
            with clock.travel(timedelta(days=days)):
                advancing.advance(ref)
                removals.finish_due()
    else:
        if cause == "requested":
            entry = entry_of(sent)
            removals.request_removal(platform_actor(), entry.submission_ref, entry.ref)
        removals.remove(built.actor, built.unit.id, chosen(sent), cause)
    return sent


@pytest.mark.parametrize("cause", CAUSES)
def test_filing_again_after(db, officers, cause):
    built = certified_unit()
    sent = end(cause, built, officers)
    first = Entry.select().where(Entry.submission_ref == sent.submission.ref).order_by(Entry.id).first()
    assert (first.state, first.cause) == ("removed", cause)
    given, wanted = sent.answers, AGAIN[cause]

    if wanted in ("sanctioned", "already_in_force"):
        with pytest.raises(Conflict) as refused:
            send(draft(built, given))
        assert refused.value.faults[0].code == wanted
        return
    if wanted == "elsewhere":
        with pytest.raises(Conflict):
            draft(built, given)
        built = certified_unit()
    again = send(draft(built, given))
    if wanted == "waits":
        # His owner's yes went with the owner: he asks anew, or has bought the car and files as its owner.
        assert again.filing.waiting
        withdrawing.withdraw(actor(again), again.submission.ref, again.filing.ref, again.filing.version)
        again = send(draft(built, given | {"vehicles": [given["vehicles"][0] | {"is_owner": "yes"}]}))
        assert (again.filing.slot, again.filing.waiting) == ("owner", False)
    uploaded(built, verified(built, again))
    drain(db)
    assert entry_of(again).state == "listed"
    assert Entry.get_by_id(first.id).cause == cause  # what was, stays as it was
    # Also who was taken for dead is told again, since he has filed with his phone.
    notice = Notice.get(Notice.kind == "entry-listed", Notice.audience_ref == again.submission.ref)
    assert Delivery.select().where(Delivery.notice == notice.id).count() == 1
