"""The stories: how each invented person came onto the list, or did not, row by row as the acts would have left them."""

from __future__ import annotations

import functools
import random
from dataclasses import dataclass, field
from datetime import timedelta

from webapp import clock, crypto
from webapp.cli.synth import inventing
from webapp.cli.synth.planning import DAY, Batch, Plan, PlannedUnit
from webapp.cli.synth.writing import new_refs, no_rows, pick, shape
from webapp.columns import from_micros
from webapp.domain.filings import declaring
from webapp.domain.filings.signing import CONSENTS
from webapp.domain.pledges.actions import canonical, digest_of
from webapp.domain.registry import tokens
from webapp.domain.registry.cards import Card
from webapp.domain.registry.consents import PURPOSES

LANGUAGE = "zh_Hant_MO"
HOUR = DAY // 24
AGREED = canonical({name: True for name in CONSENTS})
#: Shape: filings.declaring, encoded once, with places for what people say. Invented values need no escapes.
DECLARED = shape(
    {
        "person": {item: f"%({item})s" for item in inventing.WHO}
        | {"latin_name": "", "id_expiry": "%(id_expiry)s", "id_long_term": False},
        "contact": {"phone": "%(phone)s", "email": "", "language": LANGUAGE},
        "belonging": {
            "unit_relation": "%(unit_relation)s",
            "staff_number": "",
            "address": "%(address)s",
            "residence_permit_number": "",
            "residence_permit_expiry": "",
        },
        "licence": {
            "licence_number": "%(licence_number)s",
            "licence_class": "C1",
            "licence_expiry": "%(licence_expiry)s",
            "licence_long_term": False,
        },
        "vehicles": [
            {
                "vehicle_use": "%(vehicle_use)s",
                "unit_assigns": False,
                "plates": ["%(plates)s"],
                "size_class": "%(size_class)s",
                "brand_model": "比亞迪海豚",
                "colour": "",
                "vin": "",
                "is_owner": "%(is_owner)s",
                "owner_name": "%(owner_name)s",
                "owner_id_tail": "",
                "joint_owner": False,
                "invitation": "",
            }
        ],
    },
    "is_owner",
)
CARD = shape({name: f"%({name})s" for name in Card.__dataclass_fields__})


@dataclass(frozen=True)
class Given:
    """What every story stands on: the wording of the pledges (row id, digest), the policy, the privacy text, and
    the managers' refs."""

    personal: tuple[int, str]
    unit: tuple[int, str]
    policy_version: int
    privacy: tuple[int, str]  # edition and digest of the text that was agreed to
    managers: dict[int, str]  # number of the unit → ref of its manager's account
    unit_refs: dict[int, str]


@dataclass
class Someone:
    """A person with one car, in one unit."""

    number: int
    unit: PlannedUnit
    person: int  # number; somebody's second car has his
    vehicle: int  # number; a second driver's is the owner's
    use: str = "own"
    slot: str | None = "owner"
    said: dict[str, str] = field(default_factory=dict)  # what of DECLARED is his own
    folded: str = ""
    keys: str = ""
    plates: tuple[str, ...] = ()
    size_class: str = "small"


@functools.cache
def _name_tokens(name: str) -> list[bytes]:
    """Many people share a name, and what finds it."""
    return sorted(tokens.of_name(name, ""))


