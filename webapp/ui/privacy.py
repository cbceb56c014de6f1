"""Words of the privacy text: its sections, what data are used for and on which basis, and who is responsible."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask, current_app, g

from webapp.domain.pledges import privacy_text
from webapp.domain.pledges.privacy_text import PrivacyText
from webapp.ui import locales
from webapp.ui.presenters import long_time
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

SECTIONS: dict[str, Any] = {
    "manner": _l("怎樣處理"),
    "kinds": _l("收集甚麼"),
    "retention": _l("保存多久"),
    "recipients": _l("交給誰"),
    "storage": _l("存放在哪裏，會不會出境"),
    "decisions": _l("系統自動作出的決定"),
    "rights": _l("你的權利，怎樣行使"),
    "not_giving": _l("不提供或不同意會怎樣"),
    "adults": _l("未成年人"),
    "changes": _l("內容有更改時"),
}
PURPOSES: dict[str, Any] = {
    "verifying": _l("核對身份、駕駛資格和車輛，驗核並列入名單"),
    "lanes": _l("海關和口岸部門在“二線”通道查驗"),
    "telling": _l("向你發通知和驗證碼"),
    "deciding": _l("處理異議、嚴重失信列入和移出"),
    "evidence": _l("保存承諾書和操作記錄作證據"),
    "figures": _l("不含個人資料的統計"),
}
BASES: dict[str, Any] = {"consent": _l("你的同意"), "duty": _l("履行法定職責")}
ROLES: dict[str, Any] = {
    "entrusted": _l("單位受平台委託處理，按平台的要求保管"),
    "own_handler": _l("單位自行決定處理的目的和方式，自行負責"),
}
CROSS_BORDER: dict[str, Any] = {"none": _l("不出境"), "some": _l("有資料出境，見下文")}
YES_NO: dict[bool, Any] = {True: _l("要"), False: _l("不用")}


def install(app: Flask) -> None:
    # Macros see globals alone.
    app.jinja_env.globals.update(privacy_text=current, privacy_contact=contact, privacy_words=_Words)
    app.jinja_env.filters.update(
        privacy_edition=edition_name, iso_time=lambda text: long_time(datetime.fromisoformat(text))
    )


class _Words:
    sections, purposes, bases, roles, cross_border = SECTIONS, PURPOSES, BASES, ROLES, CROSS_BORDER


def current() -> PrivacyText:
    """The edition in force in the reader's language; read once for a request."""
    if "privacy_text" not in g:
        g.privacy_text = privacy_text.current(locales.select())
    text: PrivacyText = g.privacy_text
    return text


def contact() -> dict[str, str]:
    """Who is responsible for personal data, and how he is reached; the general contact where no other is set."""
    settings = current_app.config["SETTINGS"]
    return {
        "officer": settings.privacy_officer,
        "phone": settings.privacy_phone or settings.contact_phone,
        "email": settings.privacy_email or settings.contact_email,
        "address": settings.privacy_address,
        "hours": settings.contact_hours,
    }


def edition_name(number: int) -> str:
    return _("首個版本") if number == 0 else _("第%(n)s版", n=number + 1)
