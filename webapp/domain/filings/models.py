"""Paperwork in motion: drafts, submissions, filings, owners' answers, and uploads."""

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
from webapp.domain.passlist.models import OWNER, SECOND, Entry
from webapp.domain.pledges.models import Pledge, PledgeText
from webapp.domain.registry.models import OWN, UNIT, Answers, Person, Vehicle
from webapp.domain.units.models import SIZE_CLASSES, EnrolmentCode, Unit

FILING_STATES = (
    "submitted",
    "returned",
    "verified",
    "uploaded",
    "refused",
    "withdrawn",
    "closed",
)
#: In motion, in words by which SQLite finds nothing in another index.
OPEN_SQL = "state NOT IN ('uploaded', 'refused', 'withdrawn', 'closed')"
#: What is rare among what is in motion and looked for in the verification list, in the words of its indexes: only who
#: has it pays for one.
RARE_SQL = {
    "warned": f"warnings <> '[]' AND {OPEN_SQL}",
    "fell_out": f"fallen_reason IS NOT NULL AND {OPEN_SQL}",
    "no_vehicle": f"vehicle_id IS NULL AND {OPEN_SQL}",
    "waiting": f"waiting AND state <> 'returned' AND {OPEN_SQL}",
}
#: Verified and no upload may take it yet, in the words of the index of those.
UNREADY_SQL = "state = 'verified' AND (waiting OR disputed OR vehicle_id IS NULL)"
OPEN_FILING_STATES = ("submitted", "returned", "verified")
#: How somebody who was helped at a counter made the pledge his own (design 7, rule 10).
COUNTER_FORMS = ("own_phone", "tablet", "paper")
INVITATION_STATES = ("open", "accepted", "declined", "expired", "revoked")


class Draft(Row):
    """Answers on their way. Sealed at each page, gone after seven days; its ref is the submission key."""

    ref = TextField(unique=True)
    unit = Reference(Unit)
    code = Reference(EnrolmentCode, null=True)
    secret_hash = BlobField()  # of the cookie that opens it
    resume_hash = BlobField(unique=True)  # of the link that gives the cookie again
    answers = BlobField()  # sealed JSON
    language = TextField()
    corrects = BigIntegerField(null=True)  # submission id, when a returned filing is being corrected
    created_at = InstantField()
    created_on = DateField()
    expires_at = InstantField(index=True)
    submission_ref = TextField(null=True)  # once sent; a repeat leads to the receipt
    version = IntegerField(default=1)
    begun_from = BigIntegerField(null=True)  # submission id, when begun on its status page (filings.changing)

    class Meta:
        indexes = ((("unit", "created_on"), False),)


class Submission(Row):
    """What a person sent in one go: answers, one personal pledge, one or more filings."""

    ref = TextField(unique=True)
    number = TextField(unique=True)  # the reference people read out
    unit = Reference(Unit)
    person = Reference(Person)
    phone_index = BlobField()  # the phone proved when it was signed
    email_index = BlobField(null=True)
    language = TextField()
    link_version = IntegerField(default=1)  # status token = HMAC(ref, link_version)
    answers = Reference(Answers)
    pledge = Reference(Pledge)
    filed_at = InstantField()
    act_id = BigIntegerField()
    closed_at = InstantField(null=True)  # the private page, by its reader: what was opened before is closed

    class Meta:
        indexes = ((("person", "id"), False),)


class Filing(Row):
    """One person and one vehicle (or unit vehicles as the unit assigns) on the way to the list."""

    ref = TextField(unique=True)
    submission = Reference(Submission)
    unit = Reference(Unit, index=False)
    person = Reference(Person)
    vehicle = Reference(Vehicle, null=True)  # null: "unit vehicles as the unit assigns"
    position = IntegerField()
    vehicle_use = WordField((OWN, UNIT))
    size_class = WordField(SIZE_CLASSES, null=True)
    slot = WordField((OWNER, SECOND), null=True)  # own-use only
    answers = Reference(Answers, index=False)
    pledge = Reference(Pledge, index=False)
    card = BlobField()  # sealed: what a list row shows and search reads (registry.cards)
    warnings = JsonField()  # codes the person confirmed
    waiting = BooleanField(default=False)  # the owner's yes is missing
    disputed = BooleanField(default=False)
    fallen_reason = TextField(null=True)  # why it fell out of the last upload
    changes = Reference(Entry, null=True, index=False)  # the entry this filing would replace
    state = WordField(FILING_STATES)
    reasons = JsonField(null=True)  # of the last return or refusal: ["field:code", …]
    submitted_at = InstantField()
    act_id = BigIntegerField()
    version = IntegerField(default=1)
    assigned = BooleanField(default=False)  # by the unit, on the pledge that stood (filings.assigning_drivers)
    household = BooleanField(default=False)  # a second driver of the owner's household, vouched for by his unit

    class Meta:
        indexes = (
            (("unit", "state", "submitted_at", "id", "waiting"), False),  # counting reads nothing else
            (("unit", "submitted_at", "id"), False),
        )


