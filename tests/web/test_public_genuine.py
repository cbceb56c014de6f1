"""The public check of documents."""

import re

import pytest

from tests.builders.browser import errors, heading
from tests.builders.filings import filed
from tests.builders.units import certified_unit
from webapp.domain.files import documents
from webapp.domain.filings import following
from webapp.values.codes import ALPHABET


def pledge(sent):
    return documents.of_subject("personal_pledge", following.pledge(sent.submission).ref)


def test_genuine_pledge_says_kind_unit_number_and_standing(client, db):
    built = certified_unit()
    sent = filed(built)

    page = client.get(f"/genuine/{pledge(sent).code}")

    assert (page.status_code, heading(page)) == (200, "這份文件由本系統發出")
    for words in ("個人信用承諾", built.unit.name, sent.submission.number, "真確，申報仍在辦理"):
        assert words in page.text


def test_nothing_personal_is_said(client, db):
    sent = filed(certified_unit())

    page = client.get(f"/genuine/{pledge(sent).code}").text

    declared = following.declared(sent.submission)
    assert declared["person"]["full_name"] not in page
    assert declared["person"]["id_number"][-4:] not in re.sub(r"<a[^>]*>|content=\"[^\"]*\"|value=\"[^\"]*\"", "", page)
    assert declared["vehicles"][0]["plates"][0][-5:] not in page


def test_code_may_be_typed_with_dashes_and_small_letters(client, db):
    code = pledge(filed(certified_unit())).code
    typed = f"{code[:4]}-{code[4:8]} {code[8:]}".lower()

    first = client.get("/genuine", query_string={"document": typed})

    assert (first.status_code, first.location) == (303, f"/genuine/{code}")
    assert client.get(f"/genuine/{code.lower()}").location == f"/genuine/{code}"


def test_one_wrong_character_is_explained(client, db):
    code = pledge(filed(certified_unit())).code
    other = next(sign for sign in ALPHABET if sign != code[3])

    page = client.get(f"/genuine/{code[:3]}{other}{code[4:]}")

    assert page.status_code == 422
    assert errors(page) == ["有一個字抄錯了，或兩個字調轉了。請逐字對照頁腳再輸入一次"]


def test_code_nobody_issued_is_not_ours(client, db):
    page = client.get(f"/genuine/{documents.new_code()}")

    assert (page.status_code, heading(page)) == (404, "查無這份文件")


@pytest.mark.parametrize("text", ("x", "張三", "%00", "U" * 12, "0" * 500, "a b", "<script>"))
def test_junk_is_explained(client, db, text):
    assert client.get("/genuine", query_string={"document": text}, follow_redirects=True).status_code in (404, 422)
    assert client.get(f"/genuine/{text}", follow_redirects=True).status_code in (404, 422)


def test_asking_is_limited(client, db):
    statuses = [client.get("/genuine/ABCDEFGHJKMN").status_code for _ in range(121)]

    assert statuses == [422] * 120 + [429]
