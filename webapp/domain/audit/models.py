"""The record: one act per deed, one line per object touched, each with its proof; numbers and seals come after the
commit (audit.proof, audit.sealing)."""

from peewee import SQL, BigIntegerField, BlobField, DateField, IntegerField, TextField

from webapp.columns import InstantField, JsonField, Reference, WordField
from webapp.database import Row

DONE, REFUSED = "done", "refused"
#: In the words of the index of what was refused.
REFUSED_SQL = "outcome = 'refused'"
AUDIT_STREAM, LIST_STREAM = "audit", "list"
#: What is counted of a day: acts by verb, and readings of people's data by the account of who read.
DEEDS, READINGS = "deeds", "readings"


class Act(Row):
    """One deed of one actor, done or refused. Frozen once it has its proof, which is before the commit."""

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
    lines = IntegerField(null=True)  # audit lines of it
    mac = BlobField(null=True)  # over everything above, and how many lines there are

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
Act.add_index(Act.id, where=SQL(REFUSED_SQL), name="act_refused")


class AuditLine(Row):
    """One object touched by an act. Field names only, never their values."""

    act = Reference(Act)
    at = InstantField()
    tag = TextField()  # subject:past-act, e.g. filing:verified
    object_ref = TextField()
    unit_id = BigIntegerField(null=True)
    fields = JsonField(null=True)
    position = IntegerField(null=True)  # 1, 2, … within the act
    mac = BlobField(null=True)

    class Meta:
        table_name = "audit_line"
        indexes = ((("object_ref", "id"), False), (("tag", "id"), False))


class Sequence(Row):
    """Insert-only: the n-th committed row of a stream: acts of the record, changes of the list. Seals and the lane feed
    run on it. A line of the record has the number of its act and its position there."""

    stream = WordField((AUDIT_STREAM, LIST_STREAM))
    number = BigIntegerField()
    source_id = BigIntegerField()
    mac = BlobField(null=True)  # of an act: that this number is its

    class Meta:
        indexes = ((("stream", "number"), True), (("stream", "source_id"), True))


class Seal(Row):
    """Insert-only: the tree over the acts and lines committed since the seal before, chained to it."""

    number = BigIntegerField(unique=True)
    acts = BigIntegerField()  # number of the last act sealed by then
    lines = BigIntegerField()  # lines sealed by then
    root = BlobField()
    head = BlobField()
    at = InstantField()
    mac = BlobField()


class ActFigure(Row):
    """How many acts there were on a day, or readings of people's data (audit.counting)."""

    day = DateField()
    measure = WordField((DEEDS, READINGS))
    name = TextField()  # verb; id of the account
    number = IntegerField()
    part = IntegerField()  # of these refused; of these full numbers

    class Meta:
        table_name = "act_figure"
        indexes = ((("day", "measure", "name"), True),)


class RecordCounted(Row):
    """One row: the number of the last act that is counted in `act_figure`."""

    number = BigIntegerField()

    class Meta:
        table_name = "record_counted"
