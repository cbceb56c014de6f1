"""Which language a request gets."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.ui import locales

HEADERS = [
    ("zh-CN,zh;q=0.8", "zh_Hans_CN"),
    ("zh", "zh_Hans_CN"),
    ("zh-SG", "zh_Hans_CN"),
    ("zh-TW", "zh_Hant_MO"),
    ("zh-HK,zh;q=0.9,en;q=0.8", "zh_Hant_MO"),
    ("zh-MO", "zh_Hant_MO"),
    ("zh-Hant", "zh_Hant_MO"),
    ("zh-Hans-MO", "zh_Hans_CN"),
    ("zh-Hant-CN", "zh_Hant_MO"),
    ("yue-Hant-HK", "zh_Hant_MO"),
    ("yue", "zh_Hant_MO"),
    ("zh-yue-CN", "zh_Hans_CN"),
    ("pt-BR,pt;q=0.9", "pt"),
    ("en-GB;q=0.4, pt-PT;q=0.5", "pt"),
    ("fr,en;q=0.5", "en"),
    ("en;q=0,pt;q=0.1", "pt"),
    ("fr", "zh_Hant_MO"),
    ("*", "zh_Hant_MO"),
    ("", "zh_Hant_MO"),
    (None, "zh_Hant_MO"),
]


@pytest.mark.parametrize(("header", "expected"), HEADERS)
def test_pick_reads_the_script(header, expected):
    assert locales.pick(header) == expected


def test_pick_keeps_to_what_is_offered():
    assert locales.pick("pt,zh-CN;q=0.5", ["zh_Hant_MO", "zh_Hans_CN"]) == "zh_Hans_CN"


@given(st.text())
def test_pick_answers_any_text_with_a_known_locale(header):
    assert locales.pick(header) in locales.NAMES


tags = st.sampled_from(["zh-TW", "zh-CN", "zh", "pt-PT", "en", "fr", "yue-Hant-HK", "*", "x"])


@given(st.lists(st.tuples(tags, st.integers(0, 1000)), min_size=1, max_size=8))
def test_pick_never_prefers_a_lower_weight(weighted):
    header = ",".join(f"{tag};q={weight / 1000:.3f}" for tag, weight in weighted)

    picked = locales.pick(header)

    readable = [(weight, locales.match(tag)) for tag, weight in weighted if weight and locales.match(tag)]
    best = [locale for weight, locale in readable if weight == max(weight for weight, _ in readable)]
    assert picked == (best[0] if best else locales.SOURCE)


@given(st.sampled_from(sorted(locales.NAMES)))
def test_every_locale_is_named_by_its_own_tag(locale):
    assert locales.match(locales.lang_tag(locale)) == locale
    assert re.fullmatch(r"[a-z]{2}(-[A-Z][a-z]{3}-[A-Z]{2})?", locales.lang_tag(locale))


def test_choose_takes_wishes_in_order():
    offered = ["zh_Hant_MO", "zh_Hans_CN", "pt"]

    assert locales.choose(["pt", "zh-Hans-CN"], "zh-TW", offered) == "pt"
    assert locales.choose([None, "en", "zh-Hans-CN"], "zh-TW", offered) == "zh_Hans_CN"
    assert locales.choose([None, "klingon"], "zh-CN", offered) == "zh_Hans_CN"


def test_only_locales_with_a_catalogue_are_offered(tmp_path):
    catalogue = tmp_path / "zh_Hans_CN" / "LC_MESSAGES" / "messages.mo"
    catalogue.parent.mkdir(parents=True)
    catalogue.touch()
    (tmp_path / "pt" / "LC_MESSAGES").mkdir(parents=True)

    assert locales.offered_in(tmp_path) == ("zh_Hant_MO", "zh_Hans_CN")
