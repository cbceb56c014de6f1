"""At the counter: a person whose phone is lost, checked with his document, gets his new one on file; and a person whom
the system knows by two documents becomes one."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for

from webapp.blueprints.unit import blueprint
from webapp.domain.accounts import codes
from webapp.domain.filings import following, identities, replacing_phones
from webapp.errors import Conflict, Fault, Invalid, TooMany
from webapp.ui import fields, forms, guards, items, sentences
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values import phones


class PhoneForm(forms.Form):
    id_tail = fields.TextField(
        _l("本人出示的證件號碼，最後四位"), hint=_l("請本人出示證件，與本人核對後輸入"), width="date", maxlength=60
    )
    phone_region = fields.SelectField(items.LABELS["phone_region"], choices=items.choices(items.REGIONS))
    phone = fields.TelField(_l("號碼"), inputmode="tel", maxlength=40)
    seen = fields.CheckboxField(_l("我已當面核對本人和證件"))

    @property
    def asked(self) -> tuple[Any, ...]:
        """What has to be filled, in the order of the page."""
        return self.id_tail, self.phone_region, self.phone, self.seen


class CodeForm(forms.Form):
    phone_code = fields.TextField(
        _l("新電話收到的驗證碼"), hint=_l("6個數字，請本人讀出"), width="code", inputmode="numeric", maxlength=12
    )


class LinkForm(forms.Form):
    number = fields.TextField(_l("另一份申報的編號"), hint=_l("例如HQ-7K2F-93QD"), width="code", maxlength=40)


class SeenForm(forms.Form):
    seen = fields.CheckboxField(_l("我已當面核對兩份證件，屬於同一人"))


@blueprint.route("/unit/person/<ref>/phone", methods=["GET", "POST"])
@guards.unit("phones:replace")
def person_phone(ref: str) -> Any:
    unit_id = g.staff.unit.id
    submission = replacing_phones.opened(staff_actor(), unit_id, ref)
    form, status = PhoneForm(), 200
    if form.is_submitted():
        try:
            if empty := [field.name for field in form.asked if not field.data]:
                raise Invalid(faults=[Fault(name, "missing") for name in empty])
            asked = replacing_phones.ask(
                staff_actor(),
                unit_id,
                ref,
                form.phone_region.data,
                form.phone.data,
                form.id_tail.data,
                submission.language,
            )
            return redirect(url_for("unit.person_code", ref=ref, asked=asked), 303)
        except (Invalid, TooMany) as refused:
            form.add_errors(sentences.found(refused))
            status = 429 if isinstance(refused, TooMany) else 422
    page = render_template("unit/person/phone.html", form=form, submission=submission, card=_card(submission))
    return page, status


@blueprint.route("/unit/person/<ref>/phone/<asked>", methods=["GET", "POST"])
@guards.unit("phones:replace")
def person_code(ref: str, asked: str) -> Any:
    """The code that the new phone received."""
    unit_id = g.staff.unit.id
    kept = replacing_phones.asked(unit_id, ref, asked)
    shown = codes.shown(kept["code"]) if current_app.config["SETTINGS"].demo else ""
    form, status = CodeForm(data={"phone_code": shown}), 200
    if form.is_submitted():
        try:
            if not form.phone_code.data.strip():
                raise Invalid("missing", field="phone_code")
            codes.prove(
                kept["code"],
                replacing_phones.PURPOSE,
                kept["phone"],
                form.phone_code.data,
                field="phone_code",
                actor=staff_actor(),
            )
            replacing_phones.replace(staff_actor(), unit_id, ref, kept["phone"], key=asked)
        except (Invalid, Conflict) as refused:
            form.add_errors(sentences.found(refused))
            status = 409 if isinstance(refused, Conflict) else 422
        else:
            flash(_("已更換電話，並已通知舊電話。24小時內，新電話不能移出、撤回或下載資料。"))
            return redirect(url_for("unit.person_phone", ref=ref), 303)
    submission = replacing_phones.of_its_unit(unit_id, ref)
    number = phones.mask(kept["phone"])
    page = render_template("unit/person/code.html", form=form, submission=submission, number=number, shown=shown)
    return page, status


@blueprint.route("/unit/person/<ref>/link", methods=["GET", "POST"])
@guards.unit("people:link")
def person_link(ref: str) -> Any:
    """Two documents of one person: the other filing is named, both are shown, then linked."""
    unit_id = g.staff.unit.id
    submission = replacing_phones.opened(staff_actor(), unit_id, ref)
    other = identities.other(unit_id, submission, request.args.get("with", ""))
    if other is not None:
        replacing_phones.opened(staff_actor(), unit_id, other.ref)
    form: Any = SeenForm() if other is not None else LinkForm()
    status = 200
    if form.is_submitted():
        try:
            if other is None:
                found = identities.named(unit_id, submission, form.number.data)
                return redirect(url_for("unit.person_link", ref=ref, **{"with": found.ref}), 303)
            if not form.seen.data:
                raise Invalid("missing", field="seen")
            identities.link(staff_actor(), unit_id, ref, other.ref, key=form.submission_key.data)
        except (Invalid, Conflict) as refused:
            form.add_errors(sentences.found(refused))
            status = 409 if isinstance(refused, Conflict) else 422
        else:
            flash(_("兩份證件已連結為同一人。"))
            return redirect(url_for("unit.person_phone", ref=ref), 303)
    both = [(one.number, _card(one)) for one in (submission, other) if one is not None]
    return render_template("unit/person/link.html", form=form, submission=submission, other=other, both=both), status


def _card(submission: Any) -> Any:
    return following.journeys(submission)[0].card
