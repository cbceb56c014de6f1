"""Pledge texts, the item policy, signing, and drawn signatures."""

import base64
import io
import json

import pytest
from PIL import Image, ImageDraw

from tests.builders.units import platform_actor
from webapp import clock
from webapp.database import transaction
from webapp.domain.audit.acts import action
from webapp.domain.pledges import actions, drawings, policy, strokes, texts
from webapp.domain.pledges.models import ItemPolicy, Pledge, PledgeText
from webapp.errors import Invalid


def picture(size=(600, 200), ink=True, kind="PNG", mode="RGBA") -> bytes:
    image = Image.new(mode, size, (0, 0, 0, 0) if mode == "RGBA" else "white")
    if ink:
        ImageDraw.Draw(image).line((20, 20, size[0] - 20, size[1] - 20), fill="black", width=5)
    output = io.BytesIO()
    image.save(output, kind)
    return output.getvalue()


def address(content: bytes) -> str:
    return drawings.PREFIX + base64.b64encode(content).decode()


@pytest.mark.parametrize(
    ("reader", "signed"),
    [("zh_Hant_MO", "zh_Hant_MO"), ("zh_Hans_CN", "zh_Hans_CN"), ("pt", "zh_Hant_MO"), ("en", "zh_Hant_MO")],
)
@pytest.mark.parametrize("kind", ["personal", "unit"])
def test_reader_signs_his_own_script_or_the_traditional_text(db, kind, reader, signed):
    text = texts.current(kind, reader)

    assert (text.language, text.signable, text.sample) == (signed, True, True)
    assert texts.reading(kind, reader).language == reader
    assert text.digest == texts.digest_of(text.title, text.clauses)


def test_seeding_again_changes_nothing(db):
    before = PledgeText.select().count(), ItemPolicy.select().count()
    with transaction():
        texts.seed(clock.now())
        policy.seed(clock.now())

    assert (PledgeText.select().count(), ItemPolicy.select().count()) == before == (8, 1)


def test_newest_version_in_force_counts(db):
    with transaction():
        ItemPolicy.create(version=2, rules=policy.first_rules(), effective_from=clock.now())
    assert policy.current().version == 2


def test_strictest_use_counts_before_the_use_is_known():
    rules = policy.first_rules()
    rules["organ"]["unit"]["vin"] = policy.REQUIRED
    kept = policy.Policy(1, rules)

    assert [kept.level("vin", "organ", use) for use in (None, "own", "unit")] == ["required", "optional", "required"]
    assert kept.level("plate", "organ") == "required"


def test_pledge_is_frozen_and_names_its_digest(db):
    text = texts.current("personal", "zh_Hant_MO")
    content = {"signed_name": "陳嘉敏", "consents": {"pledge_agreed": True}}

    @action("test:sign")
    def sign(act):
        pledge = actions.sign(
            act,
            kind="personal",
            text=text,
            subject="HQ-0000-0000",
            content=content,
            method="typed",
            drawing=None,
            unit_id=1,
        )
        return {"pledge": pledge.ref}

    pledge = Pledge.get(Pledge.ref == sign(platform_actor())["pledge"])

    assert actions.content_of(pledge) == content
    assert pledge.digest == actions.content_digest(text.digest, content)
    assert "陳嘉敏".encode() not in bytes(pledge.content)
    with pytest.raises(Exception, match=r"frozen|refused|pledge"), transaction():
        Pledge.update(method="drawn").where(Pledge.id == pledge.id).execute()


def test_drawing_is_drawn_anew():
    kept = Image.open(io.BytesIO(drawings.read(address(picture((1800, 600)))).picture))

    assert (kept.format, kept.mode, kept.size) == ("PNG", "L", (900, 300))
    assert kept.getextrema() == (0, 255)


def test_what_follows_the_picture_is_dropped():
    kept = drawings.read(address(picture() + b"<script>alert(1)</script>")).picture

    assert b"script" not in kept


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_drawing"),
        ("data:image/svg+xml;base64,PHN2Zy8+", "bad_drawing"),
        (drawings.PREFIX + "!!!", "bad_drawing"),
        (drawings.PREFIX, "bad_drawing"),
        (address(b"\x89PNG\r\n\x1a\n" + b"\0" * 50), "bad_drawing"),
        (address(picture()[:-40]), "bad_drawing"),
        (address(picture(kind="GIF", mode="RGB")), "bad_drawing"),
        (address(picture((8, 8))), "bad_drawing"),
        (address(picture((4000, 2000), ink=False)), "bad_drawing"),
        (address(picture(ink=False)), "empty_drawing"),
        (drawings.PREFIX + "A" * drawings.LONGEST, "bad_drawing"),
    ],
)
def test_anything_else_is_no_signature(text, code):
    with pytest.raises(Invalid) as refused:
        drawings.read(text)

    assert (refused.value.faults[0].field, refused.value.code) == ("signature", code)


def pad(*lines, **changes):
    return json.dumps({"width": 358, "height": 160, "strokes": list(lines)} | changes)


LINE = [[12.54, 80, 0], [14.1, -3.25, 16]]


def test_strokes_are_kept_as_bounded_numbers():
    read = drawings.read(address(picture()), pad(LINE, [[1e3, 2, 900.4]])).strokes

    assert read == {
        "width": 358,
        "height": 160,
        "strokes": [[[12.5, 80, 0], [14.1, -3.2, 16]], [[1000, 2, 900]]],
    }
    assert drawings.read(address(picture())).strokes is None


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "7",
        "[" * 100_000,
        "9" * 5_000,
        pad(),
        pad([]),
        pad([[1, 2]]),
        pad([[1, 2, 3, 4]]),
        pad([["1", 2, 3]]),
        pad([[True, 2, 3]]),
        pad([[None, 2, 3]]),
        pad([[float("nan"), 2, 3]]),
        pad([[float("inf"), 2, 3]]),
        pad([[1, 2, -1]]),
        pad([[1, 2, strokes.LATEST + 1]]),
        pad([[strokes.FARTHEST + 1, 2, 3]]),
        pad("12"),
        pad(LINE, width=0),
        pad(LINE, height=float("nan")),
        pad(LINE, svg="<svg onload='alert(1)'/>"),
        pad([[1, 2, 3]] * (strokes.MOST_POINTS + 1)),
        pad(LINE) + " " * strokes.LONGEST,
    ],
)
def test_nothing_but_strokes_is_kept(text):
    with pytest.raises(Invalid) as refused:
        drawings.read(address(picture()), text)

    assert (refused.value.faults[0].field, refused.value.code) == ("signature", "bad_drawing")
