"""The filing items in words: labels, choices, and what was declared as groups of rows, for every page that shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from babel import Locale
from flask import Flask
from flask_babel import get_locale

from webapp.documents import qr
from webapp.ui import locales
from webapp.ui.presenters import SIZE_CLASSES, VEHICLE_USES, long_date
from webapp.ui.words import gettext
from webapp.ui.words import lazy_gettext as _l
from webapp.values import countries, documents, phones, plates

LABELS: dict[str, Any] = {
    "id_type": _l("證件類別"),
    "full_name": _l("姓名"),
    "latin_name": _l("外文姓名"),
    "id_country": _l("簽發護照的國家或地區"),
    "id_number": _l("證件號碼"),
    "id_expiry": _l("證件有效期至"),
    "id_long_term": _l("證件長期有效"),
    "birth_date": _l("出生日期"),
    "phone_region": _l("地區"),
    "phone": _l("手提電話"),
    "phone_code": _l("短訊驗證碼"),
    "email": _l("電郵地址"),
    "language": _l("通知用的語言"),
    "unit_relation": _l("你與單位的關係"),
    "staff_number": _l("職員編號"),
    "address": _l("住址"),
    "residence_permit_number": _l("居住證號碼"),
    "residence_permit_expiry": _l("居住證有效期至"),
    "licence_number": _l("駕駛證號碼"),
    "licence_class": _l("準駕車型"),
    "licence_expiry": _l("駕駛證有效期至"),
    "licence_long_term": _l("駕駛證長期有效"),
    "vehicle_use": _l("車輛屬於"),
    "unit_assigns": _l("駕駛單位指派的車輛，不指定車牌"),
    "plate": _l("車牌號碼"),
    "second_plate": _l("另一個車牌"),
    "third_plate": _l("第三個車牌"),
    "size_class": _l("車型"),
    "brand_model": _l("品牌型號"),
    "colour": _l("車身顏色"),
    "vin": _l("車輛識別代號（VIN）"),
    "is_owner": _l("你是車主嗎？"),
    "owner_name": _l("車主姓名"),
    "joint_owner": _l("我也是登記車主（共有）"),
    "owner_id_tail": _l("車主證件號碼的最後四位"),
}

ID_TYPES: dict[str, Any] = {
    "cn_id": _l("居民身份證"),
    "mo_bir": _l("澳門居民身份證"),
    "hk_id": _l("香港身份證"),
    "home_return": _l("港澳居民來往內地通行證（回鄉證）"),
    "hmt_residence": _l("港澳台居民居住證"),
    "tw_permit": _l("台灣居民來往大陸通行證（台胞證）"),
    "foreign_pr": _l("外國人永久居留身份證"),
    "passport": _l("護照"),
}

RELATIONS: dict[str, Any] = {
    "staff": _l("單位的工作人員"),
    "unit_driver": _l("只駕駛單位車輛的人員"),
    "committee_staff": _l("居委會工作人員"),
    "resident_register": _l("橫琴戶籍居民"),
    "resident_permit": _l("持橫琴居住證的居民"),
    "household": _l("車主的家人，同住，沒有自己的單位"),
}

REGIONS: dict[str, Any] = {"86": _l("內地 +86"), "853": _l("澳門 +853"), "852": _l("香港 +852")}

#: Names that say whose territory it is, where the locale data does not.
_TERRITORIES = {"HK": _l("中國香港"), "MO": _l("中國澳門"), "TW": _l("中國台灣"), "CN": _l("中國")}


def install(app: Flask) -> None:
    app.jinja_env.filters.update(
        item_label=LABELS.__getitem__, id_type=ID_TYPES.__getitem__, unit_relation=RELATIONS.__getitem__
    )
    app.jinja_env.globals.update(qr_svg=qr.svg)


def choices(words: dict[str, Any], among: tuple[str, ...] | None = None) -> list[tuple[str, Any]]:
    """Choices of a field in the order of `words`, only those `among`."""
    return [(code, label) for code, label in words.items() if among is None or code in among]


def country_name(code: str) -> str:
    """A country in the reader's language; codes without a name as they are."""
    if code in _TERRITORIES:
        return str(_TERRITORIES[code])
    return (get_locale() or Locale.parse(locales.SOURCE)).territories.get(code, code)


def country_choices() -> list[tuple[str, str]]:
    """Issuing countries, those that are met most first, then by name."""
    first = ("CN", "HK", "MO", "PT")
    rest = sorted((country_name(code), code) for code in countries.ALPHA2 if code not in first)
    return [(code, country_name(code)) for code in first] + [(code, name) for name, code in rest]


