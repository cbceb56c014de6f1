"""Objections and disputes. Frozen: it shares nothing with the models of today."""

from peewee import SQL, BigAutoField, BigIntegerField, BlobField, Check, ForeignKeyField, IntegerField, Model, TextField


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


class Vehicle(Table):
    class Meta:
        table_name = "vehicle"


class Case(Table):
    ref = TextField(unique=True)
    number = TextField(unique=True)
    kind = TextField(constraints=one_of("kind", "objection", "dispute"))
    topic = TextField(
        constraints=one_of(
            "topic", "refusal", "removal", "hold", "sanction", "plate", "vehicle", "identity", "unconfirmed"
        )
    )
    state = TextField(constraints=one_of("state", "open", "upheld", "dismissed", "withdrawn"))
    opened_by = TextField(constraints=one_of("opened_by", "submission", "draft", "unit", "system"))
    opener_ref = TextField()
    subject = TextField()
    subject_number = TextField()
    ground = TextField(null=True)
    unit = ForeignKeyField(Unit, null=True, on_delete="RESTRICT", backref="+")
    vehicle = ForeignKeyField(Vehicle, null=True, on_delete="RESTRICT", backref="+")
    other_vehicle = ForeignKeyField(Vehicle, null=True, on_delete="RESTRICT", backref="+")
    contested_account = BigIntegerField(null=True)
    opened_at = BigIntegerField()
    answer_until = BigIntegerField(null=True)
    decide_until = BigIntegerField()
    overdue_at = BigIntegerField(null=True)
    decided_at = BigIntegerField(null=True)
    decided_account = BigIntegerField(null=True)
    reasons = TextField(null=True)
    remedy = TextField(null=True)
    outcome = TextField(null=True)
    words = BlobField(null=True)
    act_id = BigIntegerField()
    version = IntegerField(default=1)

    class Meta:
        table_name = "case_file"
        indexes = ((("state", "decide_until", "id"), False), (("unit", "id"), False))


Case.add_index(Case.topic, Case.subject, Case.opener_ref, unique=True, where=SQL("state = 'open'"), name="case_once")


class CaseParty(Table):
    case = ForeignKeyField(Case, on_delete="RESTRICT", backref="+")
    side = TextField(constraints=one_of("side", "claimant", "holder"))
    kind = TextField(constraints=one_of("kind", "submission", "draft", "unit"))
    party_ref = TextField()
    number = TextField()
    contact = BlobField(null=True)
    words = BlobField(null=True)
    answered_at = BigIntegerField(null=True)

    class Meta:
        table_name = "case_party"
        indexes = ((("case", "side", "kind", "party_ref"), True), (("kind", "party_ref"), False))


class CaseEvidence(Table):
    ref = TextField(unique=True)
    case = ForeignKeyField(Case, on_delete="RESTRICT", backref="+")
    party = ForeignKeyField(CaseParty, on_delete="RESTRICT", backref="+")
    file = ForeignKeyField(StoredFile, on_delete="RESTRICT", backref="+")
    consented_at = BigIntegerField()
    act_id = BigIntegerField()

    class Meta:
        table_name = "case_evidence"


class CaseStep(Table):
    case = ForeignKeyField(Case, on_delete="RESTRICT", backref="+")
    act_id = BigIntegerField()
    at = BigIntegerField()
    action = TextField()
    side = TextField(null=True, constraints=one_of("side", "claimant", "holder"))

    class Meta:
        table_name = "case_step"


TABLES = [Case, CaseParty, CaseEvidence, CaseStep]


def up(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)


def down(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
