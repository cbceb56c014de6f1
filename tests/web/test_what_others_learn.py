"""What a verifier of another unit and a gate learn from every address: nothing of what is not theirs."""

from __future__ import annotations

import dataclasses
import gzip
import re

import pytest
from werkzeug.routing import Rule

from tests.builders import lanes
from tests.structure.audiences import AUDIENCES
from tests.structure.test_routes import World, _session_cookie, address, engine, method, rules, world  # noqa: F401
from tests.web.test_edge import LEAVING, visit
from webapp import database

# A verifier of another unit ---------------------------------------------------------------------------------------

#: What differs between two answers that say the same: tokens, keys and ids drawn anew for each page.
_DRAWN = re.compile(
    r'name="csrf-token" content="[^"]+"|name="(?:csrf_token|submission_key)" value="[^"]+"|data-ends-at="[^"]*"|'
    r"[0-9a-f]{16}|\d{1,2}:\d{2}(?::\d{2})?"
)


@pytest.mark.parametrize("actor, part", [("stranger", False), ("strange-verifier", True)])
def test_another_unit_learns_nothing_not_even_whether_it_exists(app, world, actor, part, monkeypatch):  # noqa: F811
    """What is there and belongs to others is answered like what never was: status, headers and body to the letter, and
    by as many statements of the database, give or take a look, so that no clock tells them apart either."""
    app.config["WTF_CSRF_ENABLED"] = False
    client, statements = visit(app, world, actor), []
    execute = database.database.obj.execute_sql

    def counted(sql, *more, **kwargs):
        statements.append(sql)
        return execute(sql, *more, **kwargs)

    monkeypatch.setattr(database.database.obj, "execute_sql", counted)
    nothing = dataclasses.replace(
        world, values={**world.values, **{name: _like(world.values[name]) for name in NAMING}}
    )

    def answered(rule: Rule, whose: World) -> tuple[object, ...]:
        statements.clear()
        answer = client.open(
            address(app, rule, whose), method=method(rule), headers={"HX-Request": "true"} if part else {}
        )
        body = _DRAWN.sub("", answer.text.replace(address(app, rule, whose), ""))
        for name in NAMING:
            body = body.replace(whose.values[name], "")
        headers = sorted(
            (name, value)
            for name, value in answer.headers
            if name not in ("X-Request-Id", "Set-Cookie", "Content-Length")
        )
        return answer.status_code, body, headers, len(statements)

    told, leaked = [], []
    for rule in rules(app):
        mark = AUDIENCES[rule.endpoint].partition(" ")[0]
        if rule.endpoint in LEAVING or mark not in ("unit", "platform", "draft") or not rule.arguments & REFS:
            continue
        answered(rule, nothing)  # whatever a first visit sets up
        theirs, none = answered(rule, world), answered(rule, nothing)
        # A reference has 100 random bits: a clock could confirm one only to somebody who knows it already.
        if theirs[:3] != none[:3] or abs(theirs[3] - none[3]) > 2:
            told.append(
                (rule.endpoint, [a == b for a, b in zip(theirs, none, strict=True)], theirs[0], theirs[3], none[3])
            )
        text = f"{theirs[1]}{theirs[2]}"
        leaked += [(rule.endpoint, secret) for secret in world.secrets if secret in text]

    assert told == []
    assert leaked == []


#: Arguments that name a thing of somebody, and their values in the world.
REFS = {"ref", "token", "case_ref", "subject", "evidence_ref", "entry_ref", "filing_ref"}
NAMING = (
    "ref", "unit.passlist", "unit.campaign", "unit.person", "unit.upload", "unit.vehicle", "unit.team",
    "unit.team_revoke", "unit.proposal", "unit.case", "filer.draft", "case_ref", "subject", "evidence_ref", "entry_ref",
    "filing_ref",
)  # fmt: skip


def _like(value: str) -> str:
    """Another reference of the same form, of nothing."""
    return value[:-4] + ("aaaa" if value[-4:] != "aaaa" else "bbbb")


def test_a_gate_learns_only_what_it_may(app, world):  # noqa: F811
    lanes.fresh()
    _ref, key = lanes.client()
    client, leaked = app.test_client(), []
    for rule in rules(app):
        if not rule.endpoint.startswith("lane_api."):
            continue
        answer = client.open(
            address(app, rule, world),
            method=method(rule),
            headers={"Authorization": f"Bearer {key}"},
        )
        said = gzip.decompress(answer.data) if answer.data[:2] == b"\x1f\x8b" else answer.data
        leaked += [(rule.endpoint, secret) for secret in world.secrets if secret.encode() in said]

    assert leaked == []
