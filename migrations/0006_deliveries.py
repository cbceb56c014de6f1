"""What becomes of a message after it was handed over, and who could not be reached.

The words of `delivery.state` stand in a check of the table, which SQLite cannot change: the table is made anew.
"""

from peewee import (
    BigAutoField,
    BigIntegerField,
    BlobField,
    Check,
    ForeignKeyField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)


class Table(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


class Notice(Table):
    class Meta:
        table_name = "notice"


def one_of(column, *words):
    return [Check(f"{column} IN ({', '.join(repr(word) for word in words)})")]


class Before(Table):
    ref = TextField(unique=True)
    notice = ForeignKeyField(Notice, on_delete="RESTRICT", backref="+")
    channel = TextField(constraints=one_of("channel", "email", "sms"))
    address = BlobField()
    params = BlobField(null=True)
    locale = TextField()
    state = TextField(constraints=one_of("state", "queued", "sent", "failed"))
    attempts = IntegerField()
    created_at = BigIntegerField()
    sent_at = BigIntegerField(null=True)

    class Meta:
        table_name = "delivery"


class After(Table):
    ref = TextField(unique=True)
    notice = ForeignKeyField(Notice, on_delete="RESTRICT", backref="+")
    channel = TextField(constraints=one_of("channel", "email", "sms"))
    address = BlobField()
    params = BlobField(null=True)
    locale = TextField()
    state = TextField(constraints=one_of("state", "queued", "sent", "delivered", "failed", "undeliverable"))
    attempts = IntegerField()
    error = TextField(null=True)
    created_at = BigIntegerField()
    sent_at = BigIntegerField(null=True)
    ended_at = BigIntegerField(null=True)

    class Meta:
        table_name = "delivery"


class Unreached(Table):
    audience_ref = TextField(unique=True)
    since = BigIntegerField()

    class Meta:
        table_name = "unreached"


KEPT = "id, ref, notice_id, channel, address, params, locale, attempts, created_at, sent_at"


def up(migrator, db):
    remake(db, After, "state")
    with db.bind_ctx([Unreached], bind_refs=False, bind_backrefs=False):
        db.create_tables([Unreached], safe=False)
    migrator.migrate(migrator.add_index("notice", ("subject",)), migrator.add_index("notice", ("act_id",)))


def down(migrator, db):
    # What is known beyond the older words becomes the nearest of them.
    state = "CASE state WHEN 'delivered' THEN 'sent' WHEN 'undeliverable' THEN 'failed' ELSE state END"
    remake(db, Before, state)
    with db.bind_ctx([Unreached], bind_refs=False, bind_backrefs=False):
        db.drop_tables([Unreached], safe=False)
    migrator.migrate(migrator.drop_index("notice", "notice_subject"), migrator.drop_index("notice", "notice_act_id"))


def remake(db, table, state):
    db.execute_sql("CREATE TABLE delivery_kept AS SELECT * FROM delivery")
    db.execute_sql("DROP TABLE delivery")
    with db.bind_ctx([table], bind_refs=False, bind_backrefs=False):
        db.create_tables([table], safe=False)
    db.execute_sql(f"INSERT INTO delivery ({KEPT}, state) SELECT {KEPT}, {state} FROM delivery_kept")
    db.execute_sql("DROP TABLE delivery_kept")
    if not isinstance(getattr(db, "obj", db), SqliteDatabase):
        db.execute_sql("SELECT setval(pg_get_serial_sequence('delivery', 'id'), (SELECT max(id) FROM delivery))")
