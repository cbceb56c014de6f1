"""A unit's roster at a desk: sent, read in the background, taken, and what it says beside the filings."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.builders.sheets import workbook
from tests.journeys import screens

HEADS = ("姓名", "證件號碼末四位", "職員編號", "手提電話")


def test_roster_from_file_to_badges(working_system, visit, tmp_path: Path):
    page = screens.sign_in(visit(working_system.address, "desktop"), "enterprise@demo.test")
    page.goto("/unit/filings")
    row = page.locator(".hq-work-row").first
    name = row.locator(".hq-work-name").inner_text().strip()
    tail = row.get_by_text("尾號").inner_text().partition("尾號")[2].strip()[:4]
    sheet = tmp_path / "roster.xlsx"
    sheet.write_bytes(workbook((name, tail, "", ""), ("錯", 123, "", ""), heads=HEADS))

    page.goto("/unit/roster")
    page.get_by_role("link", name="上傳名冊").click()
    page.get_by_label("人員表").set_input_files(sheet)
    page.get_by_role("button", name="上傳並檢查").click()
    expect(page.get_by_role("heading", name="名冊預覽")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("證件號碼末四位：這一格被存成數字")).to_be_visible()
    page.get_by_role("button", name="採用這份名冊，共1人").click()

    expect(page.get_by_text("名冊已更新，共1人。")).to_be_visible()
    page.goto("/unit/filings")
    expect(page.locator(".hq-work-row").filter(has_text=name).first).to_contain_text("與名冊相符")
    page.goto("/unit/roster/left")
    expect(page.get_by_role("heading", name="不在名冊的人")).to_be_visible()
