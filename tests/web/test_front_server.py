"""Behind a front server everybody would seem to come from one address, and by plain HTTP."""

from __future__ import annotations

import dataclasses

import pytest

from tests.builders import units
from tests.builders.browser import Browser
from webapp import create_app, database
from webapp.domain.limits.models import Bucket


@pytest.mark.parametrize(("front_servers", "visitors", "secure"), [(1, 2, True), (0, 1, False)])
def test_address_is_told_by_the_front_server_only_where_there_is_one(db, front_servers, visitors, secure):
    built = units.certified_unit()
    app = create_app(dataclasses.replace(db, front_servers=front_servers))
    database.connect()
    for address in ("198.51.100.7", "198.51.100.8"):
        told = {"HTTP_X_FORWARDED_FOR": f"203.0.113.9, {address}", "HTTP_X_FORWARDED_PROTO": "https"}
        client = app.test_client()
        client.environ_base.update(told)
        answer = Browser(client).send(f"/q/{built.code}")
        assert answer.status_code == 303

    assert Bucket.select().where(Bucket.rule == "draft-address").count() == visitors
    assert ("Secure" in answer.headers["Set-Cookie"]) == secure
