"""What the code is built on: which ciphers and where, who is spoken to, that every part is pinned and has its term."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
WEBAPP = ROOT / "webapp"
#: Modules that hold a cipher, a signature or a slow hash; everybody else asks `webapp.crypto`.
CIPHERS = {
    "crypto.py": {"AESGCM", "HKDF", "hashes", "Ed25519PrivateKey", "InvalidTag"},
    "cli/gate/service.py": {"Ed25519PublicKey", "InvalidSignature"},
    "document_seals.py": {"ec", "hashes", "serialization", "x509", "NameOID", "InvalidSignature"},
    "documents/sealing.py": {"serialization", "x509"},
    "documents/seal_checking.py": {"x509", "InvalidSignature"},
    "domain/filings/attesting.py": {"Certificate"},
    "domain/accounts/passwords.py": {"PasswordHasher", "Argon2Error", "InvalidHashError"},
}
#: Approved: SHA-256, P-256. `file_digest` is given its own beside it.
ALGORITHMS = {"sha256", "file_digest", "SHA256", "SECP256R1"}
#: Who opens a connection to somebody else: mail, gateway, a gate to us, the database for copies.
SPEAKERS = {
    "urllib3": {"delivery/sms_http.py", "cli/gate/service.py"},
    "smtplib": {"delivery/mail.py"},
    "psycopg": {"backups/server.py", "backups/drilling.py"},
    "requests": set(),
    "aiohttp": set(),
    "http": set(),
    "ftplib": set(),
}
#: Numbers without chance of their own, of invented people.
CHANCE = "cli/synth/"


def imports() -> Iterator[tuple[str, str, str]]:
    """(module of ours, module that is imported, name; '' where all of it is)."""
    for path in sorted(WEBAPP.rglob("*.py")):
        place = path.relative_to(WEBAPP).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((place, one.name, "") for one in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield from ((place, node.module, one.name) for one in node.names)


def test_ciphers_stand_in_few_modules_and_are_approved():
    used: dict[str, set[str]] = {}
    for place, module, name in imports():
        if module.split(".")[0] in ("cryptography", "argon2"):
            used.setdefault(place, set()).add(name)
    text = {path: path.read_text("utf-8") for path in WEBAPP.rglob("*.py")}
    named = {
        name
        for content in text.values()
        for name in re.findall(r"\b(?:hashlib|hashes)\.(\w+)|\bec\.(SECP\w+)", content)
        for name in name
        if name
    }

    assert used == CIPHERS
    assert named == ALGORITHMS
    assert {place for place, module, _ in imports() if module == "random" and not place.startswith(CHANCE)} == set()


def test_only_these_speak_to_other_hosts():
    spoken: dict[str, set[str]] = {name: set() for name in SPEAKERS}
    for place, module, name in imports():
        first = module.split(".")[0]
        if first in spoken and name != "HTTPStatus":
            spoken[first].add(place)
        assert (module, name) != ("urllib", "request"), place
        assert module != "urllib.request", place

    assert spoken == SPEAKERS


def test_every_part_is_pinned_by_hash_and_has_a_term():
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    parts = [part for part in re.split(r"\n(?=[A-Za-z0-9])", lock) if not part.startswith("#")]

    assert len(parts) > 40
    assert [part.split()[0] for part in parts if not re.match(r"[\w.\[\]-]+==[\w.]+ ", part)] == []
    assert [part.split()[0] for part in parts if "--hash=sha256:" not in part] == []
    terms = re.findall(r"^\| (.+?) \| (\d+) days", (ROOT / "SECURITY.md").read_text("utf-8"), re.MULTILINE)
    assert [int(days) for _what, days in terms] == [3, 14, 90]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in ("check", "sbom"))
