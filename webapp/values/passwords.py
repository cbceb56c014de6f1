"""What a staff password must be (GB/T 22239: complex, not the name, not a common one).

Barred are words of this place, this system and keyboards (`common_passwords.txt`) and what stands most often among
breached passwords (zxcvbn's list), whatever figures and signs stand around them.
"""

import re
from functools import cache
from pathlib import Path

from .findings import Finding, error
from .folding import fold, spellings

SHORTEST = 12
LONGEST = 128
CLASSES = 3
DIFFERENT = 5

_WORD = 4
_ENDS = re.compile(r"^[^a-z0-9]+|[^a-z0-9]+$")
_LEET = str.maketrans("01345789@$!", "oleastbgasi")
_CLASSES = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]"), re.compile("[^a-zA-Z0-9]"))


def check(password: str | None, name: str | None = "", email: str | None = "") -> tuple[Finding, ...]:
    """Everything wrong with a password at once; nothing is trimmed or normalised in it."""
    secret = password or ""
    if not secret:
        return (error("missing"),)
    if len(secret) > LONGEST:
        return (error("too_long", maximum=LONGEST),)
    findings = []
    if len(secret) < SHORTEST:
        findings.append(error("too_short", minimum=SHORTEST))
    if sum(bool(one.search(secret)) for one in _CLASSES) < CLASSES:
        findings.append(error("too_few_classes", minimum=CLASSES))
    if len(set(secret)) < DIFFERENT:
        findings.append(error("too_few_different", minimum=DIFFERENT))
    folded = fold(secret)
    if any(word in folded for word in _name_words(name)):
        findings.append(error("contains_name"))
    local = fold((email or "").partition("@")[0])
    # A short part before the @ is in every other password; the whole address is not.
    mailbox = local if len(local) >= _WORD else fold(email)
    if mailbox and mailbox in folded:
        findings.append(error("contains_email"))
    if _is_common(secret.lower()):
        findings.append(error("common_password"))
    return tuple(findings)


def _name_words(name: str | None) -> set[str]:
    words = {fold(word) for word in (name or "").split()} | spellings(name) | {fold(name)}
    # Two Chinese characters are a whole name, two or three Latin letters are in every other password.
    return {word for word in words if len(word) >= (_WORD if word.isascii() else 2)}


def _is_common(secret: str) -> bool:
    core = re.sub(r"[^a-z]+$|^[^a-z@$]+", "", secret)
    forms = {secret, _ENDS.sub("", secret), core, core.translate(_LEET), re.sub("[^a-z]", "", core.translate(_LEET))}
    return any(_repeated(form) in _common() for form in forms)


def _repeated(text: str) -> str:
    """The part a text repeats, itself if it repeats none: passwordpassword is password."""
    start = (text + text).find(text, 1)
    return text[:start] if 0 < start < len(text) else text


@cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # 800 KB, for the few who choose a password

    breached = {word for word in FREQUENCY_LISTS["passwords"] if len(word) >= _WORD and re.search("[a-z]", word)}
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text("utf-8").split()) | breached
