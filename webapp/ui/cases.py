"""Words of cases, and what each reader sees of one: a side its own words and the decision, a unit the facts, the
platform everything."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask

from webapp import clock
from webapp.domain.files import actions, intake
from webapp.domain.sanctions import cases_evidence, cases_judging, cases_queries, cases_rules
from webapp.domain.sanctions.cases_evidence import CONSENT, FILES, Handed
from webapp.domain.sanctions.models import CLAIMANT, Case, CaseParty
from webapp.errors import Invalid, Refusal
from webapp.ui import fields, forms, journey_steps, sentences
from webapp.ui.presenters import last_day, long_time, reason
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

KINDS: dict[str, Any] = {"objection": _l("異議"), "dispute": _l("爭議")}
TOPICS: dict[str, Any] = {
    "refusal": _l("對不予受理的異議"),
    "removal": _l("對移出名單的異議"),
    "hold": _l("對暫停的異議"),
    "sanction": _l("對嚴重失信列入的異議"),
    "assignment": _l("對指派車輛或更換車牌的異議"),
    "plate": _l("車牌或車輛的爭議"),
    "vehicle": _l("車牌屬於兩輛車"),
    "identity": _l("“不是我”"),
    "unconfirmed": _l("單位沒有確認人員"),
}
STATES: dict[str, tuple[str, Any]] = {
    "open": ("waiting", _l("處理中")),
    "upheld": ("verified", _l("成立")),
    "dismissed": ("refused", _l("不成立")),
    "withdrawn": ("removed", _l("已撤回")),
}
STEPS: dict[str, Any] = {
    "open": _l("提出"),
    "answer": _l("另一方答覆"),
    "add_evidence": _l("補交證據"),
    "escalate": _l("過期未決定，上報平台"),
    "uphold": _l("決定：成立"),
    "dismiss": _l("決定：不成立"),
    "withdraw": _l("撤回"),
}
REMEDIES: dict[str, tuple[Any, Any]] = {
    "end_wrong": (_l("另一方登記有誤"), _l("其登記移出名單，申報結束；原因是“登記有誤”")),
    "end_sold": (_l("車輛已轉手"), _l("前車主的登記移出名單；第二名駕駛員暫停，等待新車主")),
    "merge": (_l("是同一輛車，合併"), _l("車牌、登記和申報歸入申報的車輛；超過兩名駕駛員時不能合併")),
    "separate": (_l("是兩輛車，車牌歸申報的車輛"), _l("只適用於另一輛車沒有人在用")),
}


def install(app: Flask) -> None:
    app.jinja_env.filters.update(
        case_topic=lambda topic: str(TOPICS[topic]),
        case_answer_by=answer_by,
        case_kind=lambda kind: str(KINDS[kind]),
        case_state=lambda state: str(STATES[state][1]),
        case_look=lambda state: STATES[state][0],
        case_ground=ground,
        assignment_ground=assignment_ground,
    )


def ground(case: Case) -> str:
    """The contested act's own reason in words, "" where it says nothing more."""
    if case.topic == "removal":
        return str(journey_steps.CAUSES.get(case.ground, ""))
    if case.topic == "sanction":
        return case.ground or ""
    if case.topic == "hold":
        return "、".join(str(HOLD_WORDS.get(kind, kind)) for kind in (case.ground or "").split(","))
    return assignment_ground(case.ground) if case.topic == "assignment" else ""


def assignment_ground(code: str | None) -> str:
    """What the unit did with its vehicle, "" where it did nothing. The code goes on with the act that did it."""
    return str(ASSIGNMENT_WORDS.get((code or "").split(":")[0], ""))


ASSIGNMENT_WORDS: dict[str, Any] = {
    "assigned": _l("單位指派這輛車"),
    "plate_changed": _l("單位更換這輛車的車牌"),
}
HOLD_WORDS: dict[str, Any] = {
    "owner_missing": _l("車主的登記已終止"),
    "licence_expired": _l("駕駛證已過有效期"),
    "document_expired": _l("身份證件已過有效期"),
    "not_confirmed": _l("單位尚未確認"),
}


def timeline(case: Case) -> list[dict[str, str]]:
    """Steps for the macro `timeline`, and what comes next by when."""
    knots = [
        {"state": "done", "title": _step(step.action, step.side), "when": long_time(step.at)}
        for step in cases_queries.steps(case)
    ]
    if case.state != "open":
        return knots
    if case.answer_until is not None and not cases_judging.answered(case):
        over = clock.now() >= case.answer_until
        day = last_day(case.answer_until)
        when = _("期限%(day)s已過，沒有答覆", day=day) if over else _("最遲%(day)s", day=day)
        knots.append({"state": "next" if over else "now", "title": _("另一方答覆"), "when": when})
    when = _("最遲%(day)s", day=last_day(case.decide_until))
    if case.overdue_at is not None:
        when = _("應在%(day)s或之前完成，已過期", day=last_day(case.decide_until))
    knots.append({"state": "now", "title": _("名單管理員決定"), "when": when})
    return knots


