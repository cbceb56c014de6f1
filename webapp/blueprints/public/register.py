"""A unit registers: its particulars and papers, then the proof of its manager's e-mail."""

from __future__ import annotations

from flask import current_app, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.public import blueprint
from webapp.domain.accounts import codes
from webapp.domain.accounts import queries as accounts
from webapp.domain.accounts import rules as account_rules
from webapp.domain.files import actions as files
from webapp.domain.limits import actions as limits
from webapp.domain.units import drafts, handing_over, queries, registering
from webapp.domain.units.drafts import RegistrationDraft
from webapp.errors import Conflict, Fault, Invalid
from webapp.ui import cookies, fields, forms, guards, locales, sentences
from webapp.ui.registration_form import RegistrationForm
from webapp.ui.requests import staff_actor, visitor_actor
from webapp.ui.words import lazy_gettext as _l
from webapp.values import emails

COOKIE = "register"


class EmailProofForm(forms.Form):
    email_code = fields.CodeField(_l("電郵驗證碼"), hint=_l("6位數字，10分鐘內有效"))
    password = fields.PasswordField(
        _l("設定密碼"),
        hint=_l("至少12個字，混合大寫、小寫、數字和符號中的三種，不要含姓名或電郵"),
        autocomplete="new-password",
        maxlength=200,
    )


@blueprint.route("/register", methods=["GET", "POST"])
@guards.public
def register() -> Response:
    draft = drafts.opened(cookies.given(COOKIE, ""))
    if draft is not None and draft.unit_ref:
        draft = None  # that one is sent; a new registration begins
    form = RegistrationForm(data=drafts.answers(draft) if draft else {})
    if g.staff is not None:
        del form.email
    if request.method != "POST":
        return _particulars(form, draft, 200)
    cookie = None
    if draft is None:
        limits.take("register-address", request.remote_addr or "")
        draft, cookie = drafts.begin()
    return _with_cookie(_sent(form, draft), cookie)


def _sent(form: RegistrationForm, draft: RegistrationDraft) -> Response:
    drafts.save(draft, form.typed())
    for name, accepted in form.uploads().items():
        drafts.keep_file(draft, name, accepted)
    if switch := locales.switch_requested():
        return locales.remember(redirect(url_for("public.register"), 303), switch)
    refused_files = {name for name in drafts.FILES if form[name].errors}
    found = registering.faults_of(form.typed(), draft.proof_id is not None, draft.authorisation_id is not None)
    form.add_faults(fault for fault in found if fault.field not in refused_files)
    if g.staff is None:
        form.add_faults(account_rules.email_faults(form.email.data))
    if form.refused:
        return _particulars(form, draft, 422)
    if registering.is_taken(form.typed()):
        return _taken()
    if g.staff is None:
        _send_code(draft, emails.check(form.email.data).value)
    return redirect(url_for("public.register_email"), 303)


def _particulars(form: RegistrationForm, draft: RegistrationDraft | None, status: int) -> Response:
    for name in drafts.FILES:
        kept = drafts.file_of(draft, name) if draft else None
        if kept is not None:
            form.show_kept(name, files.original_name(kept), kept.size)
    return make_response(render_template("public/register/particulars.html", form=form), status)


def _with_cookie(response: Response, cookie: str | None) -> Response:
    if cookie is not None:
        cookies.give(response, COOKIE, "", cookie, seconds=int(drafts.LIFE.total_seconds()))
    return response


def _send_code(draft: RegistrationDraft, email: str) -> None:
    drafts.remember_code(draft, codes.issue("email", email, locale=locales.select(), actor=visitor_actor()))


@blueprint.route("/register/email", methods=["GET", "POST"])
@guards.public
def register_email() -> Response:
    """Prove the mailbox and set the password; whoever is signed in only confirms."""
    draft = drafts.opened(cookies.given(COOKIE, ""))
    if draft is None:
        return redirect(url_for("public.register"), 303)
    if draft.unit_ref:
        return redirect(url_for("public.register_done"), 303)
    form = EmailProofForm()
    if g.staff is not None:
        del form.email_code
        del form.password
        email = accounts.email_of(accounts.by_ref(g.staff.account_ref))
    else:
        email = emails.check(drafts.answers(draft).get("email", "")).value
        if not email or not draft.code_ref:
            return redirect(url_for("public.register"), 303)
    if request.method != "POST":
        return _proof(form, draft, email, 200)
    if switch := locales.switch_requested():
        return locales.remember(redirect(url_for("public.register_email"), 303), switch)
    return _finish(form, draft, email)


