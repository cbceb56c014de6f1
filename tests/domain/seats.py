"""Rules 1 to 3 of one own-use car, told a second time: who sits where, after which events.

An independent oracle for the tests: it knows no table and no code of the system, only the words of the rules. People
are letters: O owns the car, S drives second through another unit, B buys it, or S does. "there" is the unit of S, where
O may be listed as well. A `Car` is what is true; `after` says what an event makes of it and whom the system tells, None
where the event cannot be thought of.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Car:
    owner: str = ""  # who holds the owner's slot
    places: frozenset[str] = frozenset()  # the units that list him: "here" that of O and B, "there" that of S
    second: str = ""  # "", listed, held
    papers: frozenset[str] = frozenset()  # owners with a filing on its way
    stuck: bool = False  # O's is verified and fell out of an upload: by the word of his unit the place is his next
    filing: str = ""  # S's: "", waiting, yes
    yes: str = ""  # the owner who said the yes that S files with
    link: bool = False  # O's invitation is open
    joint: bool = False  # S is an owner as well, whoever the other is: chosen once, for the whole order

    @property
    def owner_in(self) -> bool:
        return bool(self.places)


@dataclass(frozen=True)
class Outcome:
    car: Car
    steps: tuple[str, ...] = ()  # of S's entries, with the reason: listed, held:…, released:…, removed:…
    told: tuple[str, ...] = ()  # notices that this event owes S or O, entries' own news apart
    refused: bool = False


EVENTS = (
    "O files", "O lists", "O leaves", "O invites", "O revokes", "O accepts", "O declines", "O releases",
    "S asks", "S takes", "S lists", "S leaves", "S withdraws",
    "B lists", "B accepts", "B declines", "B leaves",
    "invitations expire", "the term runs out",
)  # fmt: skip
#: Where the owner may be listed by both units, and the second driver may buy the car.
TWO_PLACES = (
    "O files", "O lists", "O leaves", "O lists there", "O leaves there", "O accepts", "O releases",
    "S asks", "S lists", "S leaves", "S buys", "B lists", "B leaves", "the term runs out",
)  # fmt: skip
HERE, THERE = frozenset({"here"}), frozenset({"there"})
NOBODY: frozenset[str] = frozenset()
MISSING, BASIS, LEFT = "owner_missing", "basis_ended", "left_unit"


def owns(car: Car, who: str) -> bool:
    """In force, or claimed by a filing while nobody else has the owner's place."""
    if car.owner_in:
        return car.owner == who
    return car.owner in ("", who) and who in car.papers


def after(car: Car, event: str) -> Outcome | None:
    who, _, what = event.partition(" ")
    if event == "invitations expire":
        return _expired(car)
    if event == "the term runs out":
        held = car.second == "held"
        return Outcome(replace(car, owner="", second=""), (f"removed:{BASIS}",)) if held else None
    return _DEEDS[what](car, who)


def unit_gone(car: Car) -> Outcome:
    """The unit of O and B is removed: their filings close and their entries end."""
    now = replace(car, papers=frozenset(), stuck=False)
    gone = "here" in car.places and car.owner != "S"
    return (_leaves(now, car.owner) if gone else None) or Outcome(now)


def _files(car: Car, who: str) -> Outcome | None:
    if who in car.papers or (car.owner == who and "here" in car.places):
        return None
    taken = (car.owner_in and car.owner != who) or (car.stuck and who != "O")
    return Outcome(car, refused=True) if taken else Outcome(replace(car, papers=car.papers | {who}))


def _lists(car: Car, who: str) -> Outcome | None:
    if who == "S":
        return _second_lists(car)
    if who == "B":
        filed = _files(car, who)
        if filed is None or filed.refused:
            return filed
        car = filed.car
    if who not in car.papers:
        return None
    if car.owner_in and car.owner != who:
        return Outcome(replace(car, stuck=True), refused=True)  # somebody else was faster
    return _sits(replace(car, papers=car.papers - {who}, stuck=False), who, HERE)


def _lists_there(car: Car, who: str) -> Outcome | None:
    """O files through the unit of S and is listed at once."""
    if car.owner == "O" and "there" in car.places:
        return None
    return Outcome(car, refused=True) if car.owner_in and car.owner != "O" else _sits(car, "O", THERE)


def _buys(car: Car, who: str) -> Outcome | None:
    """S files as the owner and is listed at once; whoever is listed already changes his entry instead."""
    if car.filing or car.owner == "S":
        return None
    if car.owner_in or car.second or car.stuck:
        return Outcome(car, refused=True)
    now = _sits(car, "S", THERE)
    return replace(now, steps=(*now.steps, "listed"))


def _sits(car: Car, who: str, place: frozenset[str]) -> Outcome:
    """Somebody is listed as the owner, the place being free or his."""
    if car.owner_in:
        return Outcome(replace(car, places=car.places | place))
    steps: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    second = car.second
    if car.owner == who:
        second, steps = ("listed", (f"released:{MISSING}",)) if second else ("", ())
    elif second:
        second, steps = "", (f"removed:{BASIS}",)
    filing = car.filing
    if car.owner != who and filing == "yes" and who != car.yes:
        filing, told = "waiting", ("owner-changed",)
    yes = car.yes if filing == "yes" else ""
    return Outcome(replace(car, owner=who, places=place, second=second, filing=filing, yes=yes), steps, told)


def _second_lists(car: Car) -> Outcome | None:
    if car.filing != "yes":
        return None
    if car.joint and not car.owner and not car.papers:
        # Who said yes has left: an owner beside him waits for nobody.
        return Outcome(replace(car, owner="S", places=THERE, filing="", yes=""), ("listed",))
    if not car.owner_in or car.owner != car.yes:
        return Outcome(car, refused=True)
    return Outcome(replace(car, second="listed", filing="", yes=""), ("listed",))


