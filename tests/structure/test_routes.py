"""Every route: who may open it, how its address looks, and that reading changes nothing."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests import unrecorded
from tests.builders import accounts, browser, cases, filings, lanes, sanctions, status, units, uploads
from tests.structure.audiences import AUDIENCES
from webapp import clock
from webapp.domain.accounts import queries as account_queries
from webapp.domain.accounts import roles
from webapp.domain.audit.models import Act
from webapp.domain.campaigns import actions as campaigns
from webapp.domain.closings import deregistering
from webapp.domain.filings import withdrawing
from webapp.domain.privacy import erasing, incidents, rights_desk
from webapp.domain.registry.models import Person
from webapp.domain.sanctions import batches, cases_queries
from webapp.domain.units import team, vehicles
from webapp.domain.units.queries import by_id

#: Unit-scoped actors and platform roles of the cast; the officer of another unit is always there.
ACTORS = ("visitor", "manager", "verifier", "stranger", *roles.PLATFORM_ROLES)
PASSWORD = units.PASSWORD

#: Reading these is itself a recorded act: somebody opened one person's data, a paper of a unit, or the record.
READS_THAT_ARE_ACTS = {
    "platform.case_evidence",
    "platform.rights_request_paper",
    "platform.proposal_paper",
    "platform.unit_paper",
    "platform.audit",
    "platform.audit_act",
    "platform.audit_alerts",
    "platform.audit_figures",
    "platform.audit_readings",
    "platform.case",
    "platform.sanction",
    "unit.filing",
    "unit.passlist_entry",
    "unit.passlist_paper",
    "unit.passlist_paper_pdf",
    "unit.person_link",
    "unit.person_phone",
}


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))


@pytest.fixture(scope="module")
def routes(tmp_path_factory) -> Flask:
    from tests.conftest import make_settings
    from webapp import create_app

    folder = tmp_path_factory.mktemp("routes")
    return create_app(make_settings(folder, f"sqlite:///{folder / 'none.db'}"))


def test_every_route_stands_in_the_table_and_carries_that_mark(routes):
    marked = {}
    for rule in rules(routes):
        audience = getattr(routes.view_functions[rule.endpoint], "audience", None)
        marked[rule.endpoint] = " ".join(filter(None, (audience.kind, audience.permission))) if audience else None

    assert marked == AUDIENCES


def test_every_permission_is_held_by_somebody():
    asked = {mark.split()[1] for mark in AUDIENCES.values() if " " in mark and not mark.startswith("arriving")}
    granted = set().union(*roles.UNIT_ROLES.values(), *roles.PLATFORM_ROLES.values())

    assert asked - granted == set()


def test_addresses_are_kebab_case_and_typed(routes):
    def plain(rule: str) -> str:
        return re.sub(r"<[^>]+>", "x", rule)

    odd = [rule.rule for rule in rules(routes) if not re.fullmatch(r"(/[a-z0-9.-]*)+", plain(rule.rule))]

    assert [rule for rule in odd if not rule.startswith("/static")] == []


# The matrix -----------------------------------------------------------------------------------------------------


@pytest.fixture
def engine() -> str:
    """Structure is asked once (test budget); what the routes do on both databases, tests/web shows."""
    return "sqlite"


@dataclass
class World:
    """One unit with something of every kind in it, and what of it may never reach a stranger."""

    values: dict[str, str]
    secrets: tuple[str, ...]
    mailboxes: dict[str, str]
    waiting: filings.Filed


@pytest.fixture
def world(app) -> World:
    home = units.certified_unit("enterprise", email="home@unit.example", unit_name="橫琴示範甲單位有限公司")
    other = units.certified_unit("enterprise", email="stranger@unit.example", unit_name="橫琴示範乙單位有限公司")
    units.member(other, "verifier", email="strange-verifier@unit.example")
    units.member(home, "verifier", email="verifier@unit.example")
    waiting = filings.filed(home, who=filings.person(full_name="司徒秘密"))
    entry = uploads.listed(home, who=filings.person(full_name="歐陽保密"))
    plate = filings.plate()
    vehicle = vehicles.add(home.actor, home.unit.id, vehicles.NewVehicle(plate, "small"), ())["vehicle"]
    lane = lanes.client()[0]
    link = team.invite(home.actor, home.unit.id, "guest@unit.example", "verifier", accounts.LOCALE)["link"]
    draft = filings.draft(home, filings.answers(who=filings.person(full_name="諸葛草稿")))
    rejected = cases.refused(home, who=filings.person(full_name="皇甫異議"))
    case = cases.objection(rejected, "refusal", rejected.filing.ref, cases.handed())
    evidence = cases_queries.evidence(case)[0][0]
    today = clock.today()
    day = (today + timedelta(days=30)).isoformat()
    own = campaigns.start_in_unit(home.actor, home.unit.id, day, today)["campaign"]
    whole = campaigns.start_everywhere(units.platform_actor(), "enterprise", day, today)["campaign"]
    mailboxes = {"manager": "home@unit.example", "verifier": "verifier@unit.example"}
    mailboxes |= {name: f"{name}@unit.example" for name in ("stranger", "strange-verifier")}
    for role in roles.PLATFORM_ROLES:
        mailboxes[role] = f"{role.replace('_', '-')}@staff.example"
        accounts.platform_staff(role, email=mailboxes[role])
    wish = deregistering.ask(home.actor, home.unit.id, "")["proposal"]
    officer = accounts.actor_of(account_queries.by_email(mailboxes["platform_officer"]))
    sanction = sanctions.staged(officer, plates="粤C99999")
    sheet = batches.send_file(officer, b"a,b\r\n1,2\r\n", "sheet.csv")["batch"]
    gone = filings.filed(home, who=filings.person(full_name="聞人刪除"))
    withdrawing.withdraw(status.actor(gone), gone.submission.ref, gone.filing.ref, gone.filing.version)
    erasure = erasing.propose(
        accounts.actor_of(accounts.platform_staff()), Person.get_by_id(gone.submission.person_id).ref
    )["erasure"]
    asked = rights_desk.ask(filings.filer(draft), waiting.submission.ref, "explain", "司徒秘密想知道資料怎樣處理")[
        "request"
    ]
    moment = clock.now()
    touched = incidents.Happened(["identity"], "lost", "everybody", (), moment - timedelta(days=1), moment, "示範")
    incident = incidents.note(officer, touched)["incident"]
    values = {
        "platform.rights_request": asked,
        "request_ref": asked,
        "platform.incident": incident,
        "platform.assessment": lanes.assessment(),
        "ref": waiting.filing.ref,
        "platform.erasure": erasure,
        "platform.hold": "no-such-hold",
        "unit.passlist": entry.ref,
        "unit.campaign": own,
        "platform.campaign": whole,
        "unit.person": waiting.submission.ref,
        "unit.upload": entry.upload_ref,
        "unit.vehicle": vehicle,
        "unit.team": account_queries.by_email("verifier@unit.example").ref,
        "unit.team_revoke": link,
        "unit.proposal": wish,
        "platform.proposal": wish,
        "platform.unit": home.unit.ref,
        "platform.sanction": sanction.ref,
        "platform.sanction_batch": sheet,
        "platform.sanction_near": "no-such-near-match",
        "platform.security": account_queries.by_email(mailboxes["lane_officer"]).ref,
        "platform.account": account_queries.by_email(mailboxes["supervisor"]).ref,
        "platform.lane_client": lane,
        "platform.lane_key": lane,
        "platform.unlock": account_queries.by_email("home@unit.example").ref,
        "filer.draft": draft.ref,
        "case_ref": case.ref,
        "subject": rejected.filing.ref,
        "evidence_ref": evidence.ref,
        "platform.case": case.ref,
        "unit.case": case.ref,
        "token": waiting.token,
        "code": home.code,
        "entry_ref": entry.ref,
        "filing_ref": waiting.filing.ref,
        "act_id": str(Act.select().first().id),
        "number": "1",
        "language": "pt",
        "key": "nothing-of-this-key",
        "filename": "css/site.css",
    }
    secrets = tuple(
        value
        for sent in (waiting.answers, filings.drafts.answers_of(draft))
        for value in (sent["person"]["full_name"], sent["person"]["id_number"], sent["contact"]["phone"])
    )
    assert by_id(home.unit.id).state == "certified"
    return World(values, (*secrets, "歐陽保密"), mailboxes, waiting)


def address(app: Flask, rule: Rule, world: World) -> str:
    filled = {}
    for name in rule.arguments:
        if name == "ref":
            endpoints = [key for key in world.values if "." in key and rule.endpoint.startswith(key)]
            key = max(endpoints, key=len) if endpoints else "ref"
            if rule.endpoint.startswith("filer."):
                key = "filer.draft"
            filled[name] = world.values[key]
        elif name in world.values:
            filled[name] = world.values[name]
        else:
            converter = rule._converters[name]
            filled[name] = str((getattr(converter, "items", None) and sorted(converter.items)[0]) or "x" * 20)
    with app.test_request_context():
        return app.url_for(rule.endpoint, _method=method(rule), **filled)


def method(rule: Rule) -> str:
    return "GET" if "GET" in (rule.methods or ()) else "POST"


def allowed(actor: str, mark: str) -> bool:
    kind, _, permission = mark.partition(" ")
    if kind in ("public", "draft", "status"):
        return True
    # Machines are admitted by their key; none of the cast has one.
    if actor == "visitor" or kind == "lane":
        return False
    unit_role = {"manager": "manager", "verifier": "verifier", "stranger": "manager"}.get(actor)
    # Whoever has arrived is led on from the steps of arriving.
    if kind in ("signed_in", "arriving"):
        return True
    if kind == "unit":
        return permission in roles.UNIT_ROLES.get(unit_role or "", frozenset())
    return permission in roles.PLATFORM_ROLES.get(actor, frozenset())


#: Whose work is to read what a person wrote to the desk.
READS_WORDS = {("platform_officer", "platform.rights_request")}


@pytest.mark.parametrize("actor", ACTORS)
def test_matrix_of_every_route_and_actor(app, world, actor):
    app.config["WTF_CSRF_ENABLED"] = False
    surprises = []
    for rule in rules(app):
        # Signing out, ending sessions and switching units end the visit this test is made with.
        if rule.endpoint in ("static", "staff.sign_out", "staff.session_end", "staff.switch_unit"):
            continue
        visit = app.test_client()
        if actor != "visitor":
            _session_cookie(app, visit, world.mailboxes[actor])
        answer = visit.open(address(app, rule, world), method=method(rule))
        expected = allowed(actor, AUDIENCES[rule.endpoint])
        turned_away = answer.status_code in (401, 403) or (
            answer.status_code == 303 and answer.headers["Location"].startswith("/signin")
        )
        if expected == turned_away or answer.status_code >= 500:
            surprises.append((rule.endpoint, answer.status_code))
        if actor not in ("manager", "verifier") and (actor, rule.endpoint) not in READS_WORDS:
            surprises += [
                (rule.endpoint, "leaked", secret) for secret in world.secrets if secret.encode() in answer.data
            ]
        if actor == "stranger" and "ref" in rule.arguments and rule.endpoint.startswith("unit."):
            surprises += [(rule.endpoint, "not 404", answer.status_code)] if answer.status_code != 404 else []

    assert surprises == []


def _session_cookie(app: Flask, visit, mailbox: str) -> None:
    """Sign in once per mailbox; the later visits carry the same cookie."""
    known = app.extensions.setdefault("test-cookies", {})
    if mailbox not in known:
        first = browser.Browser(app.test_client())
        app.config["WTF_CSRF_ENABLED"] = False
        first.come_as(mailbox)
        known[mailbox] = first.client.get_cookie("hq").value
    visit.set_cookie("hq", known[mailbox])


def test_whatever_a_request_changes_goes_on_record(app, world):
    """Control 14: every form is sent by whoever may, with something in each usual field."""
    app.config["WTF_CSRF_ENABLED"] = False
    watch, before = unrecorded.Watch(app), Act.select().count()
    given = {
        "version": "1", "expected": "1", "act": "verify", "reason": "name:differs", "note": "請再看", "words": "測試",
        "email": "somebody@staff.example", "role": "supervisor", "full_name": "安蕾", "everything": "yes",
        "seen": "yes",
        "until": "2027-12-01", "kind": "name", "format": "csv", "detail": "masked", "language": "zh_Hant_MO",
        "newest": "1", "per_minute": "60", "name": "測試", "cause": "left_unit", "confirm": "yes",
    }  # fmt: skip
    for actor in ("manager", "platform_officer", "system_admin", "security_admin", "audit_admin"):
        for rule in rules(app):
            ends_the_visit = rule.endpoint in ("staff.sign_out", "staff.session_end", "staff.switch_unit")
            if "POST" not in (rule.methods or ()) or ends_the_visit or not allowed(actor, AUDIENCES[rule.endpoint]):
                continue
            visit = app.test_client()
            _session_cookie(app, visit, world.mailboxes[actor])
            answer = visit.post(
                address(app, rule, world), data={**given, "submission_key": f"{actor}-{rule.endpoint}-{rule.rule}"}
            )
            assert answer.status_code < 500, rule.endpoint

    assert watch.unrecorded == []
    assert Act.select().count() > before + 30


def test_reading_changes_nothing(app, world):
    """No GET writes an act, save the reads that are acts themselves."""
    app.config["WTF_CSRF_ENABLED"] = False
    wrote = []
    for actor in ("manager", "platform_officer", "system_admin", "security_admin"):
        visit = app.test_client()
        _session_cookie(app, visit, world.mailboxes[actor])
        for rule in rules(app):
            if method(rule) != "GET" or rule.endpoint in READS_THAT_ARE_ACTS:
                continue
            before = Act.select().count()
            visit.get(address(app, rule, world))
            if Act.select().where(Act.outcome == "done").count() > before:
                wrote.append((actor, rule.endpoint))

    assert wrote == []
