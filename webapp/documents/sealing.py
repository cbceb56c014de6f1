"""Sealing a finished PDF (PAdES B-B). Only the worker imports this: it holds the key and loads pyHanko.

The seal is one more revision behind the file, a certification that allows no change. Its widget is hidden, which
PDF/UA lets stand outside the structure tree; the tree itself is untouched. Why so: docs/decisions.
"""

import io

from asn1crypto import keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.generic import NameObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from webapp.document_seals import Seal

FIELD = "Seal"
#: Room for signature and chain, in bytes; the same for every document, so that the check knows what to expect.
ROOM = 8192


def seal(content: bytes, with_seal: Seal, *, address: str) -> bytes:
    """The sealed file. `address` is where its authenticity is asked; it is written into the seal."""
    own, *others = (_certificate(one) for one in with_seal.chain)
    signer = SimpleSigner(
        signing_cert=own,
        signing_key=keys.PrivateKeyInfo.load(
            with_seal.key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        ),
        cert_registry=SimpleCertificateStore.from_certs(others),
        embed_roots=False,
    )
    writer = _Revision(io.BytesIO(content))
    _order_fields(writer)
    sealed = PdfSigner(
        PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            location=address,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        ),
        signer,
        new_field_spec=SigFieldSpec(
            FIELD,
            readable_field_name="電子簽章",
            invis_sig_settings=InvisSigSettings(set_print_flag=False, set_hidden_flag=True),
        ),
    ).sign_pdf(writer, bytes_reserved=2 * ROOM)
    return sealed.getvalue()


class _Revision(IncrementalPdfFileWriter):
    """PDF/UA-1 stands on PDF 1.7: what the seal uses of later versions is named as extensions, the version stays."""

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        pass


def _order_fields(writer: IncrementalPdfFileWriter) -> None:
    """PDF/UA wants the page that carries the seal's widget to be gone through in the order of its structure."""
    page = writer.root["/Pages"]["/Kids"][0]
    if "/Tabs" not in page:
        page[NameObject("/Tabs")] = NameObject("/S")
        writer.update_container(page)


def _certificate(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
