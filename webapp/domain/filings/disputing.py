""" "That was not me": who proved a phone says that a filing which stands in the way is not his own (design 7, rule 7).

It is recorded and put before the platform; nothing of the other filing changes until a human has decided.
"""

from __future__ import annotations

from webapp import clock, crypto
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings import answering, checks, colliding, declaring, drafts
from webapp.domain.filings.colliding import Filer
from webapp.domain.filings.models import Draft
from webapp.domain.filings.submitting import claims_of
from webapp.domain.pledges import policy as policies
from webapp.domain.registry import queries as registry
from webapp.domain.units import queries as units
from webapp.domain.units.telling import tell_platform
from webapp.errors import Conflict, NotFound


@action("filing:dispute")
def dispute(act: Act, draft_ref: str) -> dict[str, str]:
    """Record the dispute of whatever collides with this draft. Returns {"reference": …} to ask with. Raises NotFound,
    Conflict("nothing_disputed") where nothing stands in the way (any more)."""
    draft = Draft.get_or_none(Draft.ref == draft_ref, Draft.expires_at > clock.now(), Draft.submission_ref.is_null())
    if draft is None:
        raise NotFound("not_found")
    unit = units.by_id(draft.unit_id)
    answers = drafts.answers_of(draft)
    if checks.check_all(answers, policies.current(), unit, clock.today()) or not answering.phone_is_proved(answers):
        raise Conflict("nothing_disputed")
    declared = declaring.declare(answers, unit, draft.language)
    person = registry.person_by_key(declaring.identity_key(declared["person"]))
    reference = act.actor.request_id[:8].upper()
    filer = Filer(person, crypto.index("phone", declared["contact"]["phone"]), reference)
    claims, _ = claims_of(declared)
    disputed = [claim for claim in claims if colliding.collisions(filer, unit, claim)]
    if not disputed:
        raise Conflict("nothing_disputed")
    record(act, "draft:disputed", draft.ref, unit_id=unit.id)
    for claim in disputed:
        for ref in colliding.refs_against(person, claim):
            record(act, "filing:disputed", ref, unit_id=unit.id)
    tell_platform(act, "dispute-raised", subject=draft.ref, params={"number": reference})
    return {"reference": reference}