def _finish(form: EmailProofForm, draft: RegistrationDraft, email: str) -> Response:
    account_id, password, actor = None, "", visitor_actor()
    if g.staff is not None:
        account_id, actor = g.staff.account_id, staff_actor()
    else:
        password = form.password.data
        for fault in _proof_faults(form, draft, email):
            form.refuse(fault.field, sentences.of(fault))
        if form.refused:
            return _proof(form, draft, email, 422)
        if accounts.by_email(email) is not None:
            return make_response(render_template("public/register/known.html"), 409)
    try:
        registering.register(
            actor, draft.ref, email, account_id=account_id, password=password, key=f"register-{draft.ref}"
        )
    except Invalid as refused:
        if any(fault.field == "password" for fault in refused.faults):
            for fault in refused.faults:
                form.refuse(fault.field, sentences.of(fault))
            return _proof(form, draft, email, 422)
        return redirect(url_for("public.register"), 303)
    except Conflict as conflict:
        if conflict.code != "unit_taken":
            raise
        return _taken()
    return redirect(url_for("public.register_done"), 303)


def _proof_faults(form: EmailProofForm, draft: RegistrationDraft, email: str) -> list[Fault]:
    """What is wrong with the code and the password, both at once. The code stays good for another try."""
    name = str(drafts.answers(draft).get("manager_name", ""))
    found = account_rules.password_faults(form.password.data, name, email)
    if not form.email_code.data.strip():
        return [Fault("email_code", "missing"), *found]
    try:
        codes.prove(
            draft.code_ref or "", "email", email, form.email_code.data, field="email_code", actor=visitor_actor()
        )
    except Invalid as refused:
        return [*refused.faults, *found]
    return found


@blueprint.post("/register/email/again")
@guards.public
def register_email_again() -> Response:
    """Send another code to the same mailbox."""
    draft = drafts.opened(cookies.given(COOKIE, ""))
    email = emails.check(drafts.answers(draft).get("email", "")).value if draft else ""
    if draft is None or draft.unit_ref or not email:
        return redirect(url_for("public.register"), 303)
    _send_code(draft, email)
    return redirect(url_for("public.register_email"), 303)


def _proof(form: EmailProofForm, draft: RegistrationDraft, email: str, status: int) -> Response:
    if current_app.config["SETTINGS"].demo and "email_code" in form and request.method != "POST":
        form.email_code.data = codes.shown(draft.code_ref or "")
    page = render_template(
        "public/register/email.html",
        form=form,
        email=emails.mask(email),
        unit_name=drafts.answers(draft).get("unit_name", ""),
    )
    return make_response(page, status)


def _taken() -> Response:
    return make_response(render_template("public/register/taken.html", form=forms.Form(formdata=None)), 409)


@blueprint.post("/register/recover")
@guards.public
def register_recover() -> Response:
    """The second registrant asks for the account of the unit that is registered already."""
    draft = drafts.opened(cookies.given(COOKIE, ""))
    if draft is None or draft.unit_ref:
        return redirect(url_for("public.register"), 303)
    if g.staff is not None:
        actor, email = staff_actor(), accounts.email_of(accounts.by_ref(g.staff.account_ref))
    else:
        actor, email = visitor_actor(), emails.check(drafts.answers(draft).get("email", "")).value
    limits.take("register-address", request.remote_addr or "")
    try:
        handing_over.ask_recovery(actor, draft.ref, email, key=f"recover-{draft.ref}")
    except Invalid as refused:
        page = forms.Form(formdata=None)
        for fault in refused.faults:
            page.refuse(None, sentences.of(fault))
        return make_response(render_template("public/register/taken.html", form=page), 422)
    except Conflict as conflict:
        page = forms.Form(formdata=None)
        page.refuse(None, sentences.of(conflict.faults[0]))
        return make_response(render_template("public/register/taken.html", form=page), 409)
    response = redirect(url_for("public.register_recovering"), 303)
    cookies.take_back(response, COOKIE, "")
    return response


@blueprint.get("/register/recovering")
@guards.public
def register_recovering() -> str:
    return render_template("public/register/recovering.html")


@blueprint.get("/register/done")
@guards.public
def register_done() -> Response:
    draft = drafts.opened(cookies.given(COOKIE, ""))
    if draft is None or not draft.unit_ref:
        return redirect(url_for("public.register"), 303)
    return make_response(render_template("public/register/done.html", unit=queries.one(draft.unit_ref)))
