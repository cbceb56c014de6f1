"""Messages the system owes somebody, and their deliveries outside."""

from peewee import SQL, BigIntegerField, BlobField, IntegerField, TextField

from webapp.columns import InstantField, JsonField, Reference, WordField
from webapp.database import Row

UNIT, PLATFORM, ACCOUNT, SUBMISSION, ADDRESS = (
    "unit",
    "platform",
    "account",
    "submission",
    "address",
)
#: `sent`: handed over. `delivered`: the gateway says that it arrived. `failed`: given up after trying long enough, or
#: late by then. `undeliverable`: refused for good.
QUEUED, SENT, DELIVERED, FAILED, UNDELIVERABLE = "queued", "sent", "delivered", "failed", "undeliverable"
EMAIL, SMS = "email", "sms"


class Notice(Row):
    """The truth of a message: inbox of a unit, of the platform, of an account, or a person's status page."""

    ref = TextField(unique=True)
    kind = TextField()
    audience = WordField((UNIT, PLATFORM, ACCOUNT, SUBMISSION, ADDRESS))
    audience_ref = TextField()
    subject = TextField()  # ref of what it speaks of, for the link
    params = JsonField(null=True)  # never personal: counts, dates, numbers, unit names, codes of reasons
    dedupe_key = TextField(unique=True)
    act_id = BigIntegerField(null=True)
    created_at = InstantField()
    read_at = InstantField(null=True)

    class Meta:
        indexes = (
            (("audience", "audience_ref", "id"), False),
            (("subject",), False),
            (("act_id",), False),
            (("created_at",), False),
        )


Notice.add_index(
    Notice.audience,
    Notice.audience_ref,
    where=SQL("read_at IS NULL"),
    name="notice_unread",
)


class Delivery(Row):
    """One message on its way to one address; sent by the job of the same ref."""

    ref = TextField(unique=True)
    notice = Reference(Notice)
    channel = WordField((EMAIL, SMS))
    address = BlobField()  # sealed
    params = BlobField(null=True)  # sealed: what only this message may say (a link, a code)
    locale = TextField()
    state = WordField((QUEUED, SENT, DELIVERED, FAILED, UNDELIVERABLE))
    attempts = IntegerField(default=0)
    error = TextField(null=True)  # code of the last refusal, never its text
    created_at = InstantField()
    sent_at = InstantField(null=True)
    ended_at = InstantField(null=True)  # delivered, failed or undeliverable since


Delivery.add_index(Delivery.created_at, name="delivery_created_at")


class Unreached(Row):
    """A person whose last message did not arrive on any way; gone with the first that does."""

    audience_ref = TextField(unique=True)  # the submission whose notice it was
    since = InstantField()
