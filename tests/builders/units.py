"""Units and their staff, built through the actions. All names and numbers are invented."""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass

from PIL import Image
from stdnum.cn import uscc

from webapp.actors import ACCOUNT, VISITOR, Actor
from webapp.domain.accounts import actions as accounts
from webapp.domain.accounts import queries as account_queries
from webapp.domain.accounts.models import Account
from webapp.domain.audit.acts import Act, action
from webapp.domain.files import intake
from webapp.domain.units import deciding, drafts, members, queries, registering
from webapp.domain.units.models import Unit

PASSWORD = "Harbour-Lantern-27"

_numbers = itertools.count(1)


@dataclass(frozen=True)
class BuiltUnit:
    """A unit, its enrolment code ("" until certified), its manager's account and the manager as an actor."""

    unit: Unit
    code: str
    manager: Account
    actor: Actor


def platform_actor() -> Actor:
    return Actor(ACCOUNT, "platform-officer", request_id="test")


def credit_code(prefix: str = "91440400MA") -> str:
    """A unified social credit code that nobody has, with its check digit."""
    body = f"{prefix}{next(_numbers):07d}"
    return body + uscc.calc_check_digit(body)


def picture(colour: str = "white") -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(output, "PNG")
    return output.getvalue()


def typed(unit_class: str = "enterprise", **changes: str) -> dict[str, str]:
    """The registration fields as somebody types them."""
    prefix = {"enterprise": "91440400MA", "resident": "54440400MJ", "organ": "12440400MB", "social": "51440400MJ"}
    fields = {
        "unit_name": f"橫琴示範單位{next(_numbers)}有限公司",
        "unit_class": unit_class,
        "registration_place": "cn",
        "registration_number": credit_code(prefix.get(unit_class, "91440400MA")),
        "branch_name": "",
        "address": "橫琴海韻路18號",
        "public_phone": "0756 000 0000",
        "public_hours": "星期一至五09:00–17:30",
        "legal_representative": "周婉儀",
        "manager_name": "周婉儀",
        "manager_phone": "13800138000",
    }
    return fields | changes


def pending_unit(
    unit_class: str = "enterprise", *, email: str = "", password: str = PASSWORD, **changes: str
) -> BuiltUnit:
    """A registered unit that waits for certification, with its manager."""
    fields = typed(unit_class, **changes)
    address = email or f"manager{next(_numbers)}@unit.example"
    draft, _cookie = drafts.begin()
    drafts.save(draft, fields)
    drafts.keep_file(draft, "proof", intake.check(picture(), "proof.png", "proof"))
    if fields["manager_name"] != fields["legal_representative"]:
        drafts.keep_file(draft, "authorisation", intake.check(picture(), "letter.png", "authorisation"))
    visitor = Actor(VISITOR, "web", request_id="test")
    known = account_queries.by_email(address)
    made = registering.register(visitor, draft.ref, address, account_id=known.id if known else None, password=password)
    unit = queries.one(made["unit"])
    manager = members.active(unit.id)[0].account
    return BuiltUnit(unit, "", manager, _actor(manager, unit))


def certified_unit(
    unit_class: str = "enterprise",
    *,
    code: str | None = None,
    email: str = "",
    password: str = PASSWORD,
    **changes: str,
) -> BuiltUnit:
    """A certified unit with its enrolment code; `changes` are registration fields, e.g. unit_name="…"."""
    built = pending_unit(unit_class, email=email, password=password, **changes)
    made = deciding.certify(platform_actor(), built.unit.id, built.unit.version, code)
    return BuiltUnit(queries.one(built.unit.ref), made["code"], built.manager, built.actor)


@action("test:add-member")
def _add_member(act: Act, unit_id: int, role: str, email: str, name: str, password: str) -> dict[str, int]:
    account = accounts.create_account(act, email, name, password)
    members.add(act, queries.by_id(unit_id), account.id, role)
    return {"account": account.id}


def member(
    built: BuiltUnit, role: str = "verifier", *, email: str = "", name: str = "何嘉欣", password: str = PASSWORD
) -> Actor:
    """Another member of staff of the unit, as an actor."""
    address = email or f"staff{next(_numbers)}@unit.example"
    made = _add_member(platform_actor(), built.unit.id, role, address, name, password)
    account = account_queries.by_ids([made["account"]])[made["account"]]
    return _actor(account, built.unit)


def _actor(account: Account, unit: Unit) -> Actor:
    return Actor(ACCOUNT, account.ref, unit_id=unit.id, account_id=account.id, request_id="test")


@action("test:end-member")
def end_member(act: Act, unit_id: int, account_id: int) -> dict[str, str]:
    """Let a member go."""
    members.end(act, queries.by_id(unit_id), account_id)
    return {}
