"""Announcements of the platform. Frozen."""

from peewee import BigAutoField, BigIntegerField, Check, DateField, IntegerField, Model, TextField


class Table(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


def one_of(column, *words):
    return [Check(f"{column} IN ({', '.join(repr(word) for word in words)})")]


AUDIENCES = ("everybody", "units", "organ", "enterprise", "social", "resident", "duty", "other")
STATES = ("drafted", "scheduled", "sending", "sent", "dropped", "recalled")


class Announcement(Table):
    ref = TextField(unique=True)
    audience = TextField(constraints=one_of("audience", *AUDIENCES))
    texts = TextField()
    state = TextField(constraints=one_of("state", *STATES))
    send_at = BigIntegerField(null=True)
    shown_until = DateField(null=True)
    author_id = BigIntegerField()
    made_at = BigIntegerField()
    sent_at = BigIntegerField(null=True)
    act_id = BigIntegerField()
    version = IntegerField()

    class Meta:
        table_name = "announcement"
        indexes = ((("audience", "state"), False),)


TABLES = [Announcement]


def up(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)


def down(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
