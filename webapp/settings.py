"""Every setting of the system, typed, read once from the environment."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from webapp import keys, production
from webapp.production import LOOPBACK

MODES = ("demo", "development", "production")
REQUIRED_IN_PRODUCTION = (
    "SECRET_KEY",
    "FIELD_KEYS",
    "INDEX_KEY",
    "AUDIT_KEY",
    "DATABASE_URL",
    "DATA_DIR",
    "PUBLIC_URL",
    "SMTP_URL",
    "SMS_URL",
    "BACKUP_KEY",
    "BACKUP_DIR",
    "SEAL_KEY",
    "SEAL_CHAIN",
    "PRIVACY_OFFICER",
)

SMS_SCHEMES = ("console", "memory", "file", "http", "https")


class SettingsError(Exception):
    """The environment does not describe a system that may start; the message says what to set."""


@dataclass(frozen=True)
class Settings:
    mode: str
    port: int
    data_dir: Path
    database_url: str
    secret_key: bytes
    field_keys: tuple[tuple[int, bytes], ...]  # (key id, 32 bytes); the last one seals new values
    index_key: bytes
    audit_keys: tuple[tuple[int, bytes], ...]  # (key id, 32 bytes); the last one proves new rows of the record
    smtp_url: str = field(repr=False)  # smtp://[user:password@]host:port, or file:///folder where mails are laid down
    sms_url: str = field(repr=False)  # console:, memory:, file:///folder, or https://key:secret@gateway/path
    public_url: str  # no slash at the end
    mail_from: str
    invitation_days: int = 14  # so long a second driver's invitation stays open
    invitation_reminder_days: int = 3  # so long before its end those concerned are reminded
    listen: str = "127.0.0.1"  # the address at which the server answers its front server
    front_servers: int = 0  # so many of our own stand before this one and tell whom they answer
    lane_key_days: int = 365  # so long a key of a gate is good, however it was made
    lane_retention_days: int = 30  # after so long a recorded question at a channel keeps its plate as a hash alone
    privacy_officer: str = ""  # who is responsible for personal data (PIPL 52), as printed on every page
    privacy_phone: str = ""  # how he is reached; the general contact where empty
    privacy_email: str = ""
    privacy_address: str = ""  # for letters
    authority_email: str = ""  # whom an incident is reported to; empty: by hand, from the printed notice
    contact_phone: str = ""  # whom people may ask; printed on /contact and where a page cannot help further
    contact_email: str = ""
    contact_hours: str = ""  # e.g. 09:00–17:30, on working days
    import_megabytes: int = 2  # what one sheet that somebody imports may hold
    import_rows: int = 5000
    roster_days: int = 90  # after so many days a unit's roster is deleted
    backup_keys: tuple[tuple[int, bytes], ...] = ()  # (key id, 32 bytes); the last one seals new copies
    backup_dir: Path = Path("backups")
    backup_days: int = 35  # copies are kept so long
    person_days: int = 365  # so long after everything of a person is over he is erased
    backup_hour: int = 1  # of the zone, at which the worker makes the copy of the day
    metrics_port: int = 0  # of 127.0.0.1, where the worker tells its figures; 0: nowhere
    answer_seconds: int = 25  # so long a request waits for the database before people read that it is away
    second_factor: bool = True  # staff show a code of their authenticator; only the demo may go without
    session_idle_minutes: int = 30  # a session of staff ends without a request for so long
    session_hours: int = 12  # and after so long in any case
    sign_in_failures: int = 5  # wrong passwords or codes in a row before an account is locked
    lock_minutes: int = 30
    password_days: int = 90  # after so many days a password must be changed; 0: never
    unused_days: int = 90  # after so many days without a sign-in an account is disabled; 0: never
    password_memory: int = 46  # MiB that hashing one password takes (argon2id, one pass)
    admin_networks: tuple[str, ...] = ()  # where administrators may work from; empty: anywhere
    seal_key: Path | None = None  # PEM of the key that seals documents; none: one made beside the data (document_seals)
    seal_chain: Path | None = None  # PEM of its certificates, its own first, the authority's last
    serving_role: str = ""  # PostgreSQL: the role that serves, which a migration grants what it needs and no more
    drill_database_url: str = ""  # PostgreSQL: an empty database for the drill, where the role may make none itself
    record_days: int = 1095  # so long the record is kept
    alert_export_rows: int = 500  # the audit administrator is told: so many people exported by one account in a day
    alert_numbers: int = 60  # so many full numbers opened by one account in an hour
    alert_refusals: int = 30  # so many refusals of one account or address in an hour
    alert_night: tuple[int, int] = (23, 6)  # hours of the zone between which staff signing in is told

    @property
    def demo(self) -> bool:
        return self.mode == "demo"

    @property
    def production(self) -> bool:
        return self.mode == "production"

    @property
    def sms_secret(self) -> str:
        """What messages to and from the gateway are signed with; "" where SMS_URL is no gateway."""
        return unquote(urlsplit(self.sms_url).password or "")

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"

    @property
    def figures_dir(self) -> Path:
        """Where web processes of this host keep their figures; hosts share DATA_DIR."""
        return self.data_dir / "figures" / socket.gethostname()

    @property
    def record_dir(self) -> Path:
        """Heads of the record's seals, and its days as files."""
        return self.data_dir / "record"

    @property
    def journals_dir(self) -> Path:
        return self.data_dir / "journals"


