"""One input of each kind: raises where something is not refused as it should be. (What it was for a count, by name.)"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from tests.web.fuzz.drawing import Source
from webapp import clock
from webapp.documents.seal_checking import check as check_seal
from webapp.domain.files import intake, sheets
from webapp.domain.pledges import strokes
from webapp.domain.sanctions import batches, particulars
from webapp.domain.units import register_sheet, staff_lines, vehicles
from webapp.errors import Refusal
from webapp.ui import forms
from webapp.values import codes, documents, emails, licences, organisations, passwords, people, phones, plates, vins


def one_check(source: Source) -> str:
    text, other, today, chance = source.text(), source.text(), clock.today(), source.chance
    kinds: dict[str, Callable[[], Any]] = {
        "document": lambda: documents.check(
            chance.choice((*documents.ID_TYPES, "")), text, country=chance.choice((other, "CN", "PT")), today=today
        ),
        "plate": lambda: plates.check(text),
        "vin": lambda: vins.check(text),
        "licence": lambda: licences.check(text),
        "phone": lambda: phones.check(chance.choice(("86", "853", "852", other)), text),
        "email": lambda: emails.check(text),
        "organisation": lambda: organisations.check(chance.choice(("cn", "mo", "hk", other)), text),
        "name": lambda: people.check_name(text),
        "latin name": lambda: people.check_latin_name(text),
        "code": lambda: codes.normalise_code(text),
        "password": lambda: passwords.check(text, other, other),
        "search": lambda: people.matches(text, people.search_keys(other, text)),
    }
    return _one(kinds, source)


def one_form(source: Source, form_class: Any) -> None:
    """Any form reads any fields, its own above all; what it refuses it can show again."""
    own = [name for name in dir(form_class) if hasattr(getattr(form_class, name), "field_class")]
    fields: MultiDict[str, Any] = source.fields()
    for name in own:
        for _ in range(source.chance.choice((0, 1, 1, 2))):
            fields.add(name, source.text())
    if source.chance.random() < 0.2:
        fields.add(source.chance.choice(own), FileStorage(io.BytesIO(source.content()), source.text()))
    form = form_class(formdata=fields)
    form.summary()


def one_file(source: Source) -> str:
    """Everything that takes a file apart; the importers read on to what each row says."""
    kinds: dict[str, Callable[[], Any]] = {
        "picture or paper": lambda: intake.check(source.content(), source.text(), "proof"),
        "sheet of people": lambda: [
            staff_lines.read(row) for row in sheets.read(_sheet(source, staff_lines.COLUMNS), staff_lines.COLUMNS).rows
        ],
        "register of vehicles": lambda: vehicles.sheet_faults(
            register_sheet.read(_sheet(source, register_sheet.COLUMNS))
        ),
        "list of sanctions": lambda: [
            particulars.read(batches._coded(row.values), clock.today())
            for row in sheets.read(_sheet(source, batches.COLUMNS), batches.COLUMNS).rows
        ],
        "any sheet": lambda: sheets.read(source.content(), ()),
        "seal of a document": lambda: check_seal(source.content(), ()),
        "strokes of a hand": lambda: strokes.read(_strokes(source)),
    }
    return _one(kinds, source)


def _one(kinds: dict[str, Callable[[], Any]], source: Source) -> str:
    kind = source.chance.choice(list(kinds))
    with contextlib.suppress(Refusal):
        kinds[kind]()
    return kind


def _sheet(source: Source, columns: Any) -> bytes:
    heads = [column.head for column in columns]
    if source.chance.random() < 0.2:
        heads[source.chance.randrange(len(heads))] = source.text()
    return source.sheet(heads)


def _strokes(source: Source) -> str:
    points = [[source.chance.uniform(-1e4, 1e4), source.chance.random(), source.chance.randrange(9)] for _ in range(4)]
    sent: Any = {"width": 300, "height": 120, "strokes": [points]}
    sent[source.chance.choice(("width", "height", "strokes", "x"))] = source.chance.choice(
        (source.text(), [], {}, None, -1, 1e308, [[]], [[[1, 2]]], [[["1", 2, 3]]], points, True)
    )
    text = json.dumps(sent)
    return text if source.chance.random() < 0.8 else source.torn(text.encode()).decode("utf-8", "replace")


def forms_of_their_own() -> list[Any]:
    """Every form that is made without more than what was sent."""
    from tests.web.fuzz.drawing import every_form

    found = []
    for form in every_form():
        try:
            form(formdata=MultiDict())
        except TypeError:
            continue
        found.append(form)
    return found


__all__ = ["forms", "forms_of_their_own", "one_check", "one_file", "one_form"]
