"""What is kept of people and for how long, and what people ask about it (PIPL)."""

from peewee import SQL, BigIntegerField, BlobField, Check, DateField, TextField

from webapp.database import InstantField, JsonField, Reference, Row, WordField
from webapp.domain.registry.models import Person

# The request desk, copies, incidents, assessments -----------------------------------------------------------------


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
