"""Who may ask by API at the channels: clients, their keys and their limits. For the system administrator."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock, crypto
from webapp.blueprints.platform import blueprint
from webapp.domain.lanes import ends, feed, keys
from webapp.domain.privacy import assessments
from webapp.errors import Conflict, Invalid
from webapp.ui import fields, forms, guards, lanes, locales, sealed_cookies, sentences
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values.numbers import typed_number

#: What is to be shown once, and for how long it can be.
KEY_COOKIE = "hq_lane_key"


class ClientForm(forms.Form):
    client_name = fields.TextField(_l("名稱"), hint=_l("例如：十字門隧道1號閘"), maxlength=keys.LONGEST_NAME)
    channels = fields.CheckboxesField(
        _l("可以查哪些通道"), hint=_l("一個也不選，就是所有通道"), choices=[], instead=True
    )
    assessment = fields.SelectField(
        _l("影響評估"),
        hint=_l("新的接收方要先有有效的評估，由名單管理員登記"),
        choices=[],
    )
    per_minute = fields.TextField(
        _l("每分鐘最多查多少次"), hint=_l("所有伺服器合計"), inputmode="numeric", width="code"
    )


@blueprint.get("/platform/lanes")
@guards.platform("lanes:manage")
def lane_clients() -> str:
    now = clock.now()
    asked, last_keys = keys.asked_since(now - timedelta(days=1)), ends.last_keys(now)
    rows = [
        {
            "client": client,
            "channels": lanes.channel_names(client.channels),
            "asked": asked.get(client.id, (0, None))[0],
            "last": asked.get(client.id, (0, None))[1],
            "last_key": last_keys.get(client.id),
        }
        for client in keys.clients()
    ]
    return render_template("platform/lanes/list.html", rows=rows, now=now, signing_key=feed.public_key())


@blueprint.route("/platform/lanes/new", methods=["GET", "POST"])
@guards.platform("lanes:manage")
def lane_client_new() -> Response:
    form = _client_form({"per_minute": str(keys.PER_MINUTE)})
    if not form.is_submitted() or locales.switch_requested():
        return locales.answered(_form_page(form, None))
    # The same key for the same press of the button: a repeat shows what the first made.
    key = _new_key(form)
    try:
        made = keys.create(staff_actor(), *_values(form), key, form.assessment.data or "", key=form.submission_key.data)
    except Invalid as refused:
        return _refused(form, None, refused)
    except Conflict as conflict:
        form.refuse("assessment", sentences.of(conflict.faults[0]))
        return _form_page(form, None, 409)
    return _show_once(made["client"], key)


@blueprint.get("/platform/lanes/<ref>")
@guards.platform("lanes:manage")
def lane_client(ref: str) -> Response:
    return _client_page(ref)


def _client_page(ref: str, status: int = 200, refused: str = "") -> Response:
    client, now = keys.one(ref), clock.now()
    form = forms.Form(formdata=None)
    if refused:
        form.refuse(None, refused)
    body = render_template(
        "platform/lanes/show.html",
        client=client,
        channels=lanes.channel_names(client.channels),
        keys=keys.keys_of(client),
        last_key=ends.last_keys(now).get(client.id),
        now=now,
        form=form,
    )
    return make_response(body, status)


@blueprint.route("/platform/lanes/<ref>/change", methods=["GET", "POST"])
@guards.platform("lanes:manage")
def lane_client_change(ref: str) -> Response:
    client = keys.one(ref)
    form = _client_form(
        {"client_name": client.name, "channels": client.channels or [], "per_minute": str(client.per_minute)}
    )
    if not form.is_submitted() or locales.switch_requested():
        return locales.answered(_form_page(form, client))
    try:
        keys.change(staff_actor(), ref, *_values(form), key=form.submission_key.data)
    except Invalid as refused:
        return _refused(form, client, refused)
    except Conflict as conflict:
        return _client_page(ref, 409, sentences.of(conflict.faults[0]))
    flash(_("已更改，幾秒內在所有伺服器生效。"))
    return redirect(url_for("platform.lane_client", ref=ref), 303)


@blueprint.route("/platform/lanes/<ref>/rotate", methods=["GET", "POST"])
@guards.platform("lanes:manage")
def lane_key_rotate(ref: str) -> Response:
    client, form = keys.one(ref), forms.Form()
    if not form.is_submitted() or locales.switch_requested():
        return locales.answered(make_response(render_template("platform/lanes/rotate.html", client=client, form=form)))
    key = _new_key(form)
    try:
        keys.rotate(staff_actor(), ref, key, key=form.submission_key.data)
    except Conflict as conflict:
        return _client_page(ref, 409, sentences.of(conflict.faults[0]))
    return _show_once(ref, key)


@blueprint.get("/platform/lanes/<ref>/key")
@guards.platform("lanes:manage")
def lane_key(ref: str) -> Response:
    """A new key, this once."""
    client, path = keys.one(ref), url_for("platform.lane_key", ref=ref)
    key = sealed_cookies.read(KEY_COOKIE, path).get("key", "")
    if not key:
        return _client_page(ref, 409, str(sentences.SENTENCES["lane_key_shown"]))
    holder = keys.caller(key)
    body = render_template(
        "platform/lanes/key.html",
        client=client,
        key=key,
        ends_at=holder.key_ends_at if holder else None,
        signing_key=feed.public_key(),
    )
    response = make_response(body)
    sealed_cookies.drop(response, KEY_COOKIE, path)
    return response


@blueprint.post("/platform/lanes/<ref>/keys/<key_ref>/end")
@guards.platform("lanes:manage")
def lane_key_end(ref: str, key_ref: str) -> Response:
    try:
        keys.end_key(staff_actor(), ref, key_ref, key=forms.Form().submission_key.data)
    except Conflict as conflict:
        return _client_page(ref, 409, sentences.of(conflict.faults[0]))
    flash(_("這條密鑰已失效，幾秒內在所有伺服器生效。"))
    return redirect(url_for("platform.lane_client", ref=ref), 303)


@blueprint.route("/platform/lanes/<ref>/end", methods=["GET", "POST"])
@guards.platform("lanes:manage")
def lane_client_end(ref: str) -> Response:
    client, form = keys.one(ref), forms.Form()
    if not form.is_submitted() or locales.switch_requested():
        return locales.answered(make_response(render_template("platform/lanes/end.html", client=client, form=form)))
    try:
        keys.end(staff_actor(), ref, key=form.submission_key.data)
    except Conflict as conflict:
        return _client_page(ref, 409, sentences.of(conflict.faults[0]))
    flash(_("已停用，它的密鑰全部失效。"))
    return redirect(url_for("platform.lane_client", ref=ref), 303)


def _client_form(known: dict[str, Any]) -> ClientForm:
    form = ClientForm(data=known)
    form.channels.choices = lanes.channel_choices()
    weighed = assessments.valid(assessments.GIVING)
    form.assessment.choices = [("", _("請選擇")), *((row.ref, f"{row.number} {row.about}") for row in weighed)]
    if form.is_submitted():
        form.channels.process(request.form)  # again, now that their choices are known
        form.assessment.process(request.form)
    return form


def _values(form: ClientForm) -> tuple[str, list[str], int]:
    figure = typed_number(form.per_minute.data, digits=8) or 0
    return form.client_name.data or "", list(form.channels.data or []), figure


def _form_page(form: ClientForm, client: Any, status: int = 200) -> Response:
    return make_response(render_template("platform/lanes/form.html", form=form, client=client), status)


def _refused(form: ClientForm, client: Any, refused: Invalid) -> Response:
    form.add_errors(sentences.found(refused))
    return _form_page(form, client, 422)


def _new_key(form: forms.Form) -> str:
    return crypto.derive_token("lane-key", f"{staff_actor().ref}:{form.submission_key.data}")


def _show_once(ref: str, key: str) -> Response:
    path = url_for("platform.lane_key", ref=ref)
    response = redirect(path, 303)
    sealed_cookies.put(response, KEY_COOKIE, path, {"key": key})
    return response
