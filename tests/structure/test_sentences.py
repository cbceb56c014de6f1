"""Every finding of the checks has a sentence that says what to do, with exactly the parameters the finding carries."""

import re

import pytest

from webapp.ui.sentences import SENTENCES, filings, values
from webapp.values.findings import CODES


def parameters(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


def test_every_finding_has_a_sentence():
    assert sorted(set(CODES) - set(values.SENTENCES)) == []


@pytest.mark.parametrize("key", values.SENTENCES)
def test_sentence_asks_for_no_parameter_its_finding_lacks(app_context, key):
    code = key.rpartition(":")[2]

    assert parameters(str(values.SENTENCES[key])) <= set(re.findall(r"\{(\w+)\}", CODES[code]))


@pytest.mark.parametrize("key", [*values.SENTENCES, *filings.SENTENCES])
def test_sentence_stands_in_the_one_table(app_context, key):
    assert str(SENTENCES[key])


@pytest.fixture(scope="module")
def app_context():
    from flask import Flask
    from flask_babel import Babel

    app = Flask("sentences")
    Babel(app, default_locale="zh_Hant_MO")
    with app.test_request_context():
        yield
