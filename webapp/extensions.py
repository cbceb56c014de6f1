"""Flask extensions, made once and bound to the app in create_app."""

import hashlib

from flask.sessions import SecureCookieSessionInterface
from flask_babel import Babel
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


babel = Babel()
compress = Compress()
csrf = CSRFProtect()
htmx = Htmx()
login = LoginManager()
