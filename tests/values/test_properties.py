"""What holds for any text at all: nothing raises, normal forms are fixed, masks hide."""

import sys
import time
import unicodedata
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from webapp.values import (
    codes,
    countries,
    dates,
    documents,
    emails,
    findings,
    folding,
    licences,
    organisations,
    passwords,
    people,
    phones,
    plates,
    vins,
)
from webapp.values.normalising import CAP, compact, tidy

TODAY = date(2026, 11, 23)

ANY_TEXT = st.text(alphabet=st.characters(), max_size=60)  # lone surrogates too
# Texts near the formats, where the branches are.
NEAR = st.text(alphabet="0123456789XxABCHMEZKOIQ粤粵澳港警領学C·-()（）/ ０Ａ@.+*年月日", max_size=22)
TEXTS = ANY_TEXT | NEAR | st.sampled_from(["", "😀" * 5, "‏שלום", "محمد", "A" * 10_000, "\x00", "\ud800", "１" * 18])

CHECKS = {
    **{id_type: lambda text, kind=id_type: documents.check(kind, text, country="CN", today=TODAY)
       for id_type in documents.ID_TYPES},
    **{f"place {place}": lambda text, place=place: organisations.check(place, text) for place in organisations.PLACES},
    **{f"region {region}": lambda text, region=region: phones.check(region, text) for region in phones.REGIONS},
    "name": people.check_name,
    "latin name": people.check_latin_name,
    "plate": plates.check,
    "vin": vins.check,
    "licence class": licences.check,
    "email": emails.check,
    "date": dates.check,
}  # fmt: skip


@pytest.mark.parametrize("kind", CHECKS)
@settings(max_examples=120, deadline=None)
@given(text=TEXTS)
@example("´A")
def test_no_text_breaks_a_check_and_its_value_is_fixed(kind: str, text: str) -> None:
    found = CHECKS[kind](text)

    assert {one.code for one in found.findings} <= set(findings.CODES)
    assert found.ok is bool(found.value)
    assert len(found.display) <= CAP + 1
    if found.value:
        again = CHECKS[kind](found.value)
        assert (again.value, again.ok) == (found.value, True)


VALID = st.one_of(
    st.tuples(st.just("home_return"), st.from_regex(r"[HM][0-9]{8}([0-9]{2})?", fullmatch=True)),
    st.tuples(st.just("tw_permit"), st.from_regex(r"[0-9]{8}([0-9]{2}[A-Z0-9]?)?", fullmatch=True)),
    st.tuples(st.just("mo_bir"), st.from_regex(r"[157][0-9]{7}", fullmatch=True)),
    st.tuples(st.just("passport"), st.from_regex(r"[A-Z0-9]{5,17}", fullmatch=True)),
    st.tuples(st.just("foreign_pr"), st.from_regex(r"[A-Z]{3}[0-9]{12}", fullmatch=True)),
)


@settings(max_examples=200, deadline=None)
@given(document=VALID)
def test_a_document_reads_back_from_its_printed_form_and_its_mask_hides(document: tuple[str, str]) -> None:
    id_type, number = document

    assert documents.check(id_type, number, country="PT", today=TODAY).value == number
    printed = documents.display_number(id_type, number)
    assert documents.check(id_type, printed, country="PT", today=TODAY).value == number
    assert documents.tail_matches(id_type, number, documents.tail(number)) is True
    assert documents.mask(id_type, number).count("*") >= 2
    assert len(documents.mask(id_type, number)) == len(number)


@settings(max_examples=200, deadline=None)
@given(
    plate=st.from_regex(r"[粤京琼][A-HJ-NP-Y][A-HJ-NP-Z0-9]{5}", fullmatch=True)
    | st.from_regex(r"粤Z[A-HJ-NP-Z0-9]{4}[港澳]", fullmatch=True)
    | st.from_regex(r"M[A-UW-Z]?[0-9]{4}", fullmatch=True)
    | st.from_regex(r"[A-HJ-NPR-Z]{2}[1-9][0-9]{0,3}", fullmatch=True)
)
def test_a_plate_reads_back_from_its_printed_form_and_its_mask_hides(plate: str) -> None:
    assert plates.check(plate).value == plate
    assert plates.check(plates.display(plate)).value == plate
    assert plates.fold(plate) == plate
    assert len(plates.mask(plate).replace("***", "")) <= len(plate) - 2


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
@example("ẞ ﬁ Å ŉ ǆ")
@example("乾隆皇后頭髮")
@example("C¸")
def test_folding_twice_changes_nothing(text: str) -> None:
    folded = folding.fold(text)

    assert folding.fold(folded) == folded
    assert plates.fold(plates.fold(text)) == plates.fold(text)
    assert tidy(tidy(text)) == tidy(text)


@settings(max_examples=200, deadline=None)
@given(text=TEXTS, other=TEXTS)
def test_nothing_else_raises_on_any_text(text: str, other: str) -> None:
    keys = people.search_keys(text, other)

    assert people.matches(text, keys) is (bool(folding.fold(text)) or not tidy(text))
    assert {one.code for one in passwords.check(text, other, other)} <= set(findings.CODES)
    for id_type in (*documents.ID_TYPES, text):
        assert documents.mask(id_type, text) != text or not text.strip("*")
        documents.birth_date(id_type, text)
        documents.identity_key(id_type, text, other)
        documents.tail_matches(id_type, text, other)
        documents.display_number(id_type, text)
    for plain in (emails.key, emails.mask, phones.mask, phones.display, plates.mask, plates.display, plates.kind,
                  codes.normalise_code, codes.has_valid_check, countries.canonical, dates.parse):  # fmt: skip
        plain(text)


def test_every_invisible_character_is_taken_out() -> None:
    every = (chr(code) for code in range(sys.maxunicode + 1))
    invisible = [sign for sign in every if unicodedata.category(sign) in ("Cc", "Cf", "Cs")]

    assert [hex(ord(sign)) for sign in invisible if tidy(f"a{sign}b") not in ("ab", "a b")] == []


def test_a_megabyte_costs_little() -> None:
    huge = ["A" * 1_000_000, " " * 1_000_000, "ﷺ" * 1_000_000, "\u0301" * 1_000_000]

    began = time.process_time()
    refused = [check(text).ok for text in huge for check in CHECKS.values()]

    assert refused == [False] * len(refused)
    assert time.process_time() - began < 15
    assert compact("A" * 1_000_000) == "A" * (CAP + 1)


@pytest.mark.parametrize("code", countries.ALPHA2)
def test_country_codes_are_canonical(code: str) -> None:
    assert countries.canonical(code.lower()) == code


def test_countries_are_known_by_each_of_their_codes() -> None:
    typed = ("PT", "prt", "620", "CHN", "D", "GBO", "RKS", "XXA", "ZZZ", "", None)

    known = ("PT", "PT", "PT", "CN", "DE", "GB", "XK", "XXA", "-", "-", "-")
    assert tuple(countries.canonical(code) or "-" for code in typed) == known
    assert len(countries.ALPHA2) == 249
