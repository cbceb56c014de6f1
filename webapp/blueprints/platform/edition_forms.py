"""The forms of editions: from a content to fields and back (shapes: domain.publishing.contents).

Policy, channels and the privacy text are edited a part at a time (one class, one channel, one section): the rest of the
content stays as the base has it, and a draft may be taken further with another part.
"""

from __future__ import annotations

import copy
from typing import Any

from flask import request

from webapp.domain.pledges import policy, privacy_text
from webapp.domain.publishing import contents
from webapp.domain.publishing.contents import Content
from webapp.errors import Fault, NotFound
from webapp.ui import fields, forms, locales, privacy
from webapp.ui.editions import HOUSEHOLD_SWITCH, LEVELS, hour
from webapp.ui.items import LABELS
from webapp.ui.presenters import SIZE_CLASSES, UNIT_CLASSES, VEHICLE_USES
from webapp.ui.words import lazy_gettext as _l
from webapp.values.numbers import whole_number

#: Vehicle uses in the order of the page.
USES = ("own", "unit")
TEXTS = ("personal", "unit", "leaving")


class EditionForm(forms.Form):
    """What every edition asks for. `base` and `source` travel hidden."""

    base = fields.HiddenField()
    source = fields.HiddenField()

    @property
    def base_number(self) -> int:
        number = whole_number(self.base.data, digits=8)
        return -1 if number is None else number


def _closing() -> dict[str, Any]:
    """What stands at the end of every form; made after the fields above it, so that errors come in reading order."""
    return {
        "effective_on": fields.DateField(
            _l("由哪一天起生效"), hint=_l("例如2027-03-31，由當日0時起。今天則即時生效。只影響之後的提交")
        ),
        "note": fields.TextAreaField(
            _l("修改的原因"), hint=_l("同事會看到，請不要寫個人資料"), optional=True, maxlength=1000
        ),
    }


def _text_form(subject: str) -> type[EditionForm]:
    made: dict[str, Any] = {}
    if subject != "leaving":
        made["nature"] = fields.RadioField(
            _l("文本性質"), choices=[("sample", _l("示範文本")), ("official", _l("正式文本"))]
        )
    for locale in contents.LOCALES:
        tag, language = locales.lang_tag(locale), locales.NAMES[locale]
        made[f"title_{locale}"] = fields.TextField(
            _l("標題（%(language)s）", language=language), lang=tag, maxlength=contents.TITLE_LONGEST
        )
        made[f"clauses_{locale}"] = fields.TextAreaField(
            _l("條文（%(language)s），每行一條", language=language), lang=tag, rows=9
        )
    return type("TextForm", (EditionForm,), made | _closing())


def _policy_form() -> type[EditionForm]:
    made: dict[str, Any] = {
        f"{use}_{item}": fields.SelectField(LABELS[item], choices=LEVELS.items(), width="half")
        for use in USES
        for item in policy.EDITABLE
    }
    return type("PolicyForm", (EditionForm,), made | _closing())


def _household_form() -> type[EditionForm]:
    return type(
        "HouseholdForm",
        (EditionForm,),
        {
            "household_driver": fields.RadioField(
                _l("沒有自己單位的家人，可否由車主所屬單位擔保做第二名駕駛員？"),
                hint=_l("只限與車主同住的家人、車主的自用車輛。仍要車主同意、單位驗核和上傳"),
                choices=[("no", HOUSEHOLD_SWITCH[False]), ("yes", HOUSEHOLD_SWITCH[True])],
            )
        }
        | _closing(),
    )


def _channel_form() -> type[EditionForm]:
    made: dict[str, Any] = {
        "code": fields.TextField(_l("編號"), hint=_l("例如hengqin-bridge，閘口系統用，不能更改"), width="half"),
        "opens": fields.TextField(_l("開放"), hint=_l("例如06:00"), width="date", maxlength=5),
        "closes": fields.TextField(_l("關閉"), hint=_l("例如24:00"), width="date", maxlength=5),
        "size_classes": fields.CheckboxesField(_l("適用車型"), choices=SIZE_CLASSES.items()),
        "ended": fields.CheckboxField(_l("由生效日起不再列出這條通道")),
    }
    for locale in contents.LOCALES:
        tag = locales.lang_tag(locale)
        made[f"name_{locale}"] = fields.TextField(_l("名稱"), lang=tag, maxlength=contents.NAME_LONGEST)
        made[f"note_{locale}"] = fields.TextField(_l("說明"), lang=tag, optional=True, maxlength=contents.NOTE_LONGEST)
    return type("ChannelForm", (EditionForm,), made | _closing())


