"""Handlers of the recurring work that `timers` owes."""

from __future__ import annotations

from datetime import timedelta

import structlog

from webapp import clock
from webapp.backups import creating
from webapp.delivery.work import TryLater, Work
from webapp.domain.accounts import forgetting, tending
from webapp.domain.campaigns import advancing
from webapp.domain.campaigns import queries as campaigns
from webapp.domain.closings import sanction_ending, sanctioning
from webapp.domain.figures import counting
from webapp.domain.files import actions as files
from webapp.domain.filings import drafts, expiring, invitation_terms, lapsing, waiting
from webapp.domain.jobs import actions as jobs
from webapp.domain.lanes import ends as lane_ends
from webapp.domain.lanes import forgetting as lanes
from webapp.domain.limits import actions as limits
from webapp.domain.passlist import expiries, printing, removals
from webapp.domain.privacy import clearing, copying, erasure_list, purging, rights_deadlines, strays
from webapp.domain.sanctions import cases_deadlines
from webapp.domain.units import drafts as registrations
from webapp.domain.units import roster, staff_sheets

#: Finished jobs are kept this long for whoever looks into something.
JOBS_KEPT = timedelta(days=30)
BUCKETS_KEPT = timedelta(days=2)

log = structlog.get_logger()


def finish_removals(_work: Work) -> None:
    _say("removals finished", removals.finish_due())


def tend_invitations(_work: Work) -> None:
    _say("invitations tended", invitation_terms.tend(clock.now()))


def end_sanctions(_work: Work) -> None:
    _say("sanctions over", sanction_ending.end_due())


def sweep_sanctions(_work: Work) -> None:
    _say("ended by sanctions confirmed before", sanctioning.sweep())


def escalate_cases(_work: Work) -> None:
    _say("cases overdue", cases_deadlines.escalate_due())


def keep_figures(work: Work) -> None:
    counting.keep(work.breathe)


def expire_drafts(_work: Work) -> None:
    _say("drafts gone", drafts.purge(clock.now()) + registrations.purge())
    _say("sheets emptied", strays.sheets(clock.now()))


def purge_rosters(_work: Work) -> None:
    """Rosters whose time is over, and sheets that nobody confirmed."""
    _say("rosters gone", roster.purge() + staff_sheets.purge())


def purge_data_copies(work: Work) -> None:
    while ended := copying.purge():
        _say("copies of people's data gone", ended)
        work.breathe()


def escalate_requests(_work: Work) -> None:
    _say("requests nobody answered in time", rights_deadlines.escalate_due())


def purge_list_exports(_work: Work) -> None:
    _say("exported lists gone", printing.purge())


def forget_secrets(_work: Work) -> None:
    now = clock.now()
    _say("expired secrets gone", forgetting.forget(now) + limits.forget(now - BUCKETS_KEPT))


def disable_accounts(work: Work) -> None:
    _say("accounts disabled", tending.disable_due(work.breathe))


def forget_lane_plates(work: Work) -> None:
    _say("lane plates forgotten", lanes.forget_plates(clock.now() - timedelta(days=work.settings.lane_retention_days)))


def tend_lane_keys(work: Work) -> None:
    _say("keys of gates given an end", lane_ends.give())
    _say("reminders that a gate's last key ends", lane_ends.remind(work.breathe))


def forget_jobs(work: Work) -> None:
    before = clock.now() - JOBS_KEPT
    while jobs.forget_finished(before):
        work.breathe()


def sweep_files(_work: Work) -> None:
    _say("orphan files gone", files.sweep_orphans())


def send_digests(work: Work) -> None:
    """One act for each unit that has something waiting; a day's digest that began goes on where it ended."""
    for backlog in waiting.backlogs(clock.now()):
        work.breathe()
        waiting.remind(backlog, work.job.subject)


def advance_campaign(work: Work) -> None:
    """One campaign, just begun."""
    advancing.advance(work.job.subject, work.breathe)


def advance_campaigns(work: Work) -> None:
    """Each day, every campaign that is open."""
    for ref in campaigns.open_refs():
        advancing.advance(ref, work.breathe)


def hold_expired(_work: Work) -> None:
    _say("entries held as something expired", expiries.hold_due())


def keep_far_days(work: Work) -> None:
    """Of everybody whom the act listed."""
    last = -1
    while last:
        with work.slice():
            last = expiries.keep_far(int(work.job.subject), work.job.cursor)
            work.advance(last or work.job.cursor, 0)


def remind_expiries(work: Work) -> None:
    _say("people reminded of an expiry", expiring.remind(work.job.subject, work.breathe))


def close_lapsed(work: Work) -> None:
    _say("returned filings over", lapsing.tend(clock.now(), work.breathe))


def erase_due(work: Work) -> None:
    """People everything of whom was over long enough ago."""
    while done := purging.people(clock.now(), work.breathe):
        _say("people erased", done)
    _say("matters emptied", strays.matters(clock.now()))


def purge_old(_work: Work) -> None:
    """Addresses and words of messages, notices, searches, questions of channels and files of sanctions whose term is
    over."""
    now = clock.now()
    for name in ("delivery", "notice", "search", "lane_check", "sanction_file"):
        _say(f"{name} over", purging.PURGES[name](now))


def expire_copies(work: Work) -> None:
    _say("old copies gone", creating.forget_old(work.settings, clock.now()))


def finish_erasure(work: Work) -> None:
    """What an erasure leaves on disk goes, and the list that outlives copies learns of it."""
    erasure_list.write(work.settings.backup_dir, erasure_list.known(work.settings.backup_dir))
    if not clearing.clear((work.job.params or {}).get("files", [])):
        raise TryLater("readers", after=timedelta(seconds=5))


def back_up(work: Work) -> None:
    """The copy of the day, where a key is set."""
    now = clock.now()
    if creating.is_due(work.settings, now):
        made = creating.create(work.settings, breathe=work.breathe)
        log.info("copy made", size=made.facts["size"], seconds=made.facts["seconds"])


def _say(event: str, count: int) -> None:
    if count:
        log.info(event, count=count)
