"""Sentences of objections and disputes."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "case_closed": _("這宗個案已經結束，請看最新情況"),
}
