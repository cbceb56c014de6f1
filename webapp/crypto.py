"""Sealing of personal data, blind indexes, and tokens. The only module that knows ciphers and keys.

A sealed value is `algorithm (1 byte) | key id (1 byte) | nonce (12) | ciphertext and tag`, so keys rotate and
another cipher (SM4-GCM, GB/T 39786) can follow without touching what is stored. It is bound to where it lives:
the context (table, field, ref) is authenticated, a value moved elsewhere does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as keyed
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from webapp.settings import Settings

AES_256_GCM = 1
NONCE = 12
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
#: Of what we sealed ourselves: nothing stands around it.
_parsed = json.JSONDecoder().raw_decode
INDEX_BYTES = 16
#: Any byte → one of 32 letters, each as likely as the others: those of base32.
_LETTERS = b"abcdefghijklmnopqrstuvwxyz234567" * 8
MAC_BYTES = 16

Context = tuple[str, str, str]  # table, field, ref


class Unreadable(Exception):
    """A sealed value does not open: wrong key, wrong place or altered bytes."""


class Keyring:
    def __init__(self, settings: Settings) -> None:
        self._ciphers = {key_id: AESGCM(key) for key_id, key in settings.field_keys}
        self._marks = {f"field:{key_id}": _mark(key) for key_id, key in settings.field_keys}
        self._marks["index"] = _mark(settings.index_key)
        self._active = settings.field_keys[-1][0]
        self._index = _mac_of(settings.index_key)
        self._tokens = _mac_of(settings.secret_key)
        self._provers = {
            key_id: _mac_of(HKDF(hashes.SHA256(), 32, None, b"record-mac").derive(key))
            for key_id, key in settings.audit_keys
        }
        self._prover = settings.audit_keys[-1][0]
        self._audit_keys = dict(settings.audit_keys)
        self._signers: dict[str, Ed25519PrivateKey] = {}

    def seal(self, value: bytes, context: Context) -> bytes:
        nonce = os.urandom(NONCE)
        head = bytes((AES_256_GCM, self._active))
        return head + nonce + self._ciphers[self._active].encrypt(nonce, value, _bound(head, context))

    def open(self, sealed: bytes, context: Context) -> bytes:
        sealed = bytes(sealed)
        cipher = self._ciphers.get(sealed[1]) if len(sealed) > 2 + NONCE and sealed[0] == AES_256_GCM else None
        if cipher is None:
            raise Unreadable("unknown algorithm or key")
        try:
            return cipher.decrypt(sealed[2 : 2 + NONCE], sealed[2 + NONCE :], _bound(sealed[:2], context))
        except InvalidTag:
            raise Unreadable("does not open here") from None

    @property
    def newest(self) -> int:
        return self._active

    def marks(self) -> dict[str, bytes]:
        return dict(self._marks)

    def index(self, kind: str, value: str) -> bytes:
        return _keyed(self._index, kind, value)[:INDEX_BYTES]

    def mac(self, content: bytes, key_id: int | None = None) -> bytes:
        number = self._prover if key_id is None else key_id
        mac = self._provers[number].copy()
        mac.update(content)
        return bytes((number,)) + mac.finalize()[:MAC_BYTES]

    def mac_fits(self, content: bytes, mac: bytes | None) -> bool:
        if not mac or mac[0] not in self._provers:
            return False
        return hmac.compare_digest(self.mac(content, mac[0]), bytes(mac))

    def record_slices(self, salt: bytes, key_id: int | None) -> tuple[int, Slices]:
        number = self._prover if key_id is None else key_id
        if number not in self._audit_keys:
            raise Unreadable("unknown key")
        return number, Slices(self._audit_keys[number], salt, "record-export")

    def token(self, purpose: str, value: str) -> bytes:
        return _keyed(self._tokens, purpose, value)

    def signer(self, purpose: str) -> Ed25519PrivateKey:
        if purpose not in self._signers:
            self._signers[purpose] = Ed25519PrivateKey.from_private_bytes(self.token("signing-key", purpose))
        return self._signers[purpose]


def _mark(key: bytes) -> bytes:
    """What tells one key from another and nothing of either."""
    return HKDF(hashes.SHA256(), 16, None, b"key-check").derive(key)


def _mac_of(key: bytes) -> keyed.HMAC:
    """HMAC-SHA256, to be copied for each value: half the time of the standard library's."""
    return keyed.HMAC(key, hashes.SHA256())


def _keyed(base: keyed.HMAC, kind: str, value: str) -> bytes:
    mac = base.copy()
    mac.update(kind.encode() + b"\0" + value.encode())
    return mac.finalize()


def _bound(head: bytes, context: Context) -> bytes:
    return head + "\0".join(context).encode()


_keyring: Keyring | None = None


def configure(settings: Settings) -> None:
    global _keyring
    _keyring = Keyring(settings)


