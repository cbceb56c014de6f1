"""Sheets of people and rosters. Frozen: it shares nothing with the models of today."""

from peewee import (
    SQL,
    BigAutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    Check,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


class Table(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


def one_of(column, *words):
    return [Check(f"{column} IN ({', '.join(repr(word) for word in words)})")]


class Unit(Table):
    class Meta:
        table_name = "unit"


class StaffSheet(Table):
    ref = TextField(unique=True)
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    kind = TextField(constraints=one_of("kind", "roster", "leavers"))
    state = TextField(constraints=one_of("state", "reading", "ready", "unreadable", "confirmed", "dropped"))
    name = BlobField(null=True)
    content = BlobField(null=True)
    digest = BlobField()
    rows = IntegerField(default=0)
    wrong = IntegerField(default=0)
    faults = TextField(null=True)
    act_id = BigIntegerField()
    created_at = BigIntegerField()
    expires_at = BigIntegerField(index=True)
    version = IntegerField(default=1)

    class Meta:
        table_name = "staff_sheet"
        indexes = ((("unit", "kind", "id"), False),)


class StaffSheetLine(Table):
    sheet = ForeignKeyField(StaffSheet, on_delete="RESTRICT", backref="+")
    number = IntegerField()
    line = BlobField()
    faults = TextField(null=True)

    class Meta:
        table_name = "staff_sheet_line"
        indexes = ((("sheet", "number"), True),)


class Roster(Table):
    ref = TextField(unique=True)
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    digest = BlobField()
    rows = IntegerField()
    has_numbers = BooleanField()
    act_id = BigIntegerField()
    entered_at = BigIntegerField()
    purge_at = BigIntegerField()
    ended_at = BigIntegerField(null=True)

    class Meta:
        table_name = "roster"


Roster.add_index(Roster.unit, unique=True, where=SQL("ended_at IS NULL"), name="roster_one")
Roster.add_index(Roster.purge_at, where=SQL("ended_at IS NULL"), name="roster_due")


class RosterRow(Table):
    ref = TextField(unique=True)
    roster = ForeignKeyField(Roster, on_delete="RESTRICT", backref="+")
    number = IntegerField()
    name_index = BlobField()
    line = BlobField()

    class Meta:
        table_name = "roster_row"
        indexes = ((("roster", "name_index"), False),)


TABLES = [StaffSheet, StaffSheetLine, Roster, RosterRow]


def up(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)


def down(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
