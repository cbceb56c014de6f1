"""Whatever is sent to any address, form, importer or check, nothing answers with a failure of ours.

Briefly with every run of the tests; for SOAK_MINUTES with `make soak`, which prints how many inputs were tried. Inputs
are drawn from what breaks programs: empty, huge, of other scripts, half of something, meant for another language.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict

from tests.structure.test_routes import World, _session_cookie, address, engine, rules, world  # noqa: F401
from webapp import clock, database
from webapp.documents.seal_checking import check as check_seal
from webapp.domain.files import intake, sheets
from webapp.domain.limits.models import Bucket
from webapp.errors import Refusal
from webapp.ui import forms
from webapp.values import codes, documents, emails, licences, organisations, people, phones, plates, vins

ACTORS = ("visitor", "manager", "verifier", "platform_officer", "security_admin", "system_admin", "lane_officer")
LEAVING = ("staff.sign_out", "staff.session_end", "staff.switch_unit", "static")
NASTY = (
    "",
    " ",
    "0",
    "-1",
    "1e999",
    "NaN",
    "null",
    "undefined",
    "true",
    "[]",
    "{}",
    "2" * 400,
    "9" * 25,
    "٣٤",
    "１２３",
    "\x00",
    "\ud7ff\ufffe",
    "\u202e",
    "\u200b",
    "a\u0300" * 40,
    "𠮷",
    "👩‍👩‍👧",
    "İ",
    "ß",
    "\r\nSet-Cookie: a=b",
    "../../etc/passwd",
    "C:\\x",
    "//evil.example",
    "javascript:alert(1)",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "${7*7}",
    "%s%n",
    "%00",
    "' OR 1=1--",
    '"; DROP TABLE act; --',
    "=cmd|' /C calc'!A0",
    "@SUM(1)",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "2026-11-26",
    "1990-01-01",
    "yes",
    "no",
    "own",
    "unit",
    "cn_id",
    "passport",
    "44040119900101001X",
    "粤C·12345",
    "粵Z1234澳",
    "MW1234",
    "+853 6200 0000",
    "13800138000",
    "a@b.example",
    "A" * 254 + "@b.example",
    "DEMQ0001",
    "ABCDEFGHJKMN",
    "plate:unclear",
    "x:y:z",
    "853",
    "zh_Hant_MO",
)
ID_TYPES = ("cn_id", "passport", "hk_id", "mo_bir", "")
FILES = (
    b"",
    b"%PDF-1.7\n",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff\xe0",
    b"PK\x03\x04",
    "姓名,車牌\r\n甲,乙\r\n".encode(),
    b"\x00" * 5000,
)


class Source:
    """Draws inputs; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.names = sorted(_field_names())

    def text(self) -> str:
        draw = self.chance.random()
        if draw < 0.6:
            return self.chance.choice(NASTY)
        if draw < 0.8:
            return self.chance.choice(NASTY) + self.chance.choice(NASTY)
        return "".join(
            chr(
                self.chance.choice(
                    (
                        self.chance.randrange(32, 127),
                        self.chance.randrange(0x2000, 0xD7FF),
                        self.chance.randrange(0x10000, 0x10FFFF),
                    )
                )
            )
            for _ in range(self.chance.randrange(1, 30))
        )

    def fields(self) -> MultiDict[str, str]:
        return MultiDict((self.chance.choice(self.names), self.text()) for _ in range(self.chance.randrange(0, 14)))

    def content(self) -> bytes:
        content = self.chance.choice(FILES) + self.text().encode("utf-8", "surrogatepass")
        for _ in range(self.chance.randrange(0, 4)):
            place = self.chance.randrange(0, len(content) + 1)
            content = content[:place] + self.chance.randbytes(self.chance.randrange(0, 40)) + content[place:]
        return content


def _field_names() -> set[str]:
    """Every field of every form, those that are not declared, and the parameters of lists."""
    found = {
        "row",
        "act",
        "reason",
        "note",
        "q",
        "after",
        "before",
        "page",
        "version",
        "submission_key",
        "lang",
        "next",
        "confirm_plate",
    }
    waiting = [forms.Form]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        found |= {name for name in dir(form) if hasattr(getattr(form, name), "field_class")}
    return found


# One input of each kind: raises where something is not refused as it should be ----------------------------------------


def one_check(source: Source) -> None:
    text, other, today = source.text(), source.text(), clock.today()
    kinds: tuple[Callable[[], Any], ...] = (
        lambda: documents.check(source.chance.choice(ID_TYPES), text, country=other, today=today),
        lambda: plates.check(text),
        lambda: vins.check(text),
        lambda: licences.check(text),
        lambda: phones.check(source.chance.choice(("86", "853", "852", other)), text),
        lambda: emails.check(text),
        lambda: organisations.check(source.chance.choice(("cn", "mo", "hk", other)), text),
        lambda: people.check_name(text),
        lambda: people.check_latin_name(text),
        lambda: codes.normalise_code(text),
    )
    source.chance.choice(kinds)()


