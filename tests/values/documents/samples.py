"""Fictitious documents of every kind; tests, benchmarks and pictures use the same."""

import io
from dataclasses import replace
from datetime import date, datetime

from PIL import Image, ImageDraw

from webapp.documents.models import (
    AnnexRow,
    ChannelHours,
    ExportedList,
    ListingConfirmation,
    ListRow,
    PersonalPledge,
    PledgeText,
    Poster,
    Receipt,
    Signature,
    Stamp,
    UnitPledge,
    Vehicle,
)
from webapp.domain.pledges.sample_texts import SAMPLE_TEXTS

DIGEST = "4b7e19d2c05f7a6638e1b49fd0725c3aa91e6f04d8b27c5516e3f8a09b41c019"
LIST_DIGEST = "9c1f40a75d21e08b7714c3a902f6b1dd81e3579a46cc0e12b8d0f7356a94e25b"
SIGNED_AT = datetime(2026, 11, 20, 9, 42)

# Extensions A to H of the ideographs, one character each (see the font tests).
RARE_CHARACTERS = "𠮷㛃䶮𬱖𰻝𱁬𣸣"

OWN_VEHICLE = Vehicle(plates=("粤C·D12345", "MX-12-34"), use="own", role="owner", size_class="small")
ASSIGNED_VEHICLE = Vehicle(plates=(), use="unit", role="")


def stamp(number: str = "F7K2-93QD") -> Stamp:
    code = number.replace("-", "")
    return Stamp(
        number=number,
        genuine_url=f"https://erxian.example/genuine/{code}",
        digest=DIGEST,
        issued_at=datetime(2026, 11, 20, 9, 43, 5),
    )


def pledge_text(kind: str, language: str = "zh_Hant_MO") -> PledgeText:
    text = next(text for text in SAMPLE_TEXTS if (text.kind, text.language) == (kind, language))
    return PledgeText(title=text.title, clauses=text.clauses, version=text.version, language=text.language)


def drawn_signature() -> bytes:
    """A scrawl of a few strokes, as the signature page would store it."""
    image = Image.new("1", (600, 200), 1)
    pen = ImageDraw.Draw(image)
    pen.line([(40, 150), (80, 40), (120, 60), (90, 120), (150, 90), (170, 150), (200, 90), (240, 150)], fill=0, width=7)
    pen.line(
        [(260, 150), (330, 30), (360, 70), (300, 110), (380, 150), (420, 110), (480, 145), (560, 120)], fill=0, width=7
    )
    pen.line([(90, 175), (300, 168), (520, 180)], fill=0, width=7)
    output = io.BytesIO()
    image.save(output, "PNG")
    return output.getvalue()


def personal_pledge(name: str = "陳嘉敏", language: str = "zh_Hant_MO") -> PersonalPledge:
    return PersonalPledge(
        stamp=stamp(),
        text=pledge_text("personal", language),
        name=name,
        latin_name="CHAN KA MAN",
        id_type="mo_bir",
        id_tail="456(7)",
        unit_name="橫琴海韻社區居民委員會",
        vehicles=(OWN_VEHICLE,),
        signature=Signature(method="drawn", name=name, signed_at=SIGNED_AT, image=drawn_signature()),
    )


def unit_pledge(filings: int = 3, language: str = "zh_Hant_MO") -> UnitPledge:
    return UnitPledge(
        stamp=stamp("U7TB-0217"),
        text=pledge_text("unit", language),
        unit_name="橫琴海韻社區居民委員會",
        registration_number="54440400MB2C00001X",
        responsible_name="周婉儀",
        people=filings,
        vehicles=filings,
        filings=filings,
        list_digest=LIST_DIGEST,
        signature=Signature(method="typed", name="周婉儀", signed_at=datetime(2026, 11, 23, 10, 20)),
    )


_SURNAMES = "陳歐周吳阮鄧黎馮譚梁"
_GIVEN = "嘉志玉鳳婉敏華蘭儀詠"


