"""What belongs to others, named in a form or in the address below one's own: nothing of it is told, nothing changes.

The matrix of routes opens addresses of others; here the address is one's own, or the right is, and the rest is theirs.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from flask import Flask

from tests.builders import filings, status, units, uploads
from tests.builders.questionnaire import draft_cookie
from tests.structure.audiences import AUDIENCES
from tests.structure.test_routes import World, _session_cookie, address, engine, rules, world  # noqa: F401
from webapp.domain.accounts.models import Account
from webapp.domain.filings.models import Draft, Filing, Invitation, Submission, Upload
from webapp.domain.passlist.models import Entry
from webapp.domain.privacy.models import DataCopy, RightsRequest
from webapp.domain.registry.models import Answers, Consent, PersonPhone, Plate, Vehicle
from webapp.domain.sanctions.models import Case, CaseEvidence, CaseParty
from webapp.domain.units import vehicles
from webapp.domain.units.models import Membership, RegisterVehicle, Unit, UnitProposal

#: What people and units have, beside counters and the record.
THEIRS = (
    Account, Answers, Case, CaseEvidence, CaseParty, Consent, DataCopy, Draft, Entry, Filing, Invitation, Membership,
    PersonPhone, Plate, RegisterVehicle, RightsRequest, Submission, Unit, UnitProposal, Upload, Vehicle,
)  # fmt: skip
#: Ends the visit that asks.
LEAVING = ("staff.sign_out", "staff.session_end")
#: Columns that say when somebody was there.
MOVING = {"last_used_at", "seen_at"}


def standing() -> dict[tuple[str, int], dict[str, Any]]:
    """Every row of theirs as it is."""
    return {
        (model.__name__, row.id): {name: value for name, value in row.__data__.items() if name not in MOVING}
        for model in THEIRS
        for row in model.select()
    }


def changed(before: dict[tuple[str, int], dict[str, Any]]) -> list[tuple[str, int]]:
    after = standing()
    return [place for place, row in before.items() if after.get(place) != row]


def naming(values: dict[str, str]) -> dict[str, Any]:
    """The usual fields of forms, each with references of others, in every form they take."""
    refs = sorted({value for key, value in values.items() if len(value) == 20 and not key.startswith("platform.")})
    rows = [f"{ref}:{version}" for ref in refs for version in (1, 2, 3)]
    return {
        "row": [*rows, *refs], "person": refs, "unit": values["platform.unit"], "source": values["filer.draft"],
        "entry": values["unit.passlist"], "filing": values["ref"], "vehicle": values["unit.vehicle"],
        "account": values["unit.team"], "number": refs, "ref": refs, "newest": "1", "everything": "", "version": "1",
        "act": "verify", "reason": "left_unit", "cause": "left_unit", "note": "x", "seen": "yes", "confirm": "yes",
        "decision": "uphold", "words": "x", "without_invitation": "yes", "remove": refs, "revoke": refs,
    }  # fmt: skip


@pytest.mark.parametrize("part", [False, True])
def test_forms_of_another_unit_reach_nothing_they_name(app: Flask, world: World, part: bool) -> None:  # noqa: F811
    app.config["WTF_CSRF_ENABLED"] = False
    built = units.certified_unit("enterprise", email="elsewhere@unit.example")
    entry = uploads.listed(built)
    waiting = filings.filed(built)
    plate = filings.plate()
    own = {
        "ref": waiting.filing.ref,
        "unit.passlist": entry.ref,
        "unit.person": waiting.submission.ref,
        "unit.upload": entry.upload_ref,
        "unit.vehicle": vehicles.add(built.actor, built.unit.id, vehicles.NewVehicle(plate, "small"), ())["vehicle"],
    }
    mine = dataclasses.replace(world, values={**world.values, **own})
    fields, before, leaked, broke = naming(world.values), standing(), [], []
    for rule in rules(app):
        kind = AUDIENCES[rule.endpoint].partition(" ")[0]
        if (
            kind not in ("unit", "signed_in", "public")
            or "POST" not in (rule.methods or ())
            or rule.endpoint in LEAVING
        ):
            continue
        visit = app.test_client()
        _session_cookie(app, visit, "elsewhere@unit.example")
        for whose in (mine, world):
            answer = visit.post(address(app, rule, whose), data=fields, headers={"HX-Request": "true"} if part else {})
            told = f"{answer.text}{answer.headers}"
            leaked += [(rule.endpoint, secret) for secret in world.secrets if secret in told]
            broke += [rule.endpoint] if answer.status_code >= 500 else []

    assert leaked == []
    assert broke == []
    assert [place for place in changed(before) if not _own(place, built)] == []


def _own(place: tuple[str, int], built: units.BuiltUnit) -> bool:
    """What the sender may change: himself, his unit and his people."""
    name, row = place
    own_account = Account.get(Account.ref == built.actor.ref).id
    return place in (("Unit", built.unit.id), ("Account", own_account)) or (
        name in ("Filing", "Entry", "Submission", "Membership", "RegisterVehicle")
        and next(model for model in THEIRS if model.__name__ == name).get_by_id(row).unit_id == built.unit.id
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_own_link_opens_nothing_of_others_below_it(app: Flask, world: World, method: str) -> None:  # noqa: F811
    """By a person whose code is proved."""
    app.config["WTF_CSRF_ENABLED"] = False
    mine = filings.filed(units.certified_unit(), who=filings.person(full_name="自己人"))
    who = status.proved(app.test_client(), mine)
    foreign = dataclasses.replace(world, values={**world.values, "token": mine.token})
    fields, wrong, asked = naming(world.values), [], 0
    before = {place: row for place, row in standing().items() if mine.submission.id != place[1]}
    for rule in rules(app):
        below = rule.arguments - {"token", "purpose", "language", "deed", "code"}  # a unit's code hangs on its wall
        if AUDIENCES[rule.endpoint] != "status" or not below or method not in (rule.methods or ()):
            continue
        asked += 1
        answer = who.client.open(address(app, rule, foreign), method=method, data=fields if method == "POST" else None)
        wrong += [(rule.endpoint, secret) for secret in world.secrets if secret in f"{answer.text}{answer.headers}"]
        # A question that is over, or never was, leads back to one's own page.
        own_page = answer.status_code == 303 and answer.headers["Location"] == who.home
        if answer.status_code != 404 and not (rule.endpoint == "filer.owner_answer" and own_page):
            wrong.append((rule.endpoint, answer.status_code, rule.rule))

    assert asked > 5
    assert wrong == []
    assert changed(before) == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_own_draft_opens_no_draft_of_others(app: Flask, world: World, method: str) -> None:  # noqa: F811
    """By somebody who is filing, his cookie sent to the address of another draft."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    begun = client.post(f"/q/{world.values['code']}")
    own, theirs = begun.location.split("/")[2], world.values["filer.draft"]
    client.set_cookie(draft_cookie(theirs), client.get_cookie(draft_cookie(own)).value)
    before, wrong = standing(), []
    assert begun.status_code == 303
    for rule in rules(app):
        if AUDIENCES[rule.endpoint] != "draft" or method not in (rule.methods or ()):
            continue
        answer = client.open(address(app, rule, world), method=method, data=naming(world.values))
        wrong += [(rule.endpoint, secret) for secret in world.secrets if secret in f"{answer.text}{answer.headers}"]

    assert wrong == []
    assert changed(before) == []


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "TRACE"])
def test_no_other_method_and_no_header_opens_what_is_closed(app: Flask, world: World, method: str) -> None:  # noqa: F811
    """By a visitor who says that he means another address or method, or that he comes from inside."""
    app.config["WTF_CSRF_ENABLED"] = False
    client, before, wrong = app.test_client(), standing(), []
    tricks = {
        "X-HTTP-Method-Override": "GET",
        "X-Original-URL": "/unit/filings",
        "X-Rewrite-URL": "/unit/filings",
        "X-Forwarded-For": "127.0.0.1",
        "X-Real-IP": "127.0.0.1",
        "X-Forwarded-Prefix": "/unit",
        "Authorization": "Basic YWRtaW46YWRtaW4=",
        "Range": "bytes=0-10",
        "If-None-Match": "*",
    }
    for rule in rules(app):
        kind = AUDIENCES[rule.endpoint].partition(" ")[0]
        if kind == "public":
            continue
        answer = client.open(address(app, rule, world), method=method, headers=tricks)
        if answer.status_code in (206, 304) or answer.status_code >= 500:
            wrong.append((rule.endpoint, answer.status_code))
        if answer.status_code == 200 and method != "OPTIONS" and kind not in ("draft", "status"):
            wrong.append((rule.endpoint, answer.status_code))
        wrong += [(rule.endpoint, secret) for secret in world.secrets if secret in f"{answer.text}{answer.headers}"]

    assert wrong == []
    assert changed(before) == []