@dataclass(frozen=True)
class Row:
    """One line: item, its name, the value in words; plates are drawn as plates."""

    item: str
    name: str
    value: str = ""
    plates: tuple[str, ...] = ()


@dataclass
class Group:
    """The rows of one page of the questionnaire (`page` as in filings.items, vehicles as vehicle-1 …)."""

    page: str
    title: str
    rows: list[Row] = field(default_factory=list)

    def add(self, item: str, value: str) -> None:
        if value:
            self.rows.append(Row(item, str(LABELS[item]), value))


def groups(declared: dict[str, Any]) -> list[Group]:
    """Everything declared (shape: filings.declaring) in full, for its own person and for whoever may open it."""
    return [
        _person(declared["person"]),
        _contact(declared["contact"]),
        _belonging(declared["belonging"]),
        _licence(declared["licence"]),
        *(
            _vehicle(number, vehicle, alone=len(declared["vehicles"]) == 1)
            for number, vehicle in enumerate(declared["vehicles"], start=1)
        ),
    ]


def _until(day: str, long_term: bool = False) -> str:
    if long_term:
        return gettext("長期有效")
    return long_date(date.fromisoformat(day)) if day else ""


def _person(person: dict[str, Any]) -> Group:
    group = Group("person", gettext("申報人"))
    group.add("full_name", person["full_name"])
    group.add("latin_name", person["latin_name"])
    group.add("id_type", str(ID_TYPES[person["id_type"]]))
    group.add("id_country", country_name(person["id_country"]) if person["id_country"] else "")
    group.add("id_number", documents.display_number(person["id_type"], person["id_number"]))
    group.add("id_expiry", _until(person["id_expiry"], person["id_long_term"]))
    if not documents.carries_birth_date(person["id_type"], person["id_number"]):
        group.add("birth_date", _until(person["birth_date"]))
    return group


def _contact(contact: dict[str, Any]) -> Group:
    group = Group("contact", gettext("聯絡方法"))
    group.add("phone", phones.display(contact["phone"]))
    group.add("email", contact["email"])
    group.add("language", locales.NAMES.get(contact["language"], ""))
    return group


def _belonging(belonging: dict[str, Any]) -> Group:
    group = Group("belonging", gettext("與單位的關係"))
    group.add("unit_relation", str(RELATIONS[belonging["unit_relation"]]))
    group.add("staff_number", belonging["staff_number"])
    group.add("address", belonging["address"])
    group.add("residence_permit_number", belonging["residence_permit_number"])
    group.add("residence_permit_expiry", _until(belonging["residence_permit_expiry"]))
    return group


def _licence(licence: dict[str, Any]) -> Group:
    group = Group("licence", gettext("駕駛證"))
    group.add("licence_number", licence["licence_number"])
    group.add("licence_class", licence["licence_class"])
    group.add("licence_expiry", _until(licence["licence_expiry"], licence["licence_long_term"]))
    return group


def _vehicle(number: int, vehicle: dict[str, Any], *, alone: bool) -> Group:
    title = gettext("車輛") if alone else gettext("車輛%(number)s", number=number)
    group = Group(f"vehicle-{number}", title)
    if vehicle["plates"]:
        shown = tuple(plates.display(one) for one in vehicle["plates"])
        group.rows.append(Row("plate", str(LABELS["plate"]), plates=shown))
    group.add("vehicle_use", str(VEHICLE_USES[vehicle["vehicle_use"]]))
    group.add("unit_assigns", gettext("是") if vehicle["unit_assigns"] else "")
    group.add("size_class", str(SIZE_CLASSES[vehicle["size_class"]]) if vehicle["size_class"] else "")
    group.add("brand_model", vehicle["brand_model"])
    group.add("colour", vehicle["colour"])
    group.add("vin", vehicle["vin"])
    if vehicle["is_owner"] is True:
        group.add("is_owner", gettext("是，你是車主"))
    if vehicle["is_owner"] is False:
        words = (
            gettext("不是，車主邀請你做第二名駕駛員")
            if vehicle.get("invitation")
            else gettext("不是，你是第二名駕駛員")
        )
        group.add("is_owner", words)
        group.add("joint_owner", gettext("是") if vehicle.get("joint_owner") else "")
        group.add("owner_name", vehicle["owner_name"])
        group.add("owner_id_tail", vehicle["owner_id_tail"])
    return group
