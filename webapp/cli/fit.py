"""Whether production may start here: `python -m webapp.cli.fit` says why not, and ends with 1.

Settings are judged by themselves (webapp.settings, webapp.production); this also looks into the database, whose
accounts of a demo everybody knows the password of, and whose values another key may have sealed.
"""

from __future__ import annotations

import sys

from webapp import configure_core, database, serving
from webapp.domain.audit.models import Act
from webapp.domain.privacy import keys
from webapp.settings import Settings, SettingsError, from_environment


def check(settings: Settings) -> None:
    """Raises SettingsError where the keys do not open what is stored, and where production would serve a demo's
    accounts, or by a role that may take back what is on record. The database is connected. Marks of keys that are new
    are kept."""
    if unfit := keys.faults():
        raise SettingsError("does not start: " + "; ".join(unfit))
    if keys.may_record():
        keys.record()
    # By what was done, not by mailboxes: those can be read with the demo's own key alone.
    if settings.production and Act.table_exists() and Act.select().where(Act.verb.startswith("demo:")).exists():
        raise SettingsError("production does not start: the database was filled as a demo, its accounts are known")
    if settings.production and not database.is_sqlite() and Act.table_exists() and (more := serving.excessive_rights()):
        raise SettingsError(
            "production does not start: the role of DATABASE_URL may " + ", ".join(more) + "; serve with a role of its"
            " own (SERVING_ROLE, docs/operations.md)"
        )


def main() -> int:
    try:
        settings = from_environment()
        configure_core(settings)
        database.connect()
        check(settings)
    except SettingsError as unfit:
        sys.stderr.write(f"{unfit}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
