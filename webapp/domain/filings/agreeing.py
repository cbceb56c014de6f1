"""Consents given again, where an edition of the privacy text changes what people agree to (PIPL 14)."""

from __future__ import annotations

from webapp.database import lock
from webapp.domain.audit.acts import Act, action
from webapp.domain.filings import standing
from webapp.domain.filings.models import Submission
from webapp.domain.pledges import privacy_text
from webapp.domain.registry import consents
from webapp.domain.registry.models import Person
from webapp.errors import Conflict, Fault, Invalid, NotFound


@action("consent:give-again")
def give_again(act: Act, submission_ref: str, digest: str, language: str, agreed: tuple[bool, bool]) -> dict[str, int]:
    """The person agrees to each purpose under the text in force, for everything he sent with this phone that still
    stands under an older one. `digest` names the text that was shown, `agreed` is processing, sharing. Returns
    {"consents": n}. Raises NotFound, Invalid beside `consent_processing` and `consent_sharing`, Conflict:
    `privacy_changed`, `consent_current`."""
    submission = Submission.get_or_none(Submission.ref == submission_ref)
    if submission is None:
        raise NotFound("not_found")
    lock(Person, [submission.person_id])
    text = privacy_text.current(language)
    if text.digest != digest:
        raise Conflict("privacy_changed")
    names = ("consent_processing", "consent_sharing")
    faults = [Fault(name, "missing") for name, yes in zip(names, agreed, strict=True) if not yes]
    if faults:
        raise Invalid(faults=faults)
    mine = [one.ref for one in standing.refs_of(submission)]
    older = {one.submission_ref for one in consents.live(mine) if one.edition < text.edition}
    if not older:
        raise Conflict("consent_current")
    for ref in mine:
        if ref in older:
            consents.give(act, submission.person_id, ref, text)
    return {"consents": len(older)}
