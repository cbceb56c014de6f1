"""A verifier and a manager of another unit at the address of everything a unit has: nothing, and nothing is told.

Each thing is really there, which its own manager's visit shows; what the matrix of routes covers, the first test says.
"""

from __future__ import annotations

import gzip
import html
import io
import re
import subprocess
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.builders import counter, delivery, filings, rosters, sheets, status, units, uploads
from tests.builders.browser import Browser
from tests.structure.audiences import AUDIENCES
from tests.structure.test_routes import World, _session_cookie, address, rules, world  # noqa: F401
from webapp.domain.files import intake
from webapp.domain.filings import assigning_drivers, replacing_phones, verifying
from webapp.domain.filings import uploads as upload_signing
from webapp.domain.filings.models import Filing
from webapp.domain.passlist import exporting, removals
from webapp.domain.passlist.selection import Chosen
from webapp.domain.units import staff_sheets, vehicles
from webapp.settings import Settings

#: Where the matrix of routes names a thing of another kind, or none; they stand below.
HERE = {
    "unit.counter_correct", "unit.counter_told", "unit.filings_result", "unit.leavers_end", "unit.passlist_export_page",
    "unit.passlist_export_pdf", "unit.passlist_paper", "unit.passlist_paper_pdf",
    "unit.passlist_removed", "unit.person_code", "unit.roster_enter", "unit.staff_sheet",
    "unit.staff_sheet_drop", "unit.staff_sheet_errors", "unit.upload_abandon", "unit.upload_scan", "unit.upload_sheet",
    "unit.upload_sheet_pdf", "unit.upload_print", "unit.upload_sign", "unit.vehicle_unassign",
}  # fmt: skip
STRANGERS = ("stranger@unit.example", "strange-verifier@unit.example")


def unpacked(content: bytes) -> str:
    """What stands in an answer, also where it is packed: workbooks, archives and PDFs."""
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = html.unescape(b"\n".join(map(packed.read, packed.namelist())).decode("utf-8", "replace")).encode()
    if content.startswith(b"%PDF"):
        content = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout
    return content.decode("utf-8", "replace")


def test_the_matrix_names_things_that_are_there(app: Flask, world: World) -> None:  # noqa: F811
    """Whoever may open each page below a reference finds it, or the page stands among those below."""
    app.config["WTF_CSRF_ENABLED"] = False
    visit, missing = app.test_client(), set()
    _session_cookie(app, visit, world.mailboxes["manager"])
    for rule in rules(app):
        below = rule.arguments - {"kind", "paper", "act", "deed"}
        if not AUDIENCES[rule.endpoint].startswith("unit") or not below:
            continue
        if "GET" not in (rule.methods or ()) or visit.get(address(app, rule, world)).status_code == 404:
            missing.add(rule.endpoint)
    posts = {rule.endpoint for rule in rules(app) if "GET" not in (rule.methods or ())}

    assert missing - posts - HERE == set()
    assert set(AUDIENCES) >= HERE


@dataclass
class Thing:
    """The address of something of a unit, and the same of nothing. `sent`: what a form there sends; None to look."""

    path: str
    nothing: str
    sent: dict[str, Any] | None = None


