"""Filings brought onto the list through the actions: verified, prepared, uploaded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.builders.filings import Filed, filed, vehicle
from tests.builders.units import BuiltUnit
from webapp.database import among
from webapp.domain.audit.acts import Act, action
from webapp.domain.filings import uploads, verifying
from webapp.domain.filings.models import Filing, Invitation
from webapp.domain.filings.upload_pledge import UnitSignature
from webapp.domain.passlist.models import DriverSlot, Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.pledges import texts

NAME = "周婉儀"


def verify(built: BuiltUnit, filings: Iterable[Filing]) -> list[Filing]:
    """The unit verifies these (again, where it had already); they come back as they are then, in order."""
    ids = [filing.id for filing in filings]
    unit_id = built.unit.id
    for filing in _now(ids, "verified"):
        verifying.undo(built.actor, unit_id, filing.ref, filing.version, ["filing:by_mistake"])
    verifying.verify_all(built.actor, unit_id, chosen(_now(ids, "submitted")))
    for filing in _now(ids, "submitted"):
        # A question for a human to answer, or somebody else's yes that is still missing.
        verifying.verify(built.actor, unit_id, filing.ref, filing.version)
    rows = {row.id: row for row in Filing.select().where(Filing.id << among(ids))}
    return [rows[one] for one in ids]


def _now(ids: Iterable[int], state: str) -> list[Filing]:
    return list(Filing.select().where(Filing.id << among(ids), Filing.state == state).order_by(Filing.id))


def verified(built: BuiltUnit, *sent: Filed) -> list[Filing]:
    """Every filing of these submissions, verified."""
    return verify(built, [filing for one in sent for filing in one.filings])


def chosen(filings: Iterable[Filing]) -> Chosen:
    return Chosen(rows=tuple((filing.ref, filing.version) for filing in filings))


def signature(**changes: Any) -> UnitSignature:
    """The manager's typed name under the wording in force."""
    values: dict[str, Any] = {
        "text_digest": texts.current("unit", "zh_Hant_MO").digest,
        "language": "zh_Hant_MO",
        "pledge_agreed": True,
        "method": "typed",
        "signed_name": NAME,
    }
    return UnitSignature(**values | changes)


def prepared(built: BuiltUnit, filings: Iterable[Filing]) -> str:
    """Ref of a prepared upload of these verified filings."""
    return uploads.prepare(built.actor, built.unit.id, chosen(filings))["upload"]


def uploaded(built: BuiltUnit, filings: Iterable[Filing]) -> dict[str, Any]:
    """Prepare and sign; returns the result of the upload."""
    return uploads.upload(built.actor, built.unit.id, prepared(built, filings), signature())


def listed(built: BuiltUnit, given: dict[str, Any] | None = None, **choices: Any) -> Entry:
    """One person and one vehicle on the unit's list; `choices` as for `filed`."""
    sent = filed(built, given, **choices)
    uploaded(built, verified(built, sent))
    return entry_of(sent)


def entry_of(sent: Filed) -> Entry:
    """The newest entry that a submission led to."""
    return Entry.select().where(Entry.submission_ref == sent.submission.ref).order_by(Entry.id.desc()).get()


def _owner_of(vehicle_id: int) -> int | None:
    """Whoever is the owner, else whoever filed as owner, else nobody yet."""
    slot = DriverSlot.get_or_none(DriverSlot.vehicle == vehicle_id, DriverSlot.slot == "owner")
    if slot is not None:
        return slot.person_id
    filed_ = Filing.select().where(Filing.vehicle == vehicle_id, Filing.slot == "owner")
    found = filed_.order_by(Filing.id.desc()).first()
    return found.person_id if found else None


@action("test:say-yes")
def _say_yes(act: Act, ids: list[int]) -> dict[str, int]:
    for filing in Filing.select().where(Filing.id << among(ids)):
        Invitation.update(state="accepted", owner=_owner_of(filing.vehicle_id), ended_at=act.now).where(
            Invitation.filing == filing.id
        ).execute()
    Filing.update(waiting=False, act_id=act.id, version=Filing.version + 1).where(Filing.id << among(ids)).execute()
    return {"changed": len(ids)}


def owner_and_second(plate: str = "", **second: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What an owner and a second driver type about one car: (owner's vehicle, second driver's vehicle)."""
    mine = vehicle()
    mine["plate"] = plate or mine["plate"]
    other = vehicle(plate=mine["plate"], is_owner="no", owner_name="陳嘉敏", owner_id_tail="1234")
    return mine, other | second


def second_filed(built: BuiltUnit, typed: dict[str, Any], **choices: Any) -> Filed:
    """A second driver's submission to which the owner has said yes."""
    sent = filed(built, vehicles=[typed], **choices)
    say_yes(built, sent.filings)
    return sent


def say_yes(built: BuiltUnit, filings: Iterable[Filing]) -> None:
    """The owner's yes to these second drivers, wherever he is."""
    _say_yes(built.actor, [filing.id for filing in filings])
