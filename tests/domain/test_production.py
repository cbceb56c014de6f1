"""Production does not start with settings fit for a desk, and says all that is wrong at once."""

import pytest

from tests.builders.production import key, production
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
        ({"SMS_URL": "console:"}, "SMS_URL"),
    ],
)
def test_production_refuses_what_is_fit_for_a_desk(tmp_path, changes, named):
    with pytest.raises(SettingsError, match=named):
        from_environment(production(tmp_path) | changes)


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
