"""The register of data and the terms, for officers and auditors."""

from __future__ import annotations

from flask import render_template, request

from webapp.blueprints.platform import blueprint
from webapp.domain.privacy import register, retention
from webapp.ui import data as words
from webapp.ui import guards


@blueprint.get("/platform/data")
@guards.platform("data:read")
def data_register() -> str:
    shown = request.args.get("class", "")
    chosen = [
        (table.name, rows)
        for table in register.TABLES.values()
        if (rows := [one for one in table.columns.values() if not shown or one.data_class == shown])
    ]
    return render_template(
        "platform/data_register.html",
        items=[row for row in register.ITEMS.values() if not shown or row.data_class == shown],
        tables=chosen,
        terms=retention.terms().values(),
        shown=shown if shown in words.CLASSES else "",
        words=words,
    )
