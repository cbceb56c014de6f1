"""What would change a unit and needs two people. Frozen: it shares nothing with the models of today."""

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


class StoredFile(Table):
    class Meta:
        table_name = "stored_file"


class Unit(Table):
    class Meta:
        table_name = "unit"


class UnitProposal(Table):
    ref = TextField(unique=True)
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    kind = TextField(constraints=one_of("kind", "deregister", "change", "hand_over", "recover"))
    state = TextField(constraints=one_of("state", "asked", "open", "confirmed", "rejected", "withdrawn", "lapsed"))
    reasons = TextField(null=True)
    by_unit = BooleanField(default=False)
    note = BlobField(null=True)
    answer = BlobField(null=True)
    details = BlobField(null=True)
    successor = ForeignKeyField(Unit, null=True, on_delete="RESTRICT", backref="+")
    ends_managers = BooleanField(default=False)
    proof = ForeignKeyField(StoredFile, null=True, on_delete="RESTRICT", backref="+")
    authorisation = ForeignKeyField(StoredFile, null=True, on_delete="RESTRICT", backref="+")
    link_ref = TextField(null=True, unique=True)
    asked_at = BigIntegerField()
    proposed_by = BigIntegerField(null=True)
    decided_by = BigIntegerField(null=True)
    decided_at = BigIntegerField(null=True)
    act_id = BigIntegerField()
    version = IntegerField(default=1)

    class Meta:
        table_name = "unit_proposal"
        indexes = ((("unit", "state"), False), (("state", "id"), False))
        constraints = (Check("state <> 'confirmed' OR COALESCE(decided_by <> proposed_by, 1 = 0)"),)


UnitProposal.add_index(
    UnitProposal.unit,
    UnitProposal.kind,
    unique=True,
    where=SQL("state = 'open'"),
    name="unit_proposal_once",
)

TABLES = [UnitProposal]


def up(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)


def down(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
