"""Single-use links by e-mail: an invitation of staff, or a new password."""

from __future__ import annotations

from datetime import timedelta

from webapp import clock, crypto
from webapp.domain.accounts.models import SingleUseLink
from webapp.domain.audit.acts import Act, record
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import ADDRESS, EMAIL
from webapp.errors import Conflict, NotFound
from webapp.values import emails


def make(
    act: Act, purpose: str, email: str, life: timedelta, *, role: str | None = None, unit_id: int | None = None
) -> SingleUseLink:
    """Step: a link that works once within `life` and proves the mailbox `email` (normalised)."""
    ref = crypto.new_ref()
    return SingleUseLink.create(
        ref=ref,
        purpose=purpose,
        token_hash=crypto.token_hash(token(ref)),
        email_index=email_index(email),
        email=crypto.seal(email, "single_use_link", "email", ref),
        role=role,
        unit_id=unit_id,
        act_id=act.id,
        created_at=act.now,
        expires_at=act.now + life,
    )


def send(act: Act, link: SingleUseLink, kind: str, locale: str, params: dict[str, str]) -> None:
    """Step: mail the link. The token travels sealed; no notice, log or list shows it."""
    notice = notices.queue(act, kind, ADDRESS, link.ref, params=params)
    if notice is not None:
        notices.deliver(act, notice, EMAIL, address(link), locale, params={"token": token(link.ref)})


def token(ref: str) -> str:
    """The secret of a link. Derived, so that the worker and the demo can say it again without its being stored."""
    return crypto.derive_token("single-use-link", ref)


def opened(token: str, purpose: str) -> SingleUseLink:
    """The link behind a token while it may still be used.

    Raises NotFound `link_unknown`, `link_used`, `link_expired`.
    """
    link = SingleUseLink.get_or_none(
        SingleUseLink.token_hash == crypto.token_hash(token), SingleUseLink.purpose == purpose
    )
    # An invitation of the platform that nobody has approved yet is as good as none.
    if link is None or (purpose == "invitation" and link.unit_id is None and link.approved_at is None):
        raise NotFound("link_unknown")
    if link.used_at is not None:
        raise NotFound("link_used")
    if link.expires_at <= clock.now():
        raise NotFound("link_expired")
    return link


def use(act: Act, link: SingleUseLink) -> None:
    """Step: the link has done its work. Raises Conflict `link_used` when somebody was faster."""
    changed = (
        SingleUseLink.update(used_at=act.now, act_id=act.id)
        .where(SingleUseLink.id == link.id, SingleUseLink.used_at.is_null(), SingleUseLink.expires_at > act.now)
        .execute()
    )
    if not changed:
        raise Conflict("link_used")
    record(act, f"{link.purpose}-link:used", link.ref)


def revoke(act: Act, link: SingleUseLink) -> None:
    """Step: the link stops working before it was used."""
    changed = (
        SingleUseLink.update(used_at=act.now, act_id=act.id)
        .where(SingleUseLink.id == link.id, SingleUseLink.used_at.is_null())
        .execute()
    )
    if not changed:
        raise Conflict("link_used")
    record(act, f"{link.purpose}-link:revoked", link.ref)


def revoke_of_unit(act: Act, unit_id: int) -> int:
    """Step: no invitation of a unit works any more; returns how many there were."""
    count: int = (
        SingleUseLink.update(used_at=act.now, act_id=act.id)
        .where(SingleUseLink.unit_id == unit_id, SingleUseLink.purpose == "invitation", SingleUseLink.used_at.is_null())
        .execute()
    )
    return count


def revoke_all(act: Act, purpose: str, email: str) -> None:
    """Step: only the newest link to a mailbox works; a password link also dies with a changed password."""
    SingleUseLink.update(used_at=act.now, act_id=act.id).where(
        SingleUseLink.email_index == email_index(email),
        SingleUseLink.purpose == purpose,
        SingleUseLink.used_at.is_null(),
    ).execute()


def waiting(unit_id: int | None) -> list[SingleUseLink]:
    """Invitations of a unit (of the platform: None) that nobody has answered and that still work, oldest first."""
    scope = SingleUseLink.unit_id.is_null() if unit_id is None else SingleUseLink.unit_id == unit_id
    return list(
        SingleUseLink.select()
        .where(
            scope,
            SingleUseLink.purpose == "invitation",
            SingleUseLink.used_at.is_null(),
            SingleUseLink.expires_at > clock.now(),
        )
        .order_by(SingleUseLink.id)
    )


def one_waiting(unit_id: int | None, ref: str) -> SingleUseLink:
    """An open invitation within its scope. Raises NotFound."""
    for link in waiting(unit_id):
        if link.ref == ref:
            return link
    raise NotFound("not_found")


def address(link: SingleUseLink) -> str:
    return crypto.unseal(link.email, "single_use_link", "email", link.ref)


def email_index(email: str) -> bytes:
    return crypto.index("email", emails.key(email))
