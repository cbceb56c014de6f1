"""Editions: numbered versions of what the platform publishes (texts, item policy, channels, holidays), with the day
from which each is in force. Public words only, so that nothing here is sealed but the officers' remarks."""

from peewee import SQL, BigIntegerField, BlobField, Check, DateField, IntegerField, TextField

from webapp.columns import InstantField, JsonField, WordField
from webapp.database import Row

PERSONAL, UNIT, LEAVING, PRIVACY = "personal", "unit", "leaving", "privacy"
POLICY, CHANNELS, HOLIDAYS = "policy", "channels", "holidays"
SUBJECTS = (PERSONAL, UNIT, LEAVING, PRIVACY, POLICY, CHANNELS, HOLIDAYS)
#: What people sign or are promised: nobody changes it alone (design 3).
LEGAL = (PERSONAL, UNIT, LEAVING, PRIVACY)

DRAFTED, OPEN, CONFIRMED = "drafted", "open", "confirmed"
STATES = (DRAFTED, OPEN, CONFIRMED, "rejected", "withdrawn", "dropped", "cancelled")

TWO_PEOPLE = (
    "state <> 'confirmed' OR subject NOT IN ('personal', 'unit', 'leaving', 'privacy') OR (proposed_by_id IS NOT NULL"
    " AND confirmed_by_id IS NOT NULL AND proposed_by_id <> confirmed_by_id)"
)


class Edition(Row):
    ref = TextField(unique=True)
    subject = WordField(SUBJECTS)
    number = IntegerField()  # counts the editions of a subject, also those that came to nothing
    base = IntegerField()  # the newest edition that was confirmed when this one was written; 0: the first of all
    content = JsonField()  # shapes: domain.publishing.contents
    state = WordField(STATES)
    effective_on = DateField()
    effective_from = InstantField(null=True)  # once confirmed
    note = BlobField(null=True)  # sealed: why it changes, for whoever confirms
    answer = BlobField(null=True)  # sealed: why it was rejected
    proposed_by_id = BigIntegerField()
    confirmed_by_id = BigIntegerField(null=True)
    made_at = InstantField()
    decided_at = InstantField(null=True)
    act_id = BigIntegerField()
    version = IntegerField(default=1)

    class Meta:
        indexes = ((("subject", "number"), True), (("subject", "state", "effective_from"), False))
        constraints = (Check(TWO_PEOPLE),)


Edition.add_index(Edition.subject, unique=True, where=SQL("state = 'open'"), name="edition_open_once")
