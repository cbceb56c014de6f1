"""Kept counts: how many there were of everything on each day, by class and state. Rebuilt from the steps any time."""

from peewee import DateField, IntegerField, TextField

from webapp.columns import InstantField, Reference, WordField
from webapp.database import Row
from webapp.domain.units.models import CLASSES, Unit

#: What there was at the end of a day.
UNITS, ENTRIES, PEOPLE, VEHICLES, FILINGS = "units", "entries", "people", "vehicles", "filings"
#: What happened on a day; how many whole days decisions of that day had been waited for.
STEPS, CHANGES, WAITS = "steps", "changes", "waits"
MEASURES = (UNITS, ENTRIES, PEOPLE, VEHICLES, FILINGS, STEPS, CHANGES, WAITS)


class Figure(Row):
    day = DateField()
    unit_class = WordField(CLASSES)
    measure = WordField(MEASURES)
    state = TextField()  # of the noun; an action; a number of days
    count = IntegerField()

    class Meta:
        indexes = ((("day", "unit_class", "measure", "state"), True),)


class FigureDay(Row):
    """When a day was counted last; final once that is after its end."""

    day = DateField(unique=True)
    counted_at = InstantField()

    class Meta:
        table_name = "figure_day"


class UnitFigure(Row):
    """How a unit keeps up with verification: what waits now, and what it decided in the last thirty days."""

    unit = Reference(Unit, unique=True)
    unit_class = WordField(CLASSES)
    waiting = IntegerField()
    oldest_at = InstantField(null=True)
    decided = IntegerField()
    median_days = IntegerField(null=True)

    class Meta:
        table_name = "unit_figure"
        indexes = ((("unit_class", "oldest_at"), False),)
