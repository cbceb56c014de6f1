"""Customs' side of the list: who may ask, with which key, and what was asked and answered."""

from peewee import SQL, BigIntegerField, BlobField, BooleanField, IntegerField, TextField

from webapp.columns import InstantField, JsonField, Reference, WordField
from webapp.database import Row

ACTIVE, ENDED = "active", "ended"
PLATE, DRIVER = "plate", "driver"
KINDS = (PLATE, DRIVER)
LISTED, SUSPENDED, REMOVED, NOT_LISTED = "listed", "suspended", "removed", "not_listed"
FILED, NOT_FILED = "filed", "not_filed"
RESULTS = (LISTED, SUSPENDED, REMOVED, NOT_LISTED, FILED, NOT_FILED)


class LaneClient(Row):
    """A gate, or the system of a channel, that asks by API."""

    ref = TextField(unique=True)
    name = TextField()
    channels = JsonField(null=True)  # codes of the channels it may ask for; null: every channel
    per_minute = IntegerField()  # questions a minute, over all processes
    limited_until = InstantField(null=True)  # set where the journals show more than that
    state = WordField((ACTIVE, ENDED))
    created_at = InstantField()
    act_id = BigIntegerField()
    assessment_ref = TextField(null=True)  # under which it was switched on; null before there were any

    class Meta:
        table_name = "lane_client"


class LaneKey(Row):
    """A key of a client. Two may be good at once, so that a gate changes keys without standing still."""

    client = Reference(LaneClient)
    ref = TextField(unique=True)
    key_hash = BlobField(unique=True)
    ending = TextField()  # its last four characters, to tell keys apart
    created_at = InstantField()
    ends_at = InstantField(null=True)
    act_id = BigIntegerField()

    class Meta:
        table_name = "lane_key"


class LaneCheck(Row):
    """One question of a channel and its answer. After the retention period the plate is left as its keyed hash."""

    key = TextField(unique=True)  # of the question: taken in once, however often it is sent
    kind = WordField(KINDS)
    asked_at = InstantField(index=True)
    client_id = BigIntegerField(null=True)  # plain numbers: the record outlives what it speaks of
    account_id = BigIntegerField(null=True)
    channel = TextField()  # its code, '' where none was named
    plate_index = BlobField(index=True)
    plate = BlobField(null=True)  # sealed, as asked
    result = WordField(RESULTS)
    reason = TextField()
    offline = BooleanField(default=False)  # answered by a gate without us, told to us later
    taken_in_at = InstantField()

    class Meta:
        table_name = "lane_check"
        indexes = ((("client_id", "asked_at"), False),)


LaneCheck.add_index(LaneCheck.asked_at, where=SQL("plate IS NOT NULL"), name="lane_check_plain")


class LaneJournal(Row):
    """How far the journal of one process has been taken in."""

    name = TextField(unique=True)
    taken = BigIntegerField(default=0)  # bytes

    class Meta:
        table_name = "lane_journal"


class LaneFeed(Row):
    """Which history the numbers of the change feed belong to. A restored database begins another one."""

    epoch = TextField()
    began_at = InstantField()

    class Meta:
        table_name = "lane_feed"
