"""What the record knows of copies: one act for each that was made or put back, by the system itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from webapp.domain.audit.acts import Act, action, record
from webapp.domain.audit.models import DONE
from webapp.domain.audit.models import Act as ActRow

CREATE = "backup:create"


@action(CREATE)
def created(act: Act, name: str, facts: dict[str, Any]) -> dict[str, Any]:
    """A copy was made, and read again: `name` of its file; `facts` are numbers and digests."""
    record(act, "backup:created", name)
    return {"name": name, **facts}


@action("backup:restore")
def restored(act: Act, name: str, facts: dict[str, Any]) -> dict[str, Any]:
    """A copy was put back, and what is there equals it."""
    record(act, "backup:restored", name)
    return {"name": name, **facts}


@action("backup:drill")
def drilled(act: Act, name: str, facts: dict[str, Any]) -> dict[str, Any]:
    """A copy was put back beside the system and equalled it; it is gone again."""
    record(act, "backup:drilled", name)
    return {"name": name, **facts}


def last_made() -> datetime | None:
    """When the newest copy was finished."""
    return (
        ActRow.select(ActRow.at)
        .where(ActRow.verb == CREATE, ActRow.outcome == DONE)
        .order_by(ActRow.id.desc())
        .limit(1)
        .scalar()
    )
