"""The ways through the second line: which fit a vehicle, and when they are open. An editable table, seeded once."""

from __future__ import annotations

from typing import Any

from webapp.domain.editions import queries as editions
from webapp.domain.editions.models import CHANNELS
from webapp.domain.passlist.models import Channel
from webapp.row_sets import insert_rows

DAY = 24 * 60

#: Hours and vehicles as published when the zone was closed off (design 7). "Filed" vehicles are those of this list.
SEED = (
    {
        "code": "hengqin-bridge",
        "position": 1,
        "names": {
            "zh_Hant_MO": "橫琴大橋",
            "zh_Hans_CN": "横琴大桥",
            "pt": "Ponte de Hengqin",
            "en": "Hengqin Bridge",
        },
        "opens": 0,
        "closes": DAY,
        "size_classes": ["small", "medium", "large"],
        "note": {
            "zh_Hant_MO": "貨車不能使用",
            "zh_Hans_CN": "货车不能使用",
            "pt": "Interdito a camiões",
            "en": "No lorries",
        },
    },
    {
        "code": "hengqin-tunnel",
        "position": 2,
        "names": {
            "zh_Hant_MO": "橫琴隧道",
            "zh_Hans_CN": "横琴隧道",
            "pt": "Túnel de Hengqin",
            "en": "Hengqin Tunnel",
        },
        "opens": 0,
        "closes": DAY,
        "size_classes": ["small", "lorry"],
        "note": {
            "zh_Hant_MO": "只供小型客車和貨車",
            "zh_Hans_CN": "只供小型客车和货车",
            "pt": "Apenas ligeiros e camiões",
            "en": "Small cars and lorries only",
        },
    },
    {
        "code": "shenjing",
        "position": 3,
        "names": {"zh_Hant_MO": "深井", "zh_Hans_CN": "深井", "pt": "Shenjing", "en": "Shenjing"},
        "opens": 6 * 60,
        "closes": DAY,
        "size_classes": ["small", "medium", "large"],
        "note": {
            "zh_Hant_MO": "供客運大巴和已備案的客車",
            "zh_Hans_CN": "供客运大巴和已备案的客车",
            "pt": "Autocarros e veículos de passageiros registados",
            "en": "Coaches and filed passenger vehicles",
        },
    },
    {
        "code": "shizimen-tunnel",
        "position": 4,
        "names": {
            "zh_Hant_MO": "十字門隧道",
            "zh_Hans_CN": "十字门隧道",
            "pt": "Túnel de Shizimen",
            "en": "Shizimen Tunnel",
        },
        "opens": 8 * 60,
        "closes": DAY,
        "size_classes": ["small"],
        "note": {
            "zh_Hant_MO": "只供已備案的小型客車",
            "zh_Hans_CN": "只供已备案的小型客车",
            "pt": "Apenas ligeiros registados",
            "en": "Filed small cars only",
        },
    },
)


def seed() -> None:
    """Write the channels where there are none. Call inside a transaction; what officers edited stays."""
    if not Channel.select(Channel.id).exists():
        insert_rows(Channel, SEED)


#: What an edition says of a channel (domain.publishing.contents); its place in the edition is its position.
FIELDS = ("code", "names", "opens", "closes", "size_classes", "note")


def all_channels() -> list[Channel]:
    """The channels as they are now: of the edition in force, else the first ones. At most two statements."""
    edition = editions.in_force(CHANNELS)
    if edition is None:
        return first_channels()
    return [Channel(position=place, **row) for place, row in enumerate(edition.content["channels"], start=1)]


def first_channels() -> list[Channel]:
    return list(Channel.select().order_by(Channel.position))


def plain(channel: Channel) -> dict[str, Any]:
    """A channel as an edition holds it."""
    return {name: getattr(channel, name) for name in FIELDS}


def fitting(size_class: str) -> list[Channel]:
    """The channels a listed vehicle of this size class may use, in the order of the table."""
    return [channel for channel in all_channels() if size_class in channel.size_classes]
