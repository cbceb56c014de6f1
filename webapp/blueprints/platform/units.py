"""The platform's queue of units, and what an officer decides about one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.platform import blueprint
from webapp.domain.accounts import queries as accounts
from webapp.domain.closings import reach
from webapp.domain.privacy import entrusting
from webapp.domain.sanctions import matching as sanctions
from webapp.domain.units import deciding, members, proposals, queries, rules, states, telling
from webapp.domain.units.queries import Unit
from webapp.errors import Conflict, Invalid, NotFound
from webapp.ui import fields, forms, guards, locales, papers, sentences, timelines
from webapp.ui.presenters import UNIT_CLASSES, reason
from webapp.ui.requests import number_asked, staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values import organisations

STATE_WORDS: dict[str, Any] = {
    "pending": _l("待認證"),
    "returned": _l("退回補正"),
    "certified": _l("已認證"),
    "suspended": _l("暫停"),
    "refused": _l("不予認證"),
    "withdrawn": _l("已撤回"),
    "deregistered": _l("已註銷"),
}


class ReasonForm(forms.VersionedForm):
    reason = fields.CheckboxesField(_l("原因"))
    note = fields.TextAreaField(
        _l("給單位的說明"), hint=_l("單位會看到，請不要寫證件號碼"), optional=True, maxlength=1000
    )


class NoteForm(forms.VersionedForm):
    note = fields.TextAreaField(_l("恢復的理由"), hint=_l("單位會看到"), maxlength=1000)


#: Path word -> (transition, deed, reasons an officer may choose).
DEEDS: dict[str, tuple[str, Callable[..., Any], tuple[str, ...]]] = {
    "return": (states.RETURN, deciding.return_, rules.RETURN_REASONS),
    "refuse": (states.REFUSE, deciding.refuse, rules.REFUSE_REASONS),
    "suspend": (states.SUSPEND, deciding.suspend, rules.SUSPEND_REASONS),
}
#: What is said once a deed is done.
DONE = {
    "return": _l("已退回%(unit)s補正，並已通知單位。"),
    "refuse": _l("已決定不予認證%(unit)s，並已通知單位。"),
    "suspend": _l("已暫停%(unit)s，並已通知單位。"),
}


@blueprint.get("/platform/units")
@guards.platform("units:read")
def units() -> str:
    wanted = queries.Filter(
        state=_known(request.args.get("state", "pending"), (*STATE_WORDS, "")),
        unit_class=_known(request.args.get("class", ""), tuple(UNIT_CLASSES)),
        words=request.args.get("q", "")[:80],
    )
    after = number_asked("after")
    rows = queries.found(wanted, after=after)
    counts = queries.counts(wanted)
    return render_template(
        "platform/units/list.html",
        rows=rows,
        wanted=wanted,
        states=[(state, STATE_WORDS[state], counts.get(state, 0)) for state in STATE_WORDS],
        classes=UNIT_CLASSES,
        paged=bool(after),
        next_after=rows[-1].id if len(rows) == queries.PAGE else None,
    )


def _known(word: str, words: tuple[str, ...]) -> str:
    return word if word in words else ""


@blueprint.get("/platform/units/<ref>")
@guards.platform("units:read")
def unit(ref: str) -> str:
    return _unit_page(queries.one(ref))


def _late(ref: str, conflict: Conflict) -> Response:
    """Somebody was faster: the unit as it is now."""
    return make_response(_unit_page(queries.one(ref), sentences.of(conflict.faults[0])), 409)


def _unit_page(found: Unit, trouble: str = "") -> str:
    history = queries.steps(found)
    last = history[-1]
    hint = organisations.class_hint(found.registration_number) if found.registration_place == "cn" else None
    return render_template(
        "platform/units/show.html",
        unit=found,
        details=queries.details(found),
        timeline=timelines.of_unit(found, history),
        officer_note=queries.note(found, last),
        hint=hint if hint and hint != found.unit_class else None,
        possible=states.possible(found.state),
        proposals=proposals.waiting(found.id),
        papers=[(name, queries.paper(found, name)) for name in ("proof", "authorisation")],
        code=queries.active_code(found.id),
        staff_names=[(accounts.name_of(one.account), one.role) for one in members.active(found.id)],
        form=forms.VersionedForm(formdata=None, data={"version": found.version}),
        contract=entrusting.current(found.id),
        sanctions=sanctions.of_registration(found.registration_place, found.registration_number),
        told=telling.told_waiting(last.act_id),
        trouble=trouble,
    )


@blueprint.get("/platform/units/<ref>/progress")
@guards.platform("units:read")
def unit_progress(ref: str) -> str:
    """The part of the page that says how many of those who wait were told."""
    found = queries.one(ref)
    told = telling.told_waiting(queries.steps(found)[-1].act_id)
    if told is None:
        raise NotFound("not_found")
    return render_template("platform/units/_progress.html", unit=found, told=told)


@blueprint.post("/platform/units/<ref>/certify")
@guards.platform("units:decide")
def unit_certify(ref: str) -> Response:
    found = queries.one(ref)
    form = forms.VersionedForm()
    try:
        deciding.certify(staff_actor(), found.id, form.expected_version or 0, key=form.submission_key.data)
    except Conflict as conflict:
        return _late(ref, conflict)
    flash(_("%(unit)s已認證，二維碼已生成，並已通知單位。", unit=found.name), "info")
    return redirect(url_for("platform.units"), 303)


@blueprint.route("/platform/units/<ref>/<any('return', refuse, suspend):deed>", methods=["GET", "POST"])
@guards.platform("units:decide")
def unit_decide(ref: str, deed: str) -> Response:
    """Return, refuse or suspend: reasons and words on a page of their own."""
    found = queries.one(ref)
    transition, perform, reasons = DEEDS[deed]
    form = ReasonForm(data={"version": found.version})
    form.reason.choices = [(code, reason(code)) for code in reasons]
    if request.method == "POST":
        form.reason.process(request.form)  # again, now that its choices are known
    if request.method == "POST" and not locales.switch_requested():
        try:
            perform(
                staff_actor(),
                found.id,
                form.reason.data,
                form.note.data,
                form.expected_version or 0,
                key=form.submission_key.data,
            )
        except Invalid as refused:
            form.add_errors([(fault.field, sentences.of(fault), False) for fault in refused.faults])
        except Conflict as conflict:
            return _late(ref, conflict)
        else:
            flash(str(DONE[deed]) % {"unit": found.name}, "info")
            if deed == "suspend":  # what follows is seen there
                return redirect(url_for("platform.unit", ref=ref), 303)
            return redirect(url_for("platform.units"), 303)
    elif request.method != "POST" and transition not in states.possible(found.state):
        return redirect(url_for("platform.unit", ref=ref), 303)
    page = render_template(
        "platform/units/decide.html",
        unit=found,
        deed=deed,
        form=form,
        reach=reach.of_pause(found) if deed == "suspend" else None,
    )
    return locales.answered(make_response(page, 422 if form.refused else 200))


@blueprint.route("/platform/units/<ref>/reinstate", methods=["GET", "POST"])
@guards.platform("units:decide")
def unit_reinstate(ref: str) -> Response:
    found = queries.one(ref)
    form = NoteForm(data={"version": found.version})
    if request.method == "POST" and not locales.switch_requested():
        try:
            deciding.reinstate(
                staff_actor(), found.id, form.note.data, form.expected_version or 0, key=form.submission_key.data
            )
        except Invalid as refused:
            form.add_errors([(fault.field, sentences.of(fault), False) for fault in refused.faults])
        except Conflict as conflict:
            return _late(ref, conflict)
        else:
            flash(_("%(unit)s已恢復，並已通知單位。", unit=found.name), "info")
            return redirect(url_for("platform.unit", ref=ref), 303)
    elif request.method != "POST" and states.REINSTATE not in states.possible(found.state):
        return redirect(url_for("platform.unit", ref=ref), 303)
    page = render_template(
        "platform/units/decide.html", unit=found, deed="reinstate", form=form, reach=reach.of_pause(found)
    )
    return locales.answered(make_response(page, 422 if form.refused else 200))


@blueprint.get("/platform/units/<ref>/<any(proof, authorisation):paper>")
@guards.platform("units:decide")
def unit_paper(ref: str, paper: str) -> Response:
    """A paper of the registration; that it was opened is recorded."""
    found = queries.one(ref)
    deciding.read_file(staff_actor(), found.id, paper)
    file = queries.paper(found, paper)
    if file is None:
        raise NotFound("not_found")
    return papers.download(file, f"{paper}-{found.ref}")
