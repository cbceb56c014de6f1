"""What a document says, as frozen plain values. Whoever fills them decides what may be shown.

Codes (``id_type``, ``use``, ``role``, ``size_class``, ``method``) are those of ``words.py``, which says them in the
document's own language; names, plates and addresses are printed exactly as given.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Stamp:
    """What makes a document recognisable: head and foot of every page.

    ``number`` is the reference as people read it aloud (``F7K2-93QD``). ``genuine_url`` is the whole address of the
    public check, ending in the document's code. ``digest`` is the SHA-256 in hexadecimal of what was frozen; it is
    printed, never computed here. ``issued_at`` is local time (Asia/Macau) and becomes the PDF's creation date.
    """

    number: str
    genuine_url: str
    digest: str
    issued_at: datetime


@dataclass(frozen=True)
class PledgeText:
    """One version of a pledge's wording in one language (guideline, attachments 2 and 3)."""

    title: str
    clauses: tuple[str, ...]
    version: str
    language: str
    sample: bool = True


@dataclass(frozen=True)
class Vehicle:
    """A vehicle as a document names it; no plates means the unit assigns its own vehicles."""

    plates: tuple[str, ...]
    use: str
    role: str
    size_class: str = ""


@dataclass(frozen=True)
class Signature:
    """How a pledge was signed. ``image`` is a PNG, only for ``drawn``; ``helped_by`` names who typed at the counter."""

    method: str
    name: str
    signed_at: datetime
    image: bytes | None = None
    helped_by: str = ""


@dataclass(frozen=True)
class PersonalPledge:
    """Personal credit pledge (guideline, attachment 2). Without a signature it prints lines to sign on.

    ``answers`` are all that was answered, (name, value), on the sheet that is printed at a counter and signed by hand;
    ``helped_by`` names who typed them.
    """

    stamp: Stamp
    text: PledgeText
    name: str
    id_type: str
    id_tail: str
    unit_name: str
    vehicles: tuple[Vehicle, ...]
    signature: Signature | None
    latin_name: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    helped_by: str = ""


@dataclass(frozen=True)
class AnnexRow:
    """One filing covered by a unit pledge: documents by their last digits only."""

    name: str
    id_type: str
    id_tail: str
    plates: tuple[str, ...]
    use: str
    role: str
    verified_on: date | None = None

    @property
    def number(self) -> str:
        """What stands beside the kind of document."""
        return self.id_tail


@dataclass(frozen=True)
class UnitPledge:
    """Unit credit pledge (guideline, attachment 3) over the list whose digest it names.

    ``people``, ``vehicles`` and ``filings`` count what is covered. ``rows`` is the annex when it is short enough to be
    laid out with the pledge; longer ones go through ``annex.write_annex``. Without a signature the pledge prints lines
    to sign and a place for the seal.
    """

    stamp: Stamp
    text: PledgeText
    unit_name: str
    registration_number: str
    responsible_name: str
    people: int
    vehicles: int
    filings: int
    list_digest: str
    signature: Signature | None
    rows: tuple[AnnexRow, ...] = ()


@dataclass(frozen=True)
class ListRow:
    """One entry of an exported list. ``number`` is the document's last digits, or all of it in a full export."""

    name: str
    id_type: str
    number: str
    plates: tuple[str, ...]
    use: str
    role: str
    state: str
    listed_on: date


@dataclass(frozen=True)
class ExportedList:
    """A unit's list to take away: who exported it when stands on every page. ``state`` "" is all in force, ``purpose``
    "" where numbers are masked. Its lines always go through ``annex.write_annex``; the twin has none."""

    stamp: Stamp
    unit_name: str
    exported_by: str
    filings: int
    state: str
    purpose: str
    until: datetime
    rows: tuple[ListRow, ...] = ()

    @property
    def full(self) -> bool:
        """Whether document numbers are printed whole: only for a stated purpose."""
        return bool(self.purpose)


@dataclass(frozen=True)
class Receipt:
    """What a filer holds after submitting: the reference, and the private link to follow it."""

    stamp: Stamp
    name: str
    id_type: str
    id_tail: str
    unit_name: str
    vehicles: tuple[Vehicle, ...]
    submitted_at: datetime
    verify_by: date
    status_url: str
    unit_contact: str = ""
    latin_name: str = ""


@dataclass(frozen=True)
class ChannelHours:
    """A channel that fits the vehicle and its hours, both as people read them."""

    name: str
    hours: str


@dataclass(frozen=True)
class ListingConfirmation:
    """That a person and a vehicle stand on the list since a day, and where the vehicle may pass.

    ``notes`` are the platform's own sentences on what being listed does and does not give; that it exempts from no
    check is always said.
    """

    stamp: Stamp
    name: str
    id_type: str
    id_tail: str
    unit_name: str
    vehicle: Vehicle
    listed_since: date
    channels: tuple[ChannelHours, ...]
    notes: tuple[str, ...] = ()
    latin_name: str = ""


@dataclass(frozen=True)
class Poster:
    """A unit's enrolment code to hang up (``a4``) or to stand on a desk (``a6``).

    ``url`` is the whole address in the code; ``code`` the eight characters a person can type; ``version`` and
    ``issued_on`` tell an old sheet from the one in force. ``for_residents``: a community committee's poster.
    """

    unit_name: str
    url: str
    code: str
    version: int
    issued_on: date
    for_residents: bool
    help_hours: str
    help_phone: str
    size: str = "a4"


@dataclass(frozen=True)
class ErasureCertificate:
    """That what was kept of a person is erased: it names nobody. ``counts`` are (kind, how many), kinds of
    ``words.ERASED``; ``copies_until`` is the day on which the last copy made before is gone."""

    stamp: Stamp
    erased_on: date
    counts: tuple[tuple[str, int], ...]
    copies_until: date


@dataclass(frozen=True)
class DataCopy:
    """Everything kept on one person, for himself. ``tables`` are (name of the table, its rows); a row is (name of the
    column, value as text). Names are codes of ``copy_words.py``."""

    stamp: Stamp
    name: str
    handler: str
    schema_url: str
    tables: tuple[tuple[str, tuple[tuple[tuple[str, str], ...], ...]], ...]


Document = (
    PersonalPledge | UnitPledge | ExportedList | Receipt | ListingConfirmation | Poster | ErasureCertificate | DataCopy
)