Filing.add_index(
    Filing.person,
    Filing.vehicle,
    Filing.unit,
    unique=True,
    where=SQL("state IN ('submitted', 'returned', 'verified')"),
    name="filing_once",
)


Filing.add_index(
    Filing.person,
    Filing.unit,
    unique=True,
    where=SQL("vehicle_id IS NULL AND state IN ('submitted', 'returned', 'verified')"),
    name="filing_once_unassigned",
)


Filing.add_index(Filing.changes, where=SQL("changes_id IS NOT NULL"), name="filing_changes")
Filing.add_index(Filing.unit, Filing.id, where=SQL(UNREADY_SQL), name="filing_unready")
Filing.add_index(Filing.state, Filing.id, where=SQL("state = 'returned'"), name="filing_returned")
for _rare, _sql in RARE_SQL.items():
    Filing.add_index(Filing.unit, Filing.submitted_at, Filing.id, where=SQL(_sql), name=f"filing_{_rare}")


class FilingStep(Row):
    """Who did what and when: the timeline on the screens."""

    filing = Reference(Filing)
    act_id = BigIntegerField()
    at = InstantField()
    action = TextField()
    state = WordField(FILING_STATES)
    reasons = JsonField(null=True)
    note = BlobField(null=True)  # sealed: words from the unit to the person

    class Meta:
        table_name = "filing_step"
        indexes = ((("act_id", "filing"), False),)


class Invitation(Row):
    """Owner and second driver find each other (design 6): made by either, a link and a QR paired by its token.

    A second driver's carries his filing and himself from the start; an owner's learns both when it is accepted.
    """

    ref = TextField(unique=True)
    token_hash = BlobField(unique=True)  # the token itself is derivable, so that the page can show its link again
    made_by = WordField((OWNER, SECOND))
    submission = Reference(Submission)  # the maker's: whose status page it stands on
    vehicle = Reference(Vehicle)
    owner = Reference(Person, null=True)  # who says or said yes; unknown while a second driver asks
    second = Reference(Person, null=True)
    filing = Reference(Filing, null=True)  # the second driver's
    joint = BooleanField(default=False)  # the second driver is an owner beside the owner
    state = WordField(INVITATION_STATES)
    made_at = InstantField()
    until = InstantField()
    reminded_at = InstantField(null=True)
    ended_at = InstantField(null=True)
    released_at = InstantField(null=True)  # accepted, and later let go by the owner
    act_id = BigIntegerField()

    class Meta:
        indexes = ((("vehicle", "state"), False), (("state", "until"), False))


Invitation.add_index(
    Invitation.vehicle,
    Invitation.second,
    unique=True,
    where=SQL("state = 'open'"),
    name="invitation_once",
)
Invitation.add_index(
    Invitation.vehicle,
    Invitation.owner,
    unique=True,
    where=SQL("state = 'open' AND made_by = 'owner'"),
    name="invitation_once_by_owner",
)


class Upload(Row):
    """A batch of verified filings under one unit pledge."""

    ref = TextField(unique=True)
    number = TextField(unique=True)
    unit = Reference(Unit)
    state = WordField(("prepared", "done", "abandoned"))  # prepared: printed, waiting for the sealed paper
    digest = TextField()  # SHA-256 over the covered lines, hex
    covered = IntegerField(default=0)
    fallen = IntegerField(default=0)
    pledge = Reference(Pledge, null=True)
    prepared_at = InstantField()
    uploaded_at = InstantField(null=True)
    act_id = BigIntegerField()

    class Meta:
        indexes = ((("unit", "id"), False),)


class UploadLine(Row):
    upload = Reference(Upload, index=False)
    position = IntegerField()
    filing = Reference(Filing)
    filing_version = IntegerField()
    line = BlobField()  # sealed: name, document tail, plate, use, slot, as printed in the annex
    line_digest = TextField()
    fallen_reason = TextField(null=True)  # null: covered

    class Meta:
        table_name = "upload_line"
        indexes = ((("upload", "position"), True),)


class CounterHelp(Row):
    """A draft that a member of staff types for somebody at the counter, and how the person signed it."""

    ref = TextField(unique=True)
    draft_ref = TextField(unique=True)
    unit = Reference(Unit)
    account_id = BigIntegerField()  # who helps; he is not alone in verifying it
    form = WordField(COUNTER_FORMS, null=True)  # null until it is signed
    submission = Reference(Submission, null=True)
    report_hash = BlobField(null=True, unique=True)  # of the link of "that was not me"
    begun_at = InstantField()
    signed_at = InstantField(null=True)
    act_id = BigIntegerField()

    class Meta:
        table_name = "counter_help"
        indexes = ((("unit", "id"), False),)


class CounterSheet(Row):
    """A draft as it was printed, to be signed by hand."""

    ref = TextField(unique=True)
    help = Reference(CounterHelp)
    draft_version = IntegerField()
    text = Reference(PledgeText)
    number = TextField()  # the number its submission will have
    content = BlobField()  # sealed JSON: declared, and the rows as printed
    digest = TextField()
    printed_at = InstantField()
    act_id = BigIntegerField()

    class Meta:
        table_name = "counter_sheet"
