"""The lane API as a gate meets it: keys, answers, refusals, limits; and nothing a client sends causes a 500."""

import gzip
import json

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from tests.builders.filings import person, vehicle
from tests.builders.lanes import client as lane_client
from tests.builders.lanes import fresh, number_changes
from tests.builders.units import certified_unit
from tests.builders.uploads import listed
from webapp import clock
from webapp.actors import system
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.lanes import feed, journal, keys
from webapp.domain.lanes.answers import instant
from webapp.domain.lanes.models import LaneCheck, LaneKey

PATH = "/api/lane/v1"
ANSWER = {"result", "reason", "vehicle", "drivers", "channel", "as_of"}


@pytest.fixture(autouse=True)
def _fresh(app):
    fresh()


@pytest.fixture
def gate(app):
    """A gate that may ask for every channel: get(path), post(path, body)."""
    _ref, key = lane_client()
    return Gate(app.test_client(), key)


class Gate:
    def __init__(self, http, key):
        self.http, self.headers = http, {"Authorization": f"Bearer {key}"}

    def get(self, path, **query):
        return self.http.get(PATH + path, query_string=query, headers=self.headers)

    def post(self, path, body):
        return self.http.post(PATH + path, json=body, headers=self.headers)


def recorded():
    journal.take_in()
    return list(LaneCheck.select().order_by(LaneCheck.id))


