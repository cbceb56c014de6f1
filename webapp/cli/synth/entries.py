"""Entries with their uploads, and the filings that are under way or ended before the list."""

from __future__ import annotations

from datetime import timedelta

from webapp import clock, crypto
from webapp.cli.synth import inventing
from webapp.cli.synth.planning import DAY, PER_FILING, Batch, Plan, PlannedUnit
from webapp.cli.synth.telling import HOUR, Given, Someone, Teller
from webapp.cli.synth.units import MANAGER, registration_number
from webapp.cli.synth.writing import Rows, new_refs, pick, proved, shape
from webapp.columns import from_micros
from webapp.domain.filings import asking, upload_lists
from webapp.domain.passlist import rules
from webapp.domain.passlist.models import DOCUMENT, LICENCE
from webapp.domain.pledges.actions import canonical
from webapp.domain.registry.cards import Card

VERIFY, PREPARE, MAKE, HOLD, REMOVE = range(5)
#: Of a hundred entries: so many removed, so many held.
REMOVED, HELD = 7, 3
CAUSES = ("left_unit", "vehicle_retired", "not_confirmed")
HOLDS = ("licence_expired", "licence_expired", "document_expired", "removal_requested")
#: What is over where an entry is held for it; and what has a last day.
OVER = {"licence_expired": "licence_expiry", "document_expired": "id_expiry"}
LAST_DAYS = ((LICENCE, "licence_expiry"), (DOCUMENT, "id_expiry"))
SYSTEM = ("system", "synth", None)
End = tuple[str, str, str | None, str, str]
VERIFIED: End = ("verify", "verified", None, "manager", "filing:verified")
#: (action, state, reasons, who, tag) of the last step, as often as it happens.
ENDS: tuple[End, ...] = (
    *[("", "submitted", None, "", "")] * 9,
    *[VERIFIED] * 4,
    *[("return", "returned", '["licence_number:differs"]', "manager", "filing:returned")] * 2,
    *[("refuse", "refused", '["unit_relation:not_ours"]', "manager", "filing:refused")] * 2,
    *[("withdraw", "withdrawn", None, "filer", "filing:withdrawn")] * 2,
    ("close", "closed", None, "system", "filing:closed"),
)


#: What the annex prints of an entry (filings.upload_lists), encoded once.
LINE = shape(
    {
        "name": "%(full_name)s",
        "id_type": "%(id_type)s",
        "tail": "%(tail)s",
        "plates": ["%(plates)s"],
        "use": "%(vehicle_use)s",
        "role": "%(role)s",
        "size_class": "%(size_class)s",
        "change": False,
        "verified_on": "%(verified_on)s",
    }
)


def tell(plan: Plan, given: Given, first: int, last: int) -> Rows:
    """Every row of the batches `first` to before `last`."""
    teller = Teller(plan, given, first)
    for batch in plan.batches[first:last]:
        _batch(teller, batch)
    if last == len(plan.batches):
        for number in range(plan.waiting):
            _under_way(teller, plan.units[0], plan.entries + plan.open_filings - number, VERIFIED)
    return proved(teller.rows)


