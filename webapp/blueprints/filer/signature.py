"""What every page with a personal pledge shares: the wording that is shown, and the signature under it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from webapp.blueprints.filer.opening import Opened
from webapp.blueprints.filer.question_forms import SigningForm
from webapp.domain.filings import resubmitting, signing, submitting
from webapp.domain.filings.declaring import Declared
from webapp.domain.pledges import drawings, privacy_text, texts
from webapp.errors import Fault, Invalid
from webapp.ui import locales, sentences
from webapp.ui.words import gettext as _

#: Collisions about which the person may say "that was not me".
DISPUTABLE = (
    "is_unit_vehicle",
    "is_own_use",
    "of_another_unit",
    "owner_taken",
    "third_driver",
    "already_in_motion",
    "already_in_force",
    "cannot_accept",
)
#: Characters of the digest of a text.
DIGEST = 64


def wording(form: SigningForm, opened: Opened) -> dict[str, Any]:
    """The pledge in the reader's language for the template; the form remembers which wording and answers it shows."""
    text = texts.current("personal", locales.select())
    private = privacy_text.current(locales.select())
    form.text_digest.data, form.version.data = text.digest + private.digest, str(opened.draft.version)
    unit = opened.unit.name
    form.consent_processing.hint = _("由%(unit)s和%(handler)s處理。", unit=unit, handler=private.handler)
    form.consent_sharing.hint = _(
        "接收方：%(unit)s、名單管理平台、“二線”通道的海關和口岸部門。只用來查驗車輛是否在名單內。", unit=unit
    )
    own = texts.reading("personal", locales.select())
    return {
        "private": private,
        "text": text,
        "text_lang": locales.lang_tag(text.language),
        "beside": own if own is not None and own.language != text.language else None,
        "readings": [
            {
                "name": locales.NAMES[other.language],
                "lang": locales.lang_tag(other.language),
                "language": other.language,
            }
            for other in texts.readings(text)
        ],
    }


def take(form: Any, faults: Iterable[Fault]) -> None:
    """Put what was refused at a counter on its page. What somebody else stands in the way of, the person contests in a
    draft of his own, which he can follow."""
    found = list(faults)
    for fault in found:
        form.refuse(fault.field if fault.field in form else None, sentences.of(fault))
    if any(fault.code in DISPUTABLE for fault in found):
        form.refuse(None, sentences.SENTENCES["contest_yourself"])


def send_of(draft: Any) -> Callable[..., Any]:
    """The act that sends a signed draft."""
    return submitting.submit if draft.corrects is None else resubmitting.resubmit


def read(
    form: SigningForm, declared: Declared, counter: signing.AtCounter | None = None
) -> tuple[signing.Signing, list[Fault]]:
    """The signature as it was sent, and everything that is missing from it."""
    faults: list[Fault] = []
    drawing = None
    if form.signature_method.data == signing.DRAWN and form.signature.data:
        try:
            drawing = drawings.read(form.signature.data, form.signature_strokes.data)
        except Invalid as refused:
            faults += refused.faults
    shown = form.text_digest.data or ""
    signed = signing.Signing(
        text_digest=shown[:DIGEST],
        privacy_digest=shown[DIGEST:],
        draft_version=form.expected_version,
        language=locales.select(),
        consent_processing=form.consent_processing.data,
        consent_sharing=form.consent_sharing.data,
        pledge_agreed=form.pledge_agreed.data,
        method=form.signature_method.data,
        signed_name=form.signed_name.data,
        drawing=drawing,
        counter=counter,
    )
    unreadable = bool(faults)
    faults += [fault for fault in signing.check(signed, declared) if not (unreadable and fault.field == "signature")]
    return signed, faults