def test_a_listed_plate_is_answered_and_recorded(gate):
    listed(certified_unit(), vehicles=[vehicle(plate="粵C·E53001")])

    answer = gate.get("/check", plate="粵C·E53001", channel="hengqin-bridge")

    assert (answer.status_code, answer.json["result"], set(answer.json)) == (200, "listed", ANSWER)
    assert (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    (row,) = recorded()
    assert (row.kind, row.channel, row.result, row.reason) == ("plate", "hengqin-bridge", "listed", "in_force")


def as_typed(gate, query):
    """The question in an address whose letters nobody escaped, as `curl` sends it."""
    sent = {"QUERY_STRING": query.encode().decode("latin-1")}
    return gate.http.get(PATH + "/check", environ_overrides=sent, headers=gate.headers)


def test_the_short_way_and_flasks_answer_alike(app, gate):
    listed(certified_unit(), vehicles=[vehicle(plate="粵C·E53002")])
    questions = [{"plate": "粵C·E53002"}, {"plate": ""}, {"plate": "X", "channel": "nowhere"}, {"plate": "A" * 30}]

    def asked():
        return [*(gate.get("/check", **question) for question in questions), as_typed(gate, "plate=粵C·E53002")]

    short = asked()
    app.wsgi_app = type(app).wsgi_app.__get__(app)
    long = asked()

    def said(answers):
        return [(one.status_code, {k: v for k, v in one.json.items() if k != "as_of"}) for one in answers]

    assert said(short) == said(long)
    assert [one.status_code for one in short] == [200, 422, 422, 422, 200]
    assert said(short)[4] == said(short)[0]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer  ", "Basic abc", "Bearer nobody", "bearer\tx"])
def test_without_a_good_key_nothing_is_answered(app, header):
    http = app.test_client()
    for method, path in (
        ("GET", "/check?plate=M1"),
        ("POST", "/checks"),
        ("POST", "/driver-checks"),
        ("GET", "/snapshot"),
        ("POST", "/key"),
        ("GET", "/changes?after=x.1"),
        ("HEAD", "/check?plate=M1"),
    ):
        answer = http.open(PATH + path, method=method, headers={"Authorization": header})
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert recorded() == []


def test_a_key_for_one_channel_asks_for_that_one(app):
    _ref, key = lane_client(["shenjing"])
    gate = Gate(app.test_client(), key)

    asked = [gate.get("/check", plate="MX-12-34", channel=channel) for channel in ("shenjing", "hengqin-bridge", "")]

    assert [(one.status_code, one.json.get("error")) for one in asked] == [
        (200, None),
        (403, "channel_not_yours"),
        (422, "missing"),
    ]


def test_a_used_up_limit_says_when_to_come_again(app):
    _ref, key = lane_client(per_minute=2)
    gate = Gate(app.test_client(), key)

    asked = [gate.get("/check", plate="MX-12-34") for _ in range(3)]

    assert [one.status_code for one in asked] == [200, 200, 429]
    assert asked[2].headers["Retry-After"] == "30"
    assert gate.post("/checks", {"checks": [{"plate": "MX-12-34"}]}).status_code == 429


def test_many_questions_are_answered_in_order_and_bad_ones_by_themselves(gate):
    listed(certified_unit(), vehicles=[vehicle(plate="粵C·E53003")])

    answer = gate.post(
        "/checks",
        {
            "checks": [
                {"plate": "粵C·E53003"},
                {"plate": ""},
                "text",
                {"plate": 5},
                {"plate": "MX-12-35", "channel": "?"},
            ]
        },
    )

    assert [one.get("result") or one["error"] for one in answer.json["answers"]] == [
        "listed",
        "missing",
        "bad_item",
        "bad_text",
        "unknown_channel",
    ]
    assert len(recorded()) == 1


@pytest.mark.parametrize("body", [{}, [], {"checks": {}}, {"checks": []}, {"checks": [{}] * 501}, "text", 7])
def test_bodies_that_hold_no_questions_are_refused(gate, body):
    assert gate.post("/checks", body).status_code == 422


def test_what_is_no_json_is_refused(gate):
    headers = gate.headers | {"Content-Type": "application/json"}

    broken = gate.http.post(PATH + "/checks", data=b"{", headers=headers)
    text = gate.http.post(PATH + "/checks", data=b"plate=1", headers=gate.headers)

    assert [(one.status_code, one.json["error"]) for one in (broken, text)] == [(400, "bad_request"), (415, "failed")]


@pytest.mark.parametrize("path", ["/checks", "/driver-checks"])
@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"checks":' * 20_000])
def test_json_nested_without_end_is_no_failure_of_ours(gate, path, body):
    answer = gate.http.post(PATH + path, data=body, headers=gate.headers | {"Content-Type": "application/json"})

    assert (answer.status_code, answer.json) == (400, {"error": "bad_request"})


@pytest.mark.parametrize("field", ["plate", "channel", "key", "asked_at", "result", "reason"])
def test_half_a_character_is_refused_and_never_reaches_the_worker(gate, field):
    past = {"key": "0011223344aa", "plate": "MX-12-34", "asked_at": clock.now().isoformat(), "result": "listed"}

    (answer,) = gate.post("/checks", {"checks": [past | {field: "\ud800"}]}).json["answers"]

    assert answer == {"error": "bad_text", "field": field}
    assert recorded() == []


def test_what_costs_more_than_the_limit_of_a_minute_is_owed_and_not_refused_for_ever(app):
    _ref, key = lane_client(per_minute=30)
    gate = Gate(app.test_client(), key)

    whole, after = gate.get("/snapshot"), gate.get("/check", plate="MX-12-34")

    assert (whole.status_code, after.status_code, after.headers["Retry-After"]) == (200, 429, "62")


def test_what_a_gate_answered_by_itself_is_kept_as_it_was_once(gate):
    listed(certified_unit(), vehicles=[vehicle(plate="粵C·E53004")])
    past = {
        "key": "0011223344aa",
        "plate": "粵C·E53004",
        "channel": "shenjing",
        "asked_at": clock.now().isoformat(),
        "result": "not_listed",
        "reason": "unknown_plate",
    }

    answers = [gate.post("/checks", {"checks": [past]}).json["answers"][0] for _ in range(2)]

    assert [one["result"] for one in answers] == ["listed", "listed"]
    (row,) = recorded()
    assert (row.result, row.reason, row.offline, row.asked_at.isoformat()) == (
        "not_listed",
        "unknown_plate",
        True,
        past["asked_at"],
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"key": "short"}, "key"),
        ({"key": ""}, "key"),
        ({"result": "fine"}, "result"),
        ({"result": ""}, "result"),
        ({"asked_at": "yesterday"}, "asked_at"),
        ({"asked_at": "2026-11-23T10:00:00"}, "asked_at"),
        ({"asked_at": "1999-01-01T00:00:00Z"}, "asked_at"),
        ({"asked_at": "2999-01-01T00:00:00Z"}, "asked_at"),
    ],
)
def test_past_questions_that_cannot_be_are_refused(gate, changes, field):
    past = {"key": "0011223344aa", "plate": "MX-12-34", "asked_at": clock.now().isoformat(), "result": "listed"}

    (answer,) = gate.post("/checks", {"checks": [past | changes]}).json["answers"]

    assert answer["field"] == field
    assert recorded() == []


def test_drivers_are_checked_without_a_name_or_number_in_answer_and_record(gate):
    who = person()
    listed(certified_unit(), who=who, vehicles=[vehicle(plate="粵C·E53005")])

    right = gate.post("/driver-checks", {"plate": "粵C·E53005", "id_number": who["id_number"]})
    wrong = gate.post("/driver-checks", {"plate": "粵C·E53005", "id_number": "11010519491231002X"})

    assert [right.json["result"], wrong.json["result"]] == ["filed", "not_filed"]
    assert set(right.json) == {"result", "as_of"}
    assert [(row.kind, row.result) for row in recorded()] == [("driver", "filed"), ("driver", "not_filed")]


@pytest.mark.parametrize("body", [{}, {"plate": "MX-12-34"}, {"plate": "MX-12-34", "id_number": "9" * 99}, [], "x"])
def test_driver_questions_that_cannot_be_read_are_refused(gate, body):
    assert gate.post("/driver-checks", body).status_code == 422


