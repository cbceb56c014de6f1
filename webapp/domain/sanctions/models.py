"""What people object to and dispute, who stands on which side, what they say, and how it was decided."""

from peewee import SQL, BigIntegerField, BlobField, Check, DateField, IntegerField, TextField

from webapp.columns import InstantField, JsonField, Reference, WordField
from webapp.database import Row
from webapp.domain.accounts.models import Account
from webapp.domain.files.models import StoredFile
from webapp.domain.registry.models import TOKENS, Person, Vehicle
from webapp.domain.units.models import Unit

# Cases ----------------------------------------------------------------------------------------------------------

OBJECTION, DISPUTE = "objection", "dispute"
#: What a case is about. The first five are objections to an act, the others disputes of a fact.
REFUSAL, REMOVAL, HOLD, SANCTION, ASSIGNMENT = "refusal", "removal", "hold", "sanction", "assignment"
PLATE, VEHICLE, IDENTITY, UNCONFIRMED = "plate", "vehicle", "identity", "unconfirmed"
OBJECTIONS = (REFUSAL, REMOVAL, HOLD, SANCTION, ASSIGNMENT)
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
    number = TextField()  # what this side calls the matter: the reference of its own submission, or of the case
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


# Sanctions ------------------------------------------------------------------------------------------------------

STAGED, PROPOSED, CONFIRMED, REJECTED, RETRACTED, ENDED = (
    "staged",
    "proposed",
    "confirmed",
    "rejected",
    "withdrawn",
    "ended",
)
SANCTION_STATES = (STAGED, PROPOSED, CONFIRMED, REJECTED, RETRACTED, ENDED)
REPAIRED, EXPIRED, STRUCK = "repaired", "expired", "struck"
DOCUMENT, PLATE_NUMBER, REGISTRATION = "document", "plate", "registration"
#: What a sanction names by number; a match on one of these is exact.
EXACT = (DOCUMENT, PLATE_NUMBER, REGISTRATION)
READING, UNREADABLE, READY, HANDED_IN, DROPPED = "reading", "unreadable", "ready", "proposed", "dropped"
MATCH, DIFFERENT = "match", "different"
OF_ENTRY, OF_FILING, OF_UNIT = "entry", "filing", "unit"


class SanctionBatch(Row):
    """A file of sanctions: read in the background, looked through, proposed as a whole."""

    ref = TextField(unique=True)
    file = Reference(StoredFile, null=True)  # null when it is no longer kept
    file_digest = TextField()
    state = WordField((READING, UNREADABLE, READY, HANDED_IN, DROPPED))
    rows = IntegerField(default=0)  # filled rows of the file
    known = IntegerField(default=0)  # of them, decisions that had been proposed or confirmed before
    problem = JsonField(null=True)  # [code, params] of a file that cannot be read at all
    created_by = Reference(Account)
    created_at = InstantField()
    act_id = BigIntegerField()
    version = IntegerField(default=1)

    class Meta:
        table_name = "sanction_batch"


SanctionBatch.add_index(
    SanctionBatch.file_digest, unique=True, where=SQL("state <> 'dropped'"), name="sanction_batch_once"
)


class SanctionFault(Row):
    """What is wrong with one row of a file, as a code with its parameters."""

    batch = Reference(SanctionBatch)
    row = IntegerField()
    field = TextField()
    code = TextField()
    params = JsonField()

    class Meta:
        table_name = "sanction_fault"


class Sanction(Row):
    """A decision of an authority that puts persons, vehicles or units on the seriously dishonest list (design 6)."""

    ref = TextField(unique=True)
    number = TextField(unique=True)  # the reference people read out
    batch = Reference(SanctionBatch, null=True)
    row = IntegerField(null=True)  # of the batch's file
    identity = BlobField()  # of the decision and whom it names: the same row of another file is the same sanction
    details = BlobField()  # sealed (sanctions.particulars)
    until = DateField(null=True)  # last day of its term; null: until it is repaired or struck
    repaired_on = DateField(null=True)  # day from which the authority holds it repaired
    state = WordField(SANCTION_STATES)
    ended_how = WordField((REPAIRED, EXPIRED, STRUCK), null=True)
    proposed_by = Reference(Account, null=True)
    confirmed_by = Reference(Account, null=True)
    strike_proposed_by = Reference(Account, null=True)
    struck_by = Reference(Account, null=True)
    staged_at = InstantField()
    proposed_at = InstantField(null=True)
    confirmed_at = InstantField(null=True)
    ended_at = InstantField(null=True)
    act_id = BigIntegerField()
    version = IntegerField(default=1)

    class Meta:
        indexes = (
            (("state", "id"), False),
            (("batch", "row"), False),
            (("act_id",), False),
        )
        # Two people: whoever proposed it cannot have confirmed it, whatever the program does.
        constraints = (
            Check(
                "state NOT IN ('confirmed', 'ended') OR (proposed_by_id IS NOT NULL AND confirmed_by_id IS NOT NULL"
                " AND proposed_by_id <> confirmed_by_id)"
            ),
            Check(
                "ended_how IS NULL OR ended_how <> 'struck' OR (strike_proposed_by_id IS NOT NULL"
                " AND struck_by_id IS NOT NULL AND strike_proposed_by_id <> struck_by_id)"
            ),
        )


Sanction.add_index(
    Sanction.identity,
    unique=True,
    where=SQL("state IN ('proposed', 'confirmed', 'ended')"),
    name="sanction_once",
)


class SanctionSubject(Row):
    """One number a sanction names, or a token by which somebody like it is found, as a blind index."""

    sanction = Reference(Sanction)
    kind = WordField((*EXACT, *TOKENS))
    key_index = BlobField()

    class Meta:
        table_name = "sanction_subject"
        indexes = ((("kind", "key_index"), False),)


class SanctionNear(Row):
    """Somebody who is like whom a sanction names, by birth date and name or by licence number: a human decides."""

    ref = TextField(unique=True)
    sanction = Reference(Sanction)
    person = Reference(Person)
    why = JsonField()  # TOKENS that are the same
    decision = WordField((MATCH, DIFFERENT), null=True)
    decided_by = Reference(Account, null=True)
    decided_at = InstantField(null=True)

    class Meta:
        table_name = "sanction_near"
        indexes = ((("sanction", "person"), True),)


class SanctionStep(Row):
    """Who did what to a sanction and when."""

    sanction = Reference(Sanction)
    act_id = BigIntegerField()
    at = InstantField()
    action = TextField()
    state = WordField(SANCTION_STATES)
    note = BlobField(null=True)  # sealed: words of the officer

    class Meta:
        table_name = "sanction_step"
        indexes = ((("act_id", "sanction"), False),)


class SanctionEffect(Row):
    """What confirming a sanction ended, closed or stopped; and whether striking it brought it back."""

    sanction = Reference(Sanction)
    kind = WordField((OF_ENTRY, OF_FILING, OF_UNIT))
    object_ref = TextField()
    unit = Reference(Unit)
    person = Reference(Person, null=True)
    submission_ref = TextField(null=True)  # whose status page tells of it
    slot = TextField(null=True)  # driver slot the entry stood on
    act_id = BigIntegerField()
    restored_ref = TextField(null=True)  # the entry made anew
    kept_out = TextField(null=True)  # why it could not be

    class Meta:
        table_name = "sanction_effect"
        indexes = (
            (("object_ref",), False),
            (("act_id", "submission_ref"), False),
            (("submission_ref",), False),
        )
