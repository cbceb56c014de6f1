"""Editions of texts, item policy, channels and holidays. Frozen."""

from peewee import SQL, BigAutoField, BigIntegerField, BlobField, Check, DateField, IntegerField, Model, TextField


class Table(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


def one_of(column, *words):
    return [Check(f"{column} IN ({', '.join(repr(word) for word in words)})")]


TWO_PEOPLE = (
    "state <> 'confirmed' OR subject NOT IN ('personal', 'unit', 'leaving') OR (proposed_by_id IS NOT NULL"
    " AND confirmed_by_id IS NOT NULL AND proposed_by_id <> confirmed_by_id)"
)
STATES = ("drafted", "open", "confirmed", "rejected", "withdrawn", "dropped", "cancelled")


class Edition(Table):
    ref = TextField(unique=True)
    subject = TextField(constraints=one_of("subject", "personal", "unit", "leaving", "policy", "channels", "holidays"))
    number = IntegerField()
    base = IntegerField()
    content = TextField()
    state = TextField(constraints=one_of("state", *STATES))
    effective_on = DateField()
    effective_from = BigIntegerField(null=True)
    note = BlobField(null=True)
    answer = BlobField(null=True)
    proposed_by_id = BigIntegerField()
    confirmed_by_id = BigIntegerField(null=True)
    made_at = BigIntegerField()
    decided_at = BigIntegerField(null=True)
    act_id = BigIntegerField()
    version = IntegerField()

    class Meta:
        table_name = "edition"
        indexes = ((("subject", "number"), True), (("subject", "state", "effective_from"), False))
        constraints = (Check(TWO_PEOPLE),)


Edition.add_index(Edition.subject, unique=True, where=SQL("state = 'open'"), name="edition_open_once")

TABLES = [Edition]


def up(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)


def down(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
