"""Searching cards as they are stored finds what searching them opened does."""

from __future__ import annotations

import pytest

from webapp.domain.registry.cards import Card, finder, seal_card, sealed_finder
from webapp.values import people

CARDS = [
    Card(name, latin, "cn_id", tail, plates, people.search_keys(name, latin) if latin else people.search_keys(name))
    for name, latin, tail, plates in (
        ("陳大文", "", "123X", "粤C12345 MA1234"),
        ("鄭嘉欣", "CHEANG KA IAN", "0012", "粤CB1234"),
        ('歐"陽\\明', "", "4321", ""),
        ("𠮷田", "YOSHIDA O'NEIL", "9988", "AB1234"),
    )
]
WORDS = (
    "陳", "陈", "大文", "陳 文", "文 陳", "cdw", "CHEANG", "cheang ka", "ka cheang", "123x", "123X", "12345", "粤C12",
    "粵c1", "c", "1234", "0012", "4321",
    '"', "\\", '歐"', "歐\"陽\\明", "𠮷", "o'neil", "zzzz", "陳 zzzz", ".", "", "  ",
)  # fmt: skip


@pytest.mark.parametrize("engine", ["sqlite"])
def test_sealed_cards_are_found_as_open_ones_are(db):
    kept = [seal_card(f"ref{number}", "entry", card) for number, card in enumerate(CARDS)]
    for words in WORDS:
        opened, sealed = finder(words), sealed_finder(words, "entry")
        found = [sealed(f"ref{number}", card) for number, card in enumerate(kept)]
        assert found == [opened(card) for card in CARDS], words
