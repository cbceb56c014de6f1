"""Units, who works for them, their enrolment codes, their vehicle register and their roster."""

from peewee import SQL, BigIntegerField, BlobField, BooleanField, Check, DateField, IntegerField, TextField

from webapp.columns import InstantField, JsonField, Reference, WordField
from webapp.database import Row
from webapp.domain.accounts.models import Account
from webapp.domain.files.models import StoredFile

CLASSES = ("organ", "enterprise", "social", "resident", "duty", "other")
PLACES = ("cn", "mo", "hk")
STATES = (
    "pending",
    "returned",
    "certified",
    "suspended",
    "refused",
    "withdrawn",
    "deregistered",
)
OPEN_STATES = ("pending", "returned", "certified", "suspended")
MANAGER, VERIFIER = "manager", "verifier"
CODE_ACTIVE, CODE_ROTATED, CODE_REVOKED = "active", "rotated", "revoked"
DEREGISTER, CHANGE, HAND_OVER, RECOVER = PROPOSAL_KINDS = ("deregister", "change", "hand_over", "recover")
PROPOSAL_STATES = ("asked", "open", "confirmed", "rejected", "withdrawn", "lapsed")
#: What is confirmed was proposed by one and confirmed by another (design 3). COALESCE: a check of null would pass.
TWO_PEOPLE = "state <> 'confirmed' OR COALESCE(decided_by <> proposed_by, 1 = 0)"
SIZE_CLASSES = ("small", "medium", "large", "lorry")
FILING, ENTRY, VEHICLE = "filing", "entry", "vehicle"
#: What a vehicle of the register is counted as.
REGISTERED, ENDED = "registered", "ended"


class Unit(Row):
    ref = TextField(unique=True)
    unit_class = WordField(CLASSES)
    name = TextField()
    name_fold = TextField()
    registration_place = WordField(PLACES)
    registration_number = TextField()  # normalised
    branch_name = TextField(default="")
    branch_key = TextField(default="")  # folded branch name
    address = TextField()
    public_phone = TextField(default="")  # shown to residents who have no QR, and on the poster
    public_hours = TextField(default="")  # when somebody answers there
    details = BlobField()  # sealed: legal_representative, manager_name, manager_phone, email
    proof = Reference(StoredFile)
    authorisation = Reference(StoredFile, null=True)
    state = WordField(STATES)
    daily_ceiling = IntegerField(default=2000)  # new drafts a day through the code
    registered_at = InstantField()
    certified_at = InstantField(null=True)
    act_id = BigIntegerField(null=True)  # the act that last changed it
    version = IntegerField(default=1)

    class Meta:
        indexes = ((("state", "id"), False), (("unit_class", "state"), False))


Unit.add_index(
    Unit.registration_place,
    Unit.registration_number,
    Unit.branch_key,
    unique=True,
    where=SQL("state IN ('pending', 'returned', 'certified', 'suspended')"),
    name="unit_once",
)


class UnitStep(Row):
    unit = Reference(Unit)
    act_id = BigIntegerField()
    at = InstantField()
    action = TextField()
    state = WordField(STATES)
    reasons = JsonField(null=True)  # ["field:code", …]
    note = BlobField(null=True)  # sealed: words from officer to unit

    class Meta:
        table_name = "unit_step"


class Tally(Row):
    """How many filings, entries or vehicles of a unit are in a state: the sum of its rows, kept by triggers
    (units.tallies)."""

    unit = Reference(Unit)
    noun = WordField((FILING, ENTRY, VEHICLE))
    state = TextField()
    waiting = BooleanField()  # filings: the owner's yes is missing
    number = IntegerField()
    pending = BooleanField()  # PostgreSQL: a change that is not in the kept row yet


Tally.add_index(
    Tally.unit, Tally.noun, Tally.state, Tally.waiting, unique=True, where=SQL("NOT pending"), name="tally_kept"
)
Tally.add_index(Tally.id, where=SQL("pending"), name="tally_pending")


