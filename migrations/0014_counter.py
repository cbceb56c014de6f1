"""Filings begun for a person at a unit's counter, and the sheets printed to be signed by hand. Frozen."""

from peewee import BigAutoField, BigIntegerField, BlobField, Check, ForeignKeyField, IntegerField, Model, TextField


class Table(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


class Unit(Table):
    class Meta:
        table_name = "unit"


class Submission(Table):
    class Meta:
        table_name = "submission"


class PledgeText(Table):
    class Meta:
        table_name = "pledge_text"


class CounterHelp(Table):
    ref = TextField(unique=True)
    draft_ref = TextField(unique=True)
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    account_id = BigIntegerField()
    form = TextField(null=True, constraints=[Check("form IN ('own_phone', 'tablet', 'paper')")])
    submission = ForeignKeyField(Submission, null=True, on_delete="RESTRICT", backref="+")
    report_hash = BlobField(null=True, unique=True)
    begun_at = BigIntegerField()
    signed_at = BigIntegerField(null=True)
    act_id = BigIntegerField()

    class Meta:
        table_name = "counter_help"
        indexes = ((("unit", "id"), False),)


class CounterSheet(Table):
    ref = TextField(unique=True)
    help = ForeignKeyField(CounterHelp, on_delete="RESTRICT", backref="+")
    draft_version = IntegerField()
    text = ForeignKeyField(PledgeText, on_delete="RESTRICT", backref="+")
    number = TextField()
    content = BlobField()
    digest = TextField()
    printed_at = BigIntegerField()
    act_id = BigIntegerField()

    class Meta:
        table_name = "counter_sheet"


TABLES = [CounterHelp, CounterSheet]


def up(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)


def down(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES[::-1], safe=False)
