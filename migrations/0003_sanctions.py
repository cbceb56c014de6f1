"""Sanctions, near matches, and the bar on a unit's code. Frozen: it shares nothing with the models of today."""

from peewee import (
    SQL,
    BigAutoField,
    BigIntegerField,
    BlobField,
    Check,
    DateField,
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


def to(model, **kwargs):
    return ForeignKeyField(model, on_delete="RESTRICT", backref="+", **kwargs)


class Account(Table):
    class Meta:
        table_name = "account"


class StoredFile(Table):
    class Meta:
        table_name = "stored_file"


class Unit(Table):
    class Meta:
        table_name = "unit"


class Person(Table):
    class Meta:
        table_name = "person"


class PersonToken(Table):
    person = to(Person)
    kind = TextField(constraints=one_of("kind", "birth_name", "licence"))
    token = BlobField()

    class Meta:
        table_name = "person_token"
        indexes = ((("kind", "token", "person"), True),)


class CodeBar(Table):
    unit = to(Unit)
    cause_ref = TextField()
    act_id = BigIntegerField()
    since = BigIntegerField()
    ended_at = BigIntegerField(null=True)

    class Meta:
        table_name = "code_bar"


CodeBar.add_index(CodeBar.unit, CodeBar.cause_ref, unique=True, where=SQL("ended_at IS NULL"), name="code_bar_once")


class SanctionBatch(Table):
    ref = TextField(unique=True)
    file = to(StoredFile)
    file_digest = TextField()
    state = TextField(constraints=one_of("state", "reading", "unreadable", "ready", "proposed", "dropped"))
    rows = IntegerField()
    known = IntegerField()
    problem = TextField(null=True)
    created_by = to(Account)
    created_at = BigIntegerField()
    act_id = BigIntegerField()
    version = IntegerField()

    class Meta:
        table_name = "sanction_batch"


SanctionBatch.add_index(
    SanctionBatch.file_digest, unique=True, where=SQL("state <> 'dropped'"), name="sanction_batch_once"
)


class SanctionFault(Table):
    batch = to(SanctionBatch)
    row = IntegerField()
    field = TextField()
    code = TextField()
    params = TextField()

    class Meta:
        table_name = "sanction_fault"


STATES = ("staged", "proposed", "confirmed", "rejected", "withdrawn", "ended")


class Sanction(Table):
    ref = TextField(unique=True)
    number = TextField(unique=True)
    batch = to(SanctionBatch, null=True)
    row = IntegerField(null=True)
    identity = BlobField()
    details = BlobField()
    until = DateField(null=True)
    repaired_on = DateField(null=True)
    state = TextField(constraints=one_of("state", *STATES))
    ended_how = TextField(null=True, constraints=one_of("ended_how", "repaired", "expired", "struck"))
    proposed_by = to(Account, null=True)
    confirmed_by = to(Account, null=True)
    strike_proposed_by = to(Account, null=True)
    struck_by = to(Account, null=True)
    staged_at = BigIntegerField()
    proposed_at = BigIntegerField(null=True)
    confirmed_at = BigIntegerField(null=True)
    ended_at = BigIntegerField(null=True)
    act_id = BigIntegerField()
    version = IntegerField()

    class Meta:
        indexes = ((("state", "id"), False), (("batch", "row"), False), (("act_id",), False))
        constraints = (
            Check(
                "state NOT IN ('confirmed', 'ended') OR (proposed_by_id IS NOT NULL AND confirmed_by_id IS NOT NULL"
                " AND proposed_by_id <> confirmed_by_id)"
            ),
            Check(
                "ended_how IS NULL OR ended_how <> 'struck' OR (strike_proposed_by_id IS NOT NULL"
                " AND struck_by_id IS NOT NULL AND strike_proposed_by_id <> struck_by_id)"
            ),
        )


Sanction.add_index(
    Sanction.identity,
    unique=True,
    where=SQL("state IN ('proposed', 'confirmed', 'ended')"),
    name="sanction_once",
)


class SanctionSubject(Table):
    sanction = to(Sanction)
    kind = TextField(constraints=one_of("kind", "document", "plate", "registration", "birth_name", "licence"))
    key_index = BlobField()

    class Meta:
        table_name = "sanction_subject"
        indexes = ((("kind", "key_index"), False),)


class SanctionNear(Table):
    ref = TextField(unique=True)
    sanction = to(Sanction)
    person = to(Person)
    why = TextField()
    decision = TextField(null=True, constraints=one_of("decision", "match", "different"))
    decided_by = to(Account, null=True)
    decided_at = BigIntegerField(null=True)

    class Meta:
        table_name = "sanction_near"
        indexes = ((("sanction", "person"), True),)


class SanctionStep(Table):
    sanction = to(Sanction)
    act_id = BigIntegerField()
    at = BigIntegerField()
    action = TextField()
    state = TextField(constraints=one_of("state", *STATES))
    note = BlobField(null=True)

    class Meta:
        table_name = "sanction_step"
        indexes = ((("act_id", "sanction"), False),)


class SanctionEffect(Table):
    sanction = to(Sanction)
    kind = TextField(constraints=one_of("kind", "entry", "filing", "unit"))
    object_ref = TextField()
    unit = to(Unit)
    person = to(Person, null=True)
    submission_ref = TextField(null=True)
    slot = TextField(null=True)
    act_id = BigIntegerField()
    restored_ref = TextField(null=True)
    kept_out = TextField(null=True)

    class Meta:
        table_name = "sanction_effect"
        indexes = (
            (("object_ref",), False),
            (("act_id", "submission_ref"), False),
            (("submission_ref",), False),
        )


TABLES = [
    PersonToken,
    CodeBar,
    SanctionBatch,
    SanctionFault,
    Sanction,
    SanctionSubject,
    SanctionNear,
    SanctionStep,
    SanctionEffect,
]


def up(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)


def down(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
