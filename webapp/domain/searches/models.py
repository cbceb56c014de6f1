"""Searches of the whole list by the platform, each with its reason, and which results were opened."""

from peewee import BigIntegerField, BlobField, TextField

from webapp.columns import InstantField, Reference, WordField
from webapp.database import Row

DOCUMENT, PLATE, NAME, UNIT, REFERENCE = "document", "plate", "name", "unit", "reference"
KINDS = (DOCUMENT, PLATE, NAME, UNIT, REFERENCE)
ENTRY, FILING = "entry", "filing"


class ListSearch(Row):
    ref = TextField(unique=True)
    account_id = BigIntegerField()
    kind = WordField(KINDS)
    words = BlobField()  # sealed: what was typed
    reason = BlobField()  # sealed: why
    made_at = InstantField()
    act_id = BigIntegerField()

    class Meta:
        table_name = "list_search"
        indexes = ((("account_id", "id"), False),)


class SearchOpening(Row):
    """One result that was opened, under the reason of its search."""

    search = Reference(ListSearch)
    noun = WordField((ENTRY, FILING))
    object_ref = TextField()
    act_id = BigIntegerField()
    opened_at = InstantField()

    class Meta:
        table_name = "search_opening"
        indexes = ((("search", "object_ref"), True),)
