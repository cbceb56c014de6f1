"""The words that gates are promised: what an answer and a change can say (version 1; docs/decisions/0008)."""

from webapp.domain.lanes.models import FILED, LISTED, NOT_FILED, NOT_LISTED, REMOVED, SUSPENDED
from webapp.domain.passlist.models import CAUSES, CHANGES, HOLDS
from webapp.domain.registry.models import OWN, UNIT
from webapp.domain.units.models import SIZE_CLASSES

RESULTS = (LISTED, SUSPENDED, REMOVED, NOT_LISTED)
DRIVER_RESULTS = (FILED, NOT_FILED)
USES = (OWN, UNIT)
SIZES = SIZE_CLASSES
LIST_CHANGES = CHANGES
#: One of these with every answer; holds are those of a suspended vehicle, causes those of a removed one.
REASONS = tuple(
    dict.fromkeys(
        (
            "in_force",
            "channel_closed",
            "vehicle_not_for_channel",
            "unknown_plate",
            "never_listed",
            "not_a_plate",
            "plate_ended",
            *HOLDS,
            *CAUSES,
        )
    )
)
#: What a machine can be told instead of an answer; people are told in sentences.
ERRORS = (
    "bad_cursor",
    "bad_instant",
    "bad_item",
    "bad_key",
    "bad_text",
    "channel_not_yours",
    "choose",
    "cursor_unknown",
    "lane_client_ended",
    "lane_key_ended",
    "lane_key_replaced",
    "missing",
    "too_long",
    "too_many",
    "too_many_items",
    "unknown_channel",
)
