"""Handler `deliver`: one message to one address, by mail or text."""

from __future__ import annotations

from webapp import clock
from webapp.database import transaction
from webapp.delivery import links, mail, sms, wording
from webapp.delivery.mail import TryLater
from webapp.delivery.work import GiveUp, Work
from webapp.domain.jobs import actions as jobs
from webapp.domain.notices import deliveries
from webapp.domain.notices.models import EMAIL
from webapp.settings import Settings


def deliver(work: Work) -> None:
    """Send it and record that it was sent. A crash between the two sends it again under the same Message-ID."""
    parcel = deliveries.parcel(work.job.subject)
    if parcel is None or not parcel.waiting:
        return
    arrived = False
    if not parcel.stale(clock.now()):
        try:
            _send(work.settings, parcel)
            arrived = True
        except GiveUp:
            pass
        except TryLater:
            if work.job.attempts < jobs.MAX_ATTEMPTS:
                raise
    with transaction():
        (deliveries.sent if arrived else deliveries.gave_up)(parcel)
        jobs.finish(work.job)


def _send(settings: Settings, parcel: deliveries.Parcel) -> None:
    ref, locale = parcel.delivery.ref, parcel.delivery.locale
    if parcel.delivery.channel != EMAIL:
        sms.send(settings.sms_url, ref, parcel.address, wording.sms(parcel.kind, locale, parcel.params))
        return
    path = links.path(parcel.kind, parcel.audience, parcel.audience_ref, parcel.params)
    words = wording.mail(parcel.kind, locale, parcel.params, f"{settings.public_url}{path}" if path else "")
    message = mail.compose(ref, settings.mail_from, parcel.address, words, locale, settings.public_url)
    mail.send(settings.smtp_url, message)
