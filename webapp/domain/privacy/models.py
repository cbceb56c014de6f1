"""What is kept of people and for how long, and what people ask about it (PIPL)."""

from peewee import SQL, BigIntegerField, BlobField, Check, DateField, IntegerField, TextField

from webapp.columns import InstantField, JsonField, Reference, WordField
from webapp.database import Row
from webapp.domain.files.models import StoredFile
from webapp.domain.registry.models import Person
from webapp.domain.units.models import Unit

# The request desk, copies, incidents, assessments -----------------------------------------------------------------

INSPECT, COPY, CORRECT, ERASE, WITHDRAW, EXPLAIN, COMPLAIN, RELATIVE = REQUEST_KINDS = (
    "inspect",
    "copy",
    "correct",
    "erase",
    "withdraw",
    "explain",
    "complain",
    "relative",  # near relatives of somebody who has died (PIPL 49)
)
ONLINE, LETTER, COUNTER, TELEPHONE = WAYS = ("online", "letter", "counter", "telephone")
OPEN, GRANTED, REFUSED, TAKEN_BACK = REQUEST_STATES = ("open", "granted", "refused", "taken_back")


class RightsRequest(Row):
    """What somebody asks about his data, or a relative about those of somebody who has died; answered by an officer."""

    ref = TextField(unique=True)
    number = TextField(unique=True)  # the reference people read out
    kind = WordField(REQUEST_KINDS)
    way = WordField(WAYS)
    state = WordField(REQUEST_STATES)
    person = Reference(Person, null=True)  # whose data; unknown where nobody of the list is meant
    submission_ref = TextField(null=True)  # on whose status page it stands
    asked = BlobField()  # sealed JSON: words, and of a letter or visit the asker's name, contact and relation
    paper = Reference(StoredFile, null=True)  # the letter, or what proves the relation
    reasons = JsonField(null=True)  # codes, of a refusal
    answer = BlobField(null=True)  # sealed: the officer's words
    opened_at = InstantField()
    due_at = InstantField()
    overdue_at = InstantField(null=True)  # when the platform was told that nobody answered in time
    decided_at = InstantField(null=True)
    opened_account = BigIntegerField(null=True)  # the officer who entered it
    decided_account = BigIntegerField(null=True)
    act_id = BigIntegerField()
    version = IntegerField(default=1)

    class Meta:
        table_name = "rights_request"
        indexes = ((("state", "due_at", "id"), False), (("submission_ref",), False), (("person", "id"), False))
        constraints = (Check("state <> 'refused' OR (reasons IS NOT NULL AND answer IS NOT NULL)"),)


RightsRequest.add_index(
    RightsRequest.submission_ref,
    RightsRequest.kind,
    unique=True,
    where=SQL("state = 'open' AND kind IN ('erase', 'copy', 'inspect')"),
    name="rights_request_once",
)


class RightsStep(Row):
    """Who did what to a request and when."""

    request = Reference(RightsRequest)
    act_id = BigIntegerField()
    at = InstantField()
    action = TextField()
    state = WordField(REQUEST_STATES)

    class Meta:
        table_name = "rights_step"


JSON, CSV, PDF = COPY_FORMS = ("json", "csv", "pdf")


class DataCopy(Row):
    """A person took a copy of his data. The PDF is drawn by the worker and kept until `kept_until`."""

    ref = TextField(unique=True)
    submission_ref = TextField()
    person = Reference(Person)
    form = WordField(COPY_FORMS)
    made_at = InstantField()
    kept_until = InstantField(null=True)
    ended_at = InstantField(null=True)
    act_id = BigIntegerField()

    class Meta:
        table_name = "data_copy"
        indexes = ((("person", "id"), False), (("kept_until",), False))


NOTED, PROPOSED, RELEASED, CLOSED = INCIDENT_STATES = ("noted", "proposed", "released", "closed")
CAUSES = ("disclosed", "altered", "lost", "misused", "unavailable")
UNIT, NUMBERS, ACCOUNT, EVERYBODY = SCOPES = ("unit", "numbers", "account", "everybody")


class Incident(Row):
    """Data got where they should not, or are gone (PIPL 57): whom it touches is computed, who is told is released by a
    second officer."""

    ref = TextField(unique=True)
    number = TextField(unique=True)
    state = WordField(INCIDENT_STATES)
    kinds = JsonField()  # codes of the kinds of data
    cause = WordField(CAUSES)
    scope = WordField(SCOPES)
    scope_refs = JsonField()  # refs of units or of an account, or numbers; [] where everybody
    began_at = InstantField()
    ended_at = InstantField()
    found_at = InstantField()
    account = BlobField()  # sealed: what happened, for the record
    letter = BlobField(null=True)  # sealed JSON: what persons and authority are told (privacy.incidents)
    people = IntegerField(null=True)  # how many were told, once released
    noted_by_id = BigIntegerField()
    proposed_by_id = BigIntegerField(null=True)
    released_by_id = BigIntegerField(null=True)
    released_at = InstantField(null=True)
    closed_at = InstantField(null=True)
    act_id = BigIntegerField()
    version = IntegerField(default=1)

    class Meta:
        indexes = ((("state", "id"), False),)
        constraints = (
            Check(
                "state NOT IN ('released', 'closed') OR (proposed_by_id IS NOT NULL AND released_by_id IS NOT NULL"
                " AND proposed_by_id <> released_by_id)"
            ),
        )


