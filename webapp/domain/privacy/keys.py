"""Whether the keys are those that what is stored was made with: asked before anything is served, refused otherwise.

For each key in use the database keeps a mark (`crypto.marks`), written when the key is first seen, after a stored value
was opened with it. A key that is another one, or that is missing although values need it, is named.
"""

from __future__ import annotations

from webapp import crypto
from webapp.database import transaction
from webapp.domain.accounts.models import Account
from webapp.domain.privacy.models import KeyCheck
from webapp.domain.registry.models import Answers

INDEX = "index"
FIELD = "field:"


def faults() -> list[str]:
    """A sentence for the log and the command line about each key that does not fit; [] where all do."""
    if not KeyCheck.table_exists():
        return []
    marks = crypto.marks()
    kept = {name: bytes(value) for name, value in KeyCheck.select(KeyCheck.name, KeyCheck.value).tuples()}
    found = []
    for name, mark in sorted(kept.items()):
        number = name.removeprefix(FIELD)
        if name.startswith(FIELD) and name not in marks:
            found.append(f"FIELD_KEYS lacks key {number}, under which values are sealed here")
        elif name.startswith(FIELD) and marks[name] != mark:
            found.append(f"FIELD_KEYS: key {number} is another one than the values here were sealed under")
        elif name == INDEX and marks[name] != mark:
            found.append("INDEX_KEY is another one than the indexes here were made under (`keys rotate --index`)")
    if not kept and not _opens():
        found.append("FIELD_KEYS: what is stored here does not open under these keys")
    return found


def may_record() -> bool:
    """Whether the table of marks is there: before `db upgrade` it is not."""
    return bool(KeyCheck.table_exists())


def record() -> None:
    """Keep the marks of the keys that seal and index from now on. After `faults` found none."""
    marks = crypto.marks()
    with transaction():
        for name in (f"{FIELD}{crypto.newest_key()}", INDEX):
            KeyCheck.insert(name=name, value=marks[name]).on_conflict_ignore().execute()


def forget(key_id: int) -> None:
    """Nothing is sealed under this key any more. Inside a transaction."""
    KeyCheck.delete().where(KeyCheck.name == f"{FIELD}{key_id}").execute()


def index_mark() -> bytes | None:
    """The mark of the key that the indexes here were made with; None where none is kept."""
    value = KeyCheck.select(KeyCheck.value).where(KeyCheck.name == INDEX).scalar()
    return None if value is None else bytes(value)


def renew_index() -> None:
    """The indexes are those of the present key. Inside a transaction."""
    KeyCheck.delete().where(KeyCheck.name == INDEX).execute()
    KeyCheck.create(name=INDEX, value=crypto.marks()[INDEX])


def _opens() -> bool:
    """Whether something that was sealed before there were marks opens. True where nothing is sealed yet."""
    try:
        for model, column in ((Account, "name"), (Answers, "sealed")):
            row = model.select().order_by(model.id.desc()).first()
            if row is not None:
                crypto.unseal(getattr(row, column), model._meta.table_name, column, row.ref)
    except crypto.Unreadable:
        return False
    return True
