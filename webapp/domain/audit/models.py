"""The record: one act per deed, one line per object touched, and gapless numbers given after the commit."""

from peewee import SQL, BigIntegerField, TextField

from webapp.database import InstantField, JsonField, Reference, Row, WordField

DONE, REFUSED = "done", "refused"
AUDIT_STREAM, LIST_STREAM = "audit", "list"


class Act(Row):
    """One deed of one actor, done or refused. Frozen once its result is written, which is before the commit."""

    actor_kind = TextField()
    actor_ref = TextField()
    account_id = BigIntegerField(null=True)  # plain numbers: the record outlives what it speaks of
    unit_id = BigIntegerField(null=True)
    verb = TextField()
    key = TextField()
    outcome = WordField((DONE, REFUSED))
    codes = JsonField(null=True)  # of a refusal: [[field, code], …], never values
    result = JsonField(null=True)  # what a repeat of the act is answered
    request_id = TextField()
    session_ref = TextField()
    address = TextField()
    at = InstantField()

    class Meta:
        indexes = (
            (("account_id", "id"), False),
            (("unit_id", "id"), False),
            (("verb", "id"), False),
        )


Act.add_index(
    Act.actor_kind,
    Act.actor_ref,
    Act.verb,
    Act.key,
    unique=True,
    where=SQL("outcome = 'done'"),
    name="act_once",
)
Act.add_index(Act.at, name="act_at")


class AuditLine(Row):
    """One object touched by an act. Field names only, never their values."""

    act = Reference(Act)
    at = InstantField()
    tag = TextField()  # subject:past-act, e.g. filing:verified
    object_ref = TextField()
    unit_id = BigIntegerField(null=True)
    fields = JsonField(null=True)

    class Meta:
        table_name = "audit_line"
        indexes = ((("object_ref", "id"), False), (("tag", "id"), False))


class Sequence(Row):
    """Insert-only: the n-th committed row of a stream. Seals and the lane feed run on it."""

    stream = WordField((AUDIT_STREAM, LIST_STREAM))
    number = BigIntegerField()
    source_id = BigIntegerField()

    class Meta:
        indexes = ((("stream", "number"), True), (("stream", "source_id"), True))
