"""What the code is built on: which ciphers and where, who is spoken to, that every part is pinned and has its term; and
that what people send becomes neither pattern nor markup nor template."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
WEBAPP = ROOT / "webapp"
#: Modules that hold a cipher, a signature or a slow hash; everybody else asks `webapp.crypto`.
CIPHERS = {
    "crypto.py": {"AESGCM", "HKDF", "hashes", "hmac", "Ed25519PrivateKey", "InvalidTag"},
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
#: Who says of a text that it is markup: each escapes what it puts in, or puts in what it drew itself or our catalogues.
MARKUP = {"documents/fonts.py", "documents/qr.py", "documents/render.py", "ui/presenters.py", "ui/words.py"}
#: Who opens a template: by its name in a folder of ours.
TEMPLATES = {"delivery/wording.py", "documents/render.py"}
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
    engines = [
        (path.name, call.lineno, {word.arg for word in call.keywords})
        for path in (WEBAPP / "documents").glob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("HTML", "CSS")
    ]
    assert len(engines) > 2
    assert [engine for engine in engines if "url_fetcher" not in engine[2]] == []


def test_certificates_are_always_checked_and_logs_go_to_standard_error_alone():
    careless = r"CERT_NONE|check_hostname|_create_unverified|verify=False|cert_reqs"
    elsewhere = r"\b(?:\w*File|SysLog|HTTP|Socket|Datagram|SMTP|Queue)Handler\b"

    assert [
        (path.name, found)
        for path in WEBAPP.rglob("*.py")
        for found in re.findall(f"{careless}|{elsewhere}", path.read_text("utf-8"))
    ] == []


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


def test_no_pattern_is_made_of_what_people_send():
    """Written in the code, or put together of constants; outside of functions nothing was sent yet."""
    asked = [
        (path.relative_to(WEBAPP).as_posix(), call)
        for path in sorted(WEBAPP.rglob("*.py"))
        for scope in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(scope, ast.FunctionDef | ast.Lambda)
        for call in ast.walk(scope)
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("re.")
    ]

    assert len(asked) > 15
    assert [f"{place}:{call.lineno}" for place, call in asked if not _is_constant(call.args[0])] == []
    assert [path.name for path in (ROOT / "static/js").glob("*.js") if "RegExp(" in path.read_text("utf-8")] == []


def _is_constant(pattern: ast.expr) -> bool:
    parts = [part for part in ast.walk(pattern) if isinstance(part, ast.Name | ast.Call | ast.Attribute)]
    return all(isinstance(part, ast.Name) and part.id.strip("_").isupper() for part in parts)


def test_no_markup_and_no_template_is_made_of_what_people_send():
    used: dict[str, set[str]] = {"Markup(": set(), "Environment(": set()}
    for path in WEBAPP.rglob("*.py"):
        text, place = path.read_text("utf-8"), path.relative_to(WEBAPP).as_posix()
        assert not re.search(r"from_string|render_template_string|\bTemplate\(", text), place
        for name in used:
            used[name] |= {place} if name in text else set()
    pages = {path.name: path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html")}

    assert used == {"Markup(": MARKUP, "Environment(": TEMPLATES}
    assert {name for name, text in pages.items() if re.search(r"\|\s*safe\b|autoescape", text)} == {"_paper.html"}
    assert set(re.findall(r"'([^']*)'\s*\|\s*safe", pages["_paper.html"])) == {
        '<span class="page-number"></span>',
        '<span class="page-total"></span>',
    }
    assert pages["_paper.html"].count("safe") == 2