def _batch(teller: Teller, batch: Batch) -> None:
    plan, chance = teller.plan, teller.chance
    acts = {deed: teller.batch_act(batch, deed) for deed in range(5)}
    manager, at = teller.manager(batch.unit), batch.at
    verified_at = at - 2 * HOUR - chance.randrange(DAY)
    for deed, verb, moment in (
        (VERIFY, "filing:verify-all", verified_at),
        (PREPARE, "upload:prepare", at - HOUR),
        (MAKE, "upload:make", at),
    ):
        teller.act(acts[deed], manager, batch.unit, verb, moment)
    upload = _Upload(teller, batch, acts, verified_at)
    before, state = None, ""
    for n in range(batch.first, batch.first + batch.size):
        of = teller.someone(n, batch.unit, before, state == "listed")
        state = upload.list(of, before)
        before = of
        if n % PER_FILING == 0:
            _under_way(teller, batch.unit, plan.entries + n // PER_FILING, pick(teller.chance, ENDS))
    upload.sign()


class _Upload:
    def __init__(self, teller: Teller, batch: Batch, acts: dict[int, int], verified_at: int) -> None:
        self.teller, self.batch, self.acts, self.verified_at = teller, batch, acts, verified_at
        self.ref, self.pledge_ref, self.notice_ref = new_refs(teller.chance, 3)
        self.number = inventing.readable("UP", teller.plan.bases.upload + batch.number, teller.plan.seed)
        self.digests: list[str] = []
        self.people: set[int] = set()
        self.cars: set[int] = set()
        room = teller.midnight - batch.at
        self.held_at = teller.midnight - teller.chance.randrange(min(60 * DAY, room))
        self.over = (clock.local_date(from_micros(self.held_at)) - timedelta(days=1)).isoformat()
        self.verified_on = clock.local_date(from_micros(verified_at)).isoformat()
        self.removed_at = teller.midnight - teller.chance.randrange(room)
        self.done: set[int] = set()  # deeds of which there is an act

    def list(self, of: Someone, before: Someone | None) -> str:
        """One entry; returns its state."""
        teller, rows, bases, batch = self.teller, self.teller.rows, self.teller.plan.bases, self.batch
        filed_at = self.verified_at - HOUR - teller.chance.randrange(4 * DAY)
        luck = int(teller.chance.random() * 100)
        state = "removed" if luck < REMOVED else "suspended" if luck < REMOVED + HELD else "listed"
        hold = pick(teller.chance, HOLDS) if state == "suspended" else ""
        if hold in OVER:
            of.said[OVER[hold]] = self.over
        sent_ref, number, filing_ref, card, face = teller.filed(of, filed_at, "uploaded", self.acts[MAKE], 3, None)
        ref, notice_ref, ask_ref = new_refs(teller.chance, 3)
        entry, person, vehicle = bases.entry + of.number, bases.person + of.person, bases.vehicle + of.vehicle
        slot = None
        if of.slot and state != "removed":
            slot = bases.slot + of.number
            rows["driver_slot"].append((slot, vehicle, of.slot, person, True))
        if of.slot == "second" and before is not None:
            self._invited(ask_ref, of, before, filed_at)
        changed = {"removed": REMOVE, "suspended": HOLD}.get(state, MAKE)
        act_id, cause = self.acts[changed], pick(teller.chance, CAUSES) if state == "removed" else None
        version = 1 + (changed != MAKE)
        ended_at = self.removed_at if cause else None
        facts = (of.use, of.size_class, bases.answers + of.number, 1, bases.pledge + of.number)
        now = (state, cause, batch.at, ended_at, act_id, version)
        known = (entry, ref, batch.unit.id, person, vehicle, slot, *facts, sent_ref, number, self.ref)
        rows["entry"].append((*known, crypto.seal_bytes(face, "entry", "card", ref), *now))
        self._steps(of, ref, filing_ref, state, hold or cause or "")
        if state != "removed":
            rows["entry_expiry"] += [
                (entry, batch.unit.id, item, of.said[said]) for item, said in LAST_DAYS if of.said[said]
            ]
        key = f"entry-listed:{self.acts[MAKE]}:submission:{sent_ref}:{ref}"
        params = f'{{"number":"{number}","unit":"{batch.unit.name}"}}'
        told = (notice_ref, "entry-listed", "submission", sent_ref, ref, params, key)
        rows["notice"].append((*told, self.acts[MAKE], batch.at, None))
        self._line(of, filing_ref, card)
        return state

    def _steps(self, of: Someone, ref: str, filing_ref: str, state: str, reason: str) -> None:
        teller, rows, batch, acts = self.teller, self.teller.rows, self.batch, self.acts
        entry = teller.plan.bases.entry + of.number
        teller.step(of, acts[VERIFY], self.verified_at, "verify", "verified")
        teller.step(of, acts[MAKE], batch.at, "upload", "uploaded")
        teller.audit(acts[VERIFY], self.verified_at, "filing:verified", filing_ref, batch.unit)
        teller.audit(acts[MAKE], batch.at, "entry:listed", ref, batch.unit)
        teller.audit(acts[MAKE], batch.at, "filing:uploaded", filing_ref, batch.unit)
        rows["entry_step"].append((entry, acts[MAKE], batch.at, "listed", None))
        if state == "listed":
            return
        change, deed, at = ("removed", REMOVE, self.removed_at) if state == "removed" else ("held", HOLD, self.held_at)
        if deed not in self.done:
            self.done.add(deed)
            verb, who = ("entry:remove", teller.manager(batch.unit)) if deed == REMOVE else ("entry:expire", SYSTEM)
            teller.act(acts[deed], who, batch.unit, verb, at)
        rows["entry_step"].append((entry, acts[deed], at, change, reason))
        teller.audit(acts[deed], at, f"entry:{change}", ref, batch.unit)
        if state == "suspended":
            days = rules.REQUEST_WORKING_DAYS if reason == "removal_requested" else rules.EXPIRED_DAYS
            until = max(at + days * DAY, teller.midnight + 3 * DAY)
            rows["entry_hold"].append((entry, reason, acts[deed], at, until))

    def _invited(self, ref: str, of: Someone, owner: Someone, filed_at: int) -> None:
        bases, act_id = self.teller.plan.bases, self.teller.plan.bases.act + of.number
        secret = crypto.token_hash(asking.token(ref))
        who = (bases.person + owner.person, bases.person + of.person, bases.filing + of.number)
        about = (ref, secret, "second", bases.submission + of.number, bases.vehicle + of.vehicle, *who)
        until = filed_at + 14 * DAY
        self.teller.rows["invitation"].append(
            (*about, False, "accepted", filed_at, until, filed_at + HOUR // 2, act_id)
        )

    def _line(self, of: Someone, filing_ref: str, card: Card) -> None:
        """What the annex prints of it, sealed."""
        position, bases = len(self.digests) + 1, self.teller.plan.bases
        own = {"tail": card.tail, "role": of.slot or "", "verified_on": self.verified_on}
        printed = LINE % {**of.said, **own}
        digest = upload_lists.digest_of(filing_ref, printed)
        sealed = crypto.seal_bytes(printed.encode(), "upload_line", "line", f"{self.ref}:{position}")
        row = (bases.upload + self.batch.number, position, bases.filing + of.number, 2, sealed, digest)
        self.teller.rows["upload_line"].append(row)
        self.digests.append(digest)
        self.people.add(of.person)
        self.cars.add(of.vehicle)

    def sign(self) -> None:
        """The unit's pledge over its lines, and the news of it."""
        teller, batch, bases = self.teller, self.batch, self.teller.plan.bases
        act_id, unit = self.acts[MAKE], batch.unit
        digest = upload_lists.list_digest(self.digests)
        content = {
            "number": self.number,
            "upload": self.ref,
            "unit": unit.name,
            "registration_number": registration_number(unit.id),
            "list_digest": digest,
            "filings": batch.size,
            "people": len(self.people),
            "vehicles": len(self.cars),
            "signed_name": MANAGER,
        }
        pledge = bases.pledge + teller.latest + batch.number
        teller.pledged(pledge, self.pledge_ref, "unit", self.number, canonical(content), unit.id, act_id, batch.at)
        made = (bases.upload + batch.number, self.ref, self.number, unit.id, "done", digest, batch.size, 0, pledge)
        teller.rows["upload"].append((*made, batch.at - HOUR, batch.at, act_id))
        teller.audit(self.acts[PREPARE], batch.at - HOUR, "upload:prepared", self.ref, unit)
        teller.audit(act_id, batch.at, "upload:made", self.ref, unit)
        inbox = teller.given.unit_refs[unit.number]
        params = canonical({"number": self.number, "covered": batch.size, "fallen": 0})
        key = f"list-uploaded:{act_id}:unit:{inbox}:{self.ref}"
        read_at = batch.at + DAY if teller.chance.random() < 0.9 else None
        told = (self.notice_ref, "list-uploaded", "unit", inbox, self.ref, params, key, act_id, batch.at, read_at)
        teller.rows["notice"].append(told)


def _under_way(teller: Teller, unit: PlannedUnit, number: int, end: End) -> None:
    """A filing that waits, was returned, or ended before the list."""
    of = teller.someone(number, unit, None, False)
    action, state, reasons, who, tag = end
    days = 4 if state in ("submitted", "verified") else 200
    at = teller.midnight - HOUR - teller.chance.randrange(days * DAY)
    if not action:
        teller.filed(of, at, state, teller.plan.bases.act + number, 1, None)
        return
    act_id, later = teller.later_act(number), at + HOUR // 2
    sent_ref, _number, filing_ref, _card, _face = teller.filed(of, at, state, act_id, 2, reasons)
    actor = {"manager": teller.manager(unit), "filer": ("filer", sent_ref, None), "system": SYSTEM}[who]
    teller.act(act_id, actor, unit, f"filing:{action}", later)
    teller.step(of, act_id, later, action, state, reasons)
    teller.audit(act_id, later, tag, filing_ref, unit)
