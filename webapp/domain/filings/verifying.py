"""Verifying, returning, refusing, undoing: one filing, or any number of them in one act (guideline 4.3, design 6).

A single act may pass over a question, because whoever decides has looked. A bulk act changes only what needs no look
and names the rest. The number of statements does not depend on the number of filings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from webapp import crypto
from webapp.database import among, lock
from webapp.domain.audit.acts import Act, action, record_refs
from webapp.domain.filings import closing, filters, flags, lines, lists, reasons, states, telling
from webapp.domain.filings.filters import Filter
from webapp.domain.filings.flags import Flag, Viewer
from webapp.domain.filings.lines import Line
from webapp.domain.filings.lists import Row
from webapp.domain.filings.models import Filing, FilingStep
from webapp.domain.passlist.selection import Chosen
from webapp.domain.units import queries as units
from webapp.domain.units import rules as unit_rules
from webapp.domain.units.models import Unit
from webapp.errors import Conflict, NotAllowed
from webapp.processes import collecting_later
from webapp.row_sets import literal

VERIFY, RETURN, REFUSE, UNDO = "verify", "return", "refuse", "undo"
#: Acts that may be done to many filings at once.
BULK = (VERIFY, REFUSE)
DONE = {VERIFY: "verified", RETURN: "returned", REFUSE: "refused", UNDO: "undone"}
#: Why a filing is left as it is. Sentences: ui.sentences.verifying.
SKIPPED = (
    "not_found",
    "stale",
    "wrong_state",
    "own_filing",
    "own_help",
    "assigned_by_unit",
    "use_not_for_class",
    "household_owner",
    "waiting_owner",
    "needs_look",
)
#: Flags under which nobody verifies.
BARS = ("use_not_for_class", "household_owner")

Decided = tuple[list[Line], list[tuple[Line, str]]]


@action("filing:verify")
def verify(act: Act, unit_id: int, ref: str, version: int | None) -> dict[str, object]:
    """The unit confirms that the person belongs to it. Returns {"filing": ref, "state": …}.

    All four raise NotFound, Conflict (`unit_suspended`, `stale`, `wrong_state`; params: `ref`) and
    NotAllowed (`own_filing`, `own_help`) where another account of the unit has to do it.
    """
    return _one(act, unit_id, VERIFY, ref, version, [], "")


@action("filing:return")
def return_(
    act: Act, unit_id: int, ref: str, version: int | None, codes: Iterable[str], note: str = ""
) -> dict[str, object]:
    """Back to the person with everything that is to be put right. Raises Invalid beside `reason` and `note`."""
    return _one(act, unit_id, RETURN, ref, version, reasons.check(RETURN, codes, note), note)


@action("filing:refuse")
def refuse(
    act: Act, unit_id: int, ref: str, version: int | None, codes: Iterable[str], note: str = ""
) -> dict[str, object]:
    """Not a person of this unit, or not to be accepted for another reason; the person may file again or object."""
    return _one(act, unit_id, REFUSE, ref, version, reasons.check(REFUSE, codes, note), note)


@action("filing:undo")
def undo(
    act: Act, unit_id: int, ref: str, version: int | None, codes: Iterable[str], note: str = ""
) -> dict[str, object]:
    """Take a verification back, before it is uploaded."""
    return _one(act, unit_id, UNDO, ref, version, reasons.check(UNDO, codes, note), note)


@collecting_later()
@action("filing:verify-all")
def verify_all(act: Act, unit_id: int, chosen: Chosen) -> dict[str, object]:
    """Verify all that were chosen and need no look. Returns {"act", "changed": n, "skipped": {reason: n}}.

    Raises Conflict: `unit_suspended`, or `count_changed` where the filter finds others than were confirmed.
    """
    return _many(act, unit_id, VERIFY, chosen, [], "")


@collecting_later()
@action("filing:refuse-all")
def refuse_all(act: Act, unit_id: int, chosen: Chosen, codes: Iterable[str], note: str = "") -> dict[str, object]:
    """Refuse all that were chosen, for the same reasons; raises as verify_all, and Invalid as refuse."""
    return _many(act, unit_id, REFUSE, chosen, reasons.check(REFUSE, codes, note), note)


def may_decide(row: Row) -> bool:
    """Whether the one who looks may do anything about a filing: it is open, and not for a colleague to decide."""
    open_ = any((row.state, name) in states.TRANSITIONS for name in DONE)
    return open_ and not any(flag.code in flags.FOR_COLLEAGUE for flag in row.flags)


@dataclass(frozen=True)
class Preview:
    """What a bulk act would do: to how many of `total`, and who is left out, by reason."""

    total: int
    changed: int
    skipped: dict[str, int]
    exceptions: tuple[tuple[Row, str], ...]
    rows: tuple[tuple[str, int], ...]
    digest: str


#: So many of those left out are named.
NAMED = 20


def preview(unit: Unit, act_name: str, chosen: Chosen, who: Viewer) -> Preview:
    """What `verify_all` or `refuse_all` of this choice would do now. A fixed number of statements."""
    found = lines.read(unit.id, _ids(unit.id, chosen), numbers=who.compares_numbers)
    marked = flags.of(found, unit, who)
    changed, skipped = _decide(act_name, found, marked, who, chosen)
    missing = 0 if chosen.everything else len(chosen.versions()) - len(found)
    return Preview(
        total=len(found) + missing,
        changed=len(changed),
        skipped=_counts(skipped, missing),
        exceptions=tuple((lists.row_of(line, marked.get(line.id, ())), why) for line, why in skipped[:NAMED]),
        rows=tuple((line.ref, line.version) for line in found),
        digest=lists.digest(found),
    )


# Deciding and changing --------------------------------------------------------------------------------------------


def _one(
    act: Act, unit_id: int, name: str, ref: str, version: int | None, codes: list[str], note: str
) -> dict[str, object]:
    unit = _certified(unit_id)
    filing_id = lists.id_of(unit_id, ref)
    lock(Filing, [filing_id])
    who = flags.viewer(unit_id, act.actor.account_id)
    line = lines.read(unit_id, [filing_id], numbers=who.compares_numbers)[0]
    marked = flags.of([line], unit, who).get(line.id, ())
    why = _why_not(name, line, marked, who, version)
    if why in flags.FOR_COLLEAGUE:
        raise NotAllowed(why, ref=ref)
    if why:
        raise Conflict(why, ref=ref)
    _change(act, unit, name, [line], {line.id: marked}, codes, note)
    return {"filing": ref, "state": states.next_state(line.state, name)}


def _many(act: Act, unit_id: int, name: str, chosen: Chosen, codes: list[str], note: str) -> dict[str, object]:
    unit = _certified(unit_id)
    ids = _ids(unit_id, chosen)
    lock(Filing, ids)
    who = flags.viewer(unit_id, act.actor.account_id)
    found = lines.read(unit_id, ids, numbers=who.compares_numbers)
    chosen.check_count(len(found))
    if chosen.digest and chosen.digest != lists.digest(found):
        raise Conflict("count_changed", expected=chosen.expected, found=len(found))
    marked = flags.of(found, unit, who)
    changed, skipped = _decide(name, found, marked, who, chosen)
    if changed:
        _change(act, unit, name, changed, marked, codes, note)
    missing = 0 if chosen.everything else len(chosen.versions()) - len(found)
    return {"act": name, "changed": len(changed), "skipped": _counts(skipped, missing)}


def _certified(unit_id: int) -> Unit:
    lock(Unit, [unit_id])
    unit = units.by_id(unit_id)
    if not unit_rules.may_verify(unit):
        raise Conflict("unit_suspended")
    return unit


def _ids(unit_id: int, chosen: Chosen) -> list[int]:
    if chosen.everything:
        return filters.matching(unit_id, Filter.read(chosen.state, chosen.words, chosen.flag))
    refs = list(chosen.versions())
    return [found for (found,) in Filing.select(Filing.id).where(Filing.unit == unit_id, Filing.ref << refs).tuples()]


def _decide(
    name: str, found: Iterable[Line], marked: dict[int, tuple[Flag, ...]], who: Viewer, chosen: Chosen
) -> Decided:
    changed: list[Line] = []
    skipped: list[tuple[Line, str]] = []
    versions = chosen.versions()
    for line in found:
        signs = marked.get(line.id, ())
        why = _why_not(name, line, signs, who, versions.get(line.ref, line.version)) or _needs_look(name, signs)
        if why:
            skipped.append((line, why))
        else:
            changed.append(line)
    return changed, skipped


def _why_not(name: str, line: Line, signs: tuple[Flag, ...], who: Viewer, version: int | None) -> str:
    if version != line.version:
        return "stale"
    if (line.state, name) not in states.TRANSITIONS:
        return "wrong_state"
    codes = [sign.code for sign in signs]
    for mine in flags.FOR_COLLEAGUE:
        if mine in codes:
            return mine
    if line.assigned:
        return "assigned_by_unit"  # it ends by unassigning (closings.fleet)
    for bar in BARS if name == VERIFY else ():
        if bar in codes:
            return bar
    return ""


def _needs_look(name: str, signs: tuple[Flag, ...]) -> str:
    """What keeps a filing out of a bulk act. That the roster does not know somebody is a reason to refuse him."""
    if not signs:
        return ""
    if name == REFUSE:
        signs = tuple(sign for sign in signs if sign.code != "roster_none")
    return {flags.WAITS: "waiting_owner", flags.QUESTION: "needs_look"}.get(flags.heaviest(signs), "")


def _counts(skipped: list[tuple[Line, str]], missing: int) -> dict[str, int]:
    why = [reason for _line, reason in skipped] + ["not_found"] * missing
    return {reason: why.count(reason) for reason in SKIPPED if reason in why}


def _change(
    act: Act,
    unit: Unit,
    name: str,
    changed: list[Line],
    marked: dict[int, tuple[Flag, ...]],
    codes: list[str],
    note: str,
) -> None:
    """Change these filings, whose rows are held; timeline, record and what the people are owed follow by the act."""
    state = states.next_state(changed[0].state, name)
    done = (
        Filing.update(state=state, reasons=codes or None, fallen_reason=None, act_id=act.id, version=Filing.version + 1)
        .where(
            Filing.id << among(line.id for line in changed),
            Filing.unit == unit.id,
            Filing.state << states.states_for(name),
        )
        .execute()
    )
    if done != len(changed):
        raise Conflict("changed_meanwhile")
    _step(act, name, [line.id for line in changed], codes, note)
    if name == REFUSE:
        closing.let_go(act, [line.id for line in changed])
    record_refs(
        act, f"filing:{DONE[name]}", [line.ref for line in sorted(changed, key=lambda line: line.id)], unit_id=unit.id
    )
    own = [line.ref for line in changed if flags.is_own(marked.get(line.id, ()))]
    if own:
        # The unit has nobody else: allowed, and seen by whoever reads the record.
        record_refs(act, "filing:own-decided", own, unit_id=unit.id)
    telling.owe(act, f"filing-{DONE[name]}")


def _step(act: Act, name: str, ids: list[int], codes: list[str], note: str) -> None:
    step = FilingStep
    sealed = crypto.seal(note, "filing_step", "note", str(act.id)) if note else None
    rows = Filing.select(
        Filing.id,
        literal(act.id, step.act_id),
        literal(act.now, step.at),
        literal(name, step.action),
        Filing.state,
        literal(codes or None, step.reasons),
        literal(sealed, step.note),
    ).where(Filing.id << among(ids))
    columns = [step.filing, step.act_id, step.at, step.action, step.state, step.reasons, step.note]
    step.insert_from(rows, columns).as_rowcount().execute()
