"""Every document kind: what is accepted, what is refused and why. All numbers are computed and fictitious."""

from datetime import date

import pytest

from webapp.values import documents

TODAY = date(2026, 11, 23)


def eighteen(body: str) -> str:
    """The 17 digits with their check character, worked out apart from the code under test (GB 11643 weights)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(w * int(d) for w, d in zip(weights, body, strict=True)) % 11]


def answer(id_type: str, text: str | None, country: str = "") -> tuple[str, list[str]]:
    found = documents.check(id_type, text, country=country, today=TODAY)
    return found.value, [("?" if one.warning else "") + one.code for one in found.findings]


# A birth before the county had its code: numbers came only in the 1980s, with the code of that day.
OLD_BIRTHS = [eighteen(f"{division}197503150{n:02d}") for n, division in enumerate(("440106", "440402", "441900"))]


@pytest.mark.parametrize(
    ("id_type", "text", "value"),
    [
        ("cn_id", "11010519491231002X", "11010519491231002X"),
        ("cn_id", "11010519491231002x", "11010519491231002X"),
        ("cn_id", "11010519491231002×", "11010519491231002X"),
        ("cn_id", " 110105 19491231 002X ", "11010519491231002X"),
        ("cn_id", "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("cn_id", "110105-19491231-002X", "11010519491231002X"),
        ("cn_id", "44040219900101009X", "44040219900101009X"),
        ("cn_id", eighteen("11010320000229001"), eighteen("11010320000229001")),  # a county abolished in 2010
        ("cn_id", eighteen("44522219900101123"), eighteen("44522219900101123")),
        *(("cn_id", number, number) for number in OLD_BIRTHS),
        ("hmt_residence", "810000199001010019", "810000199001010019"),
        ("hmt_residence", eighteen("81000019600704002"), eighteen("81000019600704002")),
        ("hmt_residence", eighteen("82000019750501011"), eighteen("82000019750501011")),
        ("hmt_residence", eighteen("83000019881010003"), eighteen("83000019881010003")),
        ("home_return", "H12345678", "H12345678"),
        ("home_return", "m12345678", "M12345678"),
        ("home_return", "H1234567801", "H1234567801"),
        ("home_return", "Ｈ12345678（01）", "H1234567801"),
        ("home_return", "HA1234567", "HA1234567"),
        ("home_return", "MA 123 4567", "MA1234567"),
        ("tw_permit", "01234567", "01234567"),
        ("tw_permit", "0123456701", "0123456701"),
        ("tw_permit", "0123456701(B)", "0123456701B"),
        ("tw_permit", "0123456701（2）", "01234567012"),
        ("mo_bir", "1234567(8)", "12345678"),
        ("mo_bir", "1/234567/8", "12345678"),
        ("mo_bir", "５１２３４５６（７）", "51234567"),
        ("mo_bir", "71234560", "71234560"),
        ("hk_id", "A123456(3)", "A1234563"),
        ("hk_id", "a1234563", "A1234563"),
        ("hk_id", "AB987654(3)", "AB9876543"),
        ("hk_id", "G123456（a）", "G123456A"),
        ("foreign_pr", "FRA110075062411", "FRA110075062411"),
        ("foreign_pr", "prt 4401 8001 0112", "PRT440180010112"),
        ("foreign_pr", eighteen("94462019800520001"), eighteen("94462019800520001")),  # Portugal 620
        ("foreign_pr", eighteen("91125019750101002"), eighteen("91125019750101002")),  # France 250
    ],
)
def test_real_numbers_are_accepted_without_a_warning(id_type: str, text: str, value: str) -> None:
    assert answer(id_type, text) == (value, [])


def test_every_check_character_but_one_is_refused() -> None:
    good = eighteen("44040219900101009")

    accepted = [sign for sign in "0123456789X" if answer("cn_id", good[:17] + sign)[0]]

    assert accepted == [good[17]]


@pytest.mark.parametrize(
    ("id_type", "text", "codes"),
    [
        ("cn_id", "", ["missing"]),
        ("cn_id", None, ["missing"]),
        ("cn_id", " \u200b\u3000 ", ["missing"]),
        ("cn_id", "1" * 10_000, ["too_long"]),
        ("cn_id", "110105194912310021", ["check_digit"]),
        ("cn_id", "11010519491321002X"[:17], ["wrong_length"]),
        ("cn_id", "11010519491231002XX", ["wrong_length"]),
        ("cn_id", "110105491231002", ["old_cn_id"]),
        ("cn_id", "1101051949123100２A", ["bad_format"]),
        ("cn_id", "1101O519491231002X", ["bad_format"]),
        ("cn_id", "X10105194912310021", ["bad_format"]),
        ("cn_id", "1101**********002X", ["bad_format"]),
        ("cn_id", "٤٤٠٤٠٢١٩٩٠٠١٠١٠٠٩١", ["bad_format"]),
        ("cn_id", eighteen("11010519490230002"), ["birth_date_impossible"]),
        ("cn_id", eighteen("11010520010229002"), ["birth_date_impossible"]),
        ("cn_id", eighteen("11010518491231002"), ["birth_date_impossible"]),
        ("cn_id", eighteen("11010520261124002"), ["birth_date_future"]),
        ("cn_id", eighteen("11010520990101002"), ["birth_date_future"]),
        ("cn_id", eighteen("00010519900101002"), ["unknown_province"]),
        ("cn_id", eighteen("66010519900101002"), ["unknown_province"]),
        ("cn_id", "810000199001010019", ["wrong_type"]),
        ("cn_id", eighteen("94462019800520001"), ["wrong_type"]),
        ("hmt_residence", "11010519491231002X", ["wrong_type"]),
        ("hmt_residence", "810000199001010018", ["check_digit"]),
        ("hmt_residence", eighteen("82000019901301002"), ["birth_date_impossible"]),
        ("home_return", "H1234567", ["wrong_length"]),
        ("home_return", "H123456780", ["wrong_length"]),
        ("home_return", "A12345678", ["bad_format"]),
        ("home_return", "HB1234567", ["bad_format"]),
        ("home_return", "HA123456789", ["bad_format"]),
        ("home_return", "123456789", ["bad_format"]),
        ("tw_permit", "1234567", ["wrong_length"]),
        ("tw_permit", "123456789", ["wrong_length"]),
        ("tw_permit", "A1234567", ["bad_format"]),
        ("mo_bir", "01234567", ["bad_first_digit"]),
        ("mo_bir", "81234567", ["bad_first_digit"]),
        ("mo_bir", "1234567", ["wrong_length"]),
        ("mo_bir", "1234567A", ["bad_format"]),
        ("hk_id", "A123456(4)", ["check_digit"]),
        ("hk_id", "A123456(A)", ["check_digit"]),
        ("hk_id", "A123456", ["check_digit_missing"]),
        ("hk_id", "A123456(B)", ["bad_format"]),
        ("hk_id", "ABC1234563", ["wrong_length"]),
        ("hk_id", "12345678", ["bad_format"]),
        ("foreign_pr", "FRA11007506241", ["wrong_length"]),
        ("foreign_pr", "FR1110075062411", ["bad_format"]),
        ("foreign_pr", "11010519491231002X", ["wrong_type"]),
        ("foreign_pr", eighteen("94462019801320001"), ["birth_date_impossible"]),
        ("passport", "E12345678", ["country_missing"]),
        ("identity", "E12345678", ["unknown_type"]),
    ],
)
def test_impossible_numbers_are_refused_with_the_reason(id_type: str, text: str | None, codes: list[str]) -> None:
    assert answer(id_type, text) == ("", codes)


def test_all_faults_of_a_number_are_told_at_once() -> None:
    wrong = "00010520270101002" + ("1" if eighteen("00010520270101002")[17] != "1" else "2")

    assert answer("cn_id", wrong) == ("", ["check_digit", "birth_date_future", "unknown_province"])


@pytest.mark.parametrize(
    ("id_type", "number", "codes"),
    [
        ("cn_id", eighteen("44989919900101009"), ["?unknown_division"]),
        ("cn_id", eighteen("71000119900101009"), ["?unknown_division"]),
        ("foreign_pr", eighteen("99962019800520001"), ["?unknown_division"]),
        ("foreign_pr", eighteen("94499919800520001"), ["?unknown_country"]),
        ("foreign_pr", "QQQ110075062411", ["?unknown_country"]),
    ],
)
def test_unusual_numbers_only_warn(id_type: str, number: str, codes: list[str]) -> None:
    assert answer(id_type, number) == (number, codes)


@pytest.mark.parametrize(
    ("country", "text", "expected"),
    [
        ("CN", "E12345678", ("E12345678", [])),
        ("CHN", "EA1234567", ("EA1234567", [])),
        ("156", "g12345678", ("G12345678", [])),
        ("CN", "EI1234567", ("EI1234567", ["?unusual_passport"])),
        ("CN", "DE1234567", ("DE1234567", [])),
        ("CN", "K12345678", ("K12345678", [])),
        ("HK", "KJ1234567", ("KJ1234567", [])),
        ("MO", "MA1234567", ("MA1234567", [])),
        ("MAC", "MC1234567", ("MC1234567", ["?unusual_passport"])),
        ("PT", "CA 123456", ("CA123456", [])),
        ("D", "C01X00T47", ("C01X00T47", [])),
        ("GBN", "123456789", ("123456789", [])),
        ("XXA", "AB123456", ("AB123456", [])),
        ("US", "ABCDEFGH", ("ABCDEFGH", ["?unusual_passport"])),
        ("IN", "Z1234567890123456", ("Z1234567890123456", ["?unusual_passport"])),
        ("US", "1234", ("", ["too_short"])),
        ("US", "123456789012345678", ("", ["too_long"])),
        ("US", "12345#78", ("", ["bad_format"])),
        ("ZZ", "12345678", ("", ["unknown_country"])),
        ("", "1234", ("", ["country_missing", "too_short"])),
    ],
)
def test_passports_by_country(country: str, text: str, expected: tuple[str, list[str]]) -> None:
    assert answer("passport", text, country) == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("home_return", "H12345678", ""), ("home_return", "H1234567802", ""), True),
        (("home_return", "H12345678", ""), ("home_return", "M12345678", ""), False),
        (("tw_permit", "01234567", ""), ("tw_permit", "0123456703B", ""), True),
        (("tw_permit", "12345678", ""), ("mo_bir", "12345678", ""), False),
        (("passport", "MA1234567", "MO"), ("passport", "MA1234567", "MAC"), True),
        (("passport", "MA1234567", "MO"), ("passport", "MA1234567", "CN"), False),
        (("passport", "MA1234567", "MO"), ("home_return", "MA1234567", ""), False),
        (("cn_id", "810000199001010019", ""), ("hmt_residence", "810000199001010019", ""), True),
        (("hk_id", "A1234563", ""), ("passport", "A1234563", "HK"), False),
    ],
)
def test_identity_key_is_the_lifelong_part(one: tuple, other: tuple, same: bool) -> None:
    assert (documents.identity_key(*one) == documents.identity_key(*other)) is same


@pytest.mark.parametrize(
    ("id_type", "number", "known", "unknown"),
    [
        ("cn_id", "11010519491231002X", ["002X", "002x", "００２Ｘ", "11010519491231002x"], ["1002", "02X", "", None]),
        ("hk_id", "A1234563", ["4563", "456(3)", "3456", "A123456(3)", "A123456"], ["1234", "2345"]),
        ("mo_bir", "12345678", ["5678", "567(8)", "4567", "1/234567/8", "1234567"], ["3456", "78"]),
        ("home_return", "H1234567801", ["7801", "5678", "H12345678"], ["6780", "4567"]),
        ("home_return", "H12345678", ["5678"], ["4567"]),
        ("tw_permit", "0123456701B", ["701B", "6701", "4567"], ["5670"]),
        ("passport", "E12345678", ["5678"], ["4567"]),
        ("cn_id", "", [], ["", "0000"]),
    ],
)
def test_tail_is_known_with_or_without_the_bracketed_digit(
    id_type: str, number: str, known: list[str], unknown: list[str | None]
) -> None:
    assert [documents.tail_matches(id_type, number, typed) for typed in known] == [True] * len(known)
    assert [documents.tail_matches(id_type, number, typed) for typed in unknown] == [False] * len(unknown)


def test_tail_is_the_last_four() -> None:
    assert documents.tail("11010519491231002X") == "002X"


@pytest.mark.parametrize(
    ("id_type", "number", "masked", "printed"),
    [
        ("cn_id", "44040219900101009X", "4404***********09X", "44040219900101009X"),
        ("hk_id", "A1234563", "A*****63", "A123456(3)"),
        ("mo_bir", "12345678", "1*****78", "1234567(8)"),
        ("home_return", "H12345678", "H******78", "H12345678"),
        ("home_return", "H1234567801", "H********01", "H12345678 01"),
        ("tw_permit", "0123456701B", "0********1B", "0123456701(B)"),
        ("foreign_pr", "FRA110075062411", "FRA1********411", "FRA110075062411"),
        ("passport", "E1234", "E**34", "E1234"),
        ("passport", "E123", "****", "E123"),
        ("cn_id", "", "", ""),
    ],
)
def test_masked_and_printed_forms(id_type: str, number: str, masked: str, printed: str) -> None:
    assert documents.mask(id_type, number) == masked
    assert documents.display_number(id_type, number) == printed


@pytest.mark.parametrize(
    ("id_type", "number", "born"),
    [
        ("cn_id", "11010519491231002X", date(1949, 12, 31)),
        ("hmt_residence", "810000199001010019", date(1990, 1, 1)),
        ("foreign_pr", eighteen("94462019800520001"), date(1980, 5, 20)),
        ("foreign_pr", "FRA110075062411", None),
        ("cn_id", "110105194913310021", None),
        ("cn_id", "", None),
        ("mo_bir", "12345678", None),
        ("passport", "11010519491231002", None),
    ],
)
def test_birth_date_where_the_number_carries_it(id_type: str, number: str, born: date | None) -> None:
    assert documents.birth_date(id_type, number) == born


def test_birth_date_is_asked_for_the_other_documents() -> None:
    assert [id_type for id_type in documents.ID_TYPES if documents.carries_birth_date(id_type)] == [
        "cn_id",
        "hmt_residence",
    ]
    assert documents.carries_birth_date("foreign_pr", eighteen("94462019800520001")) is True
    assert documents.carries_birth_date("foreign_pr", "FRA110075062411") is False


def test_the_document_types_are_those_of_the_form() -> None:
    assert documents.ID_TYPES == (
        "cn_id", "hmt_residence", "home_return", "tw_permit", "mo_bir", "hk_id", "foreign_pr", "passport",
    )  # fmt: skip
