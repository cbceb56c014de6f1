"""Help for people and for units, community committees, privacy, accessibility, contact."""

from __future__ import annotations

from flask import Response, current_app, jsonify, render_template, request

from webapp.blueprints.public import blueprint
from webapp.delivery.data_copies import SCHEMA_PATH
from webapp.domain.passlist import channels
from webapp.domain.pledges import leaving, privacy_text
from webapp.domain.privacy import my_data_shape
from webapp.domain.units import queries
from webapp.ui import guards, locales
from webapp.ui.requests import number_asked


@blueprint.get("/help")
@guards.public
def help_people() -> str:
    return render_template(
        "public/help/people.html", channels=channels.all_channels(), leaving=leaving.current(locales.select())
    )


@blueprint.get("/help/units")
@guards.public
def help_units() -> str:
    return render_template("public/help/units.html")


@blueprint.get("/committees")
@guards.public
def committees() -> str:
    words, place = request.args.get("q", "")[:80], number_asked("after")
    rows = queries.committees_named(words, after=place)
    more = len(rows) == queries.PAGE
    return render_template(
        "public/committees.html", committees=rows, words=words, paged=place, next_after=rows[-1].id if more else None
    )


@blueprint.get("/privacy")
@guards.public
def privacy() -> str:
    """The edition in force, or an earlier one as it was read."""
    wanted = number_asked("edition", digits=8)
    text, earlier = privacy_text.edition(wanted, locales.select()), privacy_text.earlier()
    return render_template("public/privacy.html", text=text, earlier=[one for one in earlier if one[0] != text.edition])


@blueprint.get("/privacy/my-data.schema.json")
@guards.public
def my_data_schema() -> Response:
    """What a copy of one's data is valid against."""
    return jsonify(my_data_shape.schema(f"{current_app.config['SETTINGS'].public_url}{SCHEMA_PATH}"))


@blueprint.get("/accessibility")
@guards.public
def accessibility() -> str:
    return render_template("public/accessibility.html")


@blueprint.get("/contact")
@guards.public
def contact() -> str:
    return render_template("public/contact.html", settings=current_app.config["SETTINGS"])
