"""How a person signs the personal pledge: drawn, or by typing the name; both beside the code proved to the phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webapp.domain.files.intake import Accepted
from webapp.domain.filings.declaring import Declared
from webapp.domain.filings.models import COUNTER_FORMS
from webapp.domain.pledges import privacy_text, texts
from webapp.domain.pledges.drawings import Drawing
from webapp.domain.pledges.models import METHODS, PERSONAL
from webapp.errors import Conflict, Fault
from webapp.values.folding import fold

DRAWN, TYPED, PRINTED = METHODS
OWN_PHONE, TABLET, PAPER = COUNTER_FORMS
CONSENTS = ("consent_processing", "consent_sharing", "pledge_agreed")


@dataclass(frozen=True)
class AtCounter:
    """How somebody who was helped at a counter signs. `attested`: the clerk says that he saw him read and sign it.
    `sheet` is the ref of the printed sheet, `scan` what came back of it. Who helped, the number and digest that stand
    on the sheet, `helping.check` fills in."""

    form: str
    attested: bool = False
    sheet: str = ""
    scan: Accepted | None = None
    helper: str = ""
    number: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Signing:
    """What was on the signing page. `text_digest` names the wording
    that was shown, `draft_version` the answers that were."""

    text_digest: str
    draft_version: int | None
    language: str
    consent_processing: bool
    consent_sharing: bool
    pledge_agreed: bool
    method: str
    signed_name: str = ""
    drawing: Drawing | None = None
    counter: AtCounter | None = None
    privacy_digest: str = ""  # names the privacy text that was shown


def check_wordings(signing: Signing) -> None:
    """Raises Conflict("text_changed"), Conflict("privacy_changed"): what was shown is not what holds now."""
    if texts.current(PERSONAL, signing.language).digest != signing.text_digest:
        raise Conflict("text_changed")
    if privacy_text.current(signing.language).digest != signing.privacy_digest:
        raise Conflict("privacy_changed")


def check(signing: Signing, declared: Declared) -> list[Fault]:
    """Everything that is missing from a signature, in the order of the page."""
    faults = [Fault(name, "missing") for name in CONSENTS if not getattr(signing, name)]
    if signing.counter is not None and signing.counter.form == PAPER:
        if signing.counter.scan is None:
            faults.append(Fault("signed_sheet", "missing"))
    elif signing.method not in (DRAWN, TYPED):
        faults.append(Fault("signature_method", "missing"))
    elif signing.method == DRAWN and signing.drawing is None:
        faults.append(Fault("signature", "missing"))
    elif signing.method == TYPED and not fold(signing.signed_name):
        faults.append(Fault("signed_name", "missing"))
    elif signing.method == TYPED and fold(signing.signed_name) not in _names(declared):
        faults.append(Fault("signed_name", "not_the_name"))
    return faults


def content(signing: Signing, declared: Declared, *, unit: str, number: str) -> dict[str, Any]:
    """What the pledge freezes: the shown values, the signer's name, the consents, and how the phone was proved."""
    person = declared["person"]
    counter = signing.counter
    helped = {"form": counter.form, "by": counter.helper, "sheet": counter.digest} if counter else None
    return {
        **({"helped_by": counter.helper, "counter": helped} if counter else {}),
        "number": number,
        "unit": unit,
        "declared": declared,
        "signed_name": signing.signed_name if signing.method == TYPED else person["full_name"],
        "consents": {name: True for name in CONSENTS},
        "privacy": signing.privacy_digest,
        "proof": "phone_code" if declared["contact"]["phone"] else "counter",
    }


def _names(declared: Declared) -> set[str]:
    person = declared["person"]
    return {fold(person["full_name"]), fold(person["latin_name"])} - {""}