def _leaves(car: Car, who: str) -> Outcome | None:
    if who == "S" and car.owner != "S":
        if not car.second:
            return None
        owner = car.owner if car.owner_in else ""
        return Outcome(replace(car, second="", owner=owner), (f"removed:{LEFT}",))
    return _goes(car, who, THERE if who == "S" else HERE)


def _leaves_there(car: Car, who: str) -> Outcome | None:
    return _goes(car, "O", THERE)


def _goes(car: Car, who: str, place: frozenset[str]) -> Outcome | None:
    """The owner leaves a unit; only with his last entry does anything follow for the other driver."""
    if car.owner != who or not place <= car.places:
        return None
    if left := car.places - place:
        return Outcome(replace(car, places=left))
    if not car.second:
        return Outcome(replace(car, owner="", places=NOBODY), (f"removed:{LEFT}",) if who == "S" else ())
    if car.joint:
        return Outcome(replace(car, owner="S", places=THERE, second=""), (), ("owner-now",))
    return Outcome(replace(car, places=NOBODY, second="held"), (f"held:{MISSING}",))


def _invites(car: Car, who: str) -> Outcome | None:
    if not owns(car, who):
        return None
    if car.link or car.second or car.filing == "yes":
        return Outcome(car, refused=True)
    return Outcome(replace(car, link=True))


def _revokes(car: Car, who: str) -> Outcome | None:
    return Outcome(replace(car, link=False)) if car.link else None


def _takes(car: Car, who: str) -> Outcome | None:
    """S files with O's link, or waits already and accepts it."""
    if not car.link or car.second or car.filing == "yes" or car.owner == "S":
        return None
    if not owns(car, "O"):
        return Outcome(car, refused=True)
    now = replace(car, link=False, filing="yes", yes="O")
    return Outcome(now, (), ("invitation-accepted",))


def _asks(car: Car, who: str) -> Outcome | None:
    if car.second or car.filing or car.owner == "S":
        return None
    return Outcome(replace(car, filing="waiting"))


def _accepts(car: Car, who: str) -> Outcome | None:
    if car.filing != "waiting" or not (who in car.papers or (car.owner_in and car.owner == who)):
        return None
    now = replace(car, filing="yes", yes=who, link=car.link and who != "O")
    return Outcome(now, (), ("owner-accepted",))


def _declines(car: Car, who: str) -> Outcome | None:
    if _accepts(car, who) is None:
        return None
    return Outcome(replace(car, filing=""), (), ("owner-declined",))


def _releases(car: Car, who: str) -> Outcome | None:
    if not owns(car, who):
        return None
    given = car.filing == "yes" and car.yes == who
    if not (car.second or given) or (car.joint and car.second):
        return Outcome(car, refused=True)
    removed = (f"removed:{BASIS}",) if car.second else ()
    filing, yes = ("", "") if given else (car.filing, car.yes)
    owner = car.owner if car.owner_in else ""
    return Outcome(replace(car, owner=owner, second="", filing=filing, yes=yes), removed, ("owner-released",))


def _withdraws(car: Car, who: str) -> Outcome | None:
    return Outcome(replace(car, filing="", yes="")) if car.filing else None


def _expired(car: Car) -> Outcome | None:
    told = (("owner-silent",) if car.filing == "waiting" else ()) + (("invitation-expired",) if car.link else ())
    if not told:
        return None
    filing = "" if car.filing == "waiting" else car.filing
    return Outcome(replace(car, filing=filing, link=False), (), told)


_DEEDS = {
    "files": _files, "lists": _lists, "leaves": _leaves, "invites": _invites, "revokes": _revokes, "takes": _takes,
    "asks": _asks, "accepts": _accepts, "declines": _declines, "releases": _releases, "withdraws": _withdraws,
    "lists there": _lists_there, "leaves there": _leaves_there, "buys": _buys,
}  # fmt: skip


def orders(joint: bool, events: tuple[str, ...] = EVENTS) -> list[tuple[str, ...]]:
    """Orders of events that between them put every event into every state it can be thought of in: each follows one
    shortest way to a state and takes one step more, as long as there are steps nobody took."""
    start = Car(joint=joint)
    ways: dict[Car, tuple[str, ...]] = {start: ()}
    queue, steps = [start], []
    while queue:
        car = queue.pop(0)
        for event in events:
            outcome = after(car, event)
            if outcome is None:
                continue
            steps.append((car, event))
            if outcome.car not in ways:
                ways[outcome.car] = (*ways[car], event)
                queue.append(outcome.car)
    left, found = set(steps), []
    for car, event in sorted(steps, key=lambda step: (-len(ways[step[0]]), step[1])):
        if (car, event) in left:
            found.append(_on(car, event, ways[car], left, start, events))
    return found


def _on(
    car: Car, event: str, way: tuple[str, ...], left: set[tuple[Car, str]], start: Car, events: tuple[str, ...]
) -> tuple[str, ...]:
    """The way to this step, marked as taken, and on from there through steps nobody took, a few more."""
    at = start
    for one in way:
        left.discard((at, one))
        at = after(at, one).car  # type: ignore[union-attr]
    order, more = [*way], event
    while more and len(order) < LONGEST:
        left.discard((at, more))
        order.append(more)
        at = after(at, more).car  # type: ignore[union-attr]
        more = next((name for name in events if (at, name) in left), "")
    return tuple(order)


#: An order is no longer than this.
LONGEST = 14
