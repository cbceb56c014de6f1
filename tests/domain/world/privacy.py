"""What officers do about people's data: who is gone is erased, unless something stands against it."""

from __future__ import annotations

from datetime import timedelta

from tests.domain.world.setting import Nothing, World
from webapp import clock
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Submission
from webapp.domain.passlist.models import Entry
from webapp.domain.privacy import erasing, holds
from webapp.domain.privacy.models import Erasure, LegalHold
from webapp.domain.registry.models import Person


def _person_ref(world: World) -> str:
    """Mostly somebody of whom nothing stands and nothing is on its way."""
    here = Submission.select(Submission.person).where(Submission.unit << world.unit_ids)
    wanted = [Person.id << here, Person.erased_at.is_null()]
    if world.chance.random() < 0.9:
        wanted.append(Person.id.not_in(Entry.select(Entry.person).where(Entry.state != "removed")))
        wanted.append(Person.id.not_in(Filing.select(Filing.person).where(Filing.state << OPEN_FILING_STATES)))
    return str(world.pick(list(Person.select().where(*wanted).limit(20))).ref)


def propose_erasure(world: World) -> None:
    erasing.propose(world.officer(), _person_ref(world), note="本人要求")


def _proposed(world: World) -> Erasure:
    return world.pick(list(Erasure.select().where(Erasure.state == "proposed").order_by(Erasure.id.desc()).limit(6)))


def confirm_erasure(world: World) -> None:
    erasing.confirm(world.officer(), _proposed(world).ref)


def reject_erasure(world: World) -> None:
    erasing.reject(world.officer(), _proposed(world).ref)


def erase_by_retention(world: World) -> None:
    """As if everything of somebody had been over for long: what stands against it still does."""
    if world.chance.random() < 0.8:
        raise Nothing
    erasing.by_retention(world.system(), _person_ref(world))


def place_hold(world: World) -> None:
    if world.chance.random() < 0.7:
        raise Nothing
    holds.place(world.officer(), _person_ref(world), "法院要求保留", clock.today() + timedelta(days=30))


def lift_hold(world: World) -> None:
    rows = LegalHold.select().where(LegalHold.lifted_at.is_null()).order_by(LegalHold.id.desc()).limit(6)
    holds.lift(world.officer(), world.pick(list(rows)).ref)


MOVES = {
    "propose erasure": (propose_erasure, 2),
    "confirm erasure": (confirm_erasure, 2),
    "reject erasure": (reject_erasure, 1),
    "erase by retention": (erase_by_retention, 1),
    "place hold": (place_hold, 1),
    "lift hold": (lift_hold, 2),
}