class Teller:
    """Fills rows for one range of batches, by its own chance."""

    def __init__(self, plan: Plan, given: Given, first: int) -> None:
        self.plan, self.given, self.rows = plan, given, no_rows()
        self.chance = random.Random(f"{plan.seed}:{first}")
        self.midnight = plan.midnight
        self.days = tuple((plan.today + timedelta(days=ahead)).isoformat() for ahead in range(40, 3600))
        self.latest = plan.entries + plan.open_filings  # numbers of people and of submissions

    # Ids ------------------------------------------------------------------------------------------------------

    def batch_act(self, batch: Batch, deed: int) -> int:
        return self.plan.bases.act + self.latest + 5 * batch.number + deed

    def later_act(self, number: int) -> int:
        """What was done with a filing that never came onto the list."""
        return self.plan.bases.act + self.latest + 5 * (len(self.plan.batches) + 1) + number - self.plan.entries

    # Deeds ----------------------------------------------------------------------------------------------------

    def act(self, act_id: int, who: tuple[str, str, int | None], unit: PlannedUnit, verb: str, at: int) -> None:
        kind, ref, account = who
        row = (act_id, kind, ref, account, unit.id, verb, f"synth-{act_id}", "done", "{}", "synth", "", "", at)
        self.rows["act"].append(row)

    def manager(self, unit: PlannedUnit) -> tuple[str, str, int]:
        return "account", self.given.managers[unit.number], self.plan.bases.account + unit.number

    def audit(self, act_id: int, at: int, tag: str, ref: str, unit: PlannedUnit | None) -> None:
        self.rows["audit_line"].append((act_id, at, tag, ref, unit and unit.id, None))

    # People and cars ------------------------------------------------------------------------------------------

    def someone(self, number: int, unit: PlannedUnit, before: Someone | None, ready: bool) -> Someone:
        """Who has this number. `ready`: the one before is on the list, so that somebody may drive his car."""
        luck, bases = self.chance.random(), self.plan.bases
        made = Someone(number, unit, number, number)
        use = "unit" if unit.unit_class == "other" or (unit.unit_class != "resident" and luck > 0.92) else "own"
        if use == "unit":
            made.use, made.slot = use, None
            if before is not None and before.use == "unit" and self.chance.random() < 0.5:
                made.vehicle = before.vehicle
        elif before is not None and before.use == "own" and before.slot == "owner":
            if luck < 0.08 and ready:
                made.slot, made.vehicle = "second", before.vehicle
            elif luck < 0.13:
                made.person = before.person
        shares = before is not None and made.vehicle == before.vehicle
        made.plates = (
            before.plates if before is not None and shares else tuple(inventing.plates(bases.vehicle + number))
        )
        made.size_class = before.size_class if before is not None and shares else pick(self.chance, inventing.SIZES)
        if before is not None and made.person == before.person:
            made.folded, made.keys = before.folded, before.keys
            who = {item: before.said[item] for item in inventing.WHO}
        else:
            name, who = inventing.person(bases.person + number, self.chance)
            made.folded, made.keys = name.folded, name.keys
        made.said = self._declares(made, who)
        return made

    def _declares(self, of: Someone, who: dict[str, str]) -> dict[str, str]:
        """What differs from one to the other in what people declare. Nothing of it is over, or near its end."""
        resident = of.unit.unit_class == "resident"
        number = self.plan.bases.person + of.person
        return {
            **who,
            "id_expiry": "" if who["id_type"] == "hk_id" else self.future(),
            "phone": inventing.phone(number),
            "unit_relation": "resident_register" if resident else "unit_driver" if of.use == "unit" else "staff",
            "address": f"橫琴虛構路{number % 400 + 1}號" if resident else "",
            "licence_number": inventing.licence(number),
            "licence_expiry": self.future(),
            "vehicle_use": of.use,
            "plates": '","'.join(of.plates),
            "size_class": of.size_class,
            "is_owner": "null" if of.use == "unit" else "true" if of.slot == "owner" else "false",
            "owner_name": "車主" if of.slot == "second" else "",
        }

    def future(self) -> str:
        return pick(self.chance, self.days)

    def registered(self, of: Someone, phone_index: bytes, refs: list[str], at: int) -> None:
        """Person and vehicle as the registry knows them, where they are new."""
        bases, rows, who = self.plan.bases, self.rows, of.said
        person_ref, vehicle_ref, register_ref = refs
        if of.person == of.number:
            person = bases.person + of.person
            key = declaring.identity_key(who)
            rows["person"].append((person, person_ref, at))
            rows["person_document"].append((person, who["id_type"], crypto.index("document", key), at))
            sealed = crypto.seal(who["phone"], "person_phone", "phone", phone_index.hex())
            rows["person_phone"].append((person, phone_index, sealed, at))
            found_by = tokens.of_folded(of.folded, who["birth_date"], who["licence_number"])
            rows["person_token"] += [(person, kind, token) for kind, token in found_by.items()]
            rows["name_token"] += [(person, token) for token in _name_tokens(who["full_name"])]
        if of.vehicle == of.number:
            vehicle, indexes = bases.vehicle + of.vehicle, [crypto.index("plate", plate) for plate in of.plates]
            rows["vehicle"].append((vehicle, vehicle_ref, of.use, at))
            rows["plate"] += [(vehicle, index, at) for index in indexes]
            if of.use == "unit":
                plate = crypto.seal(of.plates[0], "register_vehicle", "plate", register_ref)
                day = clock.local_date(from_micros(at)).isoformat()
                facts = (of.size_class, "比亞迪海豚", day, self.plan.bases.act + of.number)
                rows["register_vehicle"].append((register_ref, of.unit.id, indexes[0], plate, *facts))

    # Filings --------------------------------------------------------------------------------------------------

    def filed(
        self, of: Someone, at: int, state: str, act_id: int, version: int, reasons: str | None
    ) -> tuple[str, str, str, Card, bytes]:
        """The submission and its filing as they are today. Returns (submission ref, number, filing ref, card, the card
        as it is sealed)."""
        bases, rows, who = self.plan.bases, self.rows, of.said
        phone = crypto.index("phone", who["phone"])
        answers_ref, pledge_ref, sent_ref, filing_ref, *more = new_refs(self.chance, 9)
        self.registered(of, phone, more[:3], at)
        n, unit, person = of.number, of.unit.id, bases.person + of.person
        number = inventing.readable("HQ", bases.submission + n, self.plan.seed)
        submitted = bases.act + n
        self.act(submitted, ("filer", sent_ref, None), of.unit, "filing:submit", at)
        declared = DECLARED % who
        sealed = crypto.seal_bytes(declared.encode(), "answers", "sealed", answers_ref)
        answers, pledge = bases.answers + n, bases.pledge + n
        rows["answers"].append((answers, answers_ref, person, self.given.policy_version, sealed, submitted, at))
        content = (
            f'{{"consents":{AGREED},"declared":{declared},"number":"{number}","proof":"phone_code",'
            f'"signed_name":"{who["full_name"]}","unit":"{of.unit.name}"}}'
        )
        self.pledged(pledge, pledge_ref, "personal", number, content, unit, submitted, at)
        rows["submission"].append(
            (bases.submission + n, sent_ref, number, unit, person, phone, LANGUAGE, 1, answers, pledge, at, submitted)
        )
        card = Card(who["full_name"], "", who["id_type"], who["id_number"][-4:], " ".join(of.plates), of.keys)
        facts = (unit, person, bases.vehicle + of.vehicle, 1, of.use, of.size_class, of.slot, answers, pledge)
        now = ("[]", False, False, state, reasons, at, act_id, version)
        known = (bases.filing + n, filing_ref, bases.submission + n, *facts)
        face = (CARD % vars(card)).encode()
        rows["filing"].append((*known, crypto.seal_bytes(face, "filing", "card", filing_ref), *now))
        edition, wording = self.given.privacy
        for ref, purpose in zip(more[3:], PURPOSES, strict=True):
            rows["consent"].append((ref, person, sent_ref, purpose, edition, wording, LANGUAGE, at, submitted))
            self.audit(submitted, at, "consent:given", ref, None)
        self.step(of, submitted, at, "submit", "submitted")
        self.audit(submitted, at, "submission:made", sent_ref, of.unit)
        self.audit(submitted, at, "filing:submitted", filing_ref, of.unit)
        return sent_ref, number, filing_ref, card, face

    def pledged(
        self, pledge: int, ref: str, kind: str, subject: str, content: str, unit: int, act_id: int, at: int
    ) -> None:
        """`content`: canonical JSON."""
        text, digest = self.given.personal if kind == "personal" else self.given.unit
        sealed = crypto.seal_bytes(content.encode(), "pledge", "content", ref)
        facts = (sealed, digest_of(digest, content), "typed", unit, act_id, at)
        self.rows["pledge"].append((pledge, ref, kind, text, subject, *facts))

    def step(self, of: Someone, act_id: int, at: int, action: str, state: str, reasons: str | None = None) -> None:
        self.rows["filing_step"].append((self.plan.bases.filing + of.number, act_id, at, action, state, reasons))
