"""What becomes of whoever drives a car second when its owner leaves: read before he does (design 7, rules 2 and 3).

The same rules decide as when he has left: `passlist.slots.settle`, `passlist.households.settle`, and for whoever is on
his way yet `passlist.rules.take_seat`.
"""

from __future__ import annotations

from collections.abc import Iterable

from webapp.domain.filings import asking, invitations
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing
from webapp.domain.passlist import slots
from webapp.domain.passlist.models import SECOND, Entry
from webapp.domain.passlist.rules import settled
from webapp.domain.passlist.states import IN_FORCE

HELD = "held"  # until the owner is listed again
HELD_HERE = "held-here"  # until the owner is listed again through the same unit
OWNS = "owns"  # a joint owner takes the owner's place
STAYS = "stays"  # the owner is on the list through another unit as well
WAITS = "waits"  # on his way, and not listed as long as the car has no owner on the list
COMES = "comes"  # on his way as a joint owner, who waits for nobody
INVITED = "invited"  # nobody yet: the link that invites him is good for nothing any more


def fates(entries: Iterable[Entry]) -> dict[int, str]:
    """Entry id → what the second driver of its car meets when the entry ends, for those on which an owner sits and
    where it concerns somebody."""
    found = {entry.id: _fate(entry) for entry in entries if entry.slot_id is not None}
    return {entry_id: fate for entry_id, fate in found.items() if fate}


def _fate(entry: Entry) -> str:
    car = slots.read([entry.vehicle_id])[entry.vehicle_id]
    if car.owner is None or car.owner.slot_id != entry.slot_id:
        return ""
    others = _owner_elsewhere(entry)
    if car.second is None:
        return "" if others else _on_the_way(entry)
    if not car.second.in_force:
        return ""
    after = settled(car, owner_alive=others, second_alive=True)
    if after.owner is not None and after.owner.slot_id == car.second.slot_id:
        return OWNS
    if _of_household(entry):
        return HELD_HERE
    return STAYS if others else HELD


def _owner_elsewhere(entry: Entry) -> bool:
    """Whether the same owner stands on the same place through another unit."""
    same = (Entry.slot == entry.slot_id) & (Entry.id != entry.id)
    return bool(Entry.select().where(same, Entry.state << IN_FORCE).exists())


def _of_household(entry: Entry) -> bool:
    """Whether the second driver stands on this very entry, as the unit vouched for his household."""
    here = (Entry.vehicle == entry.vehicle_id) & (Entry.unit == entry.unit_id)
    vouched = Entry.select().where(here, Entry.household, Entry.state << IN_FORCE).exists()
    return bool(vouched)


def _on_the_way(entry: Entry) -> str:
    said = asking.yes_of([entry.vehicle_id])
    coming = Filing.select(Filing.person).where(
        Filing.vehicle == entry.vehicle_id,
        Filing.slot == SECOND,
        ~Filing.waiting,
        Filing.state << OPEN_FILING_STATES,
    )
    yes = [said.get((entry.vehicle_id, person), {}) for (person,) in coming.tuples()]
    if any(entry.person_id in one for one in yes):
        return COMES if any(one.get(entry.person_id) for one in yes) else WAITS
    return INVITED if invitations.open_of(entry.vehicle_id, entry.person_id) else ""
