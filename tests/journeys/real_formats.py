"""Data of every document and plate kind, right and wrong, by the published layouts; computed here and not by the
product. The n-th of a kind is nobody else's. All invented."""

from __future__ import annotations

from collections.abc import Callable

Numbered = Callable[[int], str]
Given = dict[str, str]

_SERIAL = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def mod_11_2(body: str) -> str:
    """GB 11643 / ISO 7064: the last of eighteen characters."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def eighteen(place: str, birth: str, n: int) -> str:
    body = f"{place}{birth}{n % 1000:03}"
    return body + mod_11_2(body)


def hong_kong(letters: str, n: int) -> str:
    """Letters count from A=10, a missing first one 36; the weighted sum with the check digit is a multiple of 11."""
    body = f"{letters}{100000 + n}"
    values = [36 if sign == " " else int(sign, 36) for sign in body.rjust(8)]
    rest = 11 - sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True)) % 11
    return f"{body}({'0' if rest == 11 else 'A' if rest == 10 else rest})"


#: id_type, how it is typed.
DOCUMENTS: list[tuple[str, Numbered]] = [
    ("cn_id", lambda n: eighteen("440402", "19900101", n)),
    ("cn_id", lambda n: eighteen("440106", "19750612", n)),  # a county newer than the person
    ("cn_id", lambda n: eighteen("110105", "19491231", n).lower()),
    ("cn_id", lambda n: " ".join(eighteen("652801", "19831130", n)[i : i + 6] for i in (0, 6, 12))),
    ("hmt_residence", lambda n: eighteen("810000", "19900101", n)),
    ("hmt_residence", lambda n: eighteen("820000", "19620704", n)),
    ("hmt_residence", lambda n: eighteen("830000", "19880229", n)),
    ("home_return", lambda n: f"H{10000000 + n}"),
    ("home_return", lambda n: f"M{20000000 + n}"),
    ("home_return", lambda n: f"h{30000000 + n}02"),
    ("home_return", lambda n: f"HA{1000000 + n}"),
    ("home_return", lambda n: f"MA{1000000 + n}"),
    ("tw_permit", lambda n: f"{10000000 + n}"),
    ("tw_permit", lambda n: f"{20000000 + n}01"),
    ("tw_permit", lambda n: f"{30000000 + n}02(B)"),
    ("mo_bir", lambda n: f"{1000000 + n}(8)"),
    ("mo_bir", lambda n: f"5/{100000 + n}/3"),
    ("mo_bir", lambda n: f"7{1000000 + n}"),
    ("hk_id", lambda n: hong_kong("A", n)),
    ("hk_id", lambda n: hong_kong("AB", n)),
    ("hk_id", lambda n: hong_kong("G", n).lower().strip(")").replace("(", "")),
    ("foreign_pr", lambda n: f"CAN{110000000000 + n}"),
    ("foreign_pr", lambda n: eighteen("944124", "19790909", n)),
    ("passport", lambda n: f"E{10000000 + n}"),
    ("passport", lambda n: f"EA{1000000 + n}"),
    ("passport", lambda n: f"G{20000000 + n}"),
    ("passport:HK", lambda n: f"K{10000000 + n}"),
    ("passport:MO", lambda n: f"MA{2000000 + n}"),
    ("passport:PT", lambda n: f"CA{100000 + n}"),
    ("passport:GB", lambda n: f"{100000000 + n}"),
]  # fmt: skip

PLATES: list[Numbered] = [
    lambda n: f"粵C·{10000 + n}",
    lambda n: f"粤A{_SERIAL[n % 24]}{1000 + n}",
    lambda n: f"京Ａ·Ｂ{1000 + n}",
    lambda n: f"沪AD{10000 + n}",
    lambda n: f"粵C·F{20000 + n}",
    lambda n: f"渝BAB{1000 + n}",
    lambda n: f"粵C·{30000 + n}D",
    lambda n: f"粵C·{1000 + n}警",
    lambda n: f"粵C·{2000 + n}學",
    lambda n: f"粵C·{3000 + n}掛",
    lambda n: f"粵Z·{_SERIAL[n // 100]}{n % 100:03}澳",
    lambda n: f"粤Z{_SERIAL[n // 100]}{500 + n % 100:03}港",
    lambda n: f"{200000 + n}使",
    lambda n: f"使{300000 + n}",
    lambda n: f"粵A{1000 + n}領",
    lambda n: f"VA{10000 + n}",
    lambda n: f"WJ粵{10000 + n}",
    lambda n: f"M-{n // 100 + 10}-{n % 100:02}",
    lambda n: f"MX-{n // 100 + 10}-{n % 100:02}",
    lambda n: f"AA-{n // 100 + 10}-{n % 100:02}",
    lambda n: f"CM-{10000 + n}",
    lambda n: f"PK {1000 + n}",
    lambda n: f"{7000 + n}",
    lambda n: f"SEA {n}",
]  # fmt: skip

PHONES: list[tuple[str, Numbered]] = [
    ("86", lambda n: f"1380000{1000 + n}"),
    ("86", lambda n: f"+86 194-0000-{1000 + n}"),
    ("86", lambda n: f"1640000{1000 + n}"),
    ("853", lambda n: f"6200{1000 + n}"),
    ("853", lambda n: f"6100 {1000 + n}"),
    ("853", lambda n: f"6900{1000 + n}"),
    ("852", lambda n: f"9100{1000 + n}"),
    ("852", lambda n: f"5400 {1000 + n}"),
    ("852", lambda n: f"4600{1000 + n}"),
]

NAMES = [
    "陳嘉敏", "歐陽慧心", "阿依古麗·買買提", "黃㛃恩", "周䶮", "林𬱖", "𠮷田正雄", "João da Conceição Rodrigues", 
    "Siobhán O’Neill", "張偉",
]  # fmt: skip

VINS = ["", "LSVAA49J132047371", "1M8GDM9AXKP042788", "LSVAA49J132047372", "GK5-1234567"]

#: Page, field, what is wrong there, and what else must be typed for it to be met.
WRONG: list[tuple[str, str, str, Given]] = [
    ("person", "full_name", "", {}),
    ("person", "full_name", "12345", {}),
    ("person", "id_number", "", {"id_type": "cn_id"}),
    ("person", "id_number", "11010519491231002W", {"id_type": "cn_id"}),
    ("person", "id_number", "110105194912310021", {"id_type": "cn_id"}),  # the check digit is X
    ("person", "id_number", "11010519491231002", {"id_type": "cn_id"}),
    ("person", "id_number", "110105491231002", {"id_type": "cn_id"}),  # fifteen digits, ended in 2013
    ("person", "id_number", eighteen("440402", "19900230", 1), {"id_type": "cn_id"}),
    ("person", "id_number", eighteen("440402", "20990101", 1), {"id_type": "cn_id"}),
    ("person", "id_number", eighteen("440402", "20150101", 1), {"id_type": "cn_id"}),  # a child
    ("person", "id_number", eighteen("990402", "19900101", 1), {"id_type": "cn_id"}),
    ("person", "id_number", eighteen("440402", "19900101", 1), {"id_type": "hmt_residence"}),
    ("person", "id_number", "810000199001010010", {"id_type": "hmt_residence"}),
    ("person", "id_number", "X12345678", {"id_type": "home_return"}),
    ("person", "id_number", "H1234567", {"id_type": "home_return"}),
    ("person", "id_number", "HC1234567", {"id_type": "home_return"}),
    ("person", "id_number", "1234567", {"id_type": "tw_permit"}),
    ("person", "id_number", "A2345678", {"id_type": "tw_permit"}),
    ("person", "id_number", "8234567(1)", {"id_type": "mo_bir"}),  # of a business
    ("person", "id_number", "0234567(1)", {"id_type": "mo_bir"}),
    ("person", "id_number", "123456(7)", {"id_type": "mo_bir"}),
    ("person", "id_number", "A123456(4)", {"id_type": "hk_id"}),
    ("person", "id_number", "ABC123456(3)", {"id_type": "hk_id"}),
    ("person", "id_number", "944124197909090010", {"id_type": "foreign_pr"}),
    ("person", "id_number", "CA1234567890123", {"id_type": "foreign_pr"}),
    ("person", "id_number", "E123", {"id_type": "passport", "id_country": "CN"}),
    ("person", "id_number", "護照12345678", {"id_type": "passport", "id_country": "CN"}),
    ("person", "id_country", "", {"id_type": "passport", "id_number": "E12345678"}),
    ("person", "id_country", "XX", {"id_type": "passport", "id_number": "E12345678"}),
    ("person", "birth_date", "2099-01-01", {"id_type": "mo_bir", "id_number": "1234567(8)"}),
    ("person", "birth_date", "2015-06-01", {"id_type": "mo_bir", "id_number": "1234567(8)"}),
    ("person", "birth_date", "1850-06-01", {"id_type": "mo_bir", "id_number": "1234567(8)"}),
    ("person", "id_expiry", "2036-13-01", {"id_type": "cn_id", "id_number": "11010519491231002X"}),
    ("person", "id_expiry", "2020-01-01", {"id_type": "cn_id", "id_number": "11010519491231002X"}),
    ("person", "id_expiry", "", {"id_type": "cn_id", "id_number": "11010519491231002X"}),
    ("contact", "phone", "12812345678", {"phone_region": "86"}),
    ("contact", "phone", "1381234567", {"phone_region": "86"}),
    ("contact", "phone", "28123456", {"phone_region": "853"}),
    ("contact", "phone", "6612345", {"phone_region": "853"}),
    ("contact", "phone", "21234567", {"phone_region": "852"}),
    ("contact", "phone", "+852 91234567", {"phone_region": "853"}),
    ("contact", "phone", "", {}),
    ("contact", "email", "chan@mail", {}),
    ("contact", "email", "chan.mail.example", {}),
    ("phone", "phone_code", "", {}),
    ("phone", "phone_code", "12", {}),
    ("belonging", "unit_relation", "", {}),
    ("licence", "licence_number", "", {}),
    ("licence", "licence_number", "12駕", {}),
    ("licence", "licence_class", "", {}),
    ("licence", "licence_class", "小型車", {}),
    ("licence", "licence_expiry", "2033-02-30", {}),
    ("licence", "licence_expiry", "2019-05-20", {}),
    ("vehicle/1", "plate", "", {}),
    ("vehicle/1", "plate", "粵I·12345", {}),
    ("vehicle/1", "plate", "粵C·1234", {}),
    ("vehicle/1", "plate", "粵C·1234O", {}),
    ("vehicle/1", "plate", "粵C·D1234I", {}),
    ("vehicle/1", "plate", "粵Z·12345澳", {}),
    ("vehicle/1", "plate", "粵Z·123港", {}),
    ("vehicle/1", "plate", "MV-12-34", {}),
    ("vehicle/1", "plate", "IOQ 88", {}),
    ("vehicle/1", "plate", "ABCDEFGHJ", {}),
    ("vehicle/1", "plate", "粵C·12345678", {}),
    ("vehicle/1", "plate", "🚗", {}),
    ("vehicle/1", "second_plate", "粵Z·12345澳", {}),
    ("vehicle/1", "size_class", "", {}),
    ("vehicle/1", "size_class", "huge", {}),
    ("vehicle/1", "vin", "LSVAA49O132047371", {}),
    ("check", "consent_sharing", "", {}),
    ("check", "pledge_agreed", "", {}),
    ("check", "signature_method", "", {}),
    ("check", "signed_name", "", {}),
    ("check", "signed_name", "別人", {}),
    ("check", "signature", "data:image/png;base64,AAAA", {"signature_method": "drawn"}),
]  # fmt: skip


def person(n: int) -> Given:
    """The document of the n-th person, and what it asks for besides."""
    kind, typed = DOCUMENTS[n % len(DOCUMENTS)]
    id_type, _, country = kind.partition(":")
    number = typed(n)
    return {
        "id_type": id_type,
        "full_name": NAMES[n % len(NAMES)],
        "id_country": (country or "CN") if id_type == "passport" else "",
        "id_number": number,
        "id_expiry": "2036-02-03",
        "birth_date": "1985-03-02",  # asked for only where the document does not carry it
    }
