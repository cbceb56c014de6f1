"""Flask extensions, made once and bound to the app in create_app."""

import hashlib
from functools import cached_property
from typing import Any

from babel import Locale
from babel.support import NullTranslations
from flask.sessions import SecureCookieSessionInterface
from flask_babel import Babel, Domain, get_locale
from flask_compress import Compress
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from htmx_flask import Htmx
from itsdangerous import Signer

# Tokens of forms are signed as this says; by itself it says SHA-1. Flask-WTF makes its signer within the functions that
# give and check a token and takes neither a signer nor a digest from its settings, so a narrower place would be our own
# copy of both functions. This attribute is the setting that itsdangerous documents, and nothing else here signs by it:
# the session names its own below.
Signer.default_digest_method = staticmethod(hashlib.sha256)


class SignedCookie(SecureCookieSessionInterface):
    digest_method = staticmethod(hashlib.sha256)


class Catalogues(Domain):
    """Catalogues by their language. Flask-Babel writes out the language's name at every word to find one, and a list
    has some two hundred words."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._by_language: dict[Locale | None, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        language = get_locale()
        found = self._by_language.get(language)
        if found is None:
            found = self._by_language[language] = super().get_translations()
        return found


class Words(Babel):
    @cached_property
    def domain_instance(self) -> Domain:
        return Catalogues(domain=self.domain)


babel = Words()
compress = Compress()
csrf = CSRFProtect()
htmx = Htmx()
login = LoginManager()