@pytest.fixture
def things(db: Settings) -> tuple[list[Thing], set[str]]:
    """Everything of HERE in one unit, and what of it is nobody else's business."""
    home = units.certified_unit(email="home@unit.example", unit_name="橫琴示範甲單位有限公司")
    other = units.certified_unit(email=STRANGERS[0], unit_name="橫琴示範乙單位有限公司")
    units.member(other, "verifier", email=STRANGERS[1])
    uploads.listed(other)
    entry = uploads.listed(home, who=filings.person(full_name="歐陽保密"))
    waiting = filings.filed(home, who=filings.person(full_name="司徒秘密"))
    helped = counter.begun(home, counter.without_phone(home, who=filings.person(full_name="諸葛無話")))
    desk = counter.on_paper(home, helped)
    status.return_(home, *desk.filings)
    line = rosters.line_of(waiting)
    roster, leavers = (
        rosters.sent(db, home, kind, rosters.people(line, ("公孫缺號", "", "", "x")))
        for kind in (staff_sheets.ROSTER, staff_sheets.LEAVERS)
    )
    export = exporting.export(home.actor, home.unit.id, "pdf", "", True, "inspection", "zh_Hant_MO")["export"]
    prepared = uploads.prepared(home, uploads.verified(home, filings.filed(home)))
    sealed = uploads.prepared(home, uploads.verified(home, filings.filed(home)))
    upload_signing.print_sheet(home.actor, home.unit.id, sealed, "zh_Hant_MO")
    scan = intake.check(units.picture(), "sealed.png", "sealed_paper")
    upload_signing.upload(
        home.actor, home.unit.id, sealed, uploads.signature(method="sealed_paper", signed_name="", scan=scan)
    )
    car = vehicles.add(home.actor, home.unit.id, vehicles.NewVehicle(filings.plate(), "small"))["vehicle"]
    chosen = Chosen(rows=((entry.ref, entry.version),))
    assigning_drivers.assign_drivers(home.actor, home.unit.id, car, chosen)
    driver = Filing.get(Filing.assigned, Filing.person == entry.person_id).ref
    asked = replacing_phones.ask(
        home.actor, home.unit.id, waiting.submission.ref, "853", "62009999", status.tail(waiting), "zh_Hant_MO"
    )
    more = filings.filed(home)
    verifying.verify_all(home.actor, home.unit.id, uploads.chosen(more.filings), key="key-of-verifying")
    gone = uploads.listed(home)
    removals.remove(
        home.actor, home.unit.id, Chosen(rows=((gone.ref, gone.version),)), "left_unit", key="key-of-removal"
    )
    delivery.drain(db)
    none = "a" * 20
    person, upload = f"/unit/person/{waiting.submission.ref}/phone/{{}}", "/unit/uploads/{}"
    driven = f"/unit/vehicles/{car}/drivers/{{}}/end"
    paths = [
        ("/unit/list/exports/{}/list", export), ("/unit/list/exports/{}/list.pdf", export),
        ("/unit/list/{}/pledge", entry.ref), ("/unit/list/{}/confirmation.pdf", entry.ref),
        ("/unit/roster/sheet/{}", roster.ref), ("/unit/leavers/sheet/{}", leavers.ref),
        ("/unit/roster/sheet/{}/errors.xlsx", roster.ref), ("/unit/leavers/sheet/{}/errors.xlsx", leavers.ref),
        (upload, prepared), (f"{upload}/lines", prepared), (f"{upload}/sealed-paper", sealed),
        ("/unit/filings/result/verify/{}", "key-of-verifying"), ("/unit/list/removed/{}", "key-of-removal"),
        (driven, driver), (person, asked),
    ]  # fmt: skip
    sent = [
        ("/unit/counter/told/{}", desk.submission.ref), ("/unit/counter/correct/{}", desk.submission.ref),
        ("/unit/roster/sheet/{}/enter", roster.ref), ("/unit/leavers/sheet/{}/end", leavers.ref),
        ("/unit/roster/sheet/{}/drop", roster.ref), (f"{upload}/sheet", prepared), (upload, prepared),
        (f"{upload}/abandon", prepared), (driven, driver), (person, asked),
    ]  # fmt: skip
    found = [Thing(path.format(ref), path.format(none)) for path, ref in paths]
    found += [
        Thing(path.format(ref), path.format(none), {"version": "1", "pledge_agreed": "yes"}) for path, ref in sent
    ]
    secrets = {"歐陽保密", "公孫缺號", "諸葛無話", "62009999"}
    for one in (waiting, desk):
        secrets |= {one.answers["person"][name] for name in ("full_name", "id_number")}
        secrets |= {car["plate"] for car in one.answers["vehicles"] if car["plate"]}
    return found, secrets


_DRAWN = re.compile(
    r'name="csrf-token" content="[^"]+"|name="(?:csrf_token|submission_key)" value="[^"]+"|data-ends-at="[^"]*"|'
    r"[0-9a-f]{16}|\d{1,2}:\d{2}(?::\d{2})?"
)


def answered(client: FlaskClient, path: str, thing: Thing, part: bool) -> tuple[int, str, str]:
    """Status, body and headers, without what is drawn anew for each answer and without the address itself."""
    answer = client.open(
        path,
        method="GET" if thing.sent is None else "POST",
        data=thing.sent,
        headers={"HX-Request": "true"} if part else {},
    )
    ref = next(
        a
        for a, b in zip(path.split("/"), (thing.nothing if path == thing.path else thing.path).split("/"), strict=True)
        if a != b
    )
    headers = sorted((n, v) for n, v in answer.headers if n not in ("X-Request-Id", "Set-Cookie", "Content-Length"))
    return answer.status_code, _DRAWN.sub("", unpacked(answer.data).replace(ref, "")), str(headers).replace(ref, "")


@pytest.mark.parametrize("part", [False, True])
def test_another_unit_finds_nothing_at_the_address_of_each_thing(app: Flask, db: Settings, things, part: bool) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    found, secrets = things
    own, told, leaked = Browser(app.test_client()), [], []
    own.come_as("home@unit.example")
    absent = [one.path for one in found if one.sent is None and own.open(one.path).status_code >= 400]
    for mailbox in STRANGERS:
        who = Browser(app.test_client())
        who.come_as(mailbox)
        for one in found:
            theirs, none = (answered(who.client, path, one, part) for path in (one.path, one.nothing))
            if theirs != none or theirs[0] not in (403, 404):
                told.append((mailbox, one.path, theirs[0], none[0]))
            leaked += [(one.path, secret) for secret in secrets if secret in f"{theirs[1]}{theirs[2]}"]

    assert absent == []
    assert told == []
    assert leaked == []
    seen = "".join(unpacked(own.open(one.path).data) for one in found if one.sent is None)
    assert {"歐陽保密", "公孫缺號"} <= {secret for secret in secrets if secret in seen}, (
        "what is looked for would be found"
    )


def test_what_is_packed_is_looked_into() -> None:
    assert "甲乙" in unpacked(sheets.workbook(("甲乙",)))
    assert "x" in unpacked(gzip.compress(b"x"))
