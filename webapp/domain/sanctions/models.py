"""What people object to and dispute, who stands on which side, what they say, and how it was decided."""

from peewee import SQL, BigIntegerField, BlobField, IntegerField, TextField

from webapp.database import InstantField, JsonField, Reference, Row, WordField
from webapp.domain.files.models import StoredFile
from webapp.domain.registry.models import Vehicle
from webapp.domain.units.models import Unit

# Cases ----------------------------------------------------------------------------------------------------------

OBJECTION, DISPUTE = "objection", "dispute"
#: What a case is about. The first four are objections to an act, the others disputes of a fact.
REFUSAL, REMOVAL, HOLD, SANCTION = "refusal", "removal", "hold", "sanction"
PLATE, VEHICLE, IDENTITY, UNCONFIRMED = "plate", "vehicle", "identity", "unconfirmed"
OBJECTIONS = (REFUSAL, REMOVAL, HOLD, SANCTION)
DISPUTES = (PLATE, VEHICLE, IDENTITY, UNCONFIRMED)
CASE_STATES = ("open", "upheld", "dismissed", "withdrawn")
CLAIMANT, HOLDER = "claimant", "holder"
BY_SUBMISSION, BY_DRAFT, BY_UNIT, BY_SYSTEM = "submission", "draft", "unit", "system"


class Case(Row):
    """An objection or a dispute that a human decides (design 6)."""

    ref = TextField(unique=True)
    number = TextField(unique=True)  # the reference people read out
    kind = WordField((OBJECTION, DISPUTE))
    topic = WordField(OBJECTIONS + DISPUTES)
    state = WordField(CASE_STATES)
    opened_by = WordField((BY_SUBMISSION, BY_DRAFT, BY_UNIT, BY_SYSTEM))
    opener_ref = TextField()  # of that submission, draft or unit; "" of the system
    subject = TextField()  # ref of the contested filing, entry or sanction, of the vehicle or the unit
    subject_number = TextField()  # the reference people read out for it
    ground = TextField(null=True)  # code of what is contested: kind of hold, cause of removal, collision
    unit = Reference(Unit, null=True)  # whose act or person it is about
    vehicle = Reference(Vehicle, null=True)
    other_vehicle = Reference(Vehicle, null=True)  # where plates lead to two
    contested_account = BigIntegerField(null=True)  # who did what is objected to: decides only where nobody else can
    opened_at = InstantField()
    answer_until = InstantField(null=True)  # null: nobody is asked
    decide_until = InstantField()
    overdue_at = InstantField(null=True)  # when the platform was told that nobody decided in time
    decided_at = InstantField(null=True)  # or withdrawn
    decided_account = BigIntegerField(null=True)
    reasons = JsonField(null=True)
    remedy = TextField(null=True)
    outcome = JsonField(null=True)  # codes of what followed, or why it could not
    words = BlobField(null=True)  # sealed: the officer's, to both sides
    act_id = BigIntegerField()
    version = IntegerField(default=1)

    class Meta:
        table_name = "case_file"  # "case" is a word of SQL
        indexes = (
            (("state", "decide_until", "id"), False),
            (("unit", "id"), False),
        )


Case.add_index(
    Case.topic,
    Case.subject,
    Case.opener_ref,
    unique=True,
    where=SQL("state = 'open'"),
    name="case_once",
)


class CaseParty(Row):
    """Somebody on one side of a case: a person by his submission (or by a draft that was stopped), or a unit."""

    case = Reference(Case)
    side = WordField((CLAIMANT, HOLDER))
    kind = WordField((BY_SUBMISSION, BY_DRAFT, BY_UNIT))
    party_ref = TextField()
    contact = BlobField(null=True)  # sealed, of a draft only: phone, email, language
    words = BlobField(null=True)  # sealed: claim or answer
    answered_at = InstantField(null=True)

    class Meta:
        table_name = "case_party"
        indexes = (
            (("case", "side", "kind", "party_ref"), True),
            (("kind", "party_ref"), False),
        )


class CaseEvidence(Row):
    """A file handed in under a separate consent."""

    ref = TextField(unique=True)
    case = Reference(Case)
    party = Reference(CaseParty)
    file = Reference(StoredFile)
    consented_at = InstantField()
    act_id = BigIntegerField()

    class Meta:
        table_name = "case_evidence"


class CaseStep(Row):
    """Who did what and when, without words: the timeline on the screens."""

    case = Reference(Case)
    act_id = BigIntegerField()
    at = InstantField()
    action = TextField()
    side = WordField((CLAIMANT, HOLDER), null=True)

    class Meta:
        table_name = "case_step"
