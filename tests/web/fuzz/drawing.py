"""Texts, fields and files drawn from what breaks programs: empty, huge, of other scripts, half of something, meant for
another language."""

from __future__ import annotations

import random
from collections.abc import Sequence

from werkzeug.datastructures import MultiDict

from tests.builders.sheets import workbook
from webapp.ui import forms

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
#: Starts of files; what follows is drawn.
FILES = (
    b"",
    b"%PDF-1.7\n",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff\xe0",
    b"PK\x03\x04",
    "姓名,車牌\r\n甲,乙\r\n".encode(),
    b"\x00" * 5000,
)
#: Signs near the formats, where the branches are.
NEAR = "0123456789XxABCHMEZKOIQ粤粵澳港警領学C·-()（）/ ０Ａ@.+*年月日"
#: Parameters of lists and fields that no form declares.
UNDECLARED = {
    "row", "act", "reason", "note", "q", "after", "before", "page", "version", "submission_key", "lang", "next",
    "confirm_plate",
}  # fmt: skip


class Source:
    """Draws inputs; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.names = sorted(field_names())

    def text(self) -> str:
        draw = self.chance.random()
        if draw < 0.5:
            return self.chance.choice(NASTY)
        if draw < 0.65:
            return self.chance.choice(NASTY) + self.chance.choice(NASTY)
        if draw < 0.85:
            return "".join(self.chance.choices(NEAR, k=self.chance.randrange(1, 22)))
        return "".join(map(chr, (self._sign() for _ in range(self.chance.randrange(1, 30)))))

    def _sign(self) -> int:
        blocks = ((32, 127), (0x2000, 0xD7FF), (0x10000, 0x10FFFF), (0, 32))
        return self.chance.randrange(*self.chance.choice(blocks))

    def fields(self) -> MultiDict[str, str]:
        return MultiDict((self.chance.choice(self.names), self.text()) for _ in range(self.chance.randrange(0, 14)))

    def content(self) -> bytes:
        return self.torn(self.chance.choice(FILES) + self.text().encode("utf-8", "surrogatepass"))

    def torn(self, content: bytes) -> bytes:
        """With up to three places where something else was put in, taken out or turned over."""
        for _ in range(self.chance.randrange(0, 4)):
            place = self.chance.randrange(0, len(content) + 1)
            length = self.chance.randrange(0, 40)
            content = (
                content[:place] + self.chance.randbytes(length) + content[place + self.chance.choice((0, length)) :]
            )
        return content

    def sheet(self, heads: Sequence[str]) -> bytes:
        """A filled sheet with these heads, now and then torn: CSV in any encoding, seldom a workbook."""
        rows = [[self.text()[:80] for _ in heads] for _ in range(self.chance.randrange(0, 5))]
        if self.chance.random() < 0.02:
            written = [["".join(sign for sign in cell if sign.isprintable()) for cell in row] for row in (heads, *rows)]
            content = workbook(*written)
        else:
            separator = self.chance.choice(",;\t|")
            lines = [
                separator.join(f'"{cell}"' if self.chance.random() < 0.3 else cell for cell in row) for row in rows
            ]
            encoding = self.chance.choice(("utf-8", "utf-8-sig", "gb18030", "big5hkscs", "utf-16"))
            content = "\r\n".join([separator.join(heads), *lines]).encode(encoding, "replace")
        return self.torn(content) if self.chance.random() < 0.4 else content


def every_form() -> list[type[forms.Form]]:
    found, waiting = [], [forms.Form]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        found.append(form)
    return found


def field_names() -> set[str]:
    """Every field of every form, those that are not declared, and the parameters of lists."""
    return UNDECLARED | {
        name for form in every_form() for name in dir(form) if hasattr(getattr(form, name), "field_class")
    }
