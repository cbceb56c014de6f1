"""Settings of signing in, and which of them nobody may start with."""

import pytest

from tests.builders.production import production
from tests.conftest import make_settings
from webapp import house_rules
from webapp.domain.accounts import passwords
from webapp.settings import SettingsError, from_environment


def test_the_house_rules_are_what_assessors_expect(tmp_path):
    house = house_rules(from_environment(production(tmp_path)))

    assert house.second_factor
    assert (house.idle.seconds, house.absolute.seconds, house.lock.seconds) == (30 * 60, 12 * 3600, 30 * 60)
    assert (house.failures, house.password_age.days, house.unused.days, house.networks) == (5, 90, 90, ())


def test_the_demo_has_one_factor_and_ages_nobody(tmp_path):
    house = house_rules(make_settings(tmp_path, "sqlite:///none", mode="demo"))

    assert (house.second_factor, house.password_age, house.unused) == (False, None, None)


def test_hashing_costs_what_the_settings_say_and_any_earlier_hash_still_counts(tmp_path):
    passwords.configure(2)
    try:
        known = passwords.hashed("a b c d e f")
        assert "m=2048,t=1,p=1" in known
        passwords.configure(from_environment(production(tmp_path)).password_memory)
        assert "m=47104,t=1,p=1" in passwords.hashed("a b c d e f")
        assert passwords.matches("a b c d e f", known)
        assert not passwords.matches("a b c d e g", known)
    finally:
        passwords.configure(make_settings(tmp_path, "sqlite:///none").password_memory)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECOND_FACTOR", "off", "for the demo alone"),
        ("SECOND_FACTOR", "maybe", "required or off"),
        ("ADMIN_NETWORKS", "10.1.0.0/99", "ADMIN_NETWORKS"),
        ("SESSION_HOURS", "25", "SESSION_HOURS"),
        ("SIGN_IN_FAILURES", "0", "SIGN_IN_FAILURES"),
        ("PASSWORD_MEMORY", "45", "PASSWORD_MEMORY"),
        ("FLASK_DEBUG", "1", "FLASK_DEBUG"),
        ("SECRET_KEY", "changeme", "SECRET_KEY"),
    ],
)
def test_production_refuses_and_says_why(tmp_path, name, value, words):
    with pytest.raises(SettingsError, match=words):
        from_environment(production(tmp_path) | {name: value})
