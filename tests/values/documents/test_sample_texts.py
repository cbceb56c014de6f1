"""Sample pledge texts: both kinds in four languages, clause by clause."""

from webapp.domain.pledges.sample_texts import SAMPLE_TEXTS


def test_every_kind_stands_in_every_language_with_the_same_number_of_clauses():
    found = {(text.kind, text.language): (text.version, len(text.clauses)) for text in SAMPLE_TEXTS}

    languages = ("zh_Hant_MO", "zh_Hans_CN", "pt", "en")
    assert found == {
        **{("personal", language): ("P-2026-1", 8) for language in languages},
        **{("unit", language): ("U-2026-1", 9) for language in languages},
    }


def test_simplified_texts_say_what_the_traditional_ones_say():
    from opencc import OpenCC

    simplify = OpenCC("t2s").convert
    by_key = {(text.kind, text.language): text for text in SAMPLE_TEXTS}

    for kind in ("personal", "unit"):
        traditional, simplified = by_key[kind, "zh_Hant_MO"], by_key[kind, "zh_Hans_CN"]
        assert simplified.clauses == tuple(simplify(clause) for clause in traditional.clauses)
        assert simplified.title == simplify(traditional.title)
