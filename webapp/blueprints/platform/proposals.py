"""What changes a unit and needs two people: the queue, one of them with its consequences, and the decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.platform import blueprint
from webapp.domain.accounts import links
from webapp.domain.accounts import queries as accounts
from webapp.domain.closings import deregistering, reach, recertifying
from webapp.domain.units import handing_over
from webapp.domain.units import proposals as domain
from webapp.domain.units import queries as units
from webapp.domain.units.queries import Unit
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from webapp.ui import fields, forms, guards, locales, papers, sentences
from webapp.ui.named_form import MANAGERS
from webapp.ui.presenters import REGISTRATION_PLACES, UNIT_CLASSES
from webapp.ui.requests import number_asked, staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l


class RejectForm(forms.VersionedForm):
    note = fields.TextAreaField(_l("不同意的原因"), hint=_l("單位會看到，請不要寫證件號碼"), maxlength=1000)


class TakeUpForm(forms.VersionedForm):
    managers = fields.RadioField(_l("原來的專人"), choices=MANAGERS)
    note = fields.TextAreaField(_l("查核的結果"), hint=_l("確認的人會看到"), optional=True, maxlength=1000)


#: kind -> the act that a second officer's yes is.
CONFIRMED: dict[str, Callable[..., Any]] = {
    "deregister": deregistering.confirm,
    "change": recertifying.confirm,
    "hand_over": handing_over.confirm,
    "recover": handing_over.confirm,
}
#: Kinds that name another person in charge.
NEW_MANAGER = ("hand_over", "recover")
PAPERS = ("proof", "authorisation")


@blueprint.get("/platform/proposals")
@guards.platform("units:decide")
def proposals() -> str:
    before = number_asked("before")
    ended = domain.ended(before)
    waiting = domain.waiting()
    return render_template(
        "platform/proposals/list.html",
        waiting=waiting,
        ended=ended,
        units=units.by_ids(row.unit_id for row in [*waiting, *ended]),
        paged=bool(before),
        next_before=ended[-1].id if len(ended) == domain.PAGE else None,
    )


@blueprint.get("/platform/proposals/<ref>")
@guards.platform("units:decide")
def proposal(ref: str) -> str:
    return _page(ref)


@blueprint.get("/platform/proposals/<ref>/progress")
@guards.platform("units:decide")
def proposal_progress(ref: str) -> str:
    """The part of the page that says how many people were told."""
    row = domain.one(ref)
    if row.kind != "deregister" or row.state != "confirmed":
        raise NotFound("not_found")
    return render_template("platform/proposals/_progress.html", row=row, told=deregistering.told(row))


def _page(ref: str, trouble: str = "", take_up: TakeUpForm | None = None) -> str:
    row = domain.one(ref)
    unit = units.by_id(row.unit_id)
    successor = units.by_id(row.successor_id) if row.successor_id is not None else None
    names = accounts.by_ids(one for one in (row.proposed_by, row.decided_by) if one is not None)
    waits = row.state in domain.WAITING
    closing = row.kind == "deregister"
    return render_template(
        f"platform/proposals/{'manager' if row.kind in NEW_MANAGER else row.kind}.html",
        row=row,
        unit=unit,
        successor=successor,
        classes=UNIT_CLASSES,
        places=REGISTRATION_PLACES,
        said=domain.note(row),
        refusal=domain.answer(row),
        details=domain.details(row),
        proposer=_name(names.get(row.proposed_by)),
        decider=_name(names.get(row.decided_by)),
        before=_before(unit, row.kind),
        losses=recertifying.losses(unit, domain.details(row)["unit_class"]) if row.kind == "change" and waits else None,
        papers=[(name, file) for name in PAPERS if (file := domain.paper(row, name))],
        link=_demo_link(row),
        mine=row.proposed_by == g.staff.account_id,
        waits=waits,
        reach=reach.seen(unit, successor) if closing and waits else None,
        result=deregistering.result(row) if closing and row.state == "confirmed" else None,
        told=deregistering.told(row) if closing and row.state == "confirmed" else None,
        form=forms.VersionedForm(formdata=None, data={"version": row.version}),
        take_up=take_up or TakeUpForm(formdata=None, data={"version": row.version}),
        trouble=trouble,
    )


def _before(unit: Unit, kind: str) -> dict[str, str]:
    """What of the unit's data the proposal would replace."""
    if kind == "change":
        return recertifying.as_certified(unit)
    known = units.details(unit)
    return {name: known[name] for name in ("manager_name", "manager_phone", "email")}