def _holiday_form() -> type[EditionForm]:
    hint = _l("每行一日：日期、空格、名稱，例如2027-01-01 元旦。星期六、日不用寫")
    return type(
        "HolidayForm", (EditionForm,), {"days": fields.TextAreaField(_l("假期"), hint=hint, rows=24)} | _closing()
    )


#: The part of the policy that holds for all classes.
HOUSEHOLD = "household"

#: The parts of the privacy text that are edited apart.
FACTS, SHORT = "facts", "short"
PRIVACY_PARTS = (FACTS, SHORT, *privacy_text.SECTIONS)


def _facts_form() -> type[EditionForm]:
    made: dict[str, Any] = {
        f"handler_{locale}": fields.TextField(
            _l("處理者名稱"), lang=locales.lang_tag(locale), maxlength=contents.HANDLER_LONGEST
        )
        for locale in contents.LOCALES
    }
    made["role"] = fields.RadioField(_l("單位的角色"), choices=privacy.ROLES.items())
    made["cross_border"] = fields.RadioField(_l("資料會不會出境"), choices=privacy.CROSS_BORDER.items())
    for purpose, words in privacy.PURPOSES.items():
        made[f"basis_{purpose}"] = fields.SelectField(words, choices=privacy.BASES.items(), width="half")
    made["asks_again"] = fields.RadioField(
        _l("請已同意的人再次同意"),
        hint=_l("目的、方式、種類或接收方有改變，就要再次同意"),
        choices=[("yes", _l("要")), ("no", _l("不用，只是改文字"))],
    )
    return type("FactsForm", (EditionForm,), made | _closing())


def _paragraphs_form() -> type[EditionForm]:
    made: dict[str, Any] = {
        f"clauses_{locale}": fields.TextAreaField(_l("每行一段"), lang=locales.lang_tag(locale), rows=7)
        for locale in contents.LOCALES
    }
    return type("ParagraphsForm", (EditionForm,), made | _closing())


_PRIVACY_FACTS, _PRIVACY_PARAGRAPHS = _facts_form(), _paragraphs_form()

_FORMS: dict[str, type[EditionForm]] = {
    **{subject: _text_form(subject) for subject in TEXTS},
    "policy": _policy_form(),
    "channels": _channel_form(),
    "holidays": _holiday_form(),
    HOUSEHOLD: _household_form(),
}


def part_of(subject: str, content: Content) -> str:
    """Which part of the content the address asks for: a class or HOUSEHOLD, a channel's code ("" a new one).
    Raises NotFound."""
    part = request.args.get("part", "")
    if subject == "policy":
        if part not in UNIT_CLASSES and part != HOUSEHOLD:
            raise NotFound("not_found")
        return part
    if subject == "channels":
        if part and part not in {row["code"] for row in content["channels"]}:
            raise NotFound("not_found")
        return part
    if subject == "privacy":
        if part not in PRIVACY_PARTS:
            raise NotFound("not_found")
        return part
    return ""


def drawn(subject: str, content: Content, part: str) -> EditionForm:
    """The form with the content in it; what was sent instead, where something was."""
    if subject == "privacy":
        return _drawn_privacy(content, part)
    return _FORMS[HOUSEHOLD if part == HOUSEHOLD else subject](data=_data(subject, content, part))


def _drawn_privacy(content: Content, part: str) -> EditionForm:
    if part != FACTS:
        kept = _paragraphs_of(content, part)
        return _PRIVACY_PARAGRAPHS(data={f"clauses_{locale}": "\n".join(lines) for locale, lines in kept.items()})
    facts = content["facts"]
    data = {"role": facts["role"], "cross_border": facts["cross_border"]}
    data["asks_again"] = "yes" if facts["asks_again"] else "no"
    data |= {f"handler_{locale}": name for locale, name in facts["handler"].items()}
    data |= {f"basis_{purpose}": basis for purpose, basis in facts["bases"].items()}
    return _PRIVACY_FACTS(data=data)


def _paragraphs_of(content: Content, part: str) -> dict[str, list[str]]:
    return content["short"] if part == SHORT else content["sections"][part]