class IncidentSubmission(Row):
    """Whom an incident touches, as it was computed when it was released: what somebody sent, and when he was told."""

    incident = Reference(Incident)
    submission_ref = TextField()
    person = Reference(Person)

    class Meta:
        table_name = "incident_submission"
        indexes = ((("incident", "submission_ref"), True),)


class IncidentStep(Row):
    """Who did what about an incident and when."""

    incident = Reference(Incident)
    act_id = BigIntegerField()
    at = InstantField()
    action = TextField()
    state = WordField(INCIDENT_STATES)

    class Meta:
        table_name = "incident_step"


SENSITIVE, AUTOMATED, ENTRUSTING, GIVING, EXPORTING, OTHER = ASSESSMENT_KINDS = (
    "sensitive",
    "automated",
    "entrusting",
    "giving",
    "exporting",
    "other",
)
ACCEPTABLE, WITH_MEASURES, NOT_ACCEPTABLE = RESULTS = ("acceptable", "with_measures", "not_acceptable")


class Assessment(Row):
    """What handling people's data may do to them was weighed before (PIPL 55, 56). Written once, never deleted."""

    ref = TextField(unique=True)
    number = TextField(unique=True)
    kind = WordField(ASSESSMENT_KINDS)
    about = TextField()  # what is weighed: a recipient, a purpose
    author = TextField()
    made_on = DateField()
    result = WordField(RESULTS)
    findings = TextField()  # necessity, effect on people and risk, measures
    valid_until = DateField()  # nothing new is switched on under it after this day
    kept_until = DateField()  # three years at least
    paper = Reference(StoredFile, null=True)
    account_id = BigIntegerField()
    recorded_at = InstantField()
    act_id = BigIntegerField()


class Entrustment(Row):
    """The contract under which a unit handles people's data; the newest of a unit holds (PIPL 21)."""

    unit = Reference(Unit)
    reference = TextField()
    agreed_on = DateField()
    account_id = BigIntegerField()
    recorded_at = InstantField()
    act_id = BigIntegerField()


# The register of data, holds, erasures ----------------------------------------------------------------------------

PROPOSED, CONFIRMED, DONE, REJECTED = "proposed", "confirmed", "done", "rejected"
#: Why somebody is erased: he asked, everything of his is over for long enough, or a copy brought him back.
ASKED, RETENTION, REPLAYED = "asked", "retention", "replayed"
#: COALESCE: a check of null would pass.
TWO_OFFICERS = "cause <> 'asked' OR state NOT IN ('confirmed', 'done') OR COALESCE(confirmed_by <> proposed_by, 1 = 0)"


class Erasure(Row):
    """That everything kept of one person is to go, and is gone. `confirmed` lasts within one transaction only: while it
    does, the database lets what is frozen be emptied (schema)."""

    ref = TextField(unique=True)
    number = TextField(unique=True)  # the reference people read out
    person = Reference(Person)
    cause = WordField((ASKED, RETENTION, REPLAYED))
    request_ref = TextField(default="")  # of the request desk, "" where nobody asked
    state = WordField((PROPOSED, CONFIRMED, DONE, REJECTED))
    note = BlobField(null=True)  # sealed: words between the two officers; gone with the data
    proposed_by = BigIntegerField(null=True)  # account
    confirmed_by = BigIntegerField(null=True)  # account
    proposed_at = InstantField()
    ended_at = InstantField(null=True)  # done or rejected
    ended_on = DateField(null=True)  # the same in the zone's days
    counts = JsonField(null=True)  # how much went, by kind
    locale = TextField(default="zh_Hant_MO")  # of the certificate
    certificate = TextField(default="")  # code of the document
    act_id = BigIntegerField()

    class Meta:
        indexes = ((("state", "id"), False), (("person", "id"), False))
        constraints = (Check(TWO_OFFICERS),)


Erasure.add_index(Erasure.person, unique=True, where=SQL("state = 'proposed'"), name="erasure_once")


class LegalHold(Row):
    """While it lasts nothing of this person is erased: an authority or a court needs it."""

    ref = TextField(unique=True)
    person = Reference(Person)
    reason = BlobField()  # sealed
    until = DateField()  # its last day
    placed_by = BigIntegerField()  # account
    placed_at = InstantField()
    lifted_by = BigIntegerField(null=True)  # account
    lifted_at = InstantField(null=True)
    act_id = BigIntegerField()

    class Meta:
        table_name = "legal_hold"
        indexes = ((("person", "until"), False),)


# Keys -------------------------------------------------------------------------------------------------------------


class KeyCheck(Row):
    """What only the right key opens, so that a wrong one is noticed before anything is served (privacy.keys)."""

    name = TextField(unique=True)  # field:<id>, index, secret
    value = BlobField()

    class Meta:
        table_name = "key_check"


class KeyRotation(Row):
    """Sealing everything anew under another field key. While one is open the database lets what is frozen be sealed
    anew, under that key alone (schema)."""

    to_key = TextField()  # id of the key, two hexadecimal figures
    began_at = InstantField()
    ended_at = InstantField(null=True)
    resealed = BigIntegerField(default=0)  # values and files so far

    class Meta:
        table_name = "key_rotation"


KeyRotation.add_index(KeyRotation.to_key, unique=True, where=SQL("ended_at IS NULL"), name="key_rotation_once")
