"""Pledge texts and the item policy (versioned rows), and pledges (frozen, signed snapshots)."""

from peewee import BigIntegerField, BlobField, BooleanField, IntegerField, TextField

from webapp.columns import InstantField, JsonField, Reference, WordField
from webapp.database import Row
from webapp.domain.files.models import StoredFile

PERSONAL, UNIT = "personal", "unit"
METHODS = ("drawn", "typed", "sealed_paper")


class PledgeText(Row):
    kind = WordField((PERSONAL, UNIT))
    version = TextField()
    language = TextField()  # locale
    title = TextField()
    clauses = JsonField()  # list of strings
    digest = TextField()  # SHA-256 of title and clauses, hex
    signable = BooleanField()  # Portuguese and English stand beside for reading
    sample = BooleanField()
    effective_from = InstantField()

    class Meta:
        table_name = "pledge_text"
        indexes = ((("kind", "version", "language"), True),)


class ItemPolicy(Row):
    """Which items are required, optional or not asked, per applicant class and vehicle use; and its switch."""

    version = IntegerField(unique=True)
    rules = JsonField()
    effective_from = InstantField()
    household_driver = BooleanField(default=False)  # the owner's unit may vouch for a second driver of his household

    class Meta:
        table_name = "item_policy"


class Pledge(Row):
    """What was shown, agreed and signed, at that moment and for ever."""

    ref = TextField(unique=True)
    kind = WordField((PERSONAL, UNIT))
    text = Reference(PledgeText)
    subject = TextField()  # number of the submission or upload it belongs to
    content = BlobField()  # sealed JSON: the shown values, the signer's name, consents
    digest = TextField()  # SHA-256 over text digest and content, hex: printed on the document
    method = WordField(METHODS)
    drawing = Reference(StoredFile, null=True)  # signature image, or the sealed paper's scan
    unit_id = BigIntegerField()
    act_id = BigIntegerField()
    signed_at = InstantField()
    strokes = BlobField(null=True)  # sealed JSON (pledges.strokes): what the signature image was drawn with

    class Meta:
        indexes = ((("subject", "id"), False),)
