"""Consents, the privacy text as an edition, the request desk, copies, incidents, assessments, entrustments. Frozen.

Checks of tables that others refer to are changed where they are written, as 0021 says.
"""

import re
import secrets

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
    SqliteDatabase,
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


class Person(Table):
    pass


class Unit(Table):
    pass


class StoredFile(Table):
    class Meta:
        table_name = "stored_file"


class Consent(Table):
    ref = TextField(unique=True)
    person = to(Person)
    submission_ref = TextField()
    purpose = TextField(constraints=one_of("purpose", "processing", "sharing"))
    edition = IntegerField()
    digest = TextField()
    language = TextField()
    given_at = BigIntegerField()
    ended_at = BigIntegerField(null=True)
    act_id = BigIntegerField()

    class Meta:
        indexes = ((("person", "id"), False),)


Consent.add_index(
    Consent.submission_ref, Consent.purpose, unique=True, where=SQL("ended_at IS NULL"), name="consent_once"
)

REQUEST_STATES = ("open", "granted", "refused", "taken_back")
REQUEST_KINDS = ("inspect", "copy", "correct", "erase", "withdraw", "explain", "complain", "relative")


class RightsRequest(Table):
    ref = TextField(unique=True)
    number = TextField(unique=True)
    kind = TextField(constraints=one_of("kind", *REQUEST_KINDS))
    way = TextField(constraints=one_of("way", "online", "letter", "counter", "telephone"))
    state = TextField(constraints=one_of("state", *REQUEST_STATES))
    person = to(Person, null=True)
    submission_ref = TextField(null=True)
    asked = BlobField()
    paper = to(StoredFile, null=True)
    reasons = TextField(null=True)
    answer = BlobField(null=True)
    opened_at = BigIntegerField()
    due_at = BigIntegerField()
    overdue_at = BigIntegerField(null=True)
    decided_at = BigIntegerField(null=True)
    opened_account = BigIntegerField(null=True)
    decided_account = BigIntegerField(null=True)
    act_id = BigIntegerField()
    version = IntegerField()

    class Meta:
        table_name = "rights_request"
        indexes = ((("state", "due_at", "id"), False), (("submission_ref",), False), (("person", "id"), False))
        constraints = (Check("state <> 'refused' OR (reasons IS NOT NULL AND answer IS NOT NULL)"),)


RightsRequest.add_index(
    RightsRequest.submission_ref,
    RightsRequest.kind,
    unique=True,
    where=SQL("state = 'open' AND kind IN ('erase', 'copy', 'inspect')"),
    name="rights_request_once",
)


class RightsStep(Table):
    request = to(RightsRequest)
    act_id = BigIntegerField()
    at = BigIntegerField()
    action = TextField()
    state = TextField(constraints=one_of("state", *REQUEST_STATES))

    class Meta:
        table_name = "rights_step"


class DataCopy(Table):
    ref = TextField(unique=True)
    submission_ref = TextField()
    person = to(Person)
    form = TextField(constraints=one_of("form", "json", "csv", "pdf"))
    made_at = BigIntegerField()
    kept_until = BigIntegerField(null=True)
    ended_at = BigIntegerField(null=True)
    act_id = BigIntegerField()

    class Meta:
        table_name = "data_copy"
        indexes = ((("person", "id"), False), (("kept_until",), False))


INCIDENT_STATES = ("noted", "proposed", "released", "closed")


class Incident(Table):
    ref = TextField(unique=True)
    number = TextField(unique=True)
    state = TextField(constraints=one_of("state", *INCIDENT_STATES))
    kinds = TextField()
    cause = TextField(constraints=one_of("cause", "disclosed", "altered", "lost", "misused", "unavailable"))
    scope = TextField(constraints=one_of("scope", "unit", "numbers", "account", "everybody"))
    scope_refs = TextField()
    began_at = BigIntegerField()
    ended_at = BigIntegerField()
    found_at = BigIntegerField()
    account = BlobField()
    letter = BlobField(null=True)
    people = IntegerField(null=True)
    noted_by_id = BigIntegerField()
    proposed_by_id = BigIntegerField(null=True)
    released_by_id = BigIntegerField(null=True)
    released_at = BigIntegerField(null=True)
    closed_at = BigIntegerField(null=True)
    act_id = BigIntegerField()
    version = IntegerField()

    class Meta:
        indexes = ((("state", "id"), False),)
        constraints = (
            Check(
                "state NOT IN ('released', 'closed') OR (proposed_by_id IS NOT NULL AND released_by_id IS NOT NULL"
                " AND proposed_by_id <> released_by_id)"
            ),
        )


