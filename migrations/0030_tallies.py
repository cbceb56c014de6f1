"""Kept counts of filings and entries by unit and state, and the triggers that keep them. Frozen.

The triggers come first: from then on whoever changes a filing or an entry waits until what there is has been counted.
"""

from peewee import (
    SQL,
    BigAutoField,
    BooleanField,
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


class Unit(Table):
    class Meta:
        table_name = "unit"


class Tally(Table):
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    noun = TextField(constraints=[Check("noun IN ('filing', 'entry')")])
    state = TextField()
    waiting = BooleanField()
    number = IntegerField()
    pending = BooleanField()

    class Meta:
        table_name = "tally"


Tally.add_index(
    Tally.unit, Tally.noun, Tally.state, Tally.waiting, unique=True, where=SQL("NOT pending"), name="tally_kept"
)
Tally.add_index(Tally.id, where=SQL("pending"), name="tally_pending")

WAITING = {"filing": "{row}waiting", "entry": "(1 = 0)"}
INTO = "INSERT INTO tally (unit_id, noun, state, waiting, number, pending)"


def up(migrator, db):
    with db.bind_ctx([Unit, Tally]):
        db.create_tables([Tally], safe=False)
    embedded = isinstance(getattr(db, "obj", db), SqliteDatabase)
    for noun in WAITING:
        for statement in sqlite_triggers(noun) if embedded else postgres_triggers(noun):
            db.execute_sql(statement)
    never = "0" if embedded else "false"
    for noun, waiting in WAITING.items():
        db.execute_sql(
            f"{INTO} SELECT unit_id, '{noun}', state, {waiting.format(row='')}, count(*), {never}"
            f" FROM {noun} GROUP BY 1, 2, 3, 4"
        )


def sqlite_triggers(noun):
    def said(row, number):
        waiting = WAITING[noun].format(row=f"{row}.")
        return (
            f"{INTO} VALUES ({row}.unit_id, '{noun}', {row}.state, {waiting}, {number}, 0)"
            " ON CONFLICT (unit_id, noun, state, waiting) WHERE NOT pending"
            " DO UPDATE SET number = tally.number + excluded.number; "
        )

    deeds = {"insert": said("NEW", 1), "delete": said("OLD", -1), "update": said("OLD", -1) + said("NEW", 1)}
    for moment, deed in deeds.items():
        yield f"CREATE TRIGGER {noun}_tallied_{moment} AFTER {moment.upper()} ON {noun} BEGIN {deed}END"


def postgres_triggers(noun):
    waiting = WAITING[noun].format(row="")
    gone, come = (
        f"SELECT unit_id, state, {waiting} AS waiting, {number} AS number FROM {rows}"
        for rows, number in (("gone", -1), ("come", 1))
    )
    moments = {
        "insert": ("NEW TABLE AS come", come),
        "delete": ("OLD TABLE AS gone", gone),
        "update": ("OLD TABLE AS gone NEW TABLE AS come", f"{gone} UNION ALL {come}"),
    }
    for moment, (tables, changes) in moments.items():
        trigger = f"{noun}_tallied_{moment}"
        yield (
            f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
            f" SET search_path = public, pg_temp AS $$ BEGIN {INTO} SELECT unit_id, '{noun}', state, waiting,"
            f" sum(number), true FROM ({changes}) AS changes GROUP BY unit_id, state, waiting"
            " HAVING sum(number) <> 0; RETURN NULL; END $$"
        )
        yield (
            f"CREATE TRIGGER {trigger} AFTER {moment.upper()} ON {noun} REFERENCING {tables}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {trigger}()"
        )


def down(migrator, db):
    embedded = isinstance(getattr(db, "obj", db), SqliteDatabase)
    for noun in WAITING:
        for moment in ("insert", "delete", "update"):
            trigger = f"{noun}_tallied_{moment}"
            db.execute_sql(f"DROP TRIGGER IF EXISTS {trigger}{'' if embedded else f' ON {noun}'}")
            if not embedded:
                db.execute_sql(f"DROP FUNCTION {trigger}")
    with db.bind_ctx([Unit, Tally]):
        db.drop_tables([Tally], safe=False)
