"""Words of the verification list: flags, masked documents, vehicles in a line, the history of a filing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Flask

from webapp import clock
from webapp.actors import ACCOUNT, FILER
from webapp.domain.filings.details import NUMBERS, Detail, Step
from webapp.domain.filings.flags import Flag
from webapp.domain.filings.lists import Row
from webapp.ui import items
from webapp.ui.comparing import Difference, differences
from webapp.ui.presenters import long_time, reason
from webapp.ui.sentences import words
from webapp.ui.sentences.verifying import SKIPPED, WARNINGS
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values import documents, plates

#: Kinds of documents as a row has room for them.
SHORT_TYPES: dict[str, Any] = {
    "cn_id": _l("居民身份證"),
    "mo_bir": _l("澳門身份證"),
    "hk_id": _l("香港身份證"),
    "home_return": _l("回鄉證"),
    "hmt_residence": _l("居住證"),
    "tw_permit": _l("台胞證"),
    "foreign_pr": _l("永久居留證"),
    "passport": _l("護照"),
}
SHORT_USES: dict[str, Any] = {"own": _l("自用"), "unit": _l("單位")}
SHORT_SIZES: dict[str, Any] = {"small": _l("小型"), "medium": _l("中型"), "large": _l("大型"), "lorry": _l("貨車")}
SLOTS: dict[str, Any] = {"owner": _l("車主"), "second": _l("第二名")}

#: Flag → look of the macro `flag`, words.
FLAGS: dict[str, tuple[str, Any]] = {
    "in_register": ("ok", _l("在單位車輛登記冊內")),
    "roster_exact": ("ok", _l("與名冊相符")),
    "roster_likely": ("warn", _l("與名冊相近，請對照")),
    "roster_none": ("warn", _l("名冊內沒有此人")),
    "not_in_register": ("warn", _l("車輛不在單位車輛登記冊")),
    "change": ("wait", _l("更改現有登記，請核對前後")),
    "household": ("warn", _l("車主的家人，請核實同住")),
    "household_owner": ("wait", _l("要先驗核車主，或車主已在本單位的名單")),
    "assigned": ("ok", _l("單位指派，依本人已簽署的承諾")),
    "move": ("wait", _l("由另一單位轉來，上傳後原登記結束")),
    "no_vehicle": ("warn", _l("由單位指派車輛，上傳前要選定")),
    "same_person": ("warn", _l("此人另有申報在辦理")),
    "same_name": ("warn", _l("可能重複：同名，電話或車輛相同")),
    "plate_elsewhere": ("warn", _l("同一車牌已在另一單位申報")),
    "helped": ("wait", _l("櫃枱代填")),
    "unreached": ("warn", _l("通知未能送達本人")),
    "use_not_for_class": ("bad", _l("這類單位不能申報這種車輛")),
    "disputed": ("bad", _l("有異議，由平台處理")),
    "own_filing": ("wait", _l("你本人或與你同車，由另一位同事處理")),
    "own_filing_alone": ("warn", _l("你本人或與你同車，處理時會記錄")),
    "own_help": ("wait", _l("你在櫃枱代填，由另一位同事處理")),
    "own_help_alone": ("warn", _l("你在櫃枱代填，處理時會記錄")),
}

#: How somebody who was helped at the counter signed.
COUNTER_FORMS: dict[str, Any] = {
    "own_phone": _l("本人在自己的電話簽署"),
    "tablet": _l("本人在職員的平板簽名"),
    "paper": _l("本人簽署紙本"),
}

STEPS: dict[str, Any] = {
    "submit": _l("申報人提交"),
    "resubmit": _l("申報人補正後再提交"),
    "verify": _l("單位驗核"),
    "return": _l("單位退回補正"),
    "refuse": _l("單位不予受理"),
    "undo": _l("單位撤回驗核"),
    "assign": _l("單位指派車輛"),
    "assign-driver": _l("單位指派此人駕駛"),
    "withdraw": _l("申報人撤回"),
    "upload": _l("單位上傳"),
    "fall": _l("上傳時沒有列入"),
    "close": _l("系統結束"),
}
#: What a colleague did, as a sentence about the row: %(who)s, %(when)s.
DEEDS: dict[str, Any] = {
    "submit": _l("申報人於%(when)s提交"),
    "resubmit": _l("申報人於%(when)s補正後再提交"),
    "verify": _l("%(who)s已於%(when)s驗核"),
    "return": _l("%(who)s已於%(when)s退回補正"),
    "refuse": _l("%(who)s已於%(when)s不予受理"),
    "undo": _l("%(who)s已於%(when)s撤回驗核"),
    "assign": _l("%(who)s已於%(when)s指派車輛"),
    "assign-driver": _l("%(who)s已於%(when)s指派此人駕駛"),
    "withdraw": _l("申報人已於%(when)s撤回"),
    "upload": _l("%(who)s已於%(when)s上傳"),
    "fall": _l("%(who)s於%(when)s上傳時沒有列入"),
    "close": _l("系統已於%(when)s結束"),
}
NEXT: dict[str, tuple[Any, Any]] = {
    "submitted": (_l("單位驗核"), _l("請確認此人屬於本單位")),
    "returned": (_l("申報人補正"), _l("申報人補正並重新簽署後，會再回到待驗核")),
    "verified": (_l("單位上傳"), _l("由單位專人簽署承諾後上傳")),
}


def install(app: Flask) -> None:
    app.jinja_env.filters.update(
        flag_look=flag_look,
        flag_words=flag_words,
        masked_document=masked_document,
        vehicle_line=vehicle_line,
        skipped_reason=lambda code: str(SKIPPED[code]),
    )


def flag_look(flag: Flag) -> str:
    """The look of the macro `flag`: ok, wait, warn or bad."""
    return FLAGS[flag.code][0] if flag.code in FLAGS else "wait" if flag.code == "waiting_owner" else "warn"


def flag_words(flag: Flag) -> str:
    if flag.code == "waiting_owner":
        return _waiting(flag)
    if flag.code in ("warning", "doubtful"):
        return warning(flag.params["warning"])
    if flag.code == "helped":
        return _("櫃枱代填，%(how)s", how=COUNTER_FORMS[flag.params["form"]])
    if flag.code == "fell_out":
        return _("上次上傳沒有列入：%(why)s", why=reason(f"upload:{flag.params['reason']}"))
    return str(FLAGS[flag.code][1])


def _waiting(flag: Flag) -> str:
    until = flag.params["until"]
    if until is None:
        return _("等待車主同意")
    days = -(-(until - clock.now()) // timedelta(days=1))
    return _("等待車主同意，還有%(days)s天", days=days) if days > 0 else _("等待車主同意，期限已到")


def warning(code: str) -> str:
    """A warning `field:code` that the person confirmed, as a fact."""
    words = WARNINGS.get(code) or WARNINGS.get(code.partition(":")[2])
    return str(words) if words else _("申報人確認過一項提示")


def masked_document(row: Row) -> str:
    """居民身份證 尾號1187."""
    tail = documents.display_number(row.id_type, row.tail)
    return _("%(kind)s 尾號%(tail)s", kind=SHORT_TYPES[row.id_type], tail=tail)


def vehicle_line(row: Row) -> str:
    """自用，小型，車主."""
    words = [SHORT_USES[row.vehicle_use]]
    if row.size_class:
        words.append(SHORT_SIZES[row.size_class])
    if row.slot:
        words.append(SLOTS[row.slot])
    return _("，").join(str(word) for word in words)


def deed(step: Step) -> str:
    """Who brought a row where it is: what a colleague reads whose own act came too late."""
    known = _("系統") if step.who else _("記錄已過保存期")
    who = step.name if step.who == ACCOUNT else _("申報人") if step.who == FILER else known
    return str(DEEDS[step.action]) % {"who": who or _("同事"), "when": long_time(step.at)}


def history(detail: Detail) -> list[dict[str, str]]:
    """Steps for the macro `timeline`, oldest first, and whose turn it is."""
    knots = [
        {
            "state": "done",
            "title": str(STEPS[step.action]),
            "when": _("%(when)s　%(name)s", when=long_time(step.at), name=step.name)
            if step.name
            else long_time(step.at),
            "note": _("；").join([*(reason(code) for code in step.reasons), *([step.note] if step.note else [])]),
        }
        for step in detail.steps
    ]
    if detail.helped is not None and knots:
        name, form = detail.helped
        knots[0]["note"] = _("%(name)s在櫃枱代填，%(how)s", name=name, how=COUNTER_FORMS[form])
    if detail.row.state in NEXT:
        title, note = NEXT[detail.row.state]
        knots.append({"state": "now", "title": str(title), "note": str(note)})
    return knots


def applying(detail: Detail, codes: Iterable[str]) -> list[tuple[str, Any]]:
    """Choices of reasons about what this filing declares; what was not asked cannot be wrong."""
    vehicle = detail.declared["vehicles"][0]
    asked = {
        item
        for block in ("person", "contact", "belonging", "licence")
        for item, value in detail.declared[block].items()
        if value
    }
    asked |= {item for item, value in vehicle.items() if value not in ("", None)} | {"filing", "signed_name"}
    asked |= {"plate"} if vehicle["plates"] else set()
    left_out = {"plate:not_unit_vehicle"} if vehicle["vehicle_use"] == "own" else set()
    return [(code, words(code)) for code in codes if code.partition(":")[0] in asked and code not in left_out]


def groups(detail: Detail, numbers: dict[str, str] | None = None) -> list[items.Group]:
    """What was declared, for whoever verifies: numbers by their last four, or in full where they were opened."""
    shown = _shown(detail, numbers)
    if detail.assigns and detail.row.plates:
        assigned = tuple(plates.display(plate) for plate in detail.row.plates)
        shown[-1].rows.append(items.Row("plate", _("指派的車輛"), plates=assigned))
    return shown


def _shown(detail: Detail, numbers: dict[str, str] | None = None) -> list[items.Group]:
    opened = numbers or {}
    shown = items.groups(detail.declared)
    names = {"unit_relation": _("與單位的關係"), "is_owner": _("是否車主")}
    answers = {True: _("是"), False: _("不是，第二名駕駛員")}
    for group in shown:
        group.rows = [
            items.Row(
                row.item,
                names.get(row.item, row.name),
                _number(row, opened) if row.item in _NUMBERS else _answer(row, detail, answers),
                row.plates,
            )
            for row in group.rows
            # Whom the person named as owner is asked by the system; his number is no matter of this unit.
            if row.item != "owner_id_tail"
        ]
    return shown


def compared(detail: Detail) -> list[Difference]:
    """What a change would change, before and after side by side, numbers by their last four."""
    if detail.before is None:
        return []
    both = [_shown(replace(detail, declared=declared, assigns=False)) for declared in (detail.before, detail.declared)]
    return differences(both[0], both[1])


_NUMBERS = {item for _block, item in NUMBERS}


def _number(row: items.Row, opened: dict[str, str]) -> str:
    return opened.get(row.item) or _("尾號%(tail)s", tail=row.value)


def _answer(row: items.Row, detail: Detail, answers: dict[bool, str]) -> str:
    if row.item == "is_owner":
        return answers[bool(detail.declared["vehicles"][0]["is_owner"])]
    return row.value


def done_steps(steps: Iterable[Any]) -> list[dict[str, str]]:
    """The steps of a filing for the macro `timeline`, without who took them."""
    return [
        {
            "state": "done",
            "title": str(STEPS.get(step.action, step.action)),
            "when": long_time(step.at),
            "note": "；".join(reason(code) for code in step.reasons or ()),
        }
        for step in steps
    ]
