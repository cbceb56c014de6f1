"""Long lists: many rows like one that was filed or listed, each of a person and with a sealed card of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from webapp import clock, crypto
from webapp.database import transaction
from webapp.domain.registry.cards import open_card, seal_card
from webapp.domain.registry.models import Person
from webapp.values.people import search_keys

#: Rows written by one statement.
SLICE = 200


def beside(row: Any, names: Iterable[str], **changes: Any) -> None:
    """Rows like this filing or entry, one for each name, each a second younger than the one before."""
    model, card, names = type(row), open_card(row), list(names)
    moment = "submitted_at" if "submitted_at" in model._meta.fields else "listed_at"
    kept = {name: value for name, value in row.__data__.items() if name != "id"}
    begun = kept[moment]
    for start in range(0, len(names), SLICE):
        some = names[start : start + SLICE]
        refs = [crypto.new_ref() for _ in some]
        with transaction():
            Person.insert_many([{"ref": ref, "created_at": clock.now()} for ref in refs]).execute()
            ids = dict(Person.select(Person.ref, Person.id).where(Person.ref << refs).tuples())
            model.insert_many(
                [
                    kept
                    | {
                        "ref": ref,
                        "person": ids[ref],
                        moment: begun + timedelta(seconds=start + place + 1),
                        "card": seal_card(
                            ref, model._meta.table_name, replace(card, name=name, keys=search_keys(name), plate="")
                        ),
                    }
                    | changes
                    for place, (ref, name) in enumerate(zip(refs, some, strict=True))
                ]
            ).execute()


def walked(turn: Callable[[Any], Any]) -> list[Any]:
    """Every page of a list, from the first on, each by the place the one before names."""
    pages = [turn(None)]
    while pages[-1].next is not None:
        pages.append(turn(pages[-1].next))
    return pages
