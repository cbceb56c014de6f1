"""Forms read anything, judge nothing, and show again what was typed."""

import io

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage, MultiDict

from webapp.ui import fields, forms


class SampleForm(forms.VersionedForm):
    plate = fields.TextField("車牌號碼")
    use = fields.RadioField("用途", choices=[("own", "自用"), ("unit", "單位")])
    consent = fields.CheckboxField("同意")
    reason = fields.CheckboxesField("原因", choices=[("plate:unclear", "看不清"), ("plate:wrong", "不符")])
    row = fields.CheckboxesField(choices=None)
    proof = fields.FileField("證明")


@pytest.fixture(scope="module")
def request_context():
    app = Flask(__name__)
    app.config.update(SECRET_KEY="x", WTF_CSRF_ENABLED=False)
    Babel(app)
    with app.test_request_context(method="POST"):
        yield


def read(*pairs):
    return SampleForm(formdata=MultiDict(pairs))


def test_answers_are_kept_as_typed(request_context):
    form = read(("plate", " 粵C·d12345 "), ("use", "own"), ("consent", "yes"), ("row", "A"), ("row", "B"), ("row", "A"))

    assert (form.plate.data, form.use.data, form.consent.data) == (" 粵C·d12345 ", "own", True)
    assert form.row.data == ["A", "B"]
    assert read(("plate", "a\x00b\x07c\td\r\ne\x1b\x7f")).plate.data == "abc\td\ne"


def test_of_a_doubled_answer_the_first_counts(request_context):
    form = read(
        ("plate", "粵CD1234"),
        ("plate", "粵CX9999"),
        ("use", "own"),
        ("use", "unit"),
        ("version", "1"),
        ("version", "9"),
    )

    assert (form.plate.data, form.use.data, form.expected_version) == ("粵CD1234", "own", 1)


def test_answers_that_were_not_offered_read_as_none(request_context):
    form = read(("use", "boat"), ("reason", "plate:wrong"), ("reason", "x"), ("proof", "a text"), ("plate", "A\x00B"))

    assert (form.use.data, form.reason.data, form.proof.data, form.plate.data) == ("", ["plate:wrong"], None, "AB")


def test_missing_answers_have_their_empty_kind(request_context):
    form = read()

    empty = [
        form.plate.data,
        form.use.data,
        form.consent.data,
        form.reason.data,
        form.proof.data,
        form.expected_version,
    ]
    assert empty == ["", "", False, [], None, None]


def test_a_file_is_read(request_context):
    form = read(("proof", FileStorage(io.BytesIO(b"%PDF"), filename="a.pdf")))

    assert form.proof.data.filename == "a.pdf"


def test_key_stays_when_the_page_is_shown_again(request_context):
    assert read(("submission_key", "abcDEF_-123")).submission_key.data == "abcDEF_-123"


def test_a_key_that_is_none_is_replaced(request_context):
    first, second = read(("submission_key", "<x>")), read()

    assert len({first.submission_key.data, second.submission_key.data, "<x>"}) == 3


def test_refusals_stand_in_page_order_and_unknown_fields_in_the_summary(request_context):
    form = read(("plate", "x"))

    form.add_errors(
        [
            ("use", "請選擇用途", False),
            ("plate", "車牌少了一位", False),
            ("vin", "另一頁的事", True),
            (None, "整頁", False),
        ]
    )

    summary = [("", "另一頁的事"), ("", "整頁"), ("plate", "車牌少了一位"), ("use", "請選擇用途")]
    assert (form.summary(), form.refused, form.only_warned) == (summary, True, False)
    assert form.plate.described_by == "plate-error"


def test_a_sentence_that_any_field_may_get_names_its_field_in_the_summary(request_context):
    form = read()

    form.add_errors([("plate", "請填寫這一項", False), ("use", "請選擇一項", False), ("reason", "看不清", False)])
    form.add_errors([("consent", "太長", False), ("proof", "太長", False)])

    told = ["車牌號碼：請填寫這一項", "用途：請選擇一項", "同意：太長", "看不清", "證明：太長"]
    assert [line for _, line in form.summary()] == told
    assert form.plate.errors == ["請填寫這一項"]


def test_a_confirmed_warning_refuses_no_longer_but_is_shown(request_context):
    asked, confirmed = read(("plate", "x")), read(("plate", "x"), ("confirm_plate", "yes"))

    for form in (asked, confirmed):
        form.add_errors([("plate", "請對照行駛證", True)])

    assert (asked.summary(), asked.only_warned) == ([("confirm_plate", "請對照行駛證")], True)
    assert (confirmed.summary(), confirmed.refused, confirmed.plate.warnings) == ([], False, ["請對照行駛證"])


@given(
    st.lists(
        st.tuples(st.sampled_from(["plate", "use", "consent", "reason", "row", "proof", "version", "x"]), st.text())
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_text_raises(request_context, pairs):
    form = read(*pairs)

    assert isinstance(form.plate.data, str)
    assert "\x00" not in form.plate.data
    assert form.expected_version is None or form.expected_version >= 0
