"""Persons and vehicles by keyed blind indexes only, and the answers people gave, frozen and sealed."""

from peewee import SQL, BigIntegerField, BlobField, BooleanField, IntegerField, TextField

from webapp.columns import InstantField, Reference, WordField
from webapp.database import Row

OWN, UNIT = "own", "unit"
#: What somebody like another is found by: birth date with folded name, and licence number.
BIRTH_NAME, LICENCE = "birth_name", "licence"
TOKENS = (BIRTH_NAME, LICENCE)
#: What a person agrees to, each by itself: that his data are handled, and that they are given to others.
PROCESSING, SHARING = "processing", "sharing"


class Person(Row):
    ref = TextField(unique=True)
    created_at = InstantField()
    erased_at = InstantField(null=True)  # nothing is kept of him but this row, which the record speaks of


class PersonDocument(Row):
    """An identity key leads to one person; a person may hold several documents (values.documents.identity_key)."""

    person = Reference(Person)
    id_type = TextField()
    key_index = BlobField(unique=True)
    created_at = InstantField()

    class Meta:
        table_name = "person_document"


class PersonPhone(Row):
    """The phone on file: proved by a code. One phone serves at most five people."""

    person = Reference(Person)
    phone_index = BlobField()
    phone = BlobField()  # sealed E.164
    proved_at = InstantField()
    ended_at = InstantField(null=True)
    guarded_until = InstantField(null=True)  # set at a counter: nothing is removed or exported before (design 3)

    class Meta:
        table_name = "person_phone"


PersonPhone.add_index(
    PersonPhone.person,
    unique=True,
    where=SQL("ended_at IS NULL"),
    name="person_phone_one",
)
PersonPhone.add_index(PersonPhone.phone_index, where=SQL("ended_at IS NULL"), name="person_phone_people")


class PersonToken(Row):
    """20 bits of a keyed hash (registry.tokens): few people share one, and none is known by it alone."""

    person = Reference(Person)
    kind = WordField(TOKENS)
    token = BlobField()

    class Meta:
        table_name = "person_token"
        indexes = ((("kind", "token", "person"), True),)


class NameToken(Row):
    """20 bits of a keyed hash of one way a name is typed whole: folded, or by its initials (registry.tokens)."""

    person = Reference(Person)
    token = BlobField()

    class Meta:
        table_name = "name_token"
        indexes = ((("token", "person"), True),)


class Vehicle(Row):
    """One use at a time (design 7, rule 4)."""

    ref = TextField(unique=True)
    vehicle_use = WordField((OWN, UNIT))
    vin_index = BlobField(null=True, index=True)
    created_at = InstantField()


class Plate(Row):
    """An active plate leads to one vehicle (design 7, rule 5); a cross-border car has two or three."""

    vehicle = Reference(Vehicle)
    plate_index = BlobField()
    created_at = InstantField()
    ended_at = InstantField(null=True)
    declared = BooleanField(null=True)  # true: a filing names it, and nothing that was uploaded yet; no gate goes by it


Plate.add_index(Plate.plate_index, unique=True, where=SQL("ended_at IS NULL"), name="plate_once")
Plate.add_index(Plate.plate_index, name="plate_borne")  # former plates too, for a channel's question


class Answers(Row):
    """What one person declared in one go. Never changed; a change is another row."""

    ref = TextField(unique=True)
    person = Reference(Person)
    policy_version = IntegerField()
    sealed = BlobField()
    act_id = BigIntegerField()
    created_at = InstantField()


class Consent(Row):
    """One purpose agreed to, under one edition of the privacy text as it was read (registry.consents)."""

    ref = TextField(unique=True)
    person = Reference(Person)
    submission_ref = TextField()  # whose status page tells of it
    purpose = WordField((PROCESSING, SHARING))
    edition = IntegerField()  # of the privacy text; 0 is the first wording
    digest = TextField()  # SHA-256 of what was shown, hex
    language = TextField()
    given_at = InstantField()
    ended_at = InstantField(null=True)  # withdrawn, or given anew under another edition
    act_id = BigIntegerField()

    class Meta:
        indexes = ((("person", "id"), False), (("submission_ref", "id"), False))


Consent.add_index(
    Consent.submission_ref, Consent.purpose, unique=True, where=SQL("ended_at IS NULL"), name="consent_once"
)
