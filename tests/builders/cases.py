"""Cases opened through the actions: objections of a person, disputes from a stopped draft, evidence, officers."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from tests.builders import accounts, status, units, uploads
from tests.builders.filings import Filed, draft, filed, filer
from tests.builders.units import BuiltUnit
from webapp import clock
from webapp.actors import Actor
from webapp.domain.closings import cases as deciding
from webapp.domain.files import intake
from webapp.domain.filings import disputing, objecting, verifying
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.sanctions import cases_rules
from webapp.domain.sanctions.cases_evidence import Handed
from webapp.domain.sanctions.models import Case

WORDS = "我仍在這個單位工作"


def handed(*, consent: bool = True, files: int = 1) -> Handed:
    """Pictures under the separate consent."""
    one = intake.check(units.picture(), "proof.png", "evidence")
    return Handed((one,) * files, consent)


def officer(name: str = "馮曉嵐") -> Actor:
    """A platform officer."""
    return accounts.actor_of(accounts.platform_staff("platform_officer", name=name))


def now(case: Case) -> Case:
    return Case.get_by_id(case.id)


def opened(made: dict[str, Any]) -> Case:
    """The case that an act opened (the first, where it opened several)."""
    return Case.get(Case.ref == (made.get("case") or made["cases"][0]))


def refused(built: BuiltUnit, **choices: Any) -> Filed:
    """A submission whose first filing the unit did not accept."""
    sent = filed(built, **choices)
    verifying.refuse(built.actor, built.unit.id, sent.filing.ref, sent.filing.version, ["unit_relation:not_ours"], "")
    return sent


def removed(built: BuiltUnit, sent: Filed, cause: str = "left_unit") -> Entry:
    """The entry of a submission, ended by its unit."""
    entry = uploads.entry_of(sent)
    chosen = Chosen(rows=((entry.ref, entry.version),))
    removals.remove(built.actor, built.unit.id, chosen, cause)
    return Entry.get_by_id(entry.id)


def listed(built: BuiltUnit, **choices: Any) -> Filed:
    """A submission that is on the list."""
    sent = filed(built, **choices)
    uploads.uploaded(built, uploads.verified(built, sent))
    return sent


def objection(sent: Filed, topic: str, subject: str, evidence: Handed | None = None) -> Case:
    made = objecting.object_to(status.actor(sent), sent.submission.ref, topic, subject, WORDS, evidence or Handed())
    return opened(made)


def dispute(built: BuiltUnit, given: dict[str, Any], evidence: Handed | None = None) -> tuple[Any, Case]:
    """A draft that collides, and the case its person opened about it."""
    stopped = draft(built, given)
    return stopped, opened(disputing.dispute(filer(stopped), stopped.ref, "車輛是我的", evidence or Handed()))


def decide(
    by: Actor, case: Case, decision: str = cases_rules.UPHOLD, *reasons: str, remedy: str = "", **changes: Any
) -> dict[str, Any]:
    """Decide as the case stands now."""
    usual = {cases_rules.UPHOLD: "case:records_confirm", cases_rules.DISMISS: "case:no_evidence"}
    values: dict[str, Any] = {
        "reasons": list(reasons) or [usual.get(decision, "")],
        "remedy": remedy,
        "words": "已核對記錄",
        "version": now(case).version,
    }
    values |= changes
    return deciding.decide(
        by, case.ref, decision, *(values[name] for name in ("reasons", "remedy", "words", "version"))
    )


def waited(case: Case) -> AbstractContextManager[None]:
    """The moment at which the other side's term is over."""
    return clock.travel(case.answer_until - clock.now())


def uphold(case: Case, remedy: str = "", by: Actor | None = None) -> dict[str, Any]:
    """Upheld once the other side was silent long enough."""
    judge = by or officer()
    with waited(now(case)):
        return decide(judge, case, remedy=remedy)


def refusal(built: BuiltUnit | None = None) -> tuple[BuiltUnit, Filed, Case]:
    """A filing that its unit refused, and the objection to that."""
    built = built or units.certified_unit()
    sent = refused(built)
    return built, sent, objection(sent, "refusal", sent.filing.ref)
