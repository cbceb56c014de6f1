"""Codes of the domain as sentences for people. The domain never speaks; this is the only place that does.

A sentence says what to do. It is looked up as "field:code", then as "code". Parameters of the fault fill `%(name)s`.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

import structlog

from webapp.errors import Fault, Refusal
from webapp.ui.sentences import general, uploads, values
from webapp.ui.words import gettext as _

__all__ = ["SENTENCES", "for_status", "form_expired", "found", "of", "uploads", "words"]

#: Every module beside this one that words something.
_MODULES = [import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__)]


def _joined() -> dict[str, Any]:
    """One table of them all. Two modules that both word a key would silence each other: the program does not start."""
    table: dict[str, Any] = {}
    for module in _MODULES:
        if twice := sorted(table.keys() & module.SENTENCES.keys()):
            raise ValueError(f"{module.__name__} words again: {', '.join(twice)}")
        table |= module.SENTENCES
    return table


SENTENCES = _joined()

log = structlog.get_logger()


def of(fault: Fault) -> str:
    """The sentence for a fault in the reader's language."""
    for key in (f"{fault.field}:{fault.code}", fault.code):
        if key in SENTENCES:
            return str(SENTENCES[key]) % values.readable(fault.params) if fault.params else str(SENTENCES[key])
    log.warning("no sentence", code=fault.code, field=fault.field)
    return _("這一項不能接受，請檢查後再試。")


def words(code: str) -> Any:
    """The words of a reason `field:code`, in the language of whoever reads them at last."""
    return SENTENCES.get(code) or SENTENCES[code.partition(":")[2]]


def found(refusal: Refusal) -> list[tuple[str, str, bool]]:
    """What a form's `add_errors` takes: field, sentence, and whether it may be confirmed."""
    return [(fault.field, of(fault), fault.warning) for fault in refusal.faults]


def for_status(status: int) -> tuple[str, str]:
    """(title, what to do) of the page for a status code."""
    title, explanation = general.STATUSES.get(status, general.STATUSES[500 if status >= 500 else 400])
    return str(title), str(explanation)


def too_large(megabytes: int) -> str:
    """A whole request beyond its limit; the one of a single file stands beside its field."""
    return _(
        "一次最多送出%(megabytes)s MB。請返回上一頁，選一個較小的檔案再送出；"
        "每個檔案的上限寫在選擇檔案的地方。已儲存的內容仍在。",
        megabytes=megabytes,
    )


def form_too_long(parts: int, megabytes: int) -> str:
    """A form of too many fields, or of texts that are too long together."""
    return _(
        "一次最多送出%(parts)s項，文字合計最多%(megabytes)s MB。請返回上一頁，"
        "減少剔選的項目或文字，分開幾次送出。已儲存的內容仍在。",
        parts=f"{parts:,}",
        megabytes=megabytes,
    )


def form_expired() -> str:
    return _("這一頁放得太久，為安全起見已失效。請重新載入本頁再試，已儲存的內容仍在。")