def annex_rows(count: int) -> list[AnnexRow]:
    """Rows no two of which share a name; every sixth is a long Portuguese one, every fifth car has two plates."""
    rows = []
    for number in range(count):
        name = f"{_SURNAMES[number % 10]}{_GIVEN[number // 10 % 10]}{_GIVEN[number // 100 % 10]}{number:05d}"
        if number % 6 == 5:
            name = f"Maria João de Sousa Albuquerque {number:05d}"
        plates: tuple[str, ...] = (f"粤C·{number % 100000:05d}",)
        if number % 5 == 4:
            plates = (*plates, f"MX-{number % 100:02d}-{number // 100 % 100:02d}")
        rows.append(
            AnnexRow(
                name=name,
                id_type="cn_id" if number % 3 else "home_return",
                id_tail=f"{number % 10000:04d}",
                plates=plates,
                use="own",
                role="owner" if number % 4 else "second",
                verified_on=date(2026, 11, 20),
            )
        )
    return rows


def exported_list(purpose: str = "") -> ExportedList:
    return ExportedList(
        stamp=Stamp("7K2M-9QDX-41RT", "https://passlist.example.gov/genuine/7K2M9QDX41RT", "", SIGNED_AT),
        unit_name="橫琴海韻社區居民委員會",
        exported_by="何嘉欣",
        filings=3,
        state="",
        purpose=purpose,
        until=datetime(2026, 11, 24, 10, 20),
    )


def list_rows(count: int, *, full: bool = False) -> list[ListRow]:
    """The rows of an annex as entries of a list, states in turn."""
    return [
        ListRow(
            name=row.name,
            id_type=row.id_type,
            number=f"44040019900101{row.id_tail}" if full else row.id_tail,
            plates=row.plates,
            use=row.use,
            role=row.role,
            state=("listed", "listed", "suspended", "removed")[number % 4],
            listed_on=date(2026, 11, 20),
        )
        for number, row in enumerate(annex_rows(count))
    ]


def receipt() -> Receipt:
    return Receipt(
        stamp=stamp(),
        name="陳嘉敏",
        latin_name="CHAN KA MAN",
        id_type="mo_bir",
        id_tail="456(7)",
        unit_name="橫琴海韻社區居民委員會",
        vehicles=(OWN_VEHICLE, ASSIGNED_VEHICLE),
        submitted_at=SIGNED_AT,
        verify_by=date(2026, 11, 27),
        status_url="https://erxian.example/s/kJ3vQx9ZpT4mWbR7nL2cYd",
        unit_contact="海韻路 1 號，電話 0756-000 0000",
    )


def listing_confirmation() -> ListingConfirmation:
    return ListingConfirmation(
        stamp=stamp("L4NV-5H8C"),
        name="陳嘉敏",
        latin_name="CHAN KA MAN",
        id_type="mo_bir",
        id_tail="456(7)",
        unit_name="橫琴海韻社區居民委員會",
        vehicle=OWN_VEHICLE,
        listed_since=date(2026, 11, 23),
        channels=(
            ChannelHours("橫琴大橋", "全日"),
            ChannelHours("橫琴隧道", "全日"),
            ChannelHours("深井通道", "06:00–24:00"),
            ChannelHours("十字門隧道", "08:00–24:00"),
        ),
        notes=("只適用於經“二線”通道離開橫琴。",),
    )


def poster(size: str = "a4") -> Poster:
    return Poster(
        unit_name="橫琴海韻社區居民委員會",
        url="https://erxian.example/q/DEMQ0001",
        code="DEMQ0001",
        version=2,
        issued_on=date(2026, 9, 1),
        for_residents=True,
        help_hours="星期一至五 09:00–17:30",
        help_phone="0756-000 0000",
        size=size,
    )


def with_name(document: PersonalPledge, name: str) -> PersonalPledge:
    return replace(document, name=name)
