"""The last valid days of what entries stand on."""

from peewee import BigAutoField, Check, DateField, ForeignKeyField, IntegerField, Model, TextField


class Table(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


class Entry(Table):
    class Meta:
        table_name = "entry"


class EntryExpiry(Table):
    entry = ForeignKeyField(Entry, on_delete="RESTRICT", backref="+")
    item = TextField(constraints=[Check("item IN ('licence', 'document', 'residence_permit')")])
    last_day = DateField(index=True)
    reminded = IntegerField(null=True)
    reminded_on = DateField(null=True, index=True)

    class Meta:
        table_name = "entry_expiry"
        indexes = ((("entry", "item"), True),)


def up(migrator, db):
    with db.bind_ctx([EntryExpiry], bind_refs=False, bind_backrefs=False):
        db.create_tables([EntryExpiry], safe=False)


def down(migrator, db):
    with db.bind_ctx([EntryExpiry], bind_refs=False, bind_backrefs=False):
        db.drop_tables([EntryExpiry], safe=False)
