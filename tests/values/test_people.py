"""Names, ages and the search a clerk types into."""

from datetime import date

import pytest

from webapp.values import folding, people

TODAY = date(2026, 11, 23)


def codes(checked) -> list[str]:
    return [("?" if one.warning else "") + one.code for one in checked.findings]


@pytest.mark.parametrize(
    "name",
    [
        "張偉強",
        "张伟",
        "買買提·艾力",
        "阿布都热合曼•阿布都克力木",
        "João da Conceição",
        "O'Neil-D’Souza",
        "CHAN, Tai Man",
        "陳大文（陳小文）",
        "李〇",
        "王𠮷",
        "陳𬸣",
        "林\U00031350",  # CJK extension H, newer than the tables of Python 3.11
        "葛\U000e0100城",  # with a variation selector
        "山田 々",
        "محمد علي",
        "Nguyễn Văn A",
        "김철수",
        "O\u0308zil",
    ],
)
def test_names_are_kept_exactly_as_typed(name: str) -> None:
    checked = people.check_name(name)

    assert (checked.value, codes(checked)) == (name, [])


def test_stray_space_and_invisible_characters_leave_a_name() -> None:
    assert people.check_name("　陳\u200b \t 大文\n").value == "陳 大文"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", ["missing"]),
        (None, ["missing"]),
        ("\u3164\u3164", ["missing"]),
        ("陳", ["too_short"]),
        ("陳" * 41, ["too_long"]),
        ("陳" * 40, []),
        ("A" * 41, ["?long_name"]),
        ("A" * 81, ["too_long"]),
        ("A" * 10_000, ["too_long"]),
        ("陳大文1", ["bad_characters"]),
        ("😀😀", ["bad_characters"]),
        ("<b>陳", ["bad_characters"]),
        ("=1+1", ["bad_characters"]),
        ("··", ["no_letters"]),
        ("陳\ue000", ["?private_use_character"]),
    ],
)
def test_what_is_no_name(name: str | None, expected: list[str]) -> None:
    assert codes(people.check_name(name)) == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("CHEONG Wai Keong", "CHEONG Wai Keong", []),
        ("João", "João", []),
        ("ＣＨＡＮ", "CHAN", []),
        ("D'Souza, Maria", "D'Souza, Maria", []),
        ("陳大文", "", ["not_latin"]),
        ("Иванов", "", ["not_latin"]),
        ("Chan 2", "", ["bad_characters"]),
        ("C", "", ["too_short"]),
        ("", "", ["missing"]),
    ],
)
def test_latin_names(name: str, value: str, expected: list[str]) -> None:
    checked = people.check_latin_name(name)

    assert (checked.value, codes(checked)) == (value, expected)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("張偉強", "张伟强"),
        ("鍾楚紅", "钟楚红"),
        ("衞", "卫"),
        ("衞", "衛"),
        ("栢", "柏"),
        ("邨", "村"),
        ("呉", "吳"),
        ("兪", "俞"),
        ("鉅", "钜"),
        ("峯", "峰"),
        ("羣", "群"),
        ("啟", "啓"),
        ("João", "joao"),
        ("ＣＨＡＮ", "chan"),
        ("買買提·艾力", "买买提艾力"),
        ("買買提・艾 力", "买买提•艾力"),
        ("O'Neil", "oneil"),
        ("Straße", "STRASSE"),
        ("O\u0308zil", "Özil"),
        ("葛\U000e0100城", "葛城"),
    ],
)
def test_equal_names_fold_alike(one: str, other: str) -> None:
    assert folding.fold(one) == folding.fold(other)


def test_different_rare_characters_fold_apart() -> None:
    rare = ["林\U00031350", "林\U00031351", "林𠮷", "林\ue000", "林", ""]

    assert len({folding.fold(name) for name in rare}) == len(rare)


def test_folding_one_character_twice_changes_nothing_for_any_character() -> None:
    ideographs = [chr(code) for code in (*range(0x2E80, 0xA000), *range(0xF900, 0xFB00), *range(0x20000, 0x32400))]

    changed = [sign for sign in ideographs if folding.fold(folding.fold(sign)) != folding.fold(sign)]

    assert changed == []


def test_a_character_folds_the_same_among_any_neighbours() -> None:
    # The converter's phrases would keep 乾 in 乾隆 and turn it into 干 alone.
    assert folding.fold("張乾隆") == "".join(folding.fold(sign) for sign in "張乾隆")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("張偉強", "zwq"),
        ("单田芳", "stf"),
        ("單田芳", "stf"),
        ("仇小明", "qxm"),
        ("解放", "xf"),
        ("曾子墨", "zzm"),
        ("翟小明", "zxm"),
        ("區慧", "oh"),
        ("区慧", "oh"),
        ("朴小明", "pxm"),
        ("查良鏞", "zly"),
        ("尉遲恭", "ycg"),
        ("万俟卨", "mqx"),
        ("歐陽修", "oyx"),
        ("Chan Tai Man", "ctm"),
        ("João da Silva", "jds"),
        ("陳 Tai", "ct"),
    ],
)
def test_initials_know_the_surname_readings(name: str, wanted: str) -> None:
    assert wanted in folding.initials(name)


def test_initials_are_capped() -> None:
    assert len(folding.initials("单行都和着落解重行都和着落解重")) == folding.MOST_READINGS
    assert folding.initials("") == frozenset()


KEYS = people.search_keys("張偉強", "CHEONG Wai Keong")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("张伟强", True),
        ("張偉", True),
        ("偉強", True),
        ("强 张", True),
        ("zwq", True),
        ("ZWQ", True),
        ("ｚｗｑ", True),
        ("zhangwei", True),
        ("cheong", True),
        ("wai keong", True),
        ("keong cheong", True),
        ("cwk", True),
        ("", True),
        ("  ", True),
        ("王", False),
        ("张 王", False),
        ("!!", False),
        ("zwx", False),
        ("强cheong", False),
    ],
)
def test_search_finds_across_scripts(query: str, found: bool) -> None:
    assert people.matches(query, KEYS) is found


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        (date(2026, 11, 24), ["birth_date_future"]),
        (date(2026, 11, 23), ["under_age"]),
        (date(2008, 11, 24), ["under_age"]),  # 17 years and 364 days
        (date(2008, 11, 23), []),  # 18 today
        (date(1956, 11, 24), []),
        (date(1956, 11, 23), ["?over_70"]),
        (date(1895, 11, 23), ["birth_date_impossible"]),
        (date(1, 1, 1), ["birth_date_impossible"]),
        (None, ["missing"]),
    ],
)
def test_age_limits_of_a_driver(birth: date | None, expected: list[str]) -> None:
    found = people.check_birth_date(birth, TODAY)

    assert [("?" if one.warning else "") + one.code for one in found] == expected


def test_born_on_29_february_comes_of_age_on_1_march() -> None:
    born = date(2008, 2, 29)

    assert people.adult(born, date(2026, 2, 28)) is False
    assert people.adult(born, date(2026, 3, 1)) is True
    assert people.age(born, date(2028, 2, 29)) == 20
