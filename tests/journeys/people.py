"""What the people of the journeys type, under the documented names of the fields. All invented."""

from __future__ import annotations

import io
import itertools

from PIL import Image, ImageDraw
from stdnum.cn import uscc

from tests.builders.filings import eighteen

_numbers = itertools.count(1)

PASSWORD = "Hengqin-2026-list"


def resident(name: str = "陳嘉儀", **changes: str) -> dict[str, str]:
    """A resident with a car of her own; numbers nobody else has."""
    n = next(_numbers)
    return {
        "id_type": "cn_id",
        "full_name": name,
        "id_number": eighteen("440402", "19910203", 500 + n),
        "id_expiry": "2036-02-03",
        "phone_region": "86",
        "phone": f"1370000{n:04}",
        "unit_relation": "resident_register",
        "address": "橫琴海韻路20號2座5樓",
        "licence_number": f"4404020099{n:02}",
        "licence_class": "C1",
        "licence_expiry": "2033-05-20",
        "vehicle_use": "own",
        "plate": f"粵C·D7{n:04}",
        "size_class": "small",
        "brand_model": "比亞迪海豚",
        "is_owner": "yes",
        "add_another": "no",
        "consent_processing": "yes",
        "consent_sharing": "yes",
        "pledge_agreed": "yes",
        "signature_method": "typed",
        "signed_name": name,
    } | changes


def staff(name: str, **changes: str) -> dict[str, str]:
    """Somebody of an enterprise with a car of his own."""
    return resident(name, **({"unit_relation": "staff", "staff_number": "A-17"} | changes))


def enterprise(name: str, email: str) -> dict[str, str]:
    """A unit that registers."""
    body = f"91440400MA9{next(_numbers):06}"
    return {
        "unit_name": name,
        "unit_class": "enterprise",
        "registration_place": "cn",
        "registration_number": body + uscc.calc_check_digit(body),
        "address": "橫琴環島東路1088號3座1201室",
        "legal_representative": "周文海",
        "manager_name": "周文海",
        "manager_phone": "13900001234",
        "email": email,
        "password": PASSWORD,
    }


def certificate() -> bytes:
    """A picture that stands for a scanned certificate."""
    page = Image.new("RGB", (620, 440), "white")
    pen = ImageDraw.Draw(page)
    pen.rectangle((20, 20, 600, 420), outline="black", width=3)
    pen.text((240, 200), "CERTIFICATE", fill="black")
    output = io.BytesIO()
    page.save(output, "PNG")
    return output.getvalue()
