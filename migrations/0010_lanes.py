"""Customs' side: clients of the lane service, their keys, what was asked, and the history the feed belongs to."""

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


class LaneClient(Table):
    ref = TextField(unique=True)
    name = TextField()
    channels = TextField(null=True)
    per_minute = IntegerField()
    limited_until = BigIntegerField(null=True)
    state = TextField(constraints=one_of("state", "active", "ended"))
    created_at = BigIntegerField()
    act_id = BigIntegerField()

    class Meta:
        table_name = "lane_client"


class LaneKey(Table):
    client = ForeignKeyField(LaneClient, on_delete="RESTRICT", backref="+")
    ref = TextField(unique=True)
    key_hash = BlobField(unique=True)
    ending = TextField()
    created_at = BigIntegerField()
    ends_at = BigIntegerField(null=True)
    act_id = BigIntegerField()

    class Meta:
        table_name = "lane_key"


class LaneCheck(Table):
    key = TextField(unique=True)
    kind = TextField(constraints=one_of("kind", "plate", "driver"))
    asked_at = BigIntegerField(index=True)
    client_id = BigIntegerField(null=True)
    account_id = BigIntegerField(null=True)
    channel = TextField()
    plate_index = BlobField(index=True)
    plate = BlobField(null=True)
    result = TextField(
        constraints=one_of("result", "listed", "suspended", "removed", "not_listed", "filed", "not_filed")
    )
    reason = TextField()
    offline = BooleanField(default=False)
    taken_in_at = BigIntegerField()

    class Meta:
        table_name = "lane_check"
        indexes = ((("client_id", "asked_at"), False),)


LaneCheck.add_index(LaneCheck.asked_at, where=SQL("plate IS NOT NULL"), name="lane_check_plain")


class LaneJournal(Table):
    name = TextField(unique=True)
    taken = BigIntegerField(default=0)

    class Meta:
        table_name = "lane_journal"


class LaneFeed(Table):
    epoch = TextField()
    began_at = BigIntegerField()

    class Meta:
        table_name = "lane_feed"


TABLES = [LaneClient, LaneKey, LaneCheck, LaneJournal, LaneFeed]


def up(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
    db.execute_sql('CREATE INDEX "plate_borne" ON "plate" ("plate_index")')


def down(migrator, db):
    db.execute_sql("DROP INDEX plate_borne")
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
