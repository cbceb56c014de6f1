"""Mail through SMTP_URL.

`smtp://[user:password@]host[:port]` (upgraded to TLS before anything is said; a server elsewhere that does not offer
it gets no mail; `?tls=off` for a relay on the same machine), `smtps://…`, or `file:///folder`, where each mail is laid
down as one .eml file.
"""

from __future__ import annotations

import contextlib
import os
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from webapp import clock
from webapp.delivery.wording import Wording
from webapp.delivery.work import GiveUp, TryLater
from webapp.production import LOOPBACK

SECONDS = 10


def compose(ref: str, sender: str, to: str, words: Wording, locale: str, public_url: str) -> EmailMessage:
    """One mail. Its Message-ID comes from the delivery's ref: should a crash make us send it twice, the two are one."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = words.title
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{ref}@{urlsplit(public_url).hostname or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = locale.replace("_", "-")
    message.set_content(words.body, charset="utf-8", cte="base64")
    return message


def send(url: str, message: EmailMessage) -> None:
    """Hand a mail over. Raises TryLater, or GiveUp when the address will never take it."""
    target = urlsplit(url)
    if target.scheme == "file":
        _lay_down(Path(unquote(target.path)), message)
        return
    try:
        server = _connection(target)
        try:
            server.send_message(message)
        finally:
            _leave(server)
    except smtplib.SMTPRecipientsRefused as refused:
        code = max((reply[0] for reply in refused.recipients.values()), default=0)
        raise _verdict(code) from None
    except smtplib.SMTPDataError as refused:
        raise _verdict(refused.smtp_code) from None
    except (smtplib.SMTPException, OSError) as error:
        # A server that is away, too busy or wrongly set up: our trouble, not the address's.
        raise TryLater(type(error).__name__) from None


def _verdict(code: int) -> Exception:
    return GiveUp(str(code)) if code >= 500 else TryLater(str(code))


def _connection(target: SplitResult) -> smtplib.SMTP:
    host, trusted = target.hostname or "localhost", ssl.create_default_context()
    server: smtplib.SMTP
    if target.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, target.port or 465, timeout=SECONDS, context=trusted)
    else:
        server = smtplib.SMTP(host, target.port or 25, timeout=SECONDS)
        server.ehlo_or_helo_if_needed()
        offered = server.has_extn("starttls")
        if parse_qs(target.query).get("tls") != ["off"] and (offered or host not in LOOPBACK):
            try:
                # Raises where it is not offered: whoever stands between could have taken the offer out.
                server.starttls(context=trusted)
            except BaseException:
                server.close()
                raise
    if target.username:
        server.login(unquote(target.username), unquote(target.password or ""))
    return server


def _leave(server: smtplib.SMTP) -> None:
    """Say good-bye. Whatever becomes of that, what was taken before is taken."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()


def _lay_down(folder: Path, message: EmailMessage) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = message["Message-ID"].strip("<>").partition("@")[0]
    draft = folder / f".{name}.part"
    draft.write_bytes(bytes(message))
    os.replace(draft, folder / f"{name}.eml")
