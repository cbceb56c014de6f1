"""Plates of every kind of the mainland, Macao and Hong Kong."""

import pytest

from webapp.values import plates


def codes(text: str | None, others: tuple[str, ...] = ()) -> list[str]:
    return [("?" if one.warning else "") + one.code for one in plates.check(text, others=others).findings]


@pytest.mark.parametrize(
    ("text", "value", "kind", "printed"),
    [
        ("粤C12345", "粤C12345", "ordinary", "粤C·12345"),
        ("粵C·1A2B3", "粤C1A2B3", "ordinary", "粤C·1A2B3"),
        ("粵 ｃ １２３４５", "粤C12345", "ordinary", "粤C·12345"),
        ("滬A-12345", "沪A12345", "ordinary", "沪A·12345"),
        ("瓊B12345", "琼B12345", "ordinary", "琼B·12345"),
        ("粤C·D12345", "粤CD12345", "new_energy_small", "粤C·D12345"),
        ("粤CDF1234", "粤CDF1234", "new_energy_small", "粤C·DF1234"),
        ("粤CK01234", "粤CK01234", "new_energy_small", "粤C·K01234"),
        ("粤C12345D", "粤C12345D", "new_energy_large", "粤C·12345D"),
        ("粵Z·8K26澳", "粤Z8K26澳", "macao_cross_border", "粤Z·8K26澳"),
        ("粤Z1234港", "粤Z1234港", "hong_kong_cross_border", "粤Z·1234港"),
        ("粤C1234警", "粤C1234警", "police", "粤C·1234警"),
        ("粤O1234警", "粤O1234警", "police", "粤O·1234警"),
        ("123456使", "123456使", "embassy", "123456使"),
        ("使123456", "使123456", "embassy", "使123456"),
        ("粤12345領", "粤12345领", "consulate", "粤12345领"),
        ("粤A1234领", "粤A1234领", "consulate", "粤A·1234领"),
        ("粤C1234應急", "粤C1234应急", "emergency", "粤C·1234应急"),
        ("WJ12345", "WJ12345", "armed_police", "WJ12345"),
        ("WJ粤1234X", "WJ粤1234X", "armed_police", "WJ粤1234X"),
    ],
)
def test_usual_mainland_plates(text: str, value: str, kind: str, printed: str) -> None:
    checked = plates.check(text)

    assert (checked.value, checked.findings) == (value, ())
    assert plates.kind(value) == kind
    assert plates.display(value) == printed
    assert plates.is_mainland(value) is True


@pytest.mark.parametrize(
    ("text", "value", "kind", "printed", "expected"),
    [
        ("粤C1234學", "粤C1234学", "learner", "粤C·1234学", ["?unusual_plate"]),
        ("粤C1234掛", "粤C1234挂", "trailer", "粤C·1234挂", ["?unusual_plate"]),
        ("粤C1234臨", "粤C1234临", "temporary", "粤C·1234临", ["?unusual_plate"]),
        ("粤C1234試", "粤C1234试", "test", "粤C·1234试", ["?unusual_plate"]),
        ("粤C1234超", "粤C1234超", "oversize", "粤C·1234超", ["?unusual_plate"]),
        ("粤CABC12", "粤CABC12", "ordinary", "粤C·ABC12", ["?unusual_plate"]),
        ("粤O12345", "粤O12345", "ordinary", "粤O·12345", ["?unusual_plate"]),
        ("CD12345", "CD12345", "military", "CD12345", ["?province_missing"]),
        ("IK12345", "IK12345", "military", "IK12345", ["?unusual_plate"]),
        ("MX-12-34", "MX1234", "macao", "MX-12-34", ["?macao_only"]),
        ("ｍｘ １２ ３４", "MX1234", "macao", "MX-12-34", ["?macao_only"]),
        ("M-12-34", "M1234", "macao", "M-12-34", ["?macao_only"]),
        ("AA-12-34", "AA1234", "macao", "AA-12-34", ["?macao_only"]),
        ("BQ-00-34", "BQ0034", "macao", "BQ-00-34", ["?macao_only"]),
        ("01-23", "0123", "macao_government", "01-23", ["?macao_only"]),
        ("CM-12345", "CM12345", "macao_moped", "CM-12345", ["?unusual_plate", "?macao_only"]),
        ("ES-12-34", "ES1234", "macao_trade", "ES-12-34", ["?unusual_plate", "?macao_only"]),
        ("AB 123", "AB123", "hong_kong", "AB 123", ["?hong_kong_only"]),
        ("XY9876", "XY9876", "hong_kong", "XY 9876", ["?hong_kong_only"]),
        ("MV 1234", "MV1234", "hong_kong", "MV 1234", ["?hong_kong_only"]),
        ("AM 12", "AM12", "hong_kong", "AM 12", ["?hong_kong_only"]),
        ("8", "8", "hong_kong", "8", ["?hong_kong_only"]),
        ("HAPPY 8", "HAPPY8", "hong_kong_personal", "HAPPY8", ["?province_missing", "?hong_kong_only"]),
        ("W", "W", "hong_kong_personal", "W", ["?unusual_plate", "?hong_kong_only"]),
        ("1HAPPY", "1HAPPY", "hong_kong_personal", "1HAPPY", ["?unusual_plate", "?hong_kong_only"]),
    ],
)
def test_unusual_and_outside_plates_warn(text: str, value: str, kind: str, printed: str, expected: list[str]) -> None:
    assert (plates.check(text).value, codes(text)) == (value, expected)
    assert plates.kind(value) == kind
    assert plates.display(value) == printed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["missing"]),
        (None, ["missing"]),
        ("···", ["bad_format"]),
        ("A" * 10_000, ["too_long"]),
        ("ABCDEFGHJ", ["too_long"]),
        ("粤", ["province_letter"]),
        ("粤112345", ["province_letter"]),
        ("粤I12345", ["province_letter"]),
        ("粤CO1234", ["letter_i_or_o"]),
        ("粤C1234I", ["letter_i_or_o"]),
        ("粤C1234", ["wrong_length"]),
        ("粤C1234567", ["wrong_length"]),
        ("粤CL12345", ["bad_format"]),
        ("粤C12345L", ["bad_format"]),
        ("粤CD1234A", ["bad_format"]),
        ("粤Z12345", ["cross_border_form"]),
        ("粤Z8K26", ["cross_border_form"]),
        ("粤Z12345港", ["cross_border_form"]),
        ("粤Z123澳", ["cross_border_form"]),
        ("粤ZO123澳", ["cross_border_form"]),
        ("粤C8K26澳", ["bad_format"]),
        ("台C12345", ["bad_characters"]),
        ("粤C12*45", ["bad_characters"]),
        ("🚗12345", ["bad_characters"]),
        ("12345使", ["bad_format"]),
        ("MV-12-34", ["mv_not_issued"]),
        ("mv 12 34", ["mv_not_issued"]),
        ("MV0123", ["mv_not_issued"]),
        ("12345", ["bad_format"]),
        ("LOVE", ["letter_i_or_o"]),
    ],
)
def test_faults_are_named(text: str | None, expected: list[str]) -> None:
    assert codes(text) == expected


