"""Announcements of the platform: to the units of a class, to all units, or to everybody. Public words."""

from peewee import BigIntegerField, DateField, IntegerField, TextField

from webapp.columns import InstantField, JsonField, WordField
from webapp.database import Row
from webapp.domain.units.models import CLASSES

EVERYBODY, ALL_UNITS = "everybody", "units"
AUDIENCES = (EVERYBODY, ALL_UNITS, *CLASSES)
DRAFTED, SCHEDULED, SENDING, SENT = "drafted", "scheduled", "sending", "sent"
STATES = (DRAFTED, SCHEDULED, SENDING, SENT, "dropped", "recalled")


class Announcement(Row):
    ref = TextField(unique=True)
    audience = WordField(AUDIENCES)
    texts = JsonField()  # {locale: {"title", "body"}}; both Chinese always
    state = WordField(STATES)
    send_at = InstantField(null=True)  # asked for; null: at once
    shown_until = DateField(null=True)  # of those to everybody: last day on public pages
    author_id = BigIntegerField()
    made_at = InstantField()
    sent_at = InstantField(null=True)
    act_id = BigIntegerField()
    version = IntegerField(default=1)

    class Meta:
        indexes = ((("audience", "state"), False),)
