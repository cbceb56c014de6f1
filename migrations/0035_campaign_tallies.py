"""Kept counts of campaigns by unit, and the triggers that keep them. Frozen.

The triggers come first, as with the counts of units (0030)."""

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


class Campaign(Table):
    class Meta:
        table_name = "campaign"


class CampaignTally(Table):
    campaign = ForeignKeyField(Campaign, on_delete="RESTRICT", backref="+")
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    word = TextField(constraints=[Check("word IN ('total', 'confirmed', 'missing')")])
    number = IntegerField()
    pending = BooleanField()

    class Meta:
        table_name = "campaign_tally"


CampaignTally.add_index(
    CampaignTally.campaign,
    CampaignTally.unit,
    CampaignTally.word,
    unique=True,
    where=SQL("NOT pending"),
    name="campaign_tally_kept",
)
CampaignTally.add_index(CampaignTally.id, where=SQL("pending"), name="campaign_tally_pending")

INTO = "INSERT INTO campaign_tally (campaign_id, unit_id, word, number, pending)"
ADDED = (
    " ON CONFLICT (campaign_id, unit_id, word) WHERE NOT pending"
    " DO UPDATE SET number = campaign_tally.number + excluded.number"
)
COUNTS_FOR = {
    "total": "1 = 1",
    "confirmed": "{row}.confirmed_at IS NOT NULL",
    "missing": "{row}.confirmed_at IS NULL AND {entry} <> 'removed'",
}
BOTH = "OLD TABLE AS gone NEW TABLE AS come"


def up(migrator, db):
    with db.bind_ctx([Unit, Campaign, CampaignTally]):
        db.create_tables([CampaignTally], safe=False)
    embedded = isinstance(getattr(db, "obj", db), SqliteDatabase)
    for statement in sqlite_triggers() if embedded else postgres_triggers():
        db.execute_sql(statement)
    never = "0" if embedded else "false"
    for word, meant in COUNTS_FOR.items():
        db.execute_sql(
            f"{INTO} SELECT c.campaign_id, c.unit_id, '{word}', count(*), {never} FROM campaign_entry AS c"
            f" JOIN entry AS e ON e.id = c.entry_id WHERE {meant.format(row='c', entry='e.state')} GROUP BY 1, 2"
        )


def sqlite_triggers():
    def said(row, number):
        state = f"(SELECT state FROM entry WHERE id = {row}.entry_id)"
        return "".join(
            f"{INTO} SELECT {row}.campaign_id, {row}.unit_id, '{word}', {number}, 0"
            f" WHERE {meant.format(row=row, entry=state)}{ADDED}; "
            for word, meant in COUNTS_FOR.items()
        )

    deeds = {"insert": said("NEW", 1), "delete": said("OLD", -1), "update": said("OLD", -1) + said("NEW", 1)}
    for moment, deed in deeds.items():
        yield (
            f"CREATE TRIGGER campaign_entry_tallied_{moment} AFTER {moment.upper()} ON campaign_entry BEGIN {deed}END"
        )
    yield (
        "CREATE TRIGGER entry_left_campaigns AFTER UPDATE ON entry"
        " WHEN (OLD.state = 'removed') <> (NEW.state = 'removed') BEGIN"
        f" {INTO} SELECT campaign_id, unit_id, 'missing', CASE NEW.state WHEN 'removed' THEN -1 ELSE 1 END, 0"
        f" FROM campaign_entry WHERE entry_id = NEW.id AND confirmed_at IS NULL{ADDED}; END"
    )


def postgres_triggers():
    def changes(rows, number):
        return " UNION ALL ".join(
            f"SELECT r.campaign_id, r.unit_id, '{word}' AS word, {number} AS number FROM {rows} AS r"
            f" JOIN entry AS e ON e.id = r.entry_id WHERE {meant.format(row='r', entry='e.state')}"
            for word, meant in COUNTS_FOR.items()
        )

    gone, come = changes("gone", -1), changes("come", 1)
    yield from by_statement("campaign_entry_tallied_insert", "INSERT", "campaign_entry", "NEW TABLE AS come", come)
    yield from by_statement("campaign_entry_tallied_delete", "DELETE", "campaign_entry", "OLD TABLE AS gone", gone)
    both = f"{gone} UNION ALL {come}"
    yield from by_statement("campaign_entry_tallied_update", "UPDATE", "campaign_entry", BOTH, both)
    left = (
        "SELECT c.campaign_id, c.unit_id, 'missing' AS word, CASE come.state WHEN 'removed' THEN -1 ELSE 1 END"
        " AS number FROM gone JOIN come ON come.id = gone.id JOIN campaign_entry AS c ON c.entry_id = come.id"
        " WHERE c.confirmed_at IS NULL AND (gone.state = 'removed') <> (come.state = 'removed')"
    )
    yield from by_statement("entry_left_campaigns", "UPDATE", "entry", BOTH, left)


def by_statement(trigger, moment, table, tables, changed):
    yield (
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        f" SET search_path = public, pg_temp AS $$ BEGIN {INTO} SELECT campaign_id, unit_id, word, sum(number), true"
        f" FROM ({changed}) AS changes GROUP BY 1, 2, 3 HAVING sum(number) <> 0; RETURN NULL; END $$"
    )
    yield (
        f"CREATE TRIGGER {trigger} AFTER {moment} ON {table} REFERENCING {tables}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {trigger}()"
    )


def down(migrator, db):
    embedded = isinstance(getattr(db, "obj", db), SqliteDatabase)
    triggers = {f"campaign_entry_tallied_{moment}": "campaign_entry" for moment in ("insert", "delete", "update")}
    for trigger, table in (triggers | {"entry_left_campaigns": "entry"}).items():
        db.execute_sql(f"DROP TRIGGER IF EXISTS {trigger}{'' if embedded else f' ON {table}'}")
        if not embedded:
            db.execute_sql(f"DROP FUNCTION {trigger}")
    with db.bind_ctx([Unit, Campaign, CampaignTally]):
        db.drop_tables([CampaignTally], safe=False)
