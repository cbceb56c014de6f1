"""Handlers of what is done for the record of acts: its days as files, what deserves an eye, proving it, letting go."""

from __future__ import annotations

from datetime import timedelta

import structlog

from webapp import clock
from webapp.delivery.work import Work
from webapp.domain.alerts import watching
from webapp.domain.audit import daybooks, purging, sealing, sequencer, verifying
from webapp.domain.audit.models import LIST_STREAM
from webapp.domain.passlist.models import EntryStep

#: Days looked back for one that was not kept as a file.
DAYS = 14

log = structlog.get_logger()


def watch(work: Work) -> None:
    settings = work.settings
    raised = watching.watch(
        watching.Thresholds(
            settings.alert_export_rows, settings.alert_numbers, settings.alert_refusals, settings.alert_night
        )
    )
    if raised:
        log.warning("alerts raised", count=raised)


def keep_days(work: Work) -> None:
    """Every day that is over and was not kept yet."""
    today = clock.today()
    for back in range(DAYS, 0, -1):
        work.breathe()
        if made := daybooks.keep(today - timedelta(days=back)):
            log.info("day of the record kept", count=made.acts)


def number_late(work: Work) -> None:
    """What became visible so late that every pass looked past it: acts get their seals, changes of the list numbers."""
    late = sealing.seal_left_behind()
    work.breathe()
    above = sequencer.left_behind(LIST_STREAM, EntryStep)
    while above is not None and (numbered := sequencer.number_committed(LIST_STREAM, EntryStep, above)):
        work.breathe()
        late += numbered
    if late:
        log.warning("numbered late", count=late)


def prove(work: Work) -> None:
    """Once a day the whole record, and every file of its days; what is wrong is told."""
    faults = len(verifying.verify(breathe=work.breathe).faults)
    for path in sorted(daybooks.folder().glob(f"*{daybooks.ENDING}"))[-DAYS:]:
        work.breathe()
        try:
            daybooks.check(path)
        except daybooks.BadDaybook:
            faults += 1
    if faults:
        log.error("the record does not prove itself", count=faults)
        watching.raise_alert(watching.Noticed(watching.BROKEN, "record", faults, work.job.subject))


def purge(work: Work) -> None:
    while gone := purging.purge(timedelta(days=work.settings.record_days)):
        work.breathe()
        log.info("record purged", count=gone)
