"""Sealed PDFs: valid for any reader, accessible as before, and nothing of them can be changed unseen."""

import io
import random
import subprocess
import zlib

import pikepdf
import pytest
from asn1crypto import cms, keys
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner, sign_pdf
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.values.documents import samples
from tests.values.documents.test_pdf import structure
from webapp import document_seals
from webapp.documents import sealing
from webapp.documents.annex import write_annex
from webapp.documents.pdf import pdf
from webapp.documents.seal_checking import ALTERED, FOREIGN, UNALTERED, Checked, check

LOCALE = "zh_Hant_MO"
CODE = "ABCDEFGHJKMN"
ADDRESS = f"https://passlist.test/genuine/{CODE}"


def a_seal(folder, name="Seal of ours", authority="Authority of ours") -> document_seals.Seal:
    path = folder / f"{name}.pem"
    path.write_bytes(document_seals.issue(name, authority))
    return document_seals.read(path, path)


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    return a_seal(tmp_path_factory.mktemp("seal"))


@pytest.fixture(scope="module")
def plain() -> bytes:
    return pdf(samples.personal_pledge(), locale=LOCALE)


@pytest.fixture(scope="module")
def sealed(ours, plain) -> bytes:
    return sealing.seal(plain, ours, address=ADDRESS)


def annex() -> bytes:
    output = io.BytesIO()
    write_annex(samples.unit_pledge(60), samples.annex_rows(60), output, lambda *_step: None, locale=LOCALE)
    return output.getvalue()


@pytest.mark.parametrize("kind", ["pledge", "annex"])
def test_seal_is_valid_for_other_readers_and_leaves_document_and_structure_as_they_were(tmp_path, ours, plain, kind):
    before = plain if kind == "pledge" else annex()
    after = sealing.seal(before, ours, address=ADDRESS)

    assert after.startswith(before)
    trusted = tmp_path / "authority.pem"
    trusted.write_bytes(ours.chain[-1].public_bytes(serialization.Encoding.PEM))
    (tmp_path / "sealed.pdf").write_bytes(after)
    told = subprocess.run(["pdfsig", "-nocert", tmp_path / "sealed.pdf"], capture_output=True, text=True, check=True)
    assert "Signature is Valid." in told.stdout
    assert "Total document signed" in told.stdout
    assert "ETSI.CAdES.detached" in told.stdout
    assert structure(after, tmp_path) == structure(before, tmp_path)
    with pikepdf.open(io.BytesIO(after)) as made:
        widget = made.Root.AcroForm.Fields[0]
        assert int(widget.F) & 2, "hidden, so that it may stand outside the structure"
        assert str(widget.TU)
        assert str(made.pages[0].Tabs) == "/S"
        assert int(made.Root.Perms.DocMDP.Reference[0].TransformParams.P) == 1, "no change is allowed"
        assert "/Version" not in made.Root
        assert str(made.Root.Lang).startswith("zh")
        with made.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
    assert check(after, ours.chain) == Checked(UNALTERED, CODE)


def test_pyhanko_itself_finds_the_seal_whole_and_trusted(ours, sealed):
    from asn1crypto import x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    root = x509.Certificate.load(ours.chain[-1].public_bytes(serialization.Encoding.DER))
    (signature,) = PdfFileReader(io.BytesIO(sealed)).embedded_signatures
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[root], allow_fetching=False))

    assert status.bottom_line
    assert status.docmdp_ok


def test_another_seal_of_the_same_name_and_authority_is_ours_and_others_are_not(tmp_path, ours, plain, sealed):
    impostor = a_seal(tmp_path)  # the same names, made by somebody else

    assert check(sealing.seal(plain, impostor, address=ADDRESS), ours.chain).verdict == ALTERED, "it says it is ours"
    foreign = sealing.seal(plain, impostor, address="https://elsewhere.example/")
    assert check(foreign, ours.chain) == Checked(FOREIGN)
    assert check(sealed, impostor.chain).verdict != UNALTERED