class UnitTally(Row):
    """How many units of a class are in a state, kept the same way."""

    unit_class = WordField(CLASSES)
    state = WordField(STATES)
    number = IntegerField()
    pending = BooleanField()

    class Meta:
        table_name = "unit_tally"


UnitTally.add_index(
    UnitTally.unit_class, UnitTally.state, unique=True, where=SQL("NOT pending"), name="unit_tally_kept"
)
UnitTally.add_index(UnitTally.id, where=SQL("pending"), name="unit_tally_pending")


class Membership(Row):
    unit = Reference(Unit)
    account = Reference(Account)
    role = WordField((MANAGER, VERIFIER))
    act_id = BigIntegerField(null=True)
    started_at = InstantField()
    ended_at = InstantField(null=True)


Membership.add_index(
    Membership.unit,
    Membership.account,
    unique=True,
    where=SQL("ended_at IS NULL"),
    name="membership_once",
)


class EnrolmentCode(Row):
    unit = Reference(Unit)
    code = TextField(unique=True)
    version = IntegerField()  # printed on the poster
    state = WordField((CODE_ACTIVE, CODE_ROTATED, CODE_REVOKED))
    act_id = BigIntegerField(null=True)
    created_at = InstantField()
    ended_at = InstantField(null=True)

    class Meta:
        table_name = "enrolment_code"


EnrolmentCode.add_index(
    EnrolmentCode.unit,
    unique=True,
    where=SQL("state = 'active'"),
    name="enrolment_code_one_active",
)


class CodeBar(Row):
    """While it is open the platform lets the unit have no enrolment code (a sanction on the unit, design 6)."""

    unit = Reference(Unit)
    cause_ref = TextField()  # ref of the sanction
    act_id = BigIntegerField()
    since = InstantField()
    ended_at = InstantField(null=True)

    class Meta:
        table_name = "code_bar"


CodeBar.add_index(CodeBar.unit, CodeBar.cause_ref, unique=True, where=SQL("ended_at IS NULL"), name="code_bar_once")


class UnitProposal(Row):
    """What would change a unit and needs a second person's yes (units.proposals). One account never says both."""

    ref = TextField(unique=True)
    unit = Reference(Unit)
    kind = WordField(PROPOSAL_KINDS)
    state = WordField(PROPOSAL_STATES)
    reasons = JsonField(null=True)  # ["field:code", …]
    by_unit = BooleanField(default=False)  # its own wish
    note = BlobField(null=True)  # sealed: words of who asked or proposed
    answer = BlobField(null=True)  # sealed: words of who said no
    details = BlobField(null=True)  # sealed: what the unit's data would be, or who its manager
    successor = Reference(Unit, null=True)  # deregistering: who takes the people over
    ends_managers = BooleanField(default=False)  # hand-over and recovery: whether those of before go
    proof = Reference(StoredFile, null=True)
    authorisation = Reference(StoredFile, null=True)
    link_ref = TextField(null=True, unique=True)  # hand-over and recovery: the invitation mailed to the new manager
    asked_at = InstantField()
    proposed_by = BigIntegerField(null=True)  # account
    decided_by = BigIntegerField(null=True)  # account
    decided_at = InstantField(null=True)
    act_id = BigIntegerField()
    version = IntegerField(default=1)

    class Meta:
        table_name = "unit_proposal"
        indexes = ((("unit", "state"), False), (("state", "id"), False))
        constraints = (Check(TWO_PEOPLE),)


UnitProposal.add_index(
    UnitProposal.unit,
    UnitProposal.kind,
    unique=True,
    where=SQL("state = 'open'"),
    name="unit_proposal_once",
)


class CodeUse(Row):
    """How many drafts were begun through a code on one day. Drafts themselves are gone after seven days."""

    code = Reference(EnrolmentCode)
    day = DateField()
    begun = IntegerField(default=0)

    class Meta:
        table_name = "code_use"
        indexes = ((("code", "day"), True),)