def _keys() -> Keyring:
    if _keyring is None:
        raise RuntimeError("crypto.configure(settings) comes first")
    return _keyring


def encoded(value: Any) -> bytes:
    """A JSON value as `seal` writes it, for whoever seals the same one in several places (`seal_bytes`)."""
    return _json.encode(value).encode()


def seal(value: Any, table: str, field: str, ref: str) -> bytes:
    """Seal any JSON value for one place."""
    return seal_bytes(encoded(value), table, field, ref)


def unseal(sealed: bytes, table: str, field: str, ref: str) -> Any:
    """Open a value sealed for this place. Raises Unreadable."""
    return _parsed(_keys().open(sealed, (table, field, ref)).decode())[0]


def seal_bytes(value: bytes, table: str, field: str, ref: str) -> bytes:
    return _keys().seal(value, (table, field, ref))


def unseal_bytes(sealed: bytes, table: str, field: str, ref: str) -> bytes:
    return _keys().open(sealed, (table, field, ref))


def newest_key() -> int:
    """Id of the field key that seals new values."""
    return _keys().newest


def key_id(sealed: bytes) -> int:
    """Id of the field key that a sealed value needs."""
    return bytes(sealed[1:2])[0]


def marks() -> dict[str, bytes]:
    """By name (`field:<id>`, `index`) what tells the keys in use from others, without telling them."""
    return _keys().marks()


def index(kind: str, value: str) -> bytes:
    """Blind index: 16 bytes that find equal values of one kind and say nothing else without the key."""
    return _keys().index(kind, value)


def mac(content: bytes) -> bytes:
    """What proves a row of the record: key id (1 byte) and 16 bytes of HMAC-SHA256."""
    return _keys().mac(content)


def mac_fits(content: bytes, mac: bytes | None) -> bool:
    """Whether this is the proof of this content; False also where there is none, or of a key nobody gave us."""
    return _keys().mac_fits(content, mac)


def record_slices(salt: bytes, key_id: int | None = None) -> tuple[int, Slices]:
    """What seals an export of the record, or opens one that names its key: (key id, slices). Raises Unreadable."""
    return _keys().record_slices(salt, key_id)


class Indexer:
    """Blind indexes under a key of its own: those that were made before the index key was changed."""

    def __init__(self, key: bytes) -> None:
        self._base = _mac_of(key)
        self.mark = _mark(key)

    def index(self, kind: str, value: str) -> bytes:
        return _keyed(self._base, kind, value)[:INDEX_BYTES]


def derive_token(purpose: str, value: str) -> str:
    """A secret that can be derived again (status links): 26 URL-safe characters."""
    return base64.b32encode(_keys().token(purpose, value)[:16]).decode().rstrip("=").lower()


def sign(purpose: str, content: bytes) -> bytes:
    """Our Ed25519 signature, 64 bytes, under a key derived for this purpose from the secret key."""
    return _keys().signer(purpose).sign(content)


def public_key(purpose: str) -> bytes:
    """What checks `sign` of the same purpose: 32 raw bytes."""
    return _keys().signer(purpose).public_key().public_bytes_raw()


def random_token() -> str:
    return secrets.token_urlsafe(24)


def token_hash(token: str) -> bytes:
    """What is stored of a random token: enough to find it, useless to whoever reads the table."""
    return hashlib.sha256(token.encode()).digest()


def new_ref() -> str:
    """An opaque reference for addresses and documents: 20 characters, 100 random bits."""
    return os.urandom(20).translate(_LETTERS).decode()


def same(left: str | bytes, right: str | bytes) -> bool:
    """Compare secrets in constant time."""
    as_bytes = [value.encode() if isinstance(value, str) else value for value in (left, right)]
    return hmac.compare_digest(*as_bytes)


class Slices:
    """AES-256-GCM over a long stream, slice by slice, under a key of the stream's own: the position and whether it is
    the last one are part of each slice's nonce, so none can be altered, moved, left out or cut off unnoticed."""

    def __init__(self, key: bytes, salt: bytes, purpose: str) -> None:
        derived = HKDF(hashes.SHA256(), 64, salt, purpose.encode()).derive(key)
        self._cipher, self._head = AESGCM(derived[:32]), derived[32:]

    def head_tag(self, head: bytes) -> bytes:
        """What shows at once whether head and key belong together: 16 bytes."""
        return hmac.digest(self._head, head, "sha256")[:16]

    def seal(self, position: int, last: bool, plain: bytes) -> bytes:
        return self._cipher.encrypt(_place(position, last), plain, None)

    def open(self, position: int, last: bool, sealed: bytes) -> bytes:
        """Raises Unreadable."""
        try:
            return self._cipher.decrypt(_place(position, last), sealed, None)
        except InvalidTag:
            raise Unreadable("does not open here") from None


def _place(position: int, last: bool) -> bytes:
    return position.to_bytes(NONCE - 1, "big") + bytes((last,))
