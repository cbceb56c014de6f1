"""The page of lane officers: a plate typed, scanned or read by a scanner gun, and one big answer (design 9).

The plate travels by POST and never stands in an address. The channel is chosen once and kept in a cookie.
"""

from __future__ import annotations

from flask import g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.lane import blueprint
from webapp.domain.lanes import answers, journal
from webapp.domain.limits.actions import take
from webapp.domain.passlist import channels
from webapp.errors import Invalid
from webapp.ui import fields, forms, guards, locales, sentences
from webapp.ui import lanes as words
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

CHANNEL_COOKIE = "hq_channel"
#: A working year; whoever changes his post chooses anew.
COOKIE_AGE = 365 * 24 * 60 * 60


class CheckForm(forms.Form):
    # A scanner gun types wherever the focus is, and ends with Enter.
    plate = fields.TextField(_l("車牌號碼"), autocomplete="off", autofocus=True)


class ChannelForm(forms.Form):
    channel = fields.RadioField(_l("你在哪個通道？"), choices=[])


@blueprint.route("/lane", methods=["GET", "POST"])
@guards.platform("lanes:check")
def check() -> Response:
    channel = _channel()
    if not channel:
        return redirect(url_for("lane.channel"), 303)
    form = CheckForm()
    if not form.is_submitted() or locales.switch_requested():
        return locales.answered(_page(channel, form))
    take("lane-officer", g.staff.account_ref)
    try:
        answer = answers.check(form.plate.data or "", channel)
    except Invalid as refused:
        form.add_errors(sentences.found(refused))
        return _page(channel, form, status=422)
    journal.write(
        {
            "kind": "plate",
            "asked_at": answer.at,
            "account_id": g.staff.account_id,
            "channel": channel,
            "plate": answer.plate,
            "plate_index": answer.plate_index,
            "result": answer.found.result,
            "reason": answer.reason,
        }
    )
    fresh = CheckForm(formdata=None)
    fresh.plate.label.text = _("下一輛車牌")
    return _page(channel, fresh, answer)


def _page(channel: str, form: CheckForm, answer: answers.Answer | None = None, status: int = 200) -> Response:
    shown = words.shown(answer) if answer else None
    body = render_template("lane/check.html", form=form, channel=words.channel(channel), answer=shown)
    return make_response(body, status)


@blueprint.route("/lane/channel", methods=["GET", "POST"])
@guards.platform("lanes:check")
def channel() -> Response:
    """Where the officer stands."""
    form = ChannelForm()
    form.channel.choices = words.channel_choices()
    if form.is_submitted():
        form.channel.process(request.form)  # again, now that its choices are known
    if not form.is_submitted() or locales.switch_requested():
        form.channel.data = form.channel.data or _channel()
        return locales.answered(make_response(render_template("lane/channel.html", form=form)))
    if not form.channel.data:
        form.refuse("channel", sentences.SENTENCES["choose"])
        return make_response(render_template("lane/channel.html", form=form), 422)
    response = redirect(url_for("lane.check"), 303)
    response.set_cookie(
        CHANNEL_COOKIE, form.channel.data, COOKIE_AGE, httponly=True, samesite="Lax", secure=request.is_secure
    )
    return response


def _channel() -> str:
    """The channel chosen in this browser, '' where it is none of today's."""
    chosen = request.cookies.get(CHANNEL_COOKIE, "")
    return chosen if chosen in {row.code for row in channels.all_channels()} else ""