def test_the_snapshot_is_streamed_compressed_and_signed(gate):
    listed(certified_unit(), vehicles=[vehicle(plate="粵C·E53006")])

    answer = gate.get("/snapshot")

    assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "gzip")
    lines = [json.loads(line) for line in gzip.decompress(answer.data).splitlines()]
    assert [sorted(line)[0] for line in lines] == ["after", "last", "digest", "count", "digest"]


def test_changes_are_signed_and_an_unknown_cursor_asks_for_a_snapshot(gate):
    begin = str(feed.now())
    listed(certified_unit(), vehicles=[vehicle(plate="粵C·E53007")])
    number_changes()

    answer = gate.get("/changes", after=begin)

    assert [one["change"] for one in answer.json["changes"]] == ["listed"]
    assert answer.headers["X-Signature"] == feed.signature(answer.data)
    assert [
        (one.status_code, one.json["error"]) for one in (gate.get("/changes", after="z.1"), gate.get("/changes"))
    ] == [
        (409, "cursor_unknown"),
        (422, "bad_cursor"),
    ]


def test_changes_say_until_when_the_key_is_good(gate):
    answer = gate.get("/changes", after=str(feed.now()))

    assert answer.json["key_ends_at"] == instant(LaneKey.get().ends_at)


def test_a_gate_changes_its_key_and_one_that_lost_the_answer_asks_again(app, gate):
    lost, answer = gate.post("/key", None), gate.post("/key", None)
    fresh()
    new = Gate(app.test_client(), answer.json["key"])

    asked = [one.get("/check", plate="MX-12-34").status_code for one in (gate, new)]

    assert (answer.status_code, answer.json, asked) == (200, lost.json, [200, 200])
    assert answer.json["ends_at"] == instant(LaneKey.select().order_by(LaneKey.id.desc()).first().ends_at)
    assert answer.headers["Cache-Control"] == "no-store"
    line = AuditLine.get(AuditLine.tag == "lane-key:created", AuditLine.act == Act.get(Act.verb == "lane-key:renew").id)
    assert LaneKey.get(LaneKey.ref == line.object_ref).ending == answer.json["key"][-4:]


def test_a_key_that_the_platform_changed_is_told_no_other(app):
    ref, key = lane_client()
    keys.rotate(system("test"), ref, "the-platforms-key")

    answer = Gate(app.test_client(), key).post("/key", None)

    assert (answer.status_code, answer.json["error"]) == (409, "lane_key_replaced")


def test_changing_keys_has_a_limit_that_says_when_to_come_again(app):
    _ref, key = lane_client()
    for _ in range(keys.MOST_CHANGES - 1):
        key = Gate(app.test_client(), key).post("/key", None).json["key"]

    answer = Gate(app.test_client(), key).post("/key", None)

    assert (answer.status_code, int(answer.headers["Retry-After"]) > 86_000) == (429, True)


def test_a_question_that_cannot_be_kept_is_not_answered(gate, db):
    (db.data_dir / "blocked").write_text("")
    journal.configure(db.data_dir / "blocked")

    answer = gate.get("/check", plate="MX-12-34")

    assert (answer.status_code, answer.json) == (503, {"error": "unavailable"})


def test_machines_are_told_in_json_what_is_not_there(app):
    http = app.test_client()

    assert [(http.open(path, method=method).status_code, http.open(path, method=method).json) for method, path in (
        ("GET", "/api/lane/v1/nothing"),
        ("POST", "/api/lane/v1/signing-key"),
    )] == [(404, {"error": "not_found"}), (405, {"error": "method_not_allowed"})]  # fmt: skip
    for method, path, allowed in (("POST", "check", "GET"), ("PUT", "checks", "POST"), ("DELETE", "changes", "GET")):
        answer = http.open(f"/api/lane/v1/{path}", method=method)
        assert (answer.status_code, allowed in answer.headers["Allow"].split(", ")) == (405, True), path


def test_the_document_describes_what_is_answered(app):
    """schemathesis sends what the document allows and what it does not; every answer is one of those described."""
    _ref, key = lane_client(per_minute=60_000)
    schema = schemathesis.openapi.from_wsgi(f"{PATH}/openapi.json", app)
    operations = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        operations += 1

        @hypothesis_settings(
            deadline=None, max_examples=10, suppress_health_check=list(HealthCheck), database=None, derandomize=True
        )
        @given(case=operation.as_strategy())
        def ask(case):
            answer = case.call(headers={"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"})
            # The document cannot say what makes a plate: refusing one is no fault. The key sent is a good one.
            case.validate_response(answer, excluded_checks=[positive_data_acceptance, ignored_auth])

        ask()

    assert operations == 7
