"""The whole path for a client without script that only follows links and buttons and fills the documented field names:
from registering a unit to holding both pledges, and off the list again."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from tests.journeys import people
from tests.journeys.plain import code_of, genuine, paper, sign_in
from tests.journeys.reader import Page, Reader
from tests.journeys.running import Running


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest) -> Running:
    return request.getfixturevalue("working_system" if request.param == "sqlite" else "postgres_system")


def register(address: str, unit: dict[str, str]) -> None:
    applicant = Reader(address)
    applicant.open("/")
    applicant.follow("登記單位")
    applicant.onward(unit | {"proof": people.certificate()})
    # The demo has filled in the code that is mailed in life.
    assert applicant.page.heading == "核實電郵並設定密碼"
    applicant.onward({"password": unit["password"]})
    assert applicant.page.heading == "登記已提交"


def certify(address: str, name: str) -> None:
    officer = sign_in(address, "platform@demo.test")
    officer.follow("單位")
    officer.follow(name)
    officer.press("認證並生成二維碼")


def decoded_poster(pdf: Page, folder: Path) -> str:
    """What a phone reads from the printed poster."""
    (folder / "poster.pdf").write_bytes(pdf.content)
    subprocess.run(["pdftoppm", "-r", "100", "-singlefile", "-gray", "poster.pdf", "poster"], cwd=folder, check=True)
    (code,) = zxingcpp.read_barcodes(Image.open(folder / "poster.pgm"))
    return code.text


def test_from_registering_a_unit_to_both_pledges_and_off_the_list_again(anywhere, tmp_path):
    address = anywhere.address
    unit = people.enterprise("琴海無腳本測試有限公司", "plain@unit.example")
    driver = people.staff("歐陽子晴")

    register(address, unit)
    certify(address, unit["unit_name"])
    manager = sign_in(address, unit["email"], unit["password"])
    manager.follow("二維碼")
    poster = paper(manager, "/unit/code/poster.pdf")
    where = decoded_poster(poster, tmp_path)
    assert where.startswith(address + "/q/")

    resident = Reader(address)
    resident.open(where)
    assert unit["unit_name"] in resident.page.text
    resident.until("核對、承諾並簽署", driver)
    resident.onward(driver)
    assert resident.page.heading == "申報已提交"
    resident.onward()
    resident.onward({"id_tail": driver["id_number"][-4:]})
    assert "等待單位驗核" in resident.page.text
    status = resident.page.address

    manager.follow("驗核")
    manager.press("驗核")
    manager.follow("上傳")
    manager.follow("選擇要上傳的申報")
    manager.press("用全部1份準備承諾書")
    assert manager.page.heading == "作出單位承諾並上傳"
    manager.onward({"pledge_agreed": "yes", "signature_method": "typed"})
    assert "1份已列入名單" in manager.page.text
    upload = manager.page.address

    resident.open(status)
    assert "名單內" in resident.page.text
    for reader, papers in ((resident, status + "/pledge"), (manager, upload + "/pledge")):
        made = paper(reader, papers + ".pdf")
        assert (made.media_type, made.content[:5]) == ("application/pdf", b"%PDF-")
        twin = reader.open(papers)
        assert driver["full_name"] in twin.text
    personal = code_of(resident, status + "/pledge")
    assert "真確，現在有效" in genuine(address, personal)

    resident.open(status)
    resident.follow("要求移出名單")
    resident.onward()
    resident.onward()
    resident.press("要求移出", {"leave_by": "request"})
    assert "暫停" in resident.page.text
    manager.follow("備案名單")
    manager.follow(driver["full_name"])
    manager.follow("移出這一項")
    manager.press("移出名單", {"cause": "requested"})
    assert "已移出" in manager.page.text
    resident.open(status)
    assert "已移出" in resident.page.text
    assert "真確，但登記已移出名單" in genuine(address, personal)
