"""People who are helped at a unit's counter, through the actions."""

from __future__ import annotations

from typing import Any

from tests.builders.filings import Filed, answers, filer, signing
from tests.builders.units import BuiltUnit, picture
from webapp.actors import Actor
from webapp.domain.files import intake
from webapp.domain.filings import drafts, helping, queries, resubmitting, submitting
from webapp.domain.filings.models import Draft, Submission
from webapp.domain.filings.signing import OWN_PHONE, PAPER, PRINTED, AtCounter
from webapp.domain.pledges import texts
from webapp.domain.pledges.drawings import Drawing


def begun(built: BuiltUnit, given: dict[str, Any] | None = None, by: Actor | None = None) -> Draft:
    """A draft typed at the counter, all but signed."""
    ref = helping.begin(by or built.actor, built.unit.id, "zh_Hant_MO")["draft"]
    row = Draft.get(Draft.ref == ref)
    drafts.save(row, answers(built.unit.unit_class) if given is None else given)
    return Draft.get_by_id(row.id)


def without_phone(built: BuiltUnit, **choices: Any) -> dict[str, Any]:
    """Answers of whoever has no phone at all."""
    given = answers(built.unit.unit_class, **choices)
    given["contact"] |= {"phone": "", "phone_region": "", "no_phone": True}
    return {name: value for name, value in given.items() if name != "phone_proof"}


def scan() -> intake.Accepted:
    return intake.check(picture(), "sheet.png", "signed_sheet")


def printed(built: BuiltUnit, of: Draft) -> str:
    """Ref of the sheet of a draft."""
    rows = [["姓名", drafts.answers_of(of)["person"]["full_name"]]]
    text = texts.current("personal", of.language)
    return helping.print_sheet(built.actor, built.unit.id, of.ref, rows, text.id)["sheet"]


def correction(built: BuiltUnit, of: Submission) -> Draft:
    """What was returned to somebody without a phone, typed again at the counter as it was."""
    return Draft.get(Draft.ref == helping.begin_correction(built.actor, built.unit.id, of.ref)["draft"])


def signed(of: Draft, by: Actor | None, form: str, **changes: Any) -> Filed:
    """Sign in one of the three forms: on the own phone as the person, else as the member of staff `by`."""
    drawing = Drawing(picture()) if form == "tablet" else None
    method = {"own_phone": "typed", "tablet": "drawn", "paper": PRINTED}[form]
    counter = AtCounter(form, **({} if form == OWN_PHONE else {"attested": True}) | changes)
    given = drafts.answers_of(of)
    actor = by if by is not None and form != OWN_PHONE else filer(of)
    send = submitting.submit if of.corrects is None else resubmitting.resubmit
    made = send(actor, of.ref, signing(of, method=method, drawing=drawing, counter=counter), key=of.ref)
    submission = Submission.get(Submission.ref == made["submission"])
    return Filed(submission, queries.filings_of(submission), given, queries.status_token(submission))


def on_paper(built: BuiltUnit, of: Draft) -> Filed:
    return signed(of, built.actor, PAPER, sheet=printed(built, of), scan=scan())
