"""Handlers `tell`, `tell-waiting`, `tell-ended`, `tell-case`: the notices of one act to all it touches, in slices."""

from __future__ import annotations

import functools
from collections.abc import Callable

from webapp.delivery.work import Work
from webapp.domain.announcements import sending
from webapp.domain.campaigns import advancing
from webapp.domain.closings import telling as ended
from webapp.domain.filings import case_telling, telling
from webapp.domain.privacy import incidents
from webapp.domain.publishing import privacy_telling


def tell(work: Work) -> None:
    """Everybody whose filing or entry the act took a step of."""
    apart = work.job.params.get("apart")
    _in_slices(work, functools.partial(telling.tell_slice, apart=apart) if apart else telling.tell_slice)


def tell_waiting(work: Work) -> None:
    """Everybody whose filing waits with the unit that the act suspended or reinstated."""
    if not work.job.total:
        with work.slice():
            work.advance(work.job.cursor, 0, total=telling.waiting_count(int(work.job.subject)))
    _in_slices(work, telling.tell_waiting_slice)


def tell_ended(work: Work) -> None:
    """Everybody whose entry the act ended or whose filing it closed, each once (closings.ending)."""
    words = work.job.params.get("params", {})
    _in_slices(work, lambda act_id, kind, after: ended.tell_slice(act_id, kind, words, after))


def tell_case(work: Work) -> None:
    """The persons of one side of a case; there are few."""
    with work.slice():
        case_telling.tell(work.job.subject, work.job.params)


def tell_incident(work: Work) -> None:
    """Everybody whom a released incident touches."""
    ref, told = work.job.subject, -1
    while told:
        with work.slice():
            last, told = incidents.tell_slice(ref, work.job.cursor)
            work.advance(last, told)


def tell_privacy(work: Work) -> None:
    """Everybody on the list or on the way to it, when a privacy text comes into force."""
    ref, told = work.job.subject, -1
    while told:
        with work.slice():
            last, told = privacy_telling.tell_slice(ref, work.job.cursor)
            work.advance(last, told)


def tell_unconfirmed(work: Work) -> None:
    """Everybody of a unit whose confirmation is missing in a campaign (campaigns.advancing)."""
    row, until, act_of = int(work.job.subject), work.job.params["until"], int(work.job.act_id)
    told = -1
    while told:
        with work.slice():
            last, told = advancing.tell_slice(row, act_of, work.job.params["kind"], until, work.job.cursor)
            work.advance(last, told)


def announce(work: Work) -> None:
    """The units of an announcement, unless it was recalled."""
    ref = work.job.subject
    if not sending.begin(ref):
        return
    told = -1
    while told:
        with work.slice():
            last, told = sending.tell_slice(ref, work.job.cursor)
            work.advance(last, told)
    sending.finish(ref)


def _in_slices(work: Work, tell_some: Callable[[int, str, int], tuple[int, int]]) -> None:
    """Each slice and how far it has come are one transaction: after a crash the next worker begins where it ended."""
    act_id, kind = int(work.job.subject), work.job.params["kind"]
    told = -1
    while told:
        with work.slice():
            last, told = tell_some(act_id, kind, work.job.cursor)
            work.advance(last, told)
