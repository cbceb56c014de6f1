"""E-mail addresses: enough to catch slips; only a letter that arrives proves one."""

import re
import unicodedata

from .findings import Checked, checked, error
from .normalising import odd_ones, tidy, unreadable

_LONGEST = 254
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def check(text: str | None) -> Checked:
    """Check an address; the value keeps the local part and has the domain in lower case, ASCII form."""
    display = tidy(text)
    if refusal := unreadable(display, _LONGEST):
        return refusal
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", display).replace("。", ".") if not sign.isspace())
    local, at, host = plain.partition("@")
    if not (at and local and host) or "@" in host:
        return Checked("", display, (error("bad_format"),))
    if not _LOCAL.fullmatch(local):
        strange = odd_ones(re.sub(_LOCAL, "", local))
        return Checked("", display, (error("bad_characters", characters=strange) if strange else error("bad_format"),))
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return Checked("", display, (error("bad_format"),))
    domain = _domain(host)
    return checked(f"{local}@{domain}", display, () if domain else (error("bad_domain"),))


def key(value: str) -> str:
    """The form in which two spellings of one address are equal."""
    return value.lower()


def mask(value: str) -> str:
    """The address for lists: c***@demo.test."""
    local, at, domain = value.partition("@")
    return f"{local[:1] if len(local) > 1 else ''}***@{domain}" if at else ""


def _domain(host: str) -> str:
    try:
        domain = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    labels = domain.split(".")
    good = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)
    return domain if good and len(domain) < 254 and not labels[-1].isdigit() and len(labels[-1]) > 1 else ""