def _data(subject: str, content: Content, part: str) -> dict[str, Any]:
    if subject in TEXTS:
        data: dict[str, Any] = {"nature": "sample" if content["sample"] else "official"}
        for locale, text in content["texts"].items():
            data |= {f"title_{locale}": text["title"], f"clauses_{locale}": "\n".join(text["clauses"])}
        return data
    if part == HOUSEHOLD:
        return {"household_driver": "yes" if contents.household_driver(content) else "no"}
    if subject == "policy":
        return {f"{use}_{item}": level for use in USES for item, level in content["rules"][part][use].items()}
    if subject == "holidays":
        return {"days": "\n".join(f"{day} {name}" for day, name in content["days"])}
    row = next((one for one in content["channels"] if one["code"] == part), None)
    if row is None:
        return {"opens": "00:00", "closes": "24:00"}
    data = {"code": part, "opens": hour(row["opens"]), "closes": hour(row["closes"])}
    data["size_classes"] = row["size_classes"]
    for locale in contents.LOCALES:
        data |= {f"name_{locale}": row["names"].get(locale), f"note_{locale}": (row["note"] or {}).get(locale)}
    return data


def read(subject: str, form: EditionForm, content: Content, part: str) -> tuple[Content, list[Fault]]:
    """The content as it would be with what was typed, and what could not be read at all."""
    made = copy.deepcopy(content)
    if subject in TEXTS:
        nature = form["nature"].data if "nature" in form else "official"
        made = {"sample": nature == "sample", "texts": {one: _wording(form, one) for one in contents.LOCALES}}
        return made, [] if nature else [Fault("nature", "choose")]
    if part == HOUSEHOLD:
        chosen = form["household_driver"].data
        made["household_driver"] = chosen == "yes"
        return made, [] if chosen in ("yes", "no") else [Fault("household_driver", "choose")]
    if subject == "policy":
        made["rules"][part] = {use: {item: form[f"{use}_{item}"].data for item in policy.EDITABLE} for use in USES}
        return made, []
    if subject == "privacy":
        return _read_privacy(form, made, part)
    if subject == "holidays":
        days, found = contents.read_holidays(form["days"].data or "")
        return {"days": days}, found
    rows = made["channels"]
    place = next((place for place, row in enumerate(rows) if row["code"] == part), len(rows)) if part else len(rows)
    rows[place : place + 1] = [] if part and form["ended"].data else [_channel(form, part)]
    return made, []


def _read_privacy(form: EditionForm, made: Content, part: str) -> tuple[Content, list[Fault]]:
    if part != FACTS:
        wordings = _paragraphs_of(made, part)
        for locale in contents.LOCALES:
            wordings[locale] = _lines(form, locale)
        return made, []
    made["facts"] = {
        "handler": {one: " ".join((form[f"handler_{one}"].data or "").split()) for one in contents.LOCALES},
        "role": form["role"].data,
        "cross_border": form["cross_border"].data,
        "bases": {purpose: form[f"basis_{purpose}"].data for purpose in privacy_text.PURPOSES},
        "asks_again": form["asks_again"].data != "no",
    }
    return made, []


def _lines(form: EditionForm, locale: str) -> list[str]:
    lines = (" ".join(line.split()) for line in (form[f"clauses_{locale}"].data or "").splitlines())
    return [one for one in lines if one]


def _wording(form: EditionForm, locale: str) -> dict[str, Any]:
    return {"title": " ".join((form[f"title_{locale}"].data or "").split()), "clauses": _lines(form, locale)}


def _channel(form: EditionForm, part: str) -> dict[str, Any]:
    def said(name: str) -> dict[str, str]:
        texts = {locale: " ".join((form[f"{name}_{locale}"].data or "").split()) for locale in contents.LOCALES}
        return {locale: text for locale, text in texts.items() if text}

    return {
        "code": part or (form["code"].data or "").strip(),
        "names": said("name"),
        "opens": contents.minutes(form["opens"].data or ""),
        "closes": contents.minutes(form["closes"].data or ""),
        "size_classes": [size for size in SIZE_CLASSES if size in form["size_classes"].data],
        "note": said("note") or None,
    }


def levels(form: EditionForm) -> list[tuple[str, list[Any]]]:
    """The fields of the policy by vehicle use, with the use in words."""
    return [(str(VEHICLE_USES[use]), [form[f"{use}_{item}"] for item in policy.EDITABLE]) for use in USES]