def _demo_link(row: Any) -> str:
    """The demo sends no mail to real boxes, so it shows the new manager's link where it was confirmed."""
    if not (row.link_ref and current_app.config["SETTINGS"].demo):
        return ""
    return url_for("staff.invitation", token=links.token(row.link_ref))


def _name(account: Any) -> str:
    return accounts.name_of(account) if account is not None else ""


@blueprint.post("/platform/proposals/<ref>/confirm")
@guards.platform("units:decide")
def proposal_confirm(ref: str) -> Response:
    row = domain.one(ref)
    form = forms.VersionedForm()
    try:
        CONFIRMED[row.kind](staff_actor(), ref, form.expected_version or 0, key=form.submission_key.data)
    except (Conflict, Invalid, NotAllowed) as refused:
        return _refused(ref, refused)
    flash(_("已確認，並已通知有關單位。"), "info")
    return redirect(url_for("platform.proposal", ref=ref), 303)


@blueprint.post("/platform/proposals/<ref>/withdraw")
@guards.platform("units:decide")
def proposal_withdraw(ref: str) -> Response:
    form = forms.VersionedForm()
    try:
        domain.withdraw(staff_actor(), ref, form.expected_version or 0, key=form.submission_key.data)
    except (Conflict, NotAllowed) as refused:
        return _refused(ref, refused)
    flash(_("已收回。"), "info")
    return redirect(url_for("platform.proposals"), 303)


def _refused(ref: str, refused: Refusal) -> Response:
    """The proposal as it is now, with why it was not done."""
    status = 403 if isinstance(refused, NotAllowed) else 409
    return make_response(_page(ref, sentences.of(refused.faults[0])), status)


@blueprint.route("/platform/proposals/<ref>/reject", methods=["GET", "POST"])
@guards.platform("units:decide")
def proposal_reject(ref: str) -> Response:
    row = domain.one(ref)
    form = RejectForm(data={"version": row.version})
    if request.method == "POST" and not locales.switch_requested():
        try:
            domain.reject(staff_actor(), ref, form.note.data, form.expected_version or 0, key=form.submission_key.data)
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
        except (Conflict, NotAllowed) as refused:
            return _refused(ref, refused)
        else:
            flash(_("已通知單位，一切照舊。"), "info")
            return redirect(url_for("platform.proposals"), 303)
    elif request.method != "POST" and row.state not in domain.WAITING:
        return redirect(url_for("platform.proposal", ref=ref), 303)
    page = render_template("platform/proposals/reject.html", row=row, unit=units.by_id(row.unit_id), form=form)
    return locales.answered(make_response(page, 422 if form.refused else 200))


@blueprint.post("/platform/proposals/<ref>/take-up")
@guards.platform("units:decide")
def proposal_take_up(ref: str) -> Response:
    """Letter and proof of somebody who asks for a unit's account are good: proposed to another officer."""
    form = TakeUpForm()
    try:
        handing_over.take_up(
            staff_actor(),
            ref,
            form.managers.data,
            form.note.data,
            form.expected_version or 0,
            key=form.submission_key.data,
        )
    except Invalid as refused:
        form.add_errors(sentences.found(refused))
        return make_response(_page(ref, take_up=form), 422)
    except Conflict as conflict:
        return _refused(ref, conflict)
    flash(_("已提出。要由另一位名單管理員確認，確認前一切照舊。"), "info")
    return redirect(url_for("platform.proposal", ref=ref), 303)


@blueprint.get("/platform/proposals/<ref>/<any(proof, authorisation):paper>")
@guards.platform("units:decide")
def proposal_paper(ref: str, paper: str) -> Response:
    """A paper of a proposal; that it was opened is recorded."""
    file = domain.paper(domain.one(ref), paper)
    if file is None:
        raise NotFound("not_found")
    domain.read_file(staff_actor(), ref, paper)
    return papers.download(file, f"{paper}-{ref}")
