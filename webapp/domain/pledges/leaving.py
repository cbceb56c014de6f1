"""What everybody is told before filing: the list counts for leaving the zone and never exempts from checks (design 5).

The first wording; officers replace it by editions, read in the reader's language.
"""

from __future__ import annotations

from typing import Any

from webapp.domain.editions import queries
from webapp.domain.editions.models import LEAVING

FIRST: dict[str, dict[str, Any]] = {
    "zh_Hant_MO": {
        "title": "列入名單不等於免檢",
        "clauses": [
            "名單用於駕車離開合作區時的“二線”通道通行管理，方便經常進出的人和車輛，不保證通行。",
            "通道仍會抽查，請按現場指示停車，接受查驗。",
        ],
    },
    "zh_Hans_CN": {
        "title": "列入名单不等于免检",
        "clauses": [
            "名单用于驾车离开合作区时的“二线”通道通行管理，方便经常进出的人和车辆，不保证通行。",
            "通道仍会抽查，请按现场指示停车，接受查验。",
        ],
    },
    "pt": {
        "title": "Constar da lista não dispensa a inspecção",
        "clauses": [
            "A lista serve a passagem pelos canais da «segunda linha» à saída da Zona, para quem passa com frequência; "
            "não garante a passagem.",
            "Continua a haver inspecções por amostragem. Pare quando lhe for indicado e aceite a inspecção.",
        ],
    },
    "en": {
        "title": "Being listed is not an exemption from checks",
        "clauses": [
            "The list is used when driving out of the Zone through the second-line channels. It makes frequent "
            "crossing easier and does not guarantee passage.",
            "Spot checks continue. Please stop when directed and accept inspection.",
        ],
    },
}


def current(locale: str) -> dict[str, Any]:
    """The wording in force for a reader: {"title", "clauses"}."""
    row = queries.in_force(LEAVING)
    wordings = row.content["texts"] if row is not None else FIRST
    return wordings.get(locale) or wordings["zh_Hant_MO"]
