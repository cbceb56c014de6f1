"""Help for people and for units, community committees, privacy, accessibility, contact."""

from __future__ import annotations

from flask import current_app, render_template

from webapp.blueprints.public import blueprint
from webapp.domain.passlist import channels
from webapp.domain.pledges import leaving
from webapp.domain.units import queries
from webapp.ui import guards, locales


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
    return render_template("public/committees.html", committees=queries.committees())


@blueprint.get("/privacy")
@guards.public
def privacy() -> str:
    return render_template("public/privacy.html")


@blueprint.get("/accessibility")
@guards.public
def accessibility() -> str:
    return render_template("public/accessibility.html")


@blueprint.get("/contact")
@guards.public
def contact() -> str:
    return render_template("public/contact.html", settings=current_app.config["SETTINGS"])
