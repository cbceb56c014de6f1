"""The public check of documents, by their code and by the file itself."""

import io
import re

import pytest

from tests.builders import uploads
from tests.builders.browser import Browser, errors, heading
from tests.builders.delivery import drain
from tests.builders.filings import filed
from tests.builders.units import certified_unit
from webapp import database
from webapp.domain.files import actions as files
from webapp.domain.files import documents
from webapp.domain.filings import following
from webapp.domain.passlist import removals
from webapp.domain.passlist.selection import Chosen
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


def examined(client, content: bytes):
    return Browser(client).send("/genuine", {"document_file": (io.BytesIO(content), "承諾.pdf")})


def test_file_of_ours_is_told_from_a_changed_one_and_from_another(client, db):
    built = certified_unit()
    sent = filed(built)
    drain(db)
    document = pledge(sent)
    content = files.read(documents.file_of(document))

    ours = examined(client, content)
    assert (ours.status_code, heading(ours)) == (200, "檔案是真的")
    for words in (
        "由本系統發出，沒有改動",
        "個人信用承諾",
        built.unit.name,
        sent.submission.number,
        "真確，申報仍在辦理",
    ):
        assert words in ours.text
    assert following.declared(sent.submission)["person"]["full_name"] not in ours.text

    changed = bytearray(content)
    changed[len(content) // 3] ^= 1
    for altered in (bytes(changed), content + b"\n1 0 obj <<>> endobj\n%%EOF\n"):
        answer = examined(client, altered)
        assert heading(answer) == "檔案被改動過"
        assert f'/genuine/{document.code}"' in answer.text, "the way to what it was"
        assert "真確" not in answer.text

    before_seal = content[: content.rindex(b"%%EOF", 0, len(content) - 10) + 6]  # as WeasyPrint wrote it
    for foreign in (before_seal, b"%PDF-1.7\n%%EOF\n", b"\x89PNG\r\n", "文字".encode()):
        assert heading(examined(client, foreign)) == "認不出這個檔案"


def test_file_says_whether_what_it_confirms_is_still_in_force(client, db):
    built = certified_unit()
    entry = uploads.listed(built)
    drain(db)
    content = files.read(documents.file_of(documents.of_subject("listing_confirmation", entry.ref)))
    assert "真確，現在有效" in examined(client, content).text

    removals.remove(built.actor, built.unit.id, Chosen(rows=((entry.ref, entry.version),)), "left_unit")

    assert "真確，但登記已移出名單" in examined(client, content).text


def test_file_from_before_there_were_seals_is_known_by_its_hash_and_one_no_longer_kept_by_its_seal(client, db):
    document = pledge(filed(certified_unit()))
    with database.transaction():
        documents.attach(None, document, b"%PDF-1.7 made long ago", 1)
    assert heading(examined(client, b"%PDF-1.7 made long ago")) == "檔案是真的"

    later = pledge(filed(certified_unit(email="later@unit.example")))
    drain(db)
    content = files.read(documents.file_of(documents.document(later.code)))
    with database.transaction():
        documents.forget_files("personal_pledge", [later.subject])
    answer = examined(client, content)
    assert heading(answer) == "檔案是真的"
    assert "真確，申報仍在辦理" in answer.text


def test_no_file_a_huge_one_and_too_many(client, db):
    assert errors(Browser(client).send("/genuine", {})) == ["請選擇要核對的PDF檔案"]
    assert errors(examined(client, b"0" * (16 * 1024 * 1024 + 1))) == ["檔案超過16 MB，不會是本系統發出的文件"]
    assert examined(client, b"0" * (19 * 1024 * 1024)).status_code == 413

    statuses = {examined(client, b"%PDF-").status_code for _ in range(30)}

    assert statuses == {200, 429}