def test_a_macao_plate_beside_a_mainland_plate_needs_no_warning() -> None:
    assert codes("MX-12-34", ("粵Z·8K26澳",)) == []
    assert codes("XY 9876", ("粤Z1234港",)) == []
    assert codes("MX-12-34", ("XY 9876", "", "粤Z12345")) == ["?macao_only"]


#: As typed, the car's other plates, the normalised plate, as printed, whether the person is asked.
PLACES = [
    ("MX-12-34", (), "MX1234", "MX-12-34", False),
    ("mx 12 34", ("粤Z1234港",), "MX1234", "MX-12-34", False),
    ("MX 1234", ("粤Z8K26澳",), "MX1234", "MX-12-34", False),
    ("MX 1234", ("粵Z·1234港",), "港MX1234", "港 MX 1234", False),
    ("港MX1234", (), "港MX1234", "港 MX 1234", False),
    ("澳 MX-1234", ("粤Z1234港",), "MX1234", "MX-12-34", False),
    ("MX 1234", (), "MX1234", "MX-12-34", True),
    ("MX 1234", ("粤C12345",), "MX1234", "MX-12-34", True),
    ("MX 1234", ("粤Z1234港", "粤Z8K26澳"), "MX1234", "MX-12-34", True),
    ("AA 1234", ("粤Z1234港",), "港AA1234", "港 AA 1234", False),
    ("CM 1234", ("粤Z1234港",), "港CM1234", "港 CM 1234", False),
    ("CM 1234", (), "CM1234", "CM-1234", True),
    ("CM-1234", (), "CM1234", "CM-1234", False),
    ("M1234", ("粤Z1234港",), "港M1234", "港 M1234", False),
    ("KB 1234", (), "KB1234", "KB 1234", False),
    ("KB 1234", ("粤Z1234港",), "KB1234", "KB 1234", False),
    ("KB-12-34", (), "澳KB1234", "澳 KB-12-34", False),
    ("MX 0123", ("粤Z1234港",), "MX0123", "MX-01-23", False),
    ("港 XY 98", (), "XY98", "XY 98", False),
]


@pytest.mark.parametrize(("text", "others", "value", "printed", "asked"), PLACES)
def test_one_plate_of_two_places_is_two_plates(
    text: str, others: tuple[str, ...], value: str, printed: str, asked: bool
) -> None:
    checked = plates.check(text, others=others)

    assert checked.value == plates.normalise(text, others=others) == plates.of_vehicle([text, *others])[0] == value
    assert plates.display(value) == printed
    assert plates.check(printed).value == plates.check(value).value == value
    assert ("read_as_macao" in [one.code for one in checked.findings]) is asked
    assert value in plates.candidates(plates.fold(text).strip("港澳"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("MX1234", ("MX1234", "港MX1234")),
        ("KB1234", ("KB1234", "澳KB1234")),
        ("MX-12-34", ("MX1234",)),
        ("港MX1234", ("港MX1234",)),
        ("粵C·12345", ("粤C12345",)),
        ("XY 98", ("XY98",)),
        ("?", ("?",)),
    ],
)
def test_a_plate_read_off_a_car_may_be_either(text: str, found: tuple[str, ...]) -> None:
    assert plates.candidates(text) == found


def test_a_mark_before_what_is_no_plate_of_that_place_is_refused() -> None:
    assert codes("澳AB123") == codes("港粤C12345") == ["bad_format"]


def test_each_province_character_is_known_in_both_scripts() -> None:
    traditional = "京津滬渝冀豫雲遼黑湘皖魯新蘇浙贛鄂桂甘晉蒙陝吉閩貴粵青藏川寧瓊"

    values = [plates.check(f"{province}A12345").value for province in traditional]

    assert values == [f"{province}A12345" for province in plates.PROVINCES]


def test_part_of_a_plate_folds_for_search() -> None:
    assert plates.fold(" 粵ｃ·d1") == "粤CD1"


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("粤C12345", "粤C***45"),
        ("粤CD12345", "粤C***45"),
        ("粤Z8K26澳", "粤Z***6澳"),
        ("MX1234", "MX***4"),
        ("M1234", "M***4"),
        ("港MX1234", "港MX***4"),
        ("8", "***"),
        ("", ""),
    ],
)
def test_masked_plates(value: str, masked: str) -> None:
    assert plates.mask(value) == masked
