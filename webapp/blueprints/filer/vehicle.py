"""The page of one vehicle; another one follows when it is asked for."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from webapp.blueprints.filer import blueprint, pairing
from webapp.blueprints.filer.opening import Opened, with_draft
from webapp.blueprints.filer.question_forms import VehicleForm
from webapp.blueprints.filer.questions import answer, misplaced
from webapp.domain.filings import answering, eligibility, items
from webapp.ui import guards


@blueprint.route("/file/<ref>/vehicle/<int:number>", methods=["GET", "POST"])
@guards.draft
@with_draft
def vehicle(opened: Opened, number: int) -> Any:
    page = answering.vehicle_page(number)
    there = len(opened.answers.get("vehicles", []))
    # A correction, a change and a move are of these very vehicles.
    fixed = opened.draft.corrects is not None or bool({*opened.answers} & {answering.CHANGES, answering.MOVES})
    if request.method == "POST" and request.form.get("remove") == "yes":
        if not fixed and (number > 1 or there > 1):  # one vehicle there must be
            opened.save(answering.without_vehicle(opened.answers, number))
        return redirect(url_for("filer.check", ref=opened.ref), 303)
    if page not in answering.vehicle_pages(opened.answers):
        return redirect(url_for("filer.check", ref=opened.ref), 303)
    if moved := misplaced(opened, page):
        return moved
    if request.method == "POST" and request.form.get("without_invitation") == "yes":
        pairing.leave(opened, page, fixed)
        return redirect(url_for("filer.vehicle", ref=opened.ref, number=number), 303)
    if opened.no_longer_open:
        return _no_longer(opened, number)
    invited = pairing.of_page(opened, page, fixed)
    relation = answering.page_of(opened.answers, items.BELONGING).get("unit_relation", "")
    uses = eligibility.uses_open(opened.unit.unit_class, relation)
    form = VehicleForm(data=answering.page_of(opened.answers, page))
    form.ask_by(opened.policy, opened.unit.unit_class)
    form.fit(uses, relation)
    if fixed:
        del form.add_another
    if invited:
        form.leave_to_owner()
    return answer(
        opened,
        page,
        form,
        "filer/question/vehicle.html",
        number=number,
        uses=uses,
        there=there,
        most=items.MAX_VEHICLES,
        fixed=fixed,
        invited=invited,
        household=opened.policy.household_driver,
        of_household=relation == eligibility.HOUSEHOLD,
        typed=answering.page_of(opened.answers, page),
    )


def _no_longer(opened: Opened, number: int) -> Any:
    """What he is to the unit stands from a filing of before and is not open to another one: said before he types more.
    A draft that asks for it has sent him back to that page already (`misplaced`)."""
    body = render_template("filer/question/no_longer.html", ref=opened.ref, unit=opened.unit, number=number)
    return body, (409 if request.method == "POST" else 200)
