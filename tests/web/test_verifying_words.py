"""Every code of the verification list has words."""

import pytest

from webapp.domain.filings import flags, reasons, states, uploading_rules, verifying
from webapp.domain.filings.flags import Flag
from webapp.ui import sentences
from webapp.ui import verifying as words
from webapp.ui.sentences.verifying import SKIPPED

PARAMS = {
    "waiting_owner": {"until": None},
    "warning": {"warning": "size_class:lorry"},
    "doubtful": {"warning": "id_number:unknown_division"},
    "fell_out": {"reason": "disputed"},
    "helped": {"form": "own_phone"},
}


@pytest.fixture
def reading(app):
    with app.test_request_context("/"):
        yield


def test_flags_have_a_look_and_words_of_their_own(reading):
    made = [Flag(code, PARAMS.get(code, {})) for code in flags.WEIGHTS]

    assert {words.flag_look(flag) for flag in made} == {"ok", "wait", "warn", "bad"}
    said = [words.flag_words(flag) for flag in made]
    assert len(set(said)) == len(said)


def test_reasons_have_words_each_its_own(reading):
    codes = {code for closed in reasons.OF.values() for code in closed}

    said = {code: str(sentences.words(code)) for code in codes}
    assert [code for code, text in said.items() if "%(" in text or not text] == []


def test_steps_and_what_was_left_out_have_words():
    actions = {*states.ACTIONS, "assign", "fall"}

    assert (set(words.STEPS), set(words.DEEDS)) == (actions, actions)
    assert set(SKIPPED) == set(verifying.SKIPPED)


def test_why_an_upload_left_something_out_has_words(reading):
    fallback = words.reason("nothing:of_the_kind")

    said = [words.reason(f"upload:{code}") for code in uploading_rules.REASONS]
    assert fallback not in said
