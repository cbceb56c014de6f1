"""Files kept encrypted under DATA_DIR, and the documents issued from them."""

from peewee import SQL, BigIntegerField, BlobField, IntegerField, TextField

from webapp.columns import InstantField, Reference, WordField
from webapp.database import Row

FILE_KINDS = (
    "proof",
    "authorisation",
    "signature",
    "sealed_paper",
    "document",
    "import",
)
DOCUMENT_KINDS = (
    "personal_pledge",
    "unit_pledge",
    "annex",
    "receipt",
    "listing_confirmation",
    "poster",
    "desk_card",
    "list_export",
    "erasure_certificate",
    "data_copy",
)


class StoredFile(Row):
    """Immutable bytes at files/<ref[:2]>/<ref>, sealed in slices (files.actions)."""

    ref = TextField(unique=True)
    kind = WordField(FILE_KINDS)
    media_type = TextField()
    size = BigIntegerField()
    digest = TextField()  # SHA-256 of the plain bytes, hex
    name = BlobField(null=True)  # sealed: what the sender called it
    unit_id = BigIntegerField(null=True)
    act_id = BigIntegerField(null=True)
    created_at = InstantField()

    class Meta:
        table_name = "stored_file"
        indexes = ((("digest",), False),)


class IssuedDocument(Row):
    """A document somebody holds. Its code answers /genuine/<code>; its file is made by the worker."""

    code = TextField(unique=True)
    kind = WordField(DOCUMENT_KINDS)
    subject = TextField()  # ref of the pledge, submission or entry it speaks of
    locale = TextField()
    file = Reference(StoredFile, null=True)  # null while it is being made
    pages = IntegerField(default=0)
    unit_id = BigIntegerField(null=True)
    issued_at = InstantField()
    erased_at = InstantField(null=True)  # what it said is no longer kept; its code still answers
    replaced_at = InstantField(null=True)  # a newer one says what is so by now; its code still answers

    class Meta:
        table_name = "issued_document"
        indexes = ((("subject",), False),)


IssuedDocument.add_index(
    IssuedDocument.kind,
    IssuedDocument.subject,
    IssuedDocument.locale,
    unique=True,
    where=SQL("replaced_at IS NULL"),
    name="issued_document_once",
)
