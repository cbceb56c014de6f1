"""What a side of a case does, as every audience's page does it: answer, show more, take back. One form, one act, one
answer; the page around it is the audience's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webapp.actors import Actor
from webapp.domain.filings import objecting
from webapp.domain.sanctions import cases
from webapp.errors import Conflict, Invalid, NotFound
from webapp.ui import cases as words
from webapp.ui import forms, locales, sentences
from webapp.ui.words import gettext as _

ANSWER, EVIDENCE, WITHDRAW = "answer", "evidence", "withdraw"
FORMS: dict[str, type[forms.Form]] = {ANSWER: words.WordsForm, EVIDENCE: words.EvidenceForm, WITHDRAW: forms.Form}


@dataclass
class Done:
    """How it went: `said` where it was done, else the form with its faults, or why it can no longer be done."""

    form: forms.Form
    status: int = 200
    trouble: str = ""
    said: str = ""


def possible(case: Any, party: Any) -> list[str]:
    """What this side may do now."""
    if case.state != "open" or party is None:
        return []
    if party.side == "holder":
        return [EVIDENCE] if party.answered_at else [ANSWER, EVIDENCE]
    opened = (case.opened_by, case.opener_ref) == (party.kind, party.party_ref)
    return [EVIDENCE, WITHDRAW] if opened else [EVIDENCE]


def perform(deed: str, actor: Actor, case: Any, party: Any) -> Done:
    """Read the form of a deed and do it. Raises NotFound for what is never this side's to do."""
    form = FORMS[deed]()
    if (deed == ANSWER and party.side != "holder") or (deed == WITHDRAW and party.side == "holder"):
        raise NotFound("not_found")
    if not form.is_submitted() or locales.switch_requested():
        return Done(form)
    try:
        return Done(form, said=_act(deed, form, actor, case, party))
    except Invalid as refused:
        words.take(form, refused)
        return Done(form, 422)
    except Conflict as refused:
        return Done(form, 409, trouble=sentences.of(refused.faults[0]))


def _act(deed: str, form: Any, actor: Actor, case: Any, party: Any) -> str:
    side, key = (party.kind, party.party_ref, case.ref), form.submission_key.data
    if deed == ANSWER:
        cases.answer(actor, *side, form.words.data, words.handed(form), key=key)
        return _("已收到你的答覆。")
    if deed == EVIDENCE:
        cases.add_evidence(actor, *side, words.handed(form), key=key)
        return _("已收到證據。")
    objecting.withdraw(actor, *side, key=key)
    return _("個案已撤回。")
