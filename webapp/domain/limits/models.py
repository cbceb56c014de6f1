"""Token buckets: how often somebody may still try."""

from peewee import BlobField, DoubleField, TextField

from webapp.columns import InstantField
from webapp.database import Row


class Bucket(Row):
    rule = TextField()
    subject = BlobField()  # blind index of whom it counts
    tokens = DoubleField()
    filled_at = InstantField()

    class Meta:
        indexes = ((("rule", "subject"), True), (("filled_at",), False))