class IncidentSubmission(Table):
    incident = to(Incident)
    submission_ref = TextField()
    person = to(Person)

    class Meta:
        table_name = "incident_submission"
        indexes = ((("incident", "submission_ref"), True),)


class IncidentStep(Table):
    incident = to(Incident)
    act_id = BigIntegerField()
    at = BigIntegerField()
    action = TextField()
    state = TextField(constraints=one_of("state", *INCIDENT_STATES))

    class Meta:
        table_name = "incident_step"


class Assessment(Table):
    ref = TextField(unique=True)
    number = TextField(unique=True)
    kind = TextField(constraints=one_of("kind", "sensitive", "automated", "entrusting", "giving", "exporting", "other"))
    about = TextField()
    author = TextField()
    made_on = DateField()
    result = TextField(constraints=one_of("result", "acceptable", "with_measures", "not_acceptable"))
    findings = TextField()
    valid_until = DateField()
    kept_until = DateField()
    paper = to(StoredFile, null=True)
    account_id = BigIntegerField()
    recorded_at = BigIntegerField()
    act_id = BigIntegerField()


class Entrustment(Table):
    unit = to(Unit)
    reference = TextField()
    agreed_on = DateField()
    account_id = BigIntegerField()
    recorded_at = BigIntegerField()
    act_id = BigIntegerField()


TABLES = [
    Consent,
    RightsRequest,
    RightsStep,
    DataCopy,
    Incident,
    IncidentSubmission,
    IncidentStep,
    Assessment,
    Entrustment,
]


def up(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
    rewrite(db, "edition", lambda said: re.sub(r"'leaving'(::text)?", r"'leaving'\1, 'privacy'\1", said))
    migrator.migrate(migrator.add_column("lane_client", "assessment_ref", TextField(null=True)))
    # Whoever filed before agreed to both, in the pledge he signed, under the first wording.
    for purpose in ("processing", "sharing"):
        rows = db.execute_sql(
            "SELECT person_id, ref, language, filed_at, act_id FROM submission ORDER BY id"
        ).fetchall()
        for person, submission, language, filed_at, act_id in rows:
            values = (secrets.token_hex(10), person, submission, purpose, 0, "", language, filed_at, act_id)
            mark = "?" if isinstance(getattr(db, "obj", db), SqliteDatabase) else "%s"
            db.execute_sql(
                "INSERT INTO consent (ref, person_id, submission_ref, purpose, edition, digest, language, given_at,"
                f" act_id) VALUES ({', '.join([mark] * len(values))})",
                values,
            )


def down(migrator, db):
    migrator.migrate(migrator.drop_column("lane_client", "assessment_ref"))
    db.execute_sql("DELETE FROM edition WHERE subject = 'privacy'")
    rewrite(db, "edition", lambda said: re.sub(r", 'privacy'(::text)?", "", said))
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(list(reversed(TABLES)), safe=False)


def rewrite(db, table, changed):
    """Make a table's checks anew as `changed` says them."""
    if isinstance(getattr(db, "obj", db), SqliteDatabase):
        (version,) = db.execute_sql("PRAGMA schema_version").fetchone()
        (sql,) = db.execute_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone()
        db.execute_sql("PRAGMA writable_schema = ON")
        db.execute_sql("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (changed(sql), table))
        db.execute_sql(f"PRAGMA schema_version = {version + 1}")
        db.execute_sql("PRAGMA writable_schema = OFF")
        return
    checks = db.execute_sql(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass",
        (table,),
    ).fetchall()
    for name, said in checks:
        if changed(said) != said:
            db.execute_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            db.execute_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {changed(said)}".replace("%", "%%"))
