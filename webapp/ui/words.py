"""Words in the reader's language, for Python and for templates: who else needs `gettext` takes it from here.

Flask-Babel finds its catalogue anew for each word, by four looks at the request, and a list has hundreds of words. Here
it is found once in a request and kept with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from babel.support import NullTranslations
from flask import Flask, g, has_app_context
from flask_babel import force_locale, get_translations, refresh
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup


def gettext(text: str, /, **values: object) -> str:
    """This text in the reader's language, with the values it names as `%(name)s`."""
    said = _catalogue().gettext(text)
    return said % values if values else said


def lazy_gettext(text: str, /, **values: object) -> LazyString:
    """The same, for whoever reads it."""
    return LazyString(gettext, text, **values)


def choose_anew() -> None:
    """The reader asked for another language within this request."""
    refresh()
    g.pop("catalogue", None)


@contextmanager
def in_language(locale: str) -> Iterator[None]:
    """What is said in here is for somebody who reads this language."""
    outside = g.pop("catalogue", None)
    try:
        with force_locale(locale):
            yield
    finally:
        g.catalogue = outside


def install(app: Flask) -> None:
    app.jinja_env.globals.update(_=_in_template, gettext=_in_template)


@pass_eval_context
def _in_template(context: EvalContext, text: str, /, **values: object) -> str:
    said = _catalogue().gettext(text)
    words = Markup(said) if context.autoescape else said  # noqa: S704 (catalogues are ours)
    return words % values if "%" in words else words


def _catalogue() -> NullTranslations:
    if not has_app_context():
        return get_translations()
    found: NullTranslations | None = g.get("catalogue")
    if found is None:
        found = g.catalogue = get_translations()
    return found
