"""An owner's change of plates carries his second driver along (design 7, rule 8): the car is the same, so his entries
and what he has on its way show the new plates, and he is told. So does what the owner has through other units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from webapp.database import among
from webapp.domain.audit.acts import Act, record
from webapp.domain.filings import telling
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Submission
from webapp.domain.filings.uploading_rules import Candidate
from webapp.domain.passlist import confirmations
from webapp.domain.passlist.models import OWNER, SECOND, Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry.cards import Card, open_card, seal_card


def follow(act: Act, covered: Iterable[Candidate]) -> None:
    """Step: these filings are uploaded; whoever drives a car beside its owner goes along with its plates."""
    owners = {
        one.vehicle_id: one.filing_id
        for one in covered
        if one.vehicle_id is not None and one.slot == OWNER and one.changes is not None
    }
    if not owners:
        return
    rows = {row.id: row for row in Filing.select().where(Filing.id << among(owners.values()))}
    changed = Entry.select().where(Entry.id << among(row.changes_id for row in rows.values()))
    before = {row.id: open_card(row) for row in changed}
    plates = {vehicle: open_card(rows[filing]).plate for vehicle, filing in owners.items()}
    former = {vehicle: set(before[rows[filing].changes_id].plates) for vehicle, filing in owners.items()}
    people = {vehicle: rows[filing].person_id for vehicle, filing in owners.items()}
    entries = Entry.select().where(Entry.vehicle << among(owners), Entry.state << IN_FORCE).order_by(Entry.id)
    filings = Filing.select().where(
        Filing.vehicle << among(owners),
        (Filing.slot == SECOND) | (Filing.person << among(people.values())),
        Filing.state << OPEN_FILING_STATES,
    )
    followed = []
    for row in [*entries, *filings.order_by(Filing.id)]:
        card, owns = open_card(row), row.person_id == people[row.vehicle_id]
        # What the owner himself has under other plates than the former ones is a change of its own.
        if card.plate != plates[row.vehicle_id] and (not owns or set(card.plates) == former[row.vehicle_id]):
            followed.append(row)
            _carry(act, row, replace(card, plate=plates[row.vehicle_id]), tell=not owns)
    confirmations.renew(act, [row.id for row in followed if isinstance(row, Entry)])


def _carry(act: Act, row: Any, card: Card, *, tell: bool) -> None:
    """One entry or filing, with the news for its person where he did not change them himself."""
    model = type(row)
    sealed = seal_card(row.ref, row._meta.table_name, card)
    model.update(card=sealed, act_id=act.id, version=model.version + 1).where(model.id == row.id).execute()
    record(act, f"{row._meta.table_name}:plates-followed", row.ref, unit_id=row.unit_id, fields=["plate"])
    if not tell:
        return
    of_entry = isinstance(row, Entry)
    submission = Submission.get(
        Submission.ref == row.submission_ref if of_entry else Submission.id == row.submission_id
    )
    telling.tell_person(act, "plate-changed", submission, subject=row.ref, params={"number": submission.number})
