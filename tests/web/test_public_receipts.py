"""What a gateway reports: signed, fresh, of a known shape; anything else changes nothing."""

from __future__ import annotations

import dataclasses
import json

import pytest

from tests.builders.gateway import SECRET
from webapp import clock, database
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import Delivery
from webapp.values.signatures import sign


@pytest.fixture
def ref(app) -> str:
    url = "https://unit-test:gate%2Fway+secret@gateway.example/v1"
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], sms_url=url)
    with database.transaction():
        notice = notices.queue(None, "entry-removed", "submission", "somebody")
        notices.deliver(None, notice, "sms", "+85366123456", "zh_Hant_MO")
        Delivery.update(state="sent").execute()
    return Delivery.get().ref


def report(client, body: object, *, secret: str = SECRET, late: int = 0, **headers: str):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = str(int(clock.now().timestamp()) - late)
    signed = {"X-Timestamp": stamp, "X-Signature": sign(secret, stamp, "receipts", raw)}
    answer = client.post("/sms/receipts", data=raw, headers=signed | headers, content_type="application/json")
    database.connect()
    return answer


def test_receipt_is_taken_once(client, ref):
    body = {"receipts": [{"id": ref, "state": "delivered"}, {"id": "a" * 20, "state": "failed"}]}

    answers = [report(client, body) for _ in range(2)]

    assert [(one.status_code, one.get_json()) for one in answers] == [(200, {"changed": 1}), (200, {"changed": 0})]
    assert Delivery.get().state == "delivered"


@pytest.mark.parametrize(
    ("choices", "status"),
    [
        ({"secret": "another"}, 401),
        ({"late": 301}, 401),
        ({"late": -301}, 401),
        ({"X-Timestamp": "now"}, 401),
        ({"X-Signature": "密"}, 401),
    ],
)
def test_unsigned_or_old_receipt_changes_nothing(client, ref, choices, status):
    answer = report(client, {"receipts": [{"id": ref, "state": "delivered"}]}, **choices)

    assert (answer.status_code, Delivery.get().state) == (status, "sent")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        [],
        {"receipts": None},
        {"receipts": [1]},
        {"receipts": [{"id": 1, "state": "delivered"}]},
        {"receipts": [{"id": "a" * 20, "state": "read"}]},
        {"receipts": [{"id": "a" * 20, "state": ["delivered"]}]},
        {"receipts": [{"id": "a\u0000" * 10, "state": "delivered"}]},
        {"receipts": [{"id": "a" * 20, "state": "delivered"}] * 501},
    ],
)
def test_other_shapes_are_refused(client, ref, body):
    assert report(client, body).status_code == 422


def test_too_large_a_report_is_refused(client, ref):
    assert report(client, b"x" * 200_000).status_code == 413


def test_without_a_gateway_there_is_no_such_page(client):
    assert client.post("/sms/receipts", data=b"{}").status_code == 404
