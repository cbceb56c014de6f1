"""What production refuses to start with, besides what is missing: settings fit for a desk, not for people's data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from webapp.settings import Settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")
SHORTEST_SECRET = 32
FEWEST_LETTERS = 10  # different ones in a secret; different bytes in a key


def faults(settings: Settings, environment: Mapping[str, str]) -> list[str]:
    """A sentence for each setting that is unfit."""
    return [
        *_debugging(environment),
        *_secrets(settings),
        *_addresses(settings),
        *_copies(settings),
        *_officer(settings),
        *_seal(settings),
    ]


def _debugging(environment: Mapping[str, str]) -> list[str]:
    on = environment.get("FLASK_DEBUG", "").lower() not in ("", "0", "false", "no")
    return ["FLASK_DEBUG must not be set"] if on else []


def _secrets(settings: Settings) -> list[str]:
    found = []
    secret = settings.secret_key
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_LETTERS:
        found.append(f"SECRET_KEY needs at least {SHORTEST_SECRET} characters by chance")
    keys = [
        *(("FIELD_KEYS", key) for _, key in settings.field_keys),
        ("INDEX_KEY", settings.index_key),
        *(("AUDIT_KEY", key) for _, key in settings.audit_keys),
        *(("BACKUP_KEY", key) for _, key in settings.backup_keys),
    ]
    for name, key in keys:
        if len(set(key)) < FEWEST_LETTERS:
            found.append(f"{name} is no key by chance")
        if any(key == other and name != also for also, other in keys):
            found.append(f"{name} is used for something else too; each has keys of its own")
    return list(dict.fromkeys(found))


def _addresses(settings: Settings) -> list[str]:
    found = []
    public = urlsplit(settings.public_url)
    if public.scheme != "https" or not public.hostname or public.hostname in LOOPBACK:
        found.append("PUBLIC_URL is https:// and a name that people's phones reach")
    mail = urlsplit(settings.smtp_url)
    if mail.scheme not in ("smtp", "smtps"):
        found.append("SMTP_URL is a mail server, smtp:// or smtps://")
    elif parse_qs(mail.query).get("tls") == ["off"] and mail.hostname not in LOOPBACK:
        found.append("SMTP_URL: tls=off is for a relay on the same machine; what mails say travels by TLS only")
    for name, url in (("DATABASE_URL", settings.database_url), ("DRILL_DATABASE_URL", settings.drill_database_url)):
        target = urlsplit(url)
        if target.scheme.startswith("postgres") and not _is_near(target.hostname, parse_qs(target.query)):
            found.append(f"{name}: to another machine with sslmode=verify-full only (and sslrootcert)")
    if not settings.sms_url.startswith(("https://", "http://")):
        found.append("SMS_URL is a gateway: without one nobody gets the code that proves his phone")
    return found


def _is_near(host: str | None, asked: Mapping[str, list[str]]) -> bool:
    """Whether a database is on this machine, or is reached by TLS that proves whom it reaches."""
    named = host or "".join(asked.get("host", []))
    return named in ("", *LOOPBACK) or named.startswith("/") or asked.get("sslmode") == ["verify-full"]


def _copies(settings: Settings) -> list[str]:
    if settings.backup_dir.is_relative_to(settings.data_dir):
        return ["BACKUP_DIR lies in DATA_DIR: a copy beside what it copies is lost with it"]
    return []


def _officer(settings: Settings) -> list[str]:
    """The name alone is required as a setting; PIPL 52 wants that people can reach him."""
    if not (settings.privacy_phone or settings.privacy_email or settings.contact_phone or settings.contact_email):
        return ["PRIVACY_PHONE or PRIVACY_EMAIL says how people reach PRIVACY_OFFICER"]
    return []


def _seal(settings: Settings) -> list[str]:
    if settings.seal_key is None or settings.seal_chain is None:
        return ["SEAL_KEY and SEAL_CHAIN name the files documents are sealed with"]
    from webapp import document_seals  # late: certificates are read in production alone

    return document_seals.faults(settings.seal_key, settings.seal_chain)
