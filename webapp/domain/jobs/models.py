"""Background work that must not be lost: written in the act's transaction, claimed by lease."""

from peewee import SQL, BigIntegerField, DateField, IntegerField, TextField

from webapp.columns import InstantField, JsonField, WordField
from webapp.database import Row

QUEUED, RUNNING, FINISHED, FAILED = "queued", "running", "finished", "failed"

#: A queue for each thing that can be slow, so that nobody waits behind what is not his: a code somebody is waiting for;
#: work in the database alone; mails and texts, which hang when other people's servers do; the document somebody is
#: looking at; and those made in stock.
URGENT, RECORDS, MESSAGES, DOCUMENTS, BULK = "urgent", "records", "messages", "documents", "bulk"
QUEUES = (URGENT, RECORDS, MESSAGES, DOCUMENTS, BULK)


class Job(Row):
    ref = TextField(unique=True)
    kind = TextField()
    queue = WordField(QUEUES)
    subject = TextField()  # ref of what the work is about
    params = JsonField(null=True)
    dedupe_key = TextField(null=True, unique=True)
    state = WordField((QUEUED, RUNNING, FINISHED, FAILED))
    progress = BigIntegerField(default=0)
    total = BigIntegerField(default=0)
    cursor = BigIntegerField(default=0)  # where the next slice begins
    attempts = IntegerField(default=0)
    not_before = InstantField()
    lease_owner = TextField(null=True)  # one claim of one worker; whoever lost it changes nothing any more
    lease_until = InstantField(null=True)
    error = TextField(null=True)  # the exception's name, never its text: texts may carry personal data
    unit_id = BigIntegerField(null=True)
    act_id = BigIntegerField(null=True)
    created_at = InstantField()
    finished_at = InstantField(null=True)

    class Meta:
        indexes = ((("kind", "subject"), False), (("finished_at",), False))


Job.add_index(Job.queue, Job.not_before, where=SQL("state = 'queued'"), name="job_due")
Job.add_index(Job.queue, Job.lease_until, where=SQL("state = 'running'"), name="job_leased")


class Holiday(Row):
    """A day on which offices of the zone are closed, besides Saturdays and Sundays."""

    day = DateField(unique=True)
    name = TextField()
