"""Which function does which kind of job. A kind that is not here is a programming error."""

from __future__ import annotations

from webapp.delivery import housekeeping, messages, record_keeping, rendering, sanctions, staff_sheets, telling
from webapp.delivery.work import Handler
from webapp.domain.accounts.actions import SEND_LINK
from webapp.domain.announcements.sending import ANNOUNCE
from webapp.domain.campaigns.actions import ADVANCE
from webapp.domain.campaigns.advancing import TELL as TELL_UNCONFIRMED
from webapp.domain.closings import sanction_ending, sanction_telling
from webapp.domain.closings.telling import TELL_ENDED
from webapp.domain.files.documents import RENDER
from webapp.domain.notices.actions import DELIVER
from webapp.domain.passlist.expiries import KEEP_FAR
from webapp.domain.passlist.telling import TELL
from webapp.domain.privacy import erasing
from webapp.domain.privacy.incidents import TELL as TELL_INCIDENT
from webapp.domain.publishing.privacy_telling import TELL as TELL_PRIVACY
from webapp.domain.sanctions import batches
from webapp.domain.sanctions.cases_telling import TELL_CASE
from webapp.domain.units.staff_sheets import READ
from webapp.domain.units.telling import TELL_WAITING

HANDLERS: dict[str, Handler] = {
    DELIVER: messages.deliver,
    SEND_LINK: messages.send_password_link,
    ANNOUNCE: telling.announce,
    TELL: telling.tell,
    TELL_WAITING: telling.tell_waiting,
    TELL_CASE: telling.tell_case,
    TELL_INCIDENT: telling.tell_incident,
    TELL_PRIVACY: telling.tell_privacy,
    TELL_ENDED: telling.tell_ended,
    batches.READ: sanctions.read,
    sanction_telling.TELL: sanctions.tell,
    sanction_telling.TELL_UNITS: sanctions.tell_units,
    sanction_ending.TELL_OVER: sanctions.tell_over,
    sanction_ending.TELL_UNITS_OVER: sanctions.tell_units_over,
    RENDER: rendering.render,
    READ: staff_sheets.read,
    "purge-rosters": housekeeping.purge_rosters,
    "purge-list-exports": housekeeping.purge_list_exports,
    "purge-data-copies": housekeeping.purge_data_copies,
    "escalate-requests": housekeeping.escalate_requests,
    "finish-removals": housekeeping.finish_removals,
    "tend-invitations": housekeeping.tend_invitations,
    "escalate-cases": housekeeping.escalate_cases,
    "keep-figures": housekeeping.keep_figures,
    "expire-drafts": housekeeping.expire_drafts,
    "forget-secrets": housekeeping.forget_secrets,
    "disable-accounts": housekeeping.disable_accounts,
    "forget-lane-plates": housekeeping.forget_lane_plates,
    "tend-lane-keys": housekeeping.tend_lane_keys,
    "forget-jobs": housekeeping.forget_jobs,
    "sweep-files": housekeeping.sweep_files,
    "waiting-digest": housekeeping.send_digests,
    ADVANCE: housekeeping.advance_campaign,
    "advance-campaigns": housekeeping.advance_campaigns,
    TELL_UNCONFIRMED: telling.tell_unconfirmed,
    "hold-expired": housekeeping.hold_expired,
    KEEP_FAR: housekeeping.keep_far_days,
    "remind-expiries": housekeeping.remind_expiries,
    "end-sanctions": housekeeping.end_sanctions,
    "sweep-sanctions": housekeeping.sweep_sanctions,
    "close-lapsed": housekeeping.close_lapsed,
    "erase-due": housekeeping.erase_due,
    "purge-old": housekeeping.purge_old,
    "expire-copies": housekeeping.expire_copies,
    erasing.FINISH: housekeeping.finish_erasure,
    "back-up": housekeeping.back_up,
    "watch-record": record_keeping.watch,
    "keep-record-days": record_keeping.keep_days,
    "number-late": record_keeping.number_late,
    "prove-record": record_keeping.prove,
    "purge-record": record_keeping.purge,
}
