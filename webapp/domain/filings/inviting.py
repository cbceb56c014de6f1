"""The owner invites a second driver: "drive my car" (design 6). His yes stands in the invitation itself, so what the
invited person files with it waits for nobody.

The link shows plate and name masked and gives nothing more (`invitations`). Accepting takes the invited person's own
proof: his own filing with his own phone proved (`take`), or his own status page where he has filed already (`accept`).
Declining takes the link alone (`decline_by_link`).
"""

from __future__ import annotations

from webapp.database import lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings import asking, invitations, owners, telling
from webapp.domain.filings.invitation_states import ACCEPTED, DECLINED, OPEN, next_state
from webapp.domain.filings.models import Filing, Invitation, Submission
from webapp.domain.limits import actions as limits
from webapp.domain.passlist.models import OWNER, SECOND
from webapp.domain.registry.models import Vehicle
from webapp.errors import Conflict, NotFound


@action("invitation:make")
def invite(act: Act, submission_ref: str, filing_ref: str, *, joint: bool = False) -> dict[str, str]:
    """The owner invites somebody to drive his car. Returns {"invitation": ref}. Raises NotFound where the car is not
    his (to show), Conflict: `second_taken`, `already_invited`."""
    submission, filing = invitations.own_car(submission_ref, filing_ref)
    lock(Vehicle, [filing.vehicle_id])
    if not invitations.owns(submission.person_id, filing):
        raise Conflict("not_the_owner")
    if owners.second_taken(filing.vehicle_id, None):
        raise Conflict("second_taken")
    if invitations.open_of(filing.vehicle_id, submission.person_id) is not None:
        raise Conflict("already_invited")
    made = asking.make(
        act,
        made_by=OWNER,
        submission=submission.id,
        vehicle=filing.vehicle_id,
        owner=submission.person_id,
        joint=joint,
    )
    return {"invitation": made.ref}


@action("invitation:revoke")
def revoke(act: Act, submission_ref: str, invitation_ref: str) -> dict[str, str]:
    """The owner takes his invitation back. Raises NotFound, Conflict("request_over")."""
    submission = Submission.get_or_none(Submission.ref == submission_ref)
    known = Invitation.get_or_none(Invitation.ref == invitation_ref, Invitation.made_by == OWNER)
    if submission is None or known is None or known.owner_id != submission.person_id:
        raise NotFound("not_found")
    request = _locked(known)
    end(act, request, "revoke")
    return {"state": "revoked"}


@action("invitation:accept")
def accept(act: Act, submission_ref: str, token: str) -> dict[str, str]:
    """Who has filed as second driver already and waits opens the owner's link: he waits no longer.
    Raises NotFound, Conflict: `request_over`, `second_taken`."""
    request, submission = _for_second(act, submission_ref, token)
    _take(act, request, owners.waiting_filings(request.vehicle_id, submission.person_id)[0])
    return {"state": ACCEPTED}


@action("invitation:decline")
def decline(act: Act, submission_ref: str, token: str) -> dict[str, str]:
    """He does not want to drive it. His own filing is his own affair. Raises NotFound, Conflict("request_over")."""
    request, submission = _for_second(act, submission_ref, token)
    end(act, request, "decline")
    Invitation.update(second=submission.person_id).where(Invitation.id == request.id).execute()
    tell_maker(act, "invitation-declined", request)
    return {"state": "declined"}


@action("invitation:decline-link")
def decline_by_link(act: Act, token: str) -> dict[str, str]:
    """Whoever has only the link says no, whichever of the two made it: it gives nobody anything, so it wants no proof.
    Raises NotFound, Conflict("request_over")."""
    known = invitations.by_token(token)
    if known is None:
        raise NotFound("not_found")
    request = _locked(known)
    waiting = owners.waiting_filings(request.vehicle_id, request.second_id) if request.made_by == SECOND else []
    lock(Filing, [filing.id for filing in waiting])
    if invitations.look(request).over or (request.made_by == SECOND and not waiting):
        raise Conflict("request_over")
    if request.made_by == SECOND:
        owners.say_no(act, request, None)
    else:
        end(act, request, "decline")
        tell_maker(act, "invitation-declined", request)
    return {"state": DECLINED}


def take(act: Act, ref: str, filing: Filing) -> None:
    """Step: a filing made with an invitation accepts it. The vehicle is held. Raises Conflict("request_over")."""
    request = Invitation.get_or_none(Invitation.ref == ref)
    if request is None or not invitations.stands(request, filing.person_id, filing.vehicle_id):
        raise Conflict("request_over")
    if request.state == OPEN:
        _take(act, request, filing)


def _take(act: Act, request: Invitation, filing: Filing) -> None:
    pair = (Invitation.vehicle == request.vehicle_id) & (Invitation.second == filing.person_id)
    # One question open between two: what he asked before is answered with this (owners.say_yes), so it must not be
    # open beside this one when both carry his name.
    Invitation.update(state=ACCEPTED, owner=request.owner_id, ended_at=act.now, act_id=act.id).where(
        pair, Invitation.state == OPEN
    ).execute()
    Invitation.update(second=filing.person_id, filing=filing.id).where(Invitation.id == request.id).execute()
    owners.say_yes(act, Invitation.get_by_id(request.id), request.owner_id)
    tell_maker(act, "invitation-accepted", request)


def end(act: Act, request: Invitation, name: str) -> None:
    """Step: an open invitation ends by this action. Raises Conflict("request_over")."""
    after = next_state(request.state, name)
    Invitation.update(state=after, ended_at=act.now, act_id=act.id).where(Invitation.id == request.id).execute()
    record(act, f"invitation:{after}", request.ref)


def tell_maker(act: Act, kind: str, request: Invitation) -> None:
    submission = Submission.get_by_id(request.submission_id)
    telling.tell_person(act, kind, submission, subject=request.ref, params={"number": submission.number})


def _for_second(act: Act, submission_ref: str, token: str) -> tuple[Invitation, Submission]:
    """An owner's open invitation and the submission of somebody who waits for that very car."""
    submission = Submission.get_or_none(Submission.ref == submission_ref)
    known = invitations.by_token(token)
    if submission is None or known is None or known.made_by != OWNER:
        raise NotFound("not_found")
    request = _locked(known)
    if not owners.waiting_filings(request.vehicle_id, submission.person_id):
        raise NotFound("not_found")
    if not invitations.stands(request, submission.person_id, request.vehicle_id):
        raise Conflict("request_over")
    return request, submission


def _locked(known: Invitation) -> Invitation:
    lock(Vehicle, [known.vehicle_id])
    request: Invitation = Invitation.get_by_id(known.id)
    return request


def limit(submission: Submission) -> None:
    """Take one attempt to invite. Raises TooMany."""
    limits.take("invitation-submission", submission.ref)
