"""What is in force: driver slots, entries, their holds and history; and the channels of the second line."""

from peewee import (
    SQL,
    BigIntegerField,
    BlobField,
    BooleanField,
    DateField,
    IntegerField,
    TextField,
)

from webapp.columns import InstantField, JsonField, Reference, WordField
from webapp.database import Row
from webapp.domain.pledges.models import Pledge
from webapp.domain.registry.models import OWN, UNIT, Answers, Person, Vehicle
from webapp.domain.units.models import SIZE_CLASSES, Unit

OWNER, SECOND = "owner", "second"
LISTED, SUSPENDED, REMOVED = "listed", "suspended", "removed"
#: In force, in the words of the indexes of what is: only who says it like this is served by them.
IN_FORCE_SQL = "state <> 'removed'"
HOLDS = (
    "owner_missing",
    "licence_expired",
    "document_expired",
    "not_confirmed",
    "removal_requested",
)
CAUSES = (
    "sanctioned",
    "requested",
    "left_unit",
    "unit_deregistered",
    "not_confirmed",
    "basis_ended",
    "vehicle_retired",
    "entered_in_error",
    "deceased",
    "superseded",
)
#: The car of an entry in force has other plates: gates are told, and nothing else follows from it.
REPLATED = "replated"
CHANGES = ("listed", "held", "released", "removed", REPLATED)


class DriverSlot(Row):
    """Own-use vehicle: an owner and at most one second driver, over all units (design 7, rules 1 and 2)."""

    vehicle = Reference(Vehicle, index=False)
    slot = WordField((OWNER, SECOND))
    person = Reference(Person)
    in_force = BooleanField()

    class Meta:
        table_name = "driver_slot"
        indexes = ((("vehicle", "slot"), True), (("vehicle", "person"), True))


class JointOwner(Row):
    """A person whom the owner of a car named as owner beside him: he drives as second driver, and is the owner when
    the first one ends (design 4)."""

    vehicle = Reference(Vehicle)
    person = Reference(Person)
    act_id = BigIntegerField()

    class Meta:
        table_name = "joint_owner"
        indexes = ((("vehicle", "person"), True),)


class Entry(Row):
    """One person may drive one vehicle, vouched for by one unit."""

    ref = TextField(unique=True)
    unit = Reference(Unit, index=False)
    person = Reference(Person)
    vehicle = Reference(Vehicle)
    slot = Reference(DriverSlot, null=True, on_delete="SET NULL")  # own-use only, while in force
    vehicle_use = WordField((OWN, UNIT))
    size_class = WordField(SIZE_CLASSES)
    answers = Reference(Answers, index=False)
    position = IntegerField()  # which vehicle of the answers
    pledge = Reference(Pledge, index=False)  # the person's
    submission_ref = TextField()  # whose status page tells of it
    number = TextField()  # the reference people read out: that submission's
    upload_ref = TextField()
    card = BlobField()  # sealed: what a list row shows and search reads
    state = WordField((LISTED, SUSPENDED, REMOVED))
    cause = WordField(CAUSES, null=True)
    listed_at = InstantField()
    removed_at = InstantField(null=True)
    act_id = BigIntegerField()
    version = IntegerField(default=1)
    household = BooleanField(default=False)  # vouched for as a member of the owner's household (passlist.households)

    class Meta:
        indexes = (
            (("unit", "state", "listed_at", "id"), False),
            (("submission_ref",), False),
        )


Entry.add_index(
    Entry.person,
    Entry.vehicle,
    Entry.unit,
    unique=True,
    where=SQL(IN_FORCE_SQL),
    name="entry_once",
)


Entry.add_index(Entry.unit, Entry.listed_at, Entry.id, where=SQL(IN_FORCE_SQL), name="entry_in_force")


class EntryHold(Row):
    entry = Reference(Entry)
    kind = WordField(HOLDS)
    act_id = BigIntegerField()
    since = InstantField()
    until = InstantField(null=True)  # when the system acts
    released_at = InstantField(null=True)

    class Meta:
        table_name = "entry_hold"
        indexes = ((("since",), False),)


EntryHold.add_index(
    EntryHold.entry,
    EntryHold.kind,
    unique=True,
    where=SQL("released_at IS NULL"),
    name="entry_hold_once",
)
EntryHold.add_index(EntryHold.until, where=SQL("released_at IS NULL"), name="entry_hold_due")


LICENCE, DOCUMENT, PERMIT = "licence", "document", "residence_permit"


class EntryExpiry(Row):
    """The last valid day of what an entry in force stands on; none for what is valid for life (passlist.expiries)."""

    entry = Reference(Entry, index=False)
    item = WordField((LICENCE, DOCUMENT, PERMIT))
    last_day = DateField(index=True)
    reminded = IntegerField(null=True)  # days ahead of the reminder sent last
    reminded_on = DateField(null=True)
    unit_id = BigIntegerField(null=True)  # the entry's; null where the version of before wrote it (fill_units)

    class Meta:
        table_name = "entry_expiry"
        indexes = ((("entry", "item"), True), (("unit_id", "last_day", "entry"), False))


#: Most are not reminded of yet.
EntryExpiry.add_index(EntryExpiry.reminded_on, where=SQL("reminded_on IS NOT NULL"), name="entry_expiry_reminded")


class EntryStep(Row):
    """History of an entry, and the source of the lane feed (sequence stream "list")."""

    entry = Reference(Entry)
    act_id = BigIntegerField()
    at = InstantField()
    change = WordField(CHANGES)
    reason = TextField(null=True)  # kind of hold or cause of removal

    class Meta:
        table_name = "entry_step"
        indexes = ((("act_id", "entry"), False),)


class ListExport(Row):
    """A PDF of the unit's list asked for by an account: a document of the kind list_export, kept until `kept_until`."""

    ref = TextField(unique=True)
    unit = Reference(Unit)
    account_id = BigIntegerField()
    state = TextField()  # of entries; "" for all in force
    purpose = TextField()  # "" where masked
    rows = IntegerField()
    created_at = InstantField()
    kept_until = InstantField()
    ended_at = InstantField(null=True)
    act_id = BigIntegerField()

    class Meta:
        table_name = "list_export"
        indexes = ((("kept_until",), False),)


class Channel(Row):
    """A way through the second line, its hours and the vehicles that fit it."""

    code = TextField(unique=True)
    position = IntegerField()
    names = JsonField()  # {locale: name}
    opens = IntegerField()  # minutes after midnight, Asia/Macau
    closes = IntegerField()  # 1440 = midnight
    size_classes = JsonField()
    note = JsonField(null=True)  # {locale: sentence}
