"""The questions: one short page after another, each saved as it is sent, each checked whole.

Every page posts to itself. It goes on with 303, or answers 422 with itself and everything that is wrong. `?to=check`
marks a change begun on the check page, which leads back there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.blueprints.filer import blueprint
from webapp.blueprints.filer.opening import Opened, with_draft
from webapp.blueprints.filer.question_forms import (
    BelongingForm,
    ContactForm,
    LicenceForm,
    PersonForm,
    PhoneForm,
    QuestionForm,
)
from webapp.domain.accounts import codes
from webapp.domain.accounts.rules import CODE_LIFE
from webapp.domain.filings import answering, checks, correcting, declaring, eligibility, helping, items
from webapp.domain.registry import queries as registry
from webapp.errors import Fault, Invalid, TooMany
from webapp.ui import guards, locales, sentences
from webapp.ui.presenters import reason
from webapp.ui.requests import filer_actor
from webapp.values import documents, phones

STEPS = 6
STEP_OF = {items.PERSON: 1, items.CONTACT: 2, items.PHONE: 2, items.BELONGING: 3, items.LICENCE: 4}
VEHICLE_STEP, CHECK_STEP = 5, 6


def page_url(ref: str, page: str, **values: Any) -> str:
    """The address of a page by its name in filings.items."""
    number = answering.vehicle_number(page)
    if number:
        return url_for("filer.vehicle", ref=ref, number=number, **values)
    return url_for(f"filer.{page}", ref=ref, **values)


def misplaced(opened: Opened, page: str) -> Response | None:
    """Where to go when an earlier page is not finished yet: its answers shape this one. A page that was not asked for
    opens only while something on it is wrong."""
    pages = checks.all_pages(opened.answers)
    wrong = opened.open_pages()
    mends = page == items.BELONGING and opened.no_longer_open
    if page not in opened.pages and page not in wrong and not mends:
        return redirect(url_for("filer.check", ref=opened.ref), 303)
    before = pages[: pages.index(page)] if page in pages else pages
    first = next((one for one in before if one in wrong), None)
    return redirect(page_url(opened.ref, first), 303) if first else None


def onward(opened: Opened, page: str) -> Response:
    """The page after this one; the check page after the last, or for a change begun there."""
    pages = opened.pages
    position = pages.index(page) + 1 if page in pages else len(pages)
    if request.args.get("to") == "check" or position >= len(pages):
        return redirect(url_for("filer.check", ref=opened.ref), 303)
    following = pages[position]
    if following == items.PHONE and answering.phone_is_settled(opened.answers):
        if position + 1 >= len(pages):
            return redirect(url_for("filer.check", ref=opened.ref), 303)
        following = pages[position + 1]
    return redirect(page_url(opened.ref, following), 303)


def previous(opened: Opened, page: str) -> str:
    """The address of the page before this one, "" on the first. A proved phone is not proved again."""
    pages = [one for one in opened.pages if one != items.PHONE or one == page]
    position = pages.index(page) if page in pages else 0
    return page_url(opened.ref, pages[position - 1]) if position else ""


def keep(opened: Opened, page: str, form: QuestionForm) -> None:
    """Save what was typed, right or wrong, with the warnings confirmed about these very values."""
    before = answering.page_of(opened.answers, page)
    typed = {**before, **form.typed()}
    confirmed = {item: typed.get(item, "") for item in form.confirmed}
    known = [item for item in before.get(answering.CONFIRMED, {}) if answering.is_confirmed(typed, item)]
    confirmed |= {item: typed.get(item, "") for item in known}
    form.confirmed = set(confirmed)
    answers = answering.with_page(opened.answers, page, {**typed, answering.CONFIRMED: confirmed})
    if answering.ASKED in answers and page not in opened.pages:
        # It was wrong and not asked for: whoever mended it may look at it again.
        answers = {**answers, answering.ASKED: [*answers[answering.ASKED], page]}
    opened.save(answers)


def aside(opened: Opened) -> Response | None:
    """Another language, larger text or a pause, asked for with the form: everything typed is saved by now."""
    if switch := locales.switch_requested():
        return locales.remember(redirect(request.full_path.rstrip("?"), 303), switch)
    if request.form.get("later") == "yes":
        return redirect(url_for("filer.later", ref=opened.ref), 303)
    return None


def judge(opened: Opened, page: str, form: QuestionForm) -> None:
    """Put everything wrong or unusual beside its field."""
    form.add_errors((fault.field, sentences.of(fault), fault.warning) for fault in opened.faults(page))


def recall(opened: Opened, page: str, form: QuestionForm) -> None:
    """On a page opened again from the check page: what was confirmed, and what has become wrong since."""
    typed = answering.page_of(opened.answers, page)
    form.confirmed = {item for item in typed.get(answering.CONFIRMED, {}) if answering.is_confirmed(typed, item)}
    if typed and request.args.get("to") == "check":
        judge(opened, page, form)


def show(opened: Opened, page: str, form: QuestionForm, template: str, **values: Any) -> Any:
    """The page, with 422 when it was sent and refused."""
    to_check = request.args.get("to") == "check"
    body = render_template(
        template,
        form=form,
        opened=opened,
        ref=opened.ref,
        unit=opened.unit,
        step=None if answering.ASKED in opened.answers else STEP_OF.get(page, VEHICLE_STEP),
        steps=STEPS,
        back=url_for("filer.check", ref=opened.ref) if to_check else previous(opened, page),
        to_check=to_check,
        marks=[reason(code) for code in correcting.marks(opened.draft).get(page, [])],
        **values,
    )
    return body, (422 if form.is_submitted() and form.refused else 200)


def answer(
    opened: Opened,
    page: str,
    form: QuestionForm,
    template: str,
    then: Callable[[Opened, str], Any] = onward,
    **values: Any,
) -> Any:
    """The whole course of a page: draw it, or save, step aside, judge, and go on (`then`)."""
    if not form.is_submitted():
        recall(opened, page, form)
        return show(opened, page, form, template, **values)
    keep(opened, page, form)
    if moved := aside(opened):
        return moved
    judge(opened, page, form)
    return show(opened, page, form, template, **values) if form.refused else then(opened, page)


@blueprint.route("/file/<ref>/person", methods=["GET", "POST"])
@guards.draft
@with_draft
def person(opened: Opened) -> Any:
    """Document type first: what else is asked depends on it."""
    if moved := misplaced(opened, items.PERSON):
        return moved
    form = PersonForm(data=answering.page_of(opened.answers, items.PERSON))
    form.ask_by(opened.policy, opened.unit.unit_class)
    id_type = form.id_type.data
    unknown = id_type not in documents.ID_TYPES
    if form.is_submitted() and (unknown or "full_name" not in request.form):
        return _type_chosen(opened, form)
    choosing = not form.is_submitted() and (unknown or request.args.get("choose") == "type")
    form.fit(id_type)
    return answer(opened, items.PERSON, form, "filer/question/person.html", choosing=choosing)


def _type_chosen(opened: Opened, form: PersonForm) -> Any:
    typed = {**answering.page_of(opened.answers, items.PERSON), "id_type": form.id_type.data}
    if "full_name" in request.form:  # sent along without a type: kept for the page that asks for it
        typed |= form.typed()
    opened.save(answering.with_page(opened.answers, items.PERSON, typed))
    if moved := aside(opened):
        return moved
    if form.id_type.data:
        to = "check" if request.args.get("to") == "check" else None
        return redirect(page_url(opened.ref, items.PERSON, to=to), 303)
    form.refuse("id_type", sentences.of(Fault("id_type", "missing")))
    return show(opened, items.PERSON, form, "filer/question/person.html", choosing=True)


@blueprint.route("/file/<ref>/contact", methods=["GET", "POST"])
@guards.draft
@with_draft
def contact(opened: Opened) -> Any:
    if moved := misplaced(opened, items.CONTACT):
        return moved
    form = ContactForm(data=answering.page_of(opened.answers, items.CONTACT))
    form.ask_by(opened.policy, opened.unit.unit_class)
    form.fit(locales.select(), at_counter=opened.helped is not None)
    try:
        return answer(opened, items.CONTACT, form, "filer/question/contact.html", then=_prove_next)
    except TooMany as refused:
        form.refuse("phone", sentences.of(refused.faults[0]))
        return show(opened, items.CONTACT, form, "filer/question/contact.html")[0], 429


def _prove_next(opened: Opened, page: str) -> Response:
    if answering.phone_is_settled(opened.answers):
        return onward(opened, page)
    issue_code(opened)
    to = "check" if request.args.get("to") == "check" else None
    return redirect(page_url(opened.ref, items.PHONE, to=to), 303)


def issue_code(opened: Opened) -> None:
    """Send a code to the phone given and remember which. Raises TooMany."""
    phone = answering.phone(opened.answers)
    actor = filer_actor(opened.ref, opened.unit.id)
    ref = codes.issue("phone", phone, locale=locales.select(), actor=actor)
    until = clock.now() + CODE_LIFE
    opened.save({**opened.answers, "phone_code": {"ref": ref, "phone": phone, "until": until.isoformat()}})


@blueprint.route("/file/<ref>/phone", methods=["GET", "POST"])
@guards.draft
@with_draft
def phone(opened: Opened) -> Any:
    """The code that proves the phone. The demo shows it."""
    if moved := misplaced(opened, items.PHONE):
        return moved
    if answering.phone_is_settled(opened.answers):
        return onward(opened, items.PHONE)
    number = answering.phone(opened.answers)
    issued = opened.answers.get("phone_code", {})
    sent = issued.get("phone") == number and issued["until"] > clock.now().isoformat()
    shown = codes.shown(issued["ref"]) if sent and current_app.config["SETTINGS"].demo else ""
    form = PhoneForm(data={"phone_code": shown})
    values = {"number": phones.display(number), "sent": sent, "shown": shown}
    if not form.is_submitted():
        return show(opened, items.PHONE, form, "filer/question/phone.html", **values)
    if moved := aside(opened):
        return moved
    try:
        if request.form.get("again") == "yes" or not sent:
            issue_code(opened)
            return redirect(request.full_path.rstrip("?"), 303)
        _prove(opened, number, issued["ref"], form.phone_code.data)
    except TooMany as refused:
        form.refuse("phone_code", sentences.of(refused.faults[0]))
        return show(opened, items.PHONE, form, "filer/question/phone.html", **values)[0], 429
    except Invalid as refused:
        form.add_errors(("phone_code", sentences.of(fault), False) for fault in refused.faults)
        return show(opened, items.PHONE, form, "filer/question/phone.html", **values)
    return onward(opened, items.PHONE)


def _prove(opened: Opened, number: str, code_ref: str, typed: str) -> None:
    if not typed.strip():
        raise Invalid("missing", field="phone_code")
    actor = filer_actor(opened.ref, opened.unit.id)
    proved_at = codes.prove(code_ref, "phone", number, typed, field="phone_code", actor=actor)
    name = str(answering.page_of(opened.answers, items.PERSON).get("full_name") or "")
    if opened.helped is not None and helping.is_staff_phone(opened.unit.id, number, name):
        raise Invalid("staff_phone", field="phone_code")
    typed_person = declaring.declare({**opened.answers, "vehicles": []}, opened.unit, opened.draft.language)["person"]
    known = registry.person_by_key(declaring.identity_key(typed_person))
    if not registry.phone_has_room(number, known.id if known else None):
        raise Invalid("phone_full", field="phone_code", people=registry.PEOPLE_PER_PHONE)
    opened.save({**opened.answers, "phone_proof": {"phone": number, "at": proved_at.isoformat()}})


@blueprint.route("/file/<ref>/belonging", methods=["GET", "POST"])
@guards.draft
@with_draft
def belonging(opened: Opened) -> Any:
    if moved := misplaced(opened, items.BELONGING):
        return moved
    form = BelongingForm(data=answering.page_of(opened.answers, items.BELONGING))
    form.ask_by(opened.policy, opened.unit.unit_class)
    relations = checks.relations_open(opened.answers, opened.policy, opened.unit.unit_class)
    form.fit(relations)
    household = eligibility.HOUSEHOLD in relations
    return answer(opened, items.BELONGING, form, "filer/question/belonging.html", household=household)


@blueprint.route("/file/<ref>/licence", methods=["GET", "POST"])
@guards.draft
@with_draft
def licence(opened: Opened) -> Any:
    if moved := misplaced(opened, items.LICENCE):
        return moved
    form = LicenceForm(data=answering.page_of(opened.answers, items.LICENCE))
    form.ask_by(opened.policy, opened.unit.unit_class)
    return answer(opened, items.LICENCE, form, "filer/question/licence.html")
