"""The interface is whole in Traditional (the source) and Simplified Chinese."""

import re

import pytest

from webapp.cli import translations


@pytest.fixture(scope="module")
def source():
    return translations.extracted()


@pytest.fixture(scope="module")
def simplified():
    return translations.catalogue(translations.SIMPLIFIED)


def test_every_sentence_has_its_simplified_form(source, simplified):
    missing = [message.id for message in source if message.id and not getattr(simplified.get(message.id), "string", "")]

    assert missing == []


def test_simplified_sentences_keep_their_parameters(source, simplified):
    def parameters(text: str) -> set[str]:
        return set(re.findall(r"%\((\w+)\)[sd]", text))

    wrong = [m.id for m in source if m.id and parameters(m.id) != parameters(str(simplified.get(m.id).string))]

    assert wrong == []


def test_traditional_source_has_no_simplified_sentence(source):
    """A sentence that OpenCC would not change and that says 这 or 您好 in Simplified was typed in the wrong script."""
    simplified_only = "们这请说话单车辆号码证驾驶验电"

    assert [m.id for m in source if m.id and set(m.id) & set(simplified_only)] == []


@pytest.mark.parametrize(
    ("traditional", "expected"), [("請輸入手提電話", "请输入手机"), ("登入帳號", "登录账号"), ("上傳檔案", "上传文件")]
)
def test_drafts_use_the_words_of_the_mainland(traditional, expected):
    assert translations.simplified(traditional) == expected
