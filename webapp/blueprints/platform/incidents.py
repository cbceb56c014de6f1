"""Incidents: noted, whom they touch, the letters drafted by one officer and released by another; the record."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import Response, current_app, flash, g, make_response, redirect, render_template, url_for

from webapp import clock
from webapp.blueprints.platform import blueprint
from webapp.domain.accounts import queries as accounts
from webapp.domain.privacy import incident_reach, incident_records, incidents
from webapp.domain.privacy.incidents import LOCALES, PARTS, Happened
from webapp.domain.units import queries as units
from webapp.errors import Conflict, Invalid, NotAllowed, Refusal
from webapp.ui import fields, forms, guards, locales, privacy, rights, sentences
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import in_language
from webapp.ui.words import lazy_gettext as _l

#: So many of those whom it touches stand on the page; the record has all.
SHOWN = 50


class NoteForm(forms.Form):
    kinds = fields.CheckboxesField(_l("涉及的資料"), choices=rights.DATA_KINDS.items())
    cause = fields.RadioField(_l("發生了甚麼事"), choices=rights.CAUSES.items())
    began = fields.TextField(_l("由甚麼時候"), hint=_l("例如2026-11-20 09:30"), width="half", maxlength=16)
    ended = fields.TextField(_l("到甚麼時候"), hint=_l("例如2026-11-21 18:00"), width="half", maxlength=16)
    scope = fields.RadioField(_l("怎樣找出受影響的人"), choices=rights.SCOPES.items())
    refs = fields.TextAreaField(
        _l("範圍"),
        hint=_l(
            "每行一項：單位的二維碼編號、登記號碼或名稱，職員帳號的電郵，或申報編號、文件編號、檔案的參考編號。全部人不用填"
        ),
        optional=True,
        maxlength=100_000,
    )
    account = fields.TextAreaField(_l("經過"), hint=_l("只作內部記錄，加密保存"), maxlength=incidents.WORDS_LONGEST)


def _letter_form() -> type[forms.VersionedForm]:
    labels = {
        "harm": _l("可能的影響"),
        "measures": _l("已採取的措施"),
        "advice": _l("你可以怎樣做"),
    }
    made: dict[str, Any] = {
        f"{part}_{locale}": fields.TextAreaField(
            labels[part], lang=locales.lang_tag(locale), rows=3, maxlength=incidents.PART_LONGEST
        )
        for locale in LOCALES
        for part in PARTS
    }
    made["contact"] = fields.TextField(_l("聯絡"), maxlength=incidents.CONTACT_LONGEST)
    return type("LetterForm", (forms.VersionedForm,), made)


LetterForm = _letter_form()


@blueprint.get("/platform/incidents")
@guards.platform("incidents:manage")
def incidents_register() -> str:
    return render_template("platform/incidents/list.html", rows=incident_records.listed(), rights=rights)


@blueprint.route("/platform/incidents/new", methods=["GET", "POST"])
@guards.platform("incidents:manage")
def incident_new() -> Any:
    form, status = NoteForm(), 200
    if form.is_submitted() and not locales.switch_requested():
        what = Happened(
            list(form.kinds.data or []),
            form.cause.data or "",
            form.scope.data or "",
            _refs(form.scope.data or "", form.refs.data or ""),
            _instant(form.began.data),
            _instant(form.ended.data),
            form.account.data or "",
        )
        try:
            made = incidents.note(staff_actor(), what, key=form.submission_key.data)
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
            status = 422
        else:
            flash(_("已登記，編號%(number)s。", number=made["number"]))
            return redirect(url_for("platform.incident", ref=made["incident"]), 303)
    return locales.answered(make_response(render_template("platform/incidents/new.html", form=form), status))


def _refs(scope: str, typed: str) -> list[str]:
    """The lines; accounts are typed as their mailboxes, units by code, number or name."""
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    find = {"account": accounts.by_email, "unit": _unit}.get(scope)
    return [getattr(find(line), "ref", line) for line in lines] if find else lines


def _unit(typed: str) -> Any:
    """The one unit whose enrolment code, registration number or name this is."""
    found = units.found(units.Filter(words=typed), limit=2)
    return units.by_code(typed).unit or (found[0] if len(found) == 1 else None)


def _instant(typed: str | None) -> datetime | None:
    """A moment of the zone as typed, `2026-11-20 09:30`."""
    try:
        return datetime.strptime((typed or "").strip(), "%Y-%m-%d %H:%M").replace(tzinfo=clock.ZONE)
    except ValueError:
        return None


@blueprint.get("/platform/incidents/<ref>")
@guards.platform("incidents:manage")
def incident(ref: str) -> Any:
    return _page(ref)


def _page(ref: str, status: int = 200, trouble: str = "") -> Any:
    row = incident_records.one(ref)
    touched = incident_reach.listed(row)
    body = render_template(
        "platform/incidents/show.html",
        row=row,
        account=incident_records.account_of(row),
        letter=incident_records.letter_of(row),
        people=len({person for _ref, person, _number in touched}),
        numbers=sorted(number for _ref, _person, number in touched)[:SHOWN],
        total=len(touched),
        steps=rights.incident_timeline(row),
        mine=row.proposed_by_id == g.staff.account_id,
        form=forms.VersionedForm(formdata=None, data={"version": row.version}),
        trouble=trouble,
        authority=current_app.config["SETTINGS"].authority_email,
        rights=rights,
        parts=PARTS,
        letter_locales=[(one, locales.NAMES[one]) for one in LOCALES],
    )
    return make_response(body, status)


@blueprint.route("/platform/incidents/<ref>/letter", methods=["GET", "POST"])
@guards.platform("incidents:manage")
def incident_letter(ref: str) -> Any:
    """The letters to persons and authority: drafted by what is known, for the officer to complete."""
    row = incident_records.one(ref)
    form, status = LetterForm(data=_drafted(row)), 200
    if form.is_submitted() and not locales.switch_requested():
        texts = {one: {part: form[f"{part}_{one}"].data or "" for part in PARTS} for one in LOCALES}
        letter = {"texts": texts, "contact": form["contact"].data or ""}
        try:
            incidents.propose(staff_actor(), ref, letter, form.expected_version, key=form.submission_key.data)
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
            status = 422
        except Conflict as refused:
            return _page(ref, 409, sentences.of(refused.faults[0]))
        else:
            flash(_("已擬定，要由另一位名單管理員發出。"))
            return redirect(url_for("platform.incident", ref=ref), 303)
    page = render_template(
        "platform/incidents/letter.html",
        row=row,
        form=form,
        rights=rights,
        parts=PARTS,
        letter_locales=[(one, locales.NAMES[one]) for one in LOCALES],
    )
    return locales.answered(make_response(page, status))


def _drafted(row: Any) -> dict[str, Any]:
    """What the letter says already, or would say of these kinds of data."""
    kept, data = incident_records.letter_of(row), {"version": row.version}
    for locale in LOCALES:
        with in_language(locale):
            first = {
                "harm": rights.harm(row.kinds),
                "measures": _("已即時堵塞，並正查明原因。"),
                "advice": _("請提防陌生電話、短訊和連結；我們不會索取密碼、驗證碼或費用。有疑問請聯絡我們。"),
            }
        for part in PARTS:
            data[f"{part}_{locale}"] = kept["texts"].get(locale, {}).get(part) or first[part]
    contact = privacy.contact()
    said = "，".join(one for one in (contact["officer"], contact["phone"], contact["email"]) if one)
    return data | {"contact": kept["contact"] or said}


@blueprint.post("/platform/incidents/<ref>/<any(release, reject, close):act>")
@guards.platform("incidents:manage")
def incident_act(ref: str, act: str) -> Any:
    form = forms.VersionedForm()
    version, key = form.expected_version, form.submission_key.data
    try:
        if act == "release":
            authority = current_app.config["SETTINGS"].authority_email
            made = incidents.release(staff_actor(), ref, version, authority, locales.select(), key=key)
            flash(_("已發出，受影響的%(people)s人會逐一收到通知。", people=made["people"]))
        elif act == "reject":
            incidents.send_back(staff_actor(), ref, version, key=key)
            flash(_("已退回，請再擬。"))
        else:
            incidents.close(staff_actor(), ref, version, key=key)
            flash(_("已結束。"))
    except (Conflict, NotAllowed) as refused:
        return _refused(ref, refused)
    return redirect(url_for("platform.incident", ref=ref), 303)


def _refused(ref: str, refused: Refusal) -> Any:
    return _page(ref, 403 if isinstance(refused, NotAllowed) else 409, sentences.of(refused.faults[0]))


@blueprint.post("/platform/incidents/<ref>/record")
@guards.platform("incidents:manage")
def incident_record(ref: str) -> Response:
    """The record as a file for the authority; that it was taken is on record, each time."""
    row = incident_records.one(ref)
    incidents.export(staff_actor(), ref)
    body = json.dumps(incident_records.whole(row), ensure_ascii=False, indent=1)
    response = Response(body, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{row.number.lower()}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response
