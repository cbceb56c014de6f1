"""Production does not start with settings fit for a desk, and says all that is wrong at once."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders.production import key, production, seal
from webapp import clock, document_seals
from webapp.settings import SettingsError, from_environment


def test_production_starts_with_fit_settings(tmp_path):
    settings = from_environment(production(tmp_path))

    assert (settings.production, settings.backup_days, settings.metrics_port) == (True, 35, 0)


@pytest.mark.parametrize(
    "changes, named",
    [
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        ({"SECRET_KEY": "change-me"}, "SECRET_KEY"),
        ({"SECRET_KEY": "x" * 64}, "SECRET_KEY"),
        ({"INDEX_KEY": "A" * 43 + "="}, "INDEX_KEY is no key"),
        ({"INDEX_KEY": key("new")}, "INDEX_KEY is used"),
        ({"BACKUP_KEY": f"9:{key('old')}"}, "BACKUP_KEY is used"),
        ({"PUBLIC_URL": "http://passlist.example"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://127.0.0.1:8000"}, "PUBLIC_URL"),
        ({"SMTP_URL": "file:///tmp/mail"}, "SMTP_URL"),
        ({"SMTP_URL": "smtp://mail.example?tls=off"}, "SMTP_URL: tls=off"),
        ({"SMS_URL": "console:"}, "SMS_URL"),
        ({"PRIVACY_OFFICER": ""}, "needs these settings: PRIVACY_OFFICER"),
        ({"PRIVACY_PHONE": ""}, "reach PRIVACY_OFFICER"),
        ({"DATABASE_URL": "postgresql://passlist@db.example/passlist"}, "DATABASE_URL: to another machine"),
        ({"DATABASE_URL": "postgresql://p@db.example/p?sslmode=require"}, "DATABASE_URL: to another machine"),
        ({"DATABASE_URL": "postgresql:///p?host=db.example"}, "DATABASE_URL: to another machine"),
        ({"DRILL_DATABASE_URL": "postgresql://drill@db.example/drill"}, "DRILL_DATABASE_URL: to another machine"),
    ],
)
def test_production_refuses_what_is_fit_for_a_desk(tmp_path, changes, named):
    with pytest.raises(SettingsError, match=named):
        from_environment(production(tmp_path) | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"DATABASE_URL": "postgresql://passlist@db.example/passlist?sslmode=verify-full"},
        {"DATABASE_URL": "postgresql://passlist@127.0.0.1:5432/passlist"},
        {"DATABASE_URL": "postgresql:///passlist?host=/run/postgresql"},
        {"SMTP_URL": "smtp://127.0.0.1:25?tls=off"},
        {"SMTP_URL": "smtp://mail.example:587"},
    ],
)
def test_production_speaks_in_the_clear_to_its_own_machine_alone(tmp_path, changes):
    assert from_environment(production(tmp_path) | changes).production


def test_production_refuses_a_seal_that_is_none(tmp_path):
    demonstration = seal(tmp_path, document_seals.LOCAL_ORGANISATION)
    other, readable = seal(tmp_path, "Others"), seal(tmp_path, "Readable")
    Path(readable).chmod(0o644)
    (tmp_path / "nothing.pem").write_text("nothing")
    refused = {
        "made for demonstration": {"SEAL_KEY": demonstration, "SEAL_CHAIN": demonstration},
        "certificate of SEAL_KEY": {"SEAL_KEY": other},
        "mode 600": {"SEAL_KEY": readable, "SEAL_CHAIN": readable},
        "PEM file with a key": {"SEAL_KEY": str(tmp_path / "nothing.pem")},
        "each issued by the next": {"SEAL_CHAIN": str(tmp_path / "nothing.pem")},
        "production needs these settings": {"SEAL_CHAIN": ""},
    }
    for words, changes in refused.items():
        with pytest.raises(SettingsError, match=words):
            from_environment(production(tmp_path) | changes)
    with clock.travel(timedelta(days=4000)), pytest.raises(SettingsError, match="not valid today"):
        from_environment(production(tmp_path) | {"SEAL_KEY": other, "SEAL_CHAIN": other})


def test_production_names_everything_at_once_and_no_value(tmp_path):
    bad = {"SECRET_KEY": "swordfish", "SMS_URL": "memory:", "BACKUP_DIR": str(tmp_path / "data" / "copies")}

    with pytest.raises(SettingsError) as refused:
        from_environment(production(tmp_path) | bad)

    assert all(name in str(refused.value) for name in bad)
    assert "swordfish" not in str(refused.value)


def test_a_desk_starts_with_nothing_set(tmp_path):
    settings = from_environment({"DATA_DIR": str(tmp_path)})

    assert settings.backup_keys == ()
    assert settings.backup_dir == tmp_path / "backups"
