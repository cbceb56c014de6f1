"""Handlers `deliver`, one message to one address by mail or text, and `send-password-link`, which owes one."""

from __future__ import annotations

from webapp import actors, clock
from webapp.database import transaction
from webapp.delivery import links, mail, sms, wording
from webapp.delivery.work import GiveUp, TryLater, Work
from webapp.domain.accounts import actions as accounts
from webapp.domain.accounts import codes
from webapp.domain.filings import telling
from webapp.domain.jobs import actions as jobs
from webapp.domain.notices import deliveries
from webapp.domain.notices.models import EMAIL
from webapp.settings import Settings


def send_password_link(work: Work) -> None:
    """Make the link that somebody asked for at the sign-in, once."""
    locale = work.job.params["locale"]
    accounts.send_password_link(actors.system("password-link"), work.job.subject, locale, key=work.job.ref)


def deliver(work: Work) -> None:
    """Send it and record what came of it. A crash between the two sends it again, under the same key and Message-ID."""
    parcel = deliveries.parcel(work.job.subject)
    if parcel is None or not parcel.waiting:
        return
    if parcel.address == codes.NOBODY:
        with transaction():
            deliveries.sent(parcel)
            jobs.finish(work.job)
        return
    refusal: tuple[str, bool] | None = None  # its code, and whether it is for good
    try:
        if parcel.stale(clock.now()):
            refusal = ("late", False)
        else:
            _send(work.settings, parcel)
    except GiveUp as refused:
        refusal = (str(refused), True)
    except TryLater as refused:
        if work.job.attempts < jobs.MAX_ATTEMPTS:
            with transaction():
                deliveries.tried(parcel, str(refused))
            raise
        refusal = (str(refused), False)
    with transaction():
        if refusal is None:
            deliveries.sent(parcel)
        else:
            code, for_good = refusal
            deliveries.gave_up(parcel, code, for_good=for_good, other_way=telling.by_phone(parcel))
        jobs.finish(work.job)


def _send(settings: Settings, parcel: deliveries.Parcel) -> None:
    ref, locale = parcel.delivery.ref, parcel.delivery.locale
    if parcel.delivery.channel != EMAIL:
        words = wording.sms(parcel.kind, locale, {"site": settings.public_url.split("://", 1)[-1], **parcel.params})
        sms.send(settings.sms_url, ref, parcel.address, words)
        return
    path = links.path(parcel.kind, parcel.audience, parcel.audience_ref, parcel.params)
    letter = wording.mail(parcel.kind, locale, parcel.params, f"{settings.public_url}{path}" if path else "")
    message = mail.compose(ref, settings.mail_from, parcel.address, letter, locale, settings.public_url)
    mail.send(settings.smtp_url, message)
