"""How many units are in each state, kept by triggers. Frozen.

The triggers come first, as with the counts of filings and entries (0030)."""

from peewee import SQL, BigAutoField, BooleanField, Check, IntegerField, Model, SqliteDatabase, TextField

CLASSES = "unit_class IN ('organ', 'enterprise', 'social', 'resident', 'duty', 'other')"
STATES = "state IN ('pending', 'returned', 'certified', 'suspended', 'refused', 'withdrawn', 'deregistered')"


class UnitTally(Model):
    id = BigAutoField()
    unit_class = TextField(constraints=[Check(CLASSES)])
    state = TextField(constraints=[Check(STATES)])
    number = IntegerField()
    pending = BooleanField()

    class Meta:
        legacy_table_names = False
        table_name = "unit_tally"


UnitTally.add_index(
    UnitTally.unit_class, UnitTally.state, unique=True, where=SQL("NOT pending"), name="unit_tally_kept"
)
UnitTally.add_index(UnitTally.id, where=SQL("pending"), name="unit_tally_pending")

INTO = "INSERT INTO unit_tally (unit_class, state, number, pending)"
ADDED = " ON CONFLICT (unit_class, state) WHERE NOT pending DO UPDATE SET number = unit_tally.number + excluded.number"


def up(migrator, db):
    with db.bind_ctx([UnitTally]):
        db.create_tables([UnitTally], safe=False)
    embedded = isinstance(getattr(db, "obj", db), SqliteDatabase)
    for statement in sqlite_triggers() if embedded else postgres_triggers():
        db.execute_sql(statement)
    never = "0" if embedded else "false"
    db.execute_sql(f"{INTO} SELECT unit_class, state, count(*), {never} FROM unit GROUP BY 1, 2")


def sqlite_triggers():
    def said(row, number):
        return f"{INTO} VALUES ({row}.unit_class, {row}.state, {number}, 0){ADDED}; "

    deeds = {"insert": said("NEW", 1), "delete": said("OLD", -1), "update": said("OLD", -1) + said("NEW", 1)}
    for moment, deed in deeds.items():
        yield f"CREATE TRIGGER unit_tallied_{moment} AFTER {moment.upper()} ON unit BEGIN {deed}END"


def postgres_triggers():
    gone, come = (
        f"SELECT unit_class, state, {number} AS number FROM {rows}" for rows, number in (("gone", -1), ("come", 1))
    )
    moments = {
        "insert": ("NEW TABLE AS come", come),
        "delete": ("OLD TABLE AS gone", gone),
        "update": ("OLD TABLE AS gone NEW TABLE AS come", f"{gone} UNION ALL {come}"),
    }
    for moment, (tables, changes) in moments.items():
        yield (
            f"CREATE FUNCTION unit_tallied_{moment}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
            f" SET search_path = public, pg_temp AS $$ BEGIN {INTO} SELECT unit_class, state, sum(number), true"
            f" FROM ({changes}) AS changes GROUP BY unit_class, state HAVING sum(number) <> 0; RETURN NULL; END $$"
        )
        yield (
            f"CREATE TRIGGER unit_tallied_{moment} AFTER {moment.upper()} ON unit REFERENCING {tables}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION unit_tallied_{moment}()"
        )


def down(migrator, db):
    embedded = isinstance(getattr(db, "obj", db), SqliteDatabase)
    for moment in ("insert", "delete", "update"):
        db.execute_sql(f"DROP TRIGGER IF EXISTS unit_tallied_{moment}{'' if embedded else ' ON unit'}")
        if not embedded:
            db.execute_sql(f"DROP FUNCTION unit_tallied_{moment}")
    with db.bind_ctx([UnitTally]):
        db.drop_tables([UnitTally], safe=False)