#: Whole numbers, by the name of their field: where nothing is set, highest, lowest.
NUMBERS = {
    "port": (8000, 65535, 0),
    "invitation_days": (14, 365, 1),
    "invitation_reminder_days": (3, 365, 0),
    "front_servers": (0, 10, 0),
    "lane_key_days": (365, 365, 60),  # a gate that changes its own does so a month before the end
    "lane_retention_days": (30, 3650, 1),
    "import_megabytes": (2, 16, 1),
    "import_rows": (5000, 50_000, 1),
    "roster_days": (90, 730, 1),
    "backup_days": (35, 3650, 1),
    "person_days": (365, 3650, 1),
    "backup_hour": (1, 23, 0),
    "metrics_port": (0, 65535, 0),
    "answer_seconds": (25, 300, 1),
}
#: What is printed for people, by the name of its field, and what is invented for it outside production.
PRINTED = {
    "privacy_phone": "0756 000 0052",
    "privacy_email": "privacy@passlist.example",
    "privacy_address": "橫琴示範路52號",
    "authority_email": "authority@passlist.example",
    "contact_phone": "0756 000 0000",
    "contact_email": "help@passlist.example",
    "contact_hours": "09:00–17:30",
}


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises SettingsError naming every missing one at once, or what is unusable."""
    env = os.environ if environment is None else environment
    mode = _mode(env)
    data_dir = Path(env.get("DATA_DIR", "data")).absolute()
    numbers: dict[str, Any] = {name: _within(env, name.upper(), *bounds) for name, bounds in NUMBERS.items()}
    settings = Settings(
        mode=mode,
        data_dir=data_dir,
        database_url=env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'passlist.db'}",
        drill_database_url=env.get("DRILL_DATABASE_URL") or "",
        public_url=env.get("PUBLIC_URL", f"http://127.0.0.1:{numbers['port']}").rstrip("/"),
        listen=env.get("LISTEN") or "127.0.0.1",
        backup_dir=Path(env.get("BACKUP_DIR") or data_dir / "backups").absolute(),
        seal_key=Path(env["SEAL_KEY"]).absolute() if env.get("SEAL_KEY") else None,
        seal_chain=Path(env["SEAL_CHAIN"]).absolute() if env.get("SEAL_CHAIN") else None,
        **numbers,
        **_keys(env, mode, data_dir),
        **_sending(env, mode, data_dir),
        **_printed(env, mode),
        **_signing_in(env, mode),
        **_record(env),
    )
    unfit = production.faults(settings, env) if mode == "production" else []
    if unfit:
        raise SettingsError("production does not start: " + "; ".join(unfit))
    return settings


def _mode(env: Mapping[str, str]) -> str:
    """Raises SettingsError, in production also naming all that is missing."""
    mode = env.get("WEBAPP_ENV", "development")
    if mode not in MODES:
        raise SettingsError(f"WEBAPP_ENV must be one of {', '.join(MODES)}")
    missing = [name for name in REQUIRED_IN_PRODUCTION if not env.get(name)]
    if mode == "production" and missing:
        raise SettingsError("production needs these settings: " + ", ".join(missing))
    return mode


def _keys(env: Mapping[str, str], mode: str, data_dir: Path) -> dict[str, Any]:
    """The keys; outside production those beside the data, where none are set. Raises SettingsError."""
    known = dict(env) if mode == "production" else keys.beside(data_dir) | {k: v for k, v in env.items() if v}
    try:
        return {
            "secret_key": known["SECRET_KEY"].encode(),
            "field_keys": keys.numbered(known["FIELD_KEYS"]),
            "index_key": keys.one(known["INDEX_KEY"]),
            "audit_keys": keys.numbered(known["AUDIT_KEY"]),
            "backup_keys": keys.numbered(backup) if (backup := known.get("BACKUP_KEY", "").strip(", ")) else (),
        }
    except ValueError as error:
        raise SettingsError(
            "FIELD_KEYS, AUDIT_KEY and BACKUP_KEY are `id:base64` of 32 bytes, comma separated; INDEX_KEY is base64 of"
            " 32 bytes"
        ) from error


def _sending(env: Mapping[str, str], mode: str, data_dir: Path) -> dict[str, Any]:
    """Where mails and messages go; outside production into folders. Raises SettingsError."""
    return {
        "smtp_url": env.get("SMTP_URL") or f"file://{data_dir / 'mail'}",
        "sms_url": _check_sms(env.get("SMS_URL") or f"file://{data_dir / 'sms'}", mode == "production"),
        "mail_from": env.get("MAIL_FROM", "no-reply@passlist.example"),
    }


def _printed(env: Mapping[str, str], mode: str) -> dict[str, Any]:
    invented = {} if mode == "production" else PRINTED
    said = {name: env.get(name.upper(), invented.get(name, "")) for name in PRINTED}
    officer = env.get("PRIVACY_OFFICER") or ("" if mode == "production" else "何慎行")
    return said | {"privacy_officer": officer}


def _signing_in(env: Mapping[str, str], mode: str) -> dict[str, Any]:
    """The settings of signing in. Raises SettingsError."""
    word = env.get("SECOND_FACTOR") or ("off" if mode == "demo" else "required")
    if word not in ("required", "off"):
        raise SettingsError("SECOND_FACTOR is required or off")
    if word == "off" and mode != "demo":
        raise SettingsError("SECOND_FACTOR=off is for the demo alone: staff sign in with two factors")
    # A demo that stands for months keeps its accounts as the tour describes them.
    days = 0 if mode == "demo" else 90
    networks = tuple(part.strip() for part in (env.get("ADMIN_NETWORKS") or "").split(",") if part.strip())
    try:
        for network in networks:
            ip_network(network)
    except ValueError as error:
        raise SettingsError("ADMIN_NETWORKS is networks such as 10.1.0.0/16, comma separated") from error
    return {
        "second_factor": word == "required",
        "session_idle_minutes": _within(env, "SESSION_IDLE_MINUTES", 30, 120),
        "session_hours": _within(env, "SESSION_HOURS", 12, 24),
        "sign_in_failures": _within(env, "SIGN_IN_FAILURES", 5, 10),
        "lock_minutes": _within(env, "LOCK_MINUTES", 30, 24 * 60),
        "password_days": _within(env, "PASSWORD_DAYS", days, 365, 0),
        "unused_days": _within(env, "UNUSED_DAYS", days, 365, 0),
        # OWASP's first choice for argon2id is 46 MiB and one pass; more may be asked, less is for the desk.
        "password_memory": _within(env, "PASSWORD_MEMORY", 46, 1024, 46 if mode == "production" else 1),
        "admin_networks": networks,
    }


def _record(env: Mapping[str, str]) -> dict[str, Any]:
    """The settings of the record of acts. Raises SettingsError."""
    role = env.get("SERVING_ROLE") or ""
    if role and not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
        raise SettingsError("SERVING_ROLE is the name of a PostgreSQL role")
    night = re.fullmatch(r"(\d{1,2})-(\d{1,2})", env.get("ALERT_NIGHT") or "23-6")
    if night is None or max(hours := (int(night[1]), int(night[2]))) > 23:
        raise SettingsError("ALERT_NIGHT is two hours such as 23-6")
    return {
        "serving_role": role,
        "record_days": _within(env, "RECORD_DAYS", 1095, 36500, 366),
        "alert_export_rows": _within(env, "ALERT_EXPORT_ROWS", 500, 1_000_000),
        "alert_numbers": _within(env, "ALERT_NUMBERS", 60, 100_000),
        "alert_refusals": _within(env, "ALERT_REFUSALS", 30, 100_000),
        "alert_night": hours,
    }


def _within(env: Mapping[str, str], name: str, default: int, highest: int, lowest: int = 1) -> int:
    text = env.get(name) or str(default)
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        raise SettingsError(f"{name} is a whole number from {lowest} to {highest}")
    return int(text)


def _check_sms(url: str, production: bool) -> str:
    """Raises SettingsError where nothing could be sent, or only unsigned or in the open."""
    try:
        target = urlsplit(url)
        host, secret, _port = target.hostname or "", target.password, target.port
    except ValueError as error:
        raise SettingsError("SMS_URL is no address") from error
    if target.scheme not in SMS_SCHEMES:
        raise SettingsError("SMS_URL begins with one of " + ", ".join(f"{scheme}:" for scheme in SMS_SCHEMES))
    if target.scheme in ("http", "https") and not (host and target.username and secret):
        raise SettingsError("SMS_URL of a gateway is https://key:secret@host/path")
    if production and target.scheme == "http" and host not in LOOPBACK:
        raise SettingsError("SMS_URL: phone numbers travel over https only")
    return url