def one_form(source: Source) -> None:
    """Any form reads any fields; what it refuses it can show again."""
    form_class = source.chance.choice(FORMS)
    fields = source.fields()
    if source.chance.random() < 0.2:
        fields.add(source.chance.choice(source.names), FileStorage(io.BytesIO(source.content()), source.text()))  # type: ignore[arg-type]
    form = form_class(formdata=fields)
    form.summary()


def one_file(source: Source) -> None:
    """Importers and the check of sealed files."""
    content = source.content()
    kinds: tuple[Callable[[], Any], ...] = (
        lambda: intake.check(content, source.text(), "proof"),
        lambda: sheets.read(content, ()),
        lambda: check_seal(content, ()),
    )
    with contextlib.suppress(Refusal):
        source.chance.choice(kinds)()


FORMS: list[Any] = []


def _forms() -> list[Any]:
    """Every form that is made without more than what was sent."""
    found, waiting = [], [forms.Form]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        try:
            form(formdata=MultiDict())
        except TypeError:
            continue
        found.append(form)
    return found


def requests(app: Flask, world: World, source: Source) -> Iterator[tuple[str, int]]:  # noqa: F811
    """One request after another to any address as anybody; yields (what was sent, status)."""
    app.config["WTF_CSRF_ENABLED"] = False
    clients = {}
    for actor in ACTORS:
        clients[actor] = app.test_client()
        if actor != "visitor":
            _session_cookie(app, clients[actor], world.mailboxes[actor])
    asked = [rule for rule in rules(app) if rule.endpoint not in LEAVING and not rule.endpoint.startswith("staff.step")]
    while True:
        rule, actor = source.chance.choice(asked), source.chance.choice(ACTORS)
        method = source.chance.choice(sorted((rule.methods or {"GET"}) - {"OPTIONS"}))
        path = address(app, rule, world)
        if source.chance.random() < 0.2 and "?" not in path:
            path = path.rsplit("/", 1)[0] + "/" + source.chance.choice(NASTY).replace("?", "").replace("#", "")
        fields: MultiDict[str, Any] = source.fields()
        more: dict[str, Any] = (
            {"query_string": fields} if method in ("GET", "HEAD") and "?" not in path else {"data": fields}
        )
        if "data" in more and source.chance.random() < 0.2:
            fields.add(source.chance.choice(source.names), (io.BytesIO(source.content()), "x.pdf"))
        if source.chance.random() < 0.3:
            more["headers"] = {
                "HX-Request": "true",
                "HX-Target": source.chance.choice(("rows", "x")),
                "Accept-Language": "xx;q=zz",
            }
        sent = f"{actor} {method} {rule.endpoint} {path[:80]!r} {sorted(name for name in fields)}"
        try:
            answer = clients[actor].open(path, method=method, **more)
        except (UnicodeError, ValueError):
            continue  # the client of the tests will not write it
        yield sent, answer.status_code


def tried(
    app: Flask, there: World, seed: int, limits: dict[str, int], seconds: float
) -> tuple[Counter[str], list[str]]:
    """Try so many inputs of each kind, or as many as the time allows; (how many of each, what failed)."""
    source, counts, failed = Source(seed), Counter[str](), []
    until = time.monotonic() + seconds
    with app.test_request_context("/", method="POST"):
        FORMS[:] = _forms()
        for kind, one in (("checks", one_check), ("forms", one_form), ("files", one_file)):
            share = time.monotonic() + (until - time.monotonic()) / 4
            while counts[kind] < limits[kind] and time.monotonic() < share:
                counts[kind] += 1
                try:
                    one(source)
                except Exception as error:
                    failed.append(f"{kind} {counts[kind]} of seed {seed}: {type(error).__name__} {error}"[:300])
    database.connect()
    for sent, status in requests(app, there, source):
        counts["requests"] += 1
        if status >= 500:
            failed.append(f"{status} {sent}")
        if counts["requests"] % 500 == 0:
            with database.transaction():
                Bucket.delete().execute()  # or most would be told to wait
        if counts["requests"] >= limits["requests"] or time.monotonic() > until:
            return counts, failed
    return counts, failed


def test_nothing_that_is_sent_fails(app, world):  # noqa: F811
    limits = {"checks": 3000, "forms": 1500, "files": 300, "requests": 700}

    counts, failed = tried(app, world, 26, limits, 60)

    assert failed == []
    assert min(counts.values()) > 50, counts


@pytest.mark.soak
def test_nothing_that_is_sent_fails_for_long(app, world):  # noqa: F811
    seconds = 60 * int(os.environ.get("SOAK_MINUTES", "60"))
    seed = int(os.environ.get("SOAK_SEED") or time.time())
    limits = {"checks": 1_000_000, "forms": 500_000, "files": 200_000, "requests": 10**9}

    counts, failed = tried(app, world, seed, limits, seconds)

    print(f"\n{sum(counts.values()):,} inputs of seed {seed}: {dict(counts)}; {len(failed)} failed")
    assert failed[:50] == []
