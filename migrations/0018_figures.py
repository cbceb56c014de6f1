"""Kept counts by day, class and state; the classes whose figures a supervisor sees. Frozen."""

from peewee import BigAutoField, BigIntegerField, Check, DateField, ForeignKeyField, IntegerField, Model, TextField


class Table(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


def one_of(column, *words):
    return [Check(f"{column} IN ({', '.join(repr(word) for word in words)})")]


CLASSES = ("organ", "enterprise", "social", "resident", "duty", "other")
MEASURES = ("units", "entries", "people", "vehicles", "filings", "steps", "changes", "waits")


class Account(Table):
    class Meta:
        table_name = "account"


class Unit(Table):
    class Meta:
        table_name = "unit"


class AccountClass(Table):
    account = ForeignKeyField(Account, on_delete="RESTRICT", backref="+")
    unit_class = TextField(constraints=one_of("unit_class", *CLASSES))
    act_id = BigIntegerField()

    class Meta:
        table_name = "account_class"
        indexes = ((("account", "unit_class"), True),)


class Figure(Table):
    day = DateField()
    unit_class = TextField(constraints=one_of("unit_class", *CLASSES))
    measure = TextField(constraints=one_of("measure", *MEASURES))
    state = TextField()
    count = IntegerField()

    class Meta:
        table_name = "figure"
        indexes = ((("day", "unit_class", "measure", "state"), True),)


class FigureDay(Table):
    day = DateField(unique=True)
    counted_at = BigIntegerField()

    class Meta:
        table_name = "figure_day"


class UnitFigure(Table):
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+", unique=True)
    unit_class = TextField(constraints=one_of("unit_class", *CLASSES))
    waiting = IntegerField()
    oldest_at = BigIntegerField(null=True)
    decided = IntegerField()
    median_days = IntegerField(null=True)

    class Meta:
        table_name = "unit_figure"
        indexes = ((("unit_class", "oldest_at"), False),)


TABLES = [AccountClass, Figure, FigureDay, UnitFigure]


def up(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)


def down(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
