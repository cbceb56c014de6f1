"""Changing what is in force, from the status page: what is to change is chosen, the rest is typed already."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.filer import blueprint
from webapp.blueprints.filer.status_access import Access, with_full
from webapp.domain.filings import changing, drafts, standing
from webapp.domain.filings.items import BELONGING, CONTACT, LICENCE, PERSON
from webapp.domain.units import queries as units
from webapp.errors import Conflict, Invalid, Refusal
from webapp.ui import fields, forms, guards, locales, sentences
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values import plates

PAGES: dict[str, tuple[Any, Any]] = {
    CONTACT: (_l("電話、電郵或通知語言"), _l("即時生效。新電話要以驗證碼核對")),
    PERSON: (_l("姓名或身份證件"), _l("換了證件、續期或改名。單位要再驗核")),
    BELONGING: (_l("與單位的關係、住址或居住證"), _l("單位要再驗核")),
    LICENCE: (_l("駕駛證"), _l("續期或換證。單位要再驗核")),
}


class ChangeForm(forms.Form):
    change_pages = fields.CheckboxesField(
        _l("要改甚麼？可選多項"), choices=[(page, *words) for page, words in PAGES.items()]
    )
    change_vehicles = fields.CheckboxesField(_l("要改哪輛車的資料？"), choices=None)

    def fit(self, mine: list[standing.Standing]) -> None:
        """Contact always; the rest only of what is in force, and no vehicle that is being changed already."""
        free = bool(mine) and not any(one.moving for one in mine)
        self.change_pages.choices = [(page, *words) for page, words in PAGES.items() if free or page == CONTACT]
        self.change_vehicles.choices = [
            (one.ref, "　".join(plates.display(each) for each in one.card.plates), _vehicle_hint(one))
            for one in mine
            if not one.moving
        ]


def _vehicle_hint(one: standing.Standing) -> str:
    if one.entry.vehicle_use == "unit":
        return _("單位車輛。車牌由單位更改，這裏可改用途和其他資料")
    return _("車牌、用途、車主、大小、車輛識別代號或顏色。換了另一輛車，請用“加一輛車”")


@blueprint.route("/s/<token>/change", methods=["GET", "POST"])
@guards.status
@with_full
def status_change(access: Access) -> Any:
    mine = standing.of(access.submission)
    form = ChangeForm()
    form.fit(mine)
    if not mine and not form.is_submitted():
        form.change_pages.data = [CONTACT]
    status = 200
    if form.is_submitted() and not locales.switch_requested():
        try:
            return go(changing.begin(access.submission, form.change_pages.data, form.change_vehicles.data))
        except (Invalid, Conflict) as refused:
            status = refuse(form, refused)
    page = render_template(
        "filer/change/choose.html",
        access=access,
        form=form,
        mine=mine,
        moving=sorted({one.moving for one in mine if one.moving}),
    )
    return locales.answered(make_response(page, status))


@blueprint.route("/s/<token>/add", methods=["GET", "POST"])
@guards.status
@with_full
def status_add(access: Access) -> Any:
    """One more vehicle: everything else is known."""
    form = forms.Form()
    status = 200
    if form.is_submitted():
        try:
            return go(changing.begin_addition(access.submission))
        except Conflict as refused:
            status = refuse(form, refused)
    unit = units.by_id(standing.unit_id(access.submission))
    return render_template("filer/change/add.html", access=access, form=form, unit=unit), status


def go(draft: Any) -> Response:
    return redirect(url_for("filer.resume", token=drafts.resume_token(draft.ref)), 303)


def refuse(form: forms.Form, refused: Refusal) -> int:
    for fault in refused.faults:
        form.refuse(fault.field if fault.field in form else None, sentences.of(fault))
    return 409 if isinstance(refused, Conflict) else 422
