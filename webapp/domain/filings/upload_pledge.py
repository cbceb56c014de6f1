"""Signing the unit pledge over an upload: the manager's name or hand, or a sealed paper (design 3; attachment 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from webapp.domain.accounts import queries as accounts
from webapp.domain.audit.acts import Act
from webapp.domain.files import actions as files
from webapp.domain.files.intake import Accepted
from webapp.domain.filings.models import Upload
from webapp.domain.pledges import actions as pledges
from webapp.domain.pledges import texts
from webapp.domain.pledges.drawings import Drawing
from webapp.domain.pledges.models import METHODS, Pledge, PledgeText
from webapp.domain.pledges.models import UNIT as UNIT_PLEDGE
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.errors import Conflict, Fault, Invalid
from webapp.values.folding import fold

if TYPE_CHECKING:
    from webapp.domain.filings.upload_lists import Summary

DRAWN, TYPED, SEALED_PAPER = METHODS


@dataclass(frozen=True)
class UnitSignature:
    """What was on the signing page. `text_digest` names the wording that was shown; `scan` the printed, signed
    and sealed sheet as files.intake took it."""

    text_digest: str
    language: str
    pledge_agreed: bool
    method: str
    signed_name: str = ""
    drawing: Drawing | None = None
    scan: Accepted | None = None


def check(signature: UnitSignature, unit: Unit, account_id: int | None) -> list[Fault]:
    """Everything that is missing from a signature, in the order of the page."""
    faults = [] if signature.pledge_agreed else [Fault("pledge_agreed", "missing")]
    if signature.method not in METHODS:
        faults.append(Fault("signature_method", "missing"))
    elif signature.method == SEALED_PAPER:
        faults += [] if signature.scan else [Fault("sealed_paper", "missing")]
    else:
        faults += _of_name(signature, unit, account_id)
        if signature.method == DRAWN and signature.drawing is None:
            faults.append(Fault("signature", "missing"))
    return faults


def _of_name(signature: UnitSignature, unit: Unit, account_id: int | None) -> list[Fault]:
    if not fold(signature.signed_name):
        return [Fault("signed_name", "missing")]
    return [] if fold(signature.signed_name) in signers(unit, account_id) else [Fault("signed_name", "not_the_manager")]


def signers(unit: Unit, account_id: int | None) -> set[str]:
    """Folded names that may stand under the unit's pledge: its named manager, and the manager who is signed in."""
    names = {units.manager_name(unit)}
    if account_id is not None:
        names |= {accounts.name_of(account) for account in accounts.by_ids([account_id]).values()}
    return {fold(name) for name in names}


def wording(unit: Unit, account_id: int | None, signature: UnitSignature) -> PledgeText:
    """The wording that is signed, once nothing is missing. Raises Invalid, Conflict("text_changed")."""
    faults = check(signature, unit, account_id)
    if faults:
        raise Invalid(faults=faults)
    text = texts.current(UNIT_PLEDGE, signature.language)
    if text.digest != signature.text_digest:
        raise Conflict("text_changed")
    return text


def sign(
    act: Act, unit: Unit, upload: Upload, text: PledgeText, digest: str, summary: Summary, signature: UnitSignature
) -> Pledge:
    """Freeze the unit pledge over the list of this digest (a step of the upload)."""
    return pledges.sign(
        act,
        kind=UNIT_PLEDGE,
        text=text,
        subject=upload.number,
        content=_content(unit, upload, digest, summary, signature),
        method=signature.method,
        drawing=_kept(act, unit, signature),
        strokes=signature.drawing.strokes if signature.method == DRAWN and signature.drawing else None,
        unit_id=unit.id,
    )


def _content(unit: Unit, upload: Upload, digest: str, summary: Summary, signature: UnitSignature) -> dict[str, Any]:
    named = signature.method != SEALED_PAPER
    return {
        "number": upload.number,
        "upload": upload.ref,
        "unit": unit.name,
        "registration_number": unit.registration_number,
        "list_digest": digest,
        "filings": summary.filings,
        "people": summary.people,
        "vehicles": summary.vehicles,
        "signed_name": signature.signed_name if named else units.manager_name(unit),
    }


def _kept(act: Act, unit: Unit, signature: UnitSignature) -> Any:
    if signature.method == DRAWN and signature.drawing is not None:
        return files.keep(act, "signature", "image/png", signature.drawing.picture, unit_id=unit.id)
    if signature.method == SEALED_PAPER and signature.scan is not None:
        scan = signature.scan
        return files.keep(act, "sealed_paper", scan.media_type, scan.content, name=scan.name, unit_id=unit.id)
    return None
