"""Re-verification: a unit, or the platform for many, lets everybody on the list be confirmed by a day."""

from peewee import SQL, BigIntegerField, BooleanField, DateField, IntegerField, TextField

from webapp.columns import InstantField, Reference, WordField
from webapp.database import Row
from webapp.domain.passlist.models import Entry
from webapp.domain.units.models import CLASSES, Unit

RUNNING, HOLDING, ENDED, CANCELLED = "running", "holding", "ended", "cancelled"
#: How far a unit has come in a campaign, in this order (campaigns.rules).
STARTED, ANNOUNCED, WARNED, SETTLED, REMINDED, OVER = (
    "started",
    "announced",
    "warned",
    "settled",
    "reminded",
    "over",
)
STAGES = (STARTED, ANNOUNCED, WARNED, SETTLED, REMINDED, OVER)
#: What the day brought: everybody confirmed, some held, nobody confirmed by the unit (nothing is touched), or the unit
#: is suspended and could confirm nobody (nothing is touched either).
DONE, HELD, UNTOUCHED, EXCUSED = "done", "held", "untouched", "excused"
#: What is counted of each unit in a campaign.
COUNTED = ("total", "confirmed", "missing")


class Campaign(Row):
    ref = TextField(unique=True)
    unit = Reference(Unit, null=True)  # whose it is; null: the platform's
    unit_class = WordField(CLASSES, null=True)  # the platform's: of this class only
    due_on = DateField()  # the last day to confirm
    state = WordField((RUNNING, HOLDING, ENDED, CANCELLED))
    scope = TextField()  # unit:<id>, platform:<class> or platform:*
    started_at = InstantField()
    act_id = BigIntegerField()
    version = IntegerField(default=1)


Campaign.add_index(Campaign.scope, unique=True, where=SQL("state IN ('running', 'holding')"), name="campaign_once")


class CampaignUnit(Row):
    campaign = Reference(Campaign)
    unit = Reference(Unit)
    stage = WordField(STAGES)
    stage_on = DateField()
    outcome = WordField((DONE, HELD, UNTOUCHED, EXCUSED), null=True)

    class Meta:
        table_name = "campaign_unit"
        indexes = ((("campaign", "unit"), True),)


class CampaignEntry(Row):
    """An entry that was in force when the campaign began. Who is listed later was verified just then."""

    campaign = Reference(Campaign)
    unit = Reference(Unit)
    entry = Reference(Entry)
    confirmed_at = InstantField(null=True)
    act_id = BigIntegerField()

    class Meta:
        table_name = "campaign_entry"
        indexes = ((("campaign", "entry"), True), (("campaign", "unit", "confirmed_at"), False))


class CampaignTally(Row):
    """How many entries of a unit in a campaign there were, are confirmed, are missing: the sum of its rows, kept by
    triggers (campaigns.tallies)."""

    campaign = Reference(Campaign)
    unit = Reference(Unit)
    word = WordField(COUNTED)
    number = IntegerField()
    pending = BooleanField()  # PostgreSQL: a change that is not in the kept row yet

    class Meta:
        table_name = "campaign_tally"


CampaignTally.add_index(
    CampaignTally.campaign,
    CampaignTally.unit,
    CampaignTally.word,
    unique=True,
    where=SQL("NOT pending"),
    name="campaign_tally_kept",
)
CampaignTally.add_index(CampaignTally.id, where=SQL("pending"), name="campaign_tally_pending")
