"""The key our documents are sealed with, and the certificates that say whose seal it is.

Production names two PEM files: `SEAL_KEY`, a P-256 key, and `SEAL_CHAIN`, the seal's certificate first and the
authority's last. Demo and development make an authority and a seal of their own, once, in `DATA_DIR/local-seal.pem`.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from webapp import clock

if TYPE_CHECKING:
    from webapp.settings import Settings

LOCAL_FILE = "local-seal.pem"
#: In the name of every authority made here: production refuses a chain that ends in one.
LOCAL_ORGANISATION = "Local demonstration authority"
_LOCAL_YEARS = timedelta(days=3650)


class UnfitSeal(Exception):
    """Key or chain cannot seal; the message says what is wrong with which setting."""


@dataclass(frozen=True)
class Seal:
    """`chain`: the seal's own certificate first, the authority's last."""

    key: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...]


def read(key_file: Path, chain_file: Path) -> Seal:
    """Raises UnfitSeal."""
    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise UnfitSeal("SEAL_KEY is a PEM file with a key that needs no passphrase") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise UnfitSeal("SEAL_KEY is a key on the curve P-256")
    chain = read_chain(chain_file)
    if chain[0].public_key() != key.public_key():
        raise UnfitSeal("SEAL_CHAIN begins with the certificate of SEAL_KEY")
    return Seal(key, chain)


def read_chain(chain_file: Path) -> tuple[x509.Certificate, ...]:
    """The certificates of the seal, each issued by the next, the last by itself. Raises UnfitSeal."""
    try:
        chain = tuple(x509.load_pem_x509_certificates(chain_file.read_bytes()))
        for issued, issuer in zip(chain, (*chain[1:], chain[-1]), strict=True):
            issued.verify_directly_issued_by(issuer)
    except OSError as error:
        raise UnfitSeal("SEAL_CHAIN is a PEM file with the seal's certificates") from error
    except (ValueError, TypeError, InvalidSignature) as error:
        raise UnfitSeal(
            "SEAL_CHAIN goes from the seal's certificate to the authority's, each issued by the next"
        ) from error
    if len(chain) < 2:
        raise UnfitSeal("SEAL_CHAIN ends with the certificate of an authority, which is not the seal's own")
    return chain


def of(settings: Settings) -> Seal:
    """The seal of this installation. Raises UnfitSeal."""
    return read(*_files(settings))


def chain_of(settings: Settings) -> tuple[x509.Certificate, ...]:
    """What a check goes by; it needs no key. Raises UnfitSeal."""
    return read_chain(_files(settings)[1])


def _files(settings: Settings) -> tuple[Path, Path]:
    if settings.seal_key and settings.seal_chain:
        return settings.seal_key, settings.seal_chain
    local = make_local(settings.data_dir)
    return local, local


def faults(key_file: Path, chain_file: Path) -> list[str]:
    """Why production may not seal with these: a sentence for each reason."""
    try:
        chain = read(key_file, chain_file).chain
    except UnfitSeal as unfit:
        return [str(unfit)]
    found = []
    if key_file.stat().st_mode & 0o077:
        found.append("SEAL_KEY may be read by its owner alone (mode 600)")
    if not chain[0].not_valid_before_utc <= clock.now() < chain[0].not_valid_after_utc:
        found.append("the certificate of the seal is not valid today")
    if LOCAL_ORGANISATION in {part.value for part in chain[-1].subject}:
        found.append("SEAL_CHAIN is one made for demonstration")
    return found


def make_local(folder: Path) -> Path:
    """Key and chain of a demo or a desk in one file, made once; the authority's own key is kept nowhere."""
    path = folder / LOCAL_FILE
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    # Server and worker may start together: the first to link its file in wins, the other reads it.
    draft = folder / f"{LOCAL_FILE}.{os.getpid()}.{secrets.token_hex(4)}"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(issue("Demonstration seal", LOCAL_ORGANISATION))
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    return path


def issue(name: str, authority: str) -> bytes:
    """A new seal called `name` under a new authority of that organisation: its key and both certificates, as PEM."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _name(authority, "Authority of document seals")
    root = (
        _certificate(root_name, root_name, root_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    own = (
        _certificate(_name(authority, name), root_name, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    return (
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + own.public_bytes(pem)
        + root.public_bytes(pem)
    )


def _name(organisation: str, name: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    # A day back: clocks of readers differ.
    begin = clock.now() - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + _LOCAL_YEARS)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(**wanted: bool) -> x509.KeyUsage:
    every = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: wanted.get(name, False) for name in every})
