"""HEAD reads what GET reads and does nothing: it needs no CSRF token, so nothing may hang on it."""

from __future__ import annotations

from tests.builders import units
from tests.builders.browser import Browser
from webapp.domain.units.models import RegistrationDraft, Unit


def test_head_begins_no_registration(client, db):
    assert client.head("/register").status_code == 200
    assert RegistrationDraft.select().count() == 0


def test_head_withdraws_no_registration(client, db):
    registered = units.pending_unit("enterprise", email="wong@unit.example")
    Browser(client).come_as("wong@unit.example")

    assert client.head("/unit/standing/withdraw").status_code == 200
    assert Unit.get_by_id(registered.unit.id).state == "pending"