class RegistrationDraft(Row):
    """What a unit typed and uploaded before its e-mail is proved. Opened by a cookie, gone after a day."""

    ref = TextField(unique=True)
    secret_hash = BlobField()  # of the cookie that opens it
    answers = BlobField()  # sealed JSON: fields as typed
    proof = Reference(StoredFile, null=True)
    authorisation = Reference(StoredFile, null=True)
    code_ref = TextField(null=True)  # the one-time code on its way to the e-mail address
    unit_ref = TextField(null=True)  # once registered; a repeat leads to the same end
    created_at = InstantField()
    expires_at = InstantField(index=True)

    class Meta:
        table_name = "registration_draft"


class RegisterVehicle(Row):
    """A vehicle of the unit itself. A plate stands in one register at a time (design 7, rule 4)."""

    ref = TextField(unique=True)
    unit = Reference(Unit)
    plate_index = BlobField()
    plate = BlobField()  # sealed, as typed
    size_class = WordField(SIZE_CLASSES)
    brand_model = TextField(default="")
    entered_on = DateField()
    act_id = BigIntegerField(null=True)
    ended_at = InstantField(null=True)

    class Meta:
        table_name = "register_vehicle"
        indexes = ((("unit", "id"), False),)


RegisterVehicle.add_index(
    RegisterVehicle.plate_index,
    unique=True,
    where=SQL("ended_at IS NULL"),
    name="register_vehicle_once",
)


RegisterVehicle.add_index(
    RegisterVehicle.unit, RegisterVehicle.id, where=SQL("ended_at IS NULL"), name="register_vehicle_held"
)


class StaffSheet(Row):
    """A sheet of people that a unit sent: read in the background, shown once more, then confirmed or dropped. What it
    holds of people is gone when it ends."""

    ref = TextField(unique=True)
    unit = Reference(Unit)
    kind = WordField(("roster", "leavers"))
    state = WordField(("reading", "ready", "unreadable", "confirmed", "dropped"))
    name = BlobField(null=True)  # sealed: what its sender called the file
    content = BlobField(null=True)  # sealed: the file itself, until it was read
    digest = BlobField()  # blind index of the file, to know it again
    rows = IntegerField(default=0)
    wrong = IntegerField(default=0)  # rows that cannot be taken
    faults = JsonField(null=True)  # of the file as a whole: [[code, params], …]
    act_id = BigIntegerField()
    created_at = InstantField()
    expires_at = InstantField(index=True)
    version = IntegerField(default=1)

    class Meta:
        table_name = "staff_sheet"
        indexes = ((("unit", "kind", "id"), False),)


class StaffSheetLine(Row):
    sheet = Reference(StaffSheet)
    number = IntegerField()  # of the row in the file
    line = BlobField()  # sealed: name, tail, staff_number, phone (staff_lines.Line)
    faults = JsonField(null=True)  # [[field, code, params], …]

    class Meta:
        table_name = "staff_sheet_line"
        indexes = ((("sheet", "number"), True),)


class Roster(Row):
    """The people a unit says belong to it, to compare filings with. One at a time, purged after a set time; the row
    stays and says only when there was one and how long it was."""

    ref = TextField(unique=True)
    unit = Reference(Unit)
    digest = BlobField()  # blind index of the file it came from
    rows = IntegerField()
    has_numbers = BooleanField()  # whether any row knows a staff number
    act_id = BigIntegerField()
    entered_at = InstantField()
    purge_at = InstantField()
    ended_at = InstantField(null=True)


Roster.add_index(Roster.unit, unique=True, where=SQL("ended_at IS NULL"), name="roster_one")
Roster.add_index(Roster.purge_at, where=SQL("ended_at IS NULL"), name="roster_due")


class RosterRow(Row):
    """One person of a roster: found by the blind index of the folded name, compared by what is sealed."""

    ref = TextField(unique=True)
    roster = Reference(Roster)
    number = IntegerField()
    name_index = BlobField()
    line = BlobField()  # sealed: name, tail, staff_number, phone

    class Meta:
        table_name = "roster_row"
        indexes = ((("roster", "name_index"), False), (("name_index",), False))