def answer_by(case: Case) -> str:
    """By when the other side is to answer; late as well, as long as nobody has decided."""
    day = last_day(case.answer_until)
    over = case.answer_until is not None and clock.now() >= case.answer_until
    return _("答覆期限%(day)s已過，決定前仍可答覆", day=day) if over else _("請最遲在%(day)s答覆", day=day)


def _step(action: str, side: str | None) -> str:
    if action == "add_evidence":
        return _("提出的一方補交證據") if side == CLAIMANT else _("另一方補交證據")
    return str(STEPS[action])


def reasons(case: Case) -> list[str]:
    """Why it was decided so, in words of the table."""
    return [reason(code) for code in case.reasons or ()]


def outcome(case: Case) -> list[str]:
    """What followed."""
    return [reason(code) for code in case.outcome or ()]


def told(case: Case, party: CaseParty | None) -> dict[str, Any]:
    """What one side's page shows: its own words and files, and what is known to both. A unit that stands on no side
    reads the latter alone."""
    return {
        "own_words": cases_evidence.words_of(case, party) if party else "",
        "own_files": [
            (actions.original_name(file), file.size)
            for row, file in cases_queries.evidence(case)
            if party and row.party_id == party.id
        ],
        "steps": timeline(case),
        "reasons": reasons(case),
        "outcome": outcome(case),
        "decision_words": cases_queries.decision_words(case),
    }


def is_silent(case: Case, now: datetime | None = None) -> bool:
    return case.state == "open" and cases_judging.is_silent(case, now or clock.now())


def may_uphold(case: Case) -> bool:
    """Whether the other side was heard, or had its time."""
    return case.answer_until is None or clock.now() >= case.answer_until or cases_judging.answered(case)


#: What follows by itself when a case is upheld.
FOLLOWS: dict[str, Any] = {
    "reopen": _l("申報會重新交給單位驗核。"),
    "relist": _l("登記會重新列入名單；駕駛員名額、車輛用途或單位不再容許時，會說明原因。"),
    "release": _l("暫停會解除。"),
    "strike": _l("會提出撤銷列入；另一名管理員確認後，因此移出的登記在名單容許時重新列入。"),
    "unassign": _l("這輛車的登記會移出名單；還沒有上傳的，申報會結束。本人的其他登記不變。"),
    "void": _l("以這個身份提交的申報會結束，登記會以“登記有誤”移出，所用的電話會解除。"),
    "remind": _l("單位會再收到通知。名單不會因此改變。"),
}


# Forms ----------------------------------------------------------------------------------------------------------


class EvidenceForm(forms.Form):
    """A file under a consent of its own; the box is never ticked beforehand."""

    evidence = fields.FileField(
        _l("證據"),
        hint=_l("PDF、JPEG 或 PNG，最大8 MB。例如行駛證、買賣合約。請遮蓋無關的資料"),
        accept=".pdf,.jpg,.jpeg,.png",
        optional=True,
    )
    consent_evidence = fields.CheckboxField(
        _l("我另外同意平台只為處理這宗個案使用這份證據"),
        hint=_l("不交證據不用選。證據加密保管，只有名單管理員可以開啟，每次開啟都有記錄"),
        optional=True,
    )


class WordsForm(EvidenceForm):
    words = fields.TextAreaField(
        _l("說明"),
        hint=_l("發生了甚麼事，你想怎樣處理。只有名單管理員看到。請不要寫別人的證件號碼"),
        maxlength=cases_rules.WORDS_LONGEST,
    )


class ClaimForm(WordsForm):
    plate = fields.TextField(_l("車牌號碼"), hint=_l("例如粵C·D12345。不用輸入點和空格"), width="plate")


class DisownForm(EvidenceForm, forms.VersionedForm):
    words = fields.TextAreaField(
        _l("說明"), hint=_l("可以不寫。只有名單管理員看到"), optional=True, maxlength=cases_rules.WORDS_LONGEST
    )


class DecisionForm(forms.VersionedForm):
    remedy = fields.RadioField(_l("怎樣處理"))
    reason = fields.CheckboxesField(_l("理由"))
    words = fields.TextAreaField(
        _l("給雙方的說明"),
        hint=_l("雙方和有關單位都會看到。請不要寫任何一方的姓名、證件、車牌或電話"),
        maxlength=cases_rules.WORDS_LONGEST,
    )


def handed(form: Any) -> Handed:
    """What a form hands in. Raises Invalid beside the file where it cannot be kept."""
    sent = form.evidence.data
    if sent is None or not sent.filename:
        return Handed((), bool(form.consent_evidence.data))
    if not form.consent_evidence.data:
        raise Invalid("consent_needed", field=CONSENT)  # nothing is read before the consent
    accepted = intake.check(sent.read(), sent.filename, FILES)
    return Handed((accepted,), True)


def take(form: forms.Form, refused: Refusal) -> None:
    """Put a refusal of the domain beside the fields of the form."""
    form.add_errors(sentences.found(refused))
