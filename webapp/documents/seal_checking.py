"""Whether bytes are a file that we sealed, as it left us. Reads no PDF: nothing of a stranger's file is interpreted.

A file of ours is covered by its seal from the first byte to the last, save the hole that holds the seal itself. So it
is enough to find the hole, to hash what is around it, and to ask whether our seal stands under that hash: whatever a
PDF reader would make of the rest, it is what we wrote. Time and memory follow the size of the file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature

if TYPE_CHECKING:
    from cryptography import x509

#: What a file turned out to be: sealed by us and untouched; begun as ours or in our name, but not what we sealed;
#: something else.
UNALTERED, ALTERED, FOREIGN = "unaltered", "altered", "foreign"
#: Revisions of one file that are looked at, from the last.
MOST_RANGES = 8
#: Hexadecimal digits of a seal; ours have 16,384.
LONGEST_SEAL = 64 * 1024

_RANGE = re.compile(rb"/ByteRange ?\[ ?(\d{1,10}) (\d{1,10}) (\d{1,10}) (\d{1,10}) ?\]")
_HOLE = re.compile(rb"<[0-9A-Fa-f]*>")
_ADDRESS = re.compile(rb"/Location \(([^()]{1,400})\)")
_ESCAPED = re.compile(rb"\\([0-7]{3})")
_CODE = re.compile(r"/genuine/([0-9A-Z]{4,20})$")


@dataclass(frozen=True)
class Checked:
    """`code` is that of the document the file is, was or says it is; "" where it names none."""

    verdict: str
    code: str = ""


def check(content: bytes, chain: Sequence[x509.Certificate]) -> Checked:
    """`chain`: the certificates of our seal, its own first. An earlier seal of the same name and authority is ours."""
    begun = False
    for first, start, end, rest in _ranges(content):
        hole = content[start:end]
        signed = content[:start] + content[end : end + rest]
        standing = _standing(hole, hashlib.sha256(signed).digest(), chain) if first == 0 else None
        if standing is None:
            continue
        if standing and end + rest == len(content):
            return Checked(UNALTERED, _code(signed))
        begun = True
    code = _code(content)
    # A seal that no longer holds together is told by the address that our seals carry.
    return Checked(ALTERED if begun or code else FOREIGN, code)


def _ranges(content: bytes) -> Iterator[tuple[int, int, int, int]]:
    for found in list(_RANGE.finditer(content))[-MOST_RANGES:]:
        first, start, end, rest = (int(number) for number in found.groups())
        if start < end and end - start <= LONGEST_SEAL + 2 and end + rest <= len(content):
            yield first, start, end, rest


def _code(content: bytes) -> str:
    """The code in the address of the last seal, "" where there is none."""
    found = _ADDRESS.findall(content)
    if not found:
        return ""
    address = _ESCAPED.sub(lambda octal: bytes([int(octal[1], 8) & 0xFF]), found[-1])
    code = _CODE.search(address.decode("latin-1"))
    return code[1] if code else ""


def _standing(hole: bytes, digest: bytes, chain: Sequence[x509.Certificate]) -> bool | None:
    """Whether our seal in the hole stands under the digest; None where what is in the hole is no seal of ours."""
    # They load what few requests need.
    from asn1crypto import cms
    from pyhanko.sign.general import extract_certificate_info, extract_signer_info
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    try:
        if not _HOLE.fullmatch(hole):
            return None
        der = bytes.fromhex(hole[1:-1].decode("ascii"))
        message = cms.ContentInfo.load(der)
        seal, signer = message["content"], extract_certificate_info(message["content"]).signer_cert
        if not _is_ours(signer.dump(), chain):
            return None
        padded = not der[len(message.dump()) :].strip(b"\0")
        detached = seal["encap_content_info"]["content"].native is None
        intact, valid = validate_sig_integrity(extract_signer_info(seal), signer, "data", digest)
        return padded and detached and intact and valid
    except Exception:
        # Whatever a parser stumbles over in a stranger's bytes: it is no seal that stands.
        return None


def _is_ours(certificate: bytes, chain: Sequence[x509.Certificate]) -> bool:
    """Whether a certificate bears the name of our seal and was given to it by the same authority."""
    from cryptography import x509  # late: only a checked file needs it, and a web process starts without

    found = x509.load_der_x509_certificate(certificate)
    if found.subject != chain[0].subject:
        return False
    try:
        found.verify_directly_issued_by(chain[1])
    except InvalidSignature:
        return False
    return True