def test_one_flipped_byte_is_seen(ours, sealed):
    """Anywhere in the file; in the seal itself wherever more than its envelope is meant (a version, a label)."""
    chance = random.Random(26)
    start = sealed.rindex(b"/Contents <") + len(b"/Contents <")
    message = cms.ContentInfo.load(bytes.fromhex(sealed[start : sealed.index(b">", start)].decode()))
    places = [chance.randrange(len(sealed)) for _ in range(150)]
    places += [chance.randrange(start - 800, start) for _ in range(50)]
    places = [place for place in places if not start <= place < start + 2 * len(message.dump())]
    for part in (message["content"]["signer_infos"][0]["signature"], message["content"]["certificates"][0]):
        begin = start + sealed[start:].lower().index(part.dump().hex().encode())
        places += [chance.randrange(begin + 8, begin + 2 * len(part.dump())) for _ in range(50)]
    unseen = []
    for place in places:
        flipped = bytearray(sealed)
        flipped[place] ^= chance.choice([1, 2, 4, 8])
        if check(bytes(flipped), ours.chain).verdict == UNALTERED:
            unseen.append(place)

    assert unseen == []


def test_what_was_done_to_a_sealed_file_is_told(ours, plain, sealed):
    edited = io.BytesIO()
    with pikepdf.open(io.BytesIO(sealed)) as document:
        document.pages[0].Rotate = 90
        document.save(edited)
    within = sealed.replace(b"/Lang", b"/Lung", 1)
    hole = sealed.rindex(b"/Contents <") + len(b"/Contents <")
    inside = sealed[: hole + 16_000] + b"1" + sealed[hole + 16_001 :]

    found = {
        "appended": check(sealed + b"\n%%EOF\n", ours.chain),
        "revised": check(sealed + _revision(), ours.chain),
        "changed": check(within, ours.chain),
        "filled": check(inside, ours.chain),
        "cut": check(sealed[:-20], ours.chain),
        "stripped": check(plain, ours.chain),
        "saved anew": check(edited.getvalue(), ours.chain),
        "grafted": check(plain[:-100] + sealed[len(plain) :], ours.chain),
    }

    assert {how for how, checked in found.items() if checked.verdict == UNALTERED} == set()
    assert found["appended"] == found["revised"] == found["changed"] == Checked(ALTERED, CODE)
    assert found["filled"].verdict == found["cut"].verdict == found["grafted"].verdict == ALTERED
    assert found["stripped"] == Checked(FOREIGN)


def test_a_file_that_was_signed_again_is_no_longer_as_it_left_us(tmp_path, ours, sealed, monkeypatch):
    """By somebody else in another field, who does not mind that it allows no change; we never seal one twice."""
    monkeypatch.setattr(PdfSigner, "_enforce_certification_constraints", lambda *_reader: None)
    stranger = a_seal(tmp_path, "Another", "Elsewhere")
    own, *others = (sealing._certificate(one) for one in stranger.chain)
    key = stranger.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = SimpleSigner(
        signing_cert=own,
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=SimpleCertificateStore.from_certs(others),
    )
    about = PdfSignatureMetadata(field_name="Another", location="https://elsewhere.example/genuine/ZZZZZZZZZZZZ")
    twice = sign_pdf(IncrementalPdfFileWriter(io.BytesIO(sealed)), about, signer).getvalue()

    assert twice.startswith(sealed)
    assert check(twice, ours.chain).verdict == ALTERED
    with pytest.raises(SigningError):
        sealing.seal(sealed, ours, address=ADDRESS)


def _revision() -> bytes:
    return b"\n1 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\nxref\n0 0\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7\n",
        b"/ByteRange [0 1 2 3]" * 5000,
        b"/ByteRange [0 9999999999 9999999999 9999999999]",
        b"%PDF-1.7\n/ByteRange [0 30 40 0]" + b"<" + b"30" * 40 + b">",
        b"%PDF-1.7\n" + zlib.compress(b"\0" * 10_000_000),
        random.Random(4).randbytes(200_000),
    ],
)
def test_hostile_bytes_are_no_seal(ours, content):
    assert check(content, ours.chain).verdict == FOREIGN


def test_deep_and_broken_seals_are_no_seal(ours, sealed):
    """Structures that run a parser in circles: endless nesting, lengths that lie."""
    start = sealed.rindex(b"/Contents <") + len(b"/Contents ")
    end = sealed.index(b">", start) + 1
    for der in (
        b"\x30\x80" * 4000,
        b"\x30\x84\xff\xff\xff\xff",
        b"\xa0\x82\x1f\xfc" * 2000,
        b"\x30\x82\x05\xe8" + b"\x06" * 4000,
    ):
        hole = b"<" + der.hex().encode().ljust(end - start - 2, b"0")[: end - start - 2] + b">"
        assert check(sealed[:start] + hole + sealed[end:], ours.chain).verdict == ALTERED
