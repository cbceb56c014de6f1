"""Re-verification campaigns of units and of the platform."""

from peewee import SQL, BigAutoField, BigIntegerField, Check, DateField, ForeignKeyField, IntegerField, Model, TextField


class Table(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


def one_of(column, *words):
    return [Check(f"{column} IN ({', '.join(repr(word) for word in words)})")]


class Unit(Table):
    class Meta:
        table_name = "unit"


class Entry(Table):
    class Meta:
        table_name = "entry"


CLASSES = ("organ", "enterprise", "social", "resident", "duty", "other")


class Campaign(Table):
    ref = TextField(unique=True)
    unit = ForeignKeyField(Unit, null=True, on_delete="RESTRICT", backref="+")
    unit_class = TextField(null=True, constraints=one_of("unit_class", *CLASSES))
    due_on = DateField()
    state = TextField(constraints=one_of("state", "running", "holding", "ended", "cancelled"))
    scope = TextField()
    started_at = BigIntegerField()
    act_id = BigIntegerField()
    version = IntegerField()

    class Meta:
        table_name = "campaign"


Campaign.add_index(Campaign.scope, unique=True, where=SQL("state IN ('running', 'holding')"), name="campaign_once")


class CampaignUnit(Table):
    campaign = ForeignKeyField(Campaign, on_delete="RESTRICT", backref="+")
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    stage = TextField(constraints=one_of("stage", "started", "announced", "warned", "settled", "reminded", "over"))
    stage_on = DateField()
    outcome = TextField(null=True, constraints=one_of("outcome", "done", "held", "untouched", "excused"))

    class Meta:
        table_name = "campaign_unit"
        indexes = ((("campaign", "unit"), True),)


class CampaignEntry(Table):
    campaign = ForeignKeyField(Campaign, on_delete="RESTRICT", backref="+")
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    entry = ForeignKeyField(Entry, on_delete="RESTRICT", backref="+")
    confirmed_at = BigIntegerField(null=True)
    act_id = BigIntegerField()

    class Meta:
        table_name = "campaign_entry"
        indexes = ((("campaign", "entry"), True), (("campaign", "unit", "confirmed_at"), False))


TABLES = [Campaign, CampaignUnit, CampaignEntry]


def up(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)


def down(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
