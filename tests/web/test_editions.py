"""Texts, policy, channels and holidays on the pages of two officers, without script."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import accounts, editions
from tests.builders import units as build
from tests.builders.browser import Browser, errors, heading
from webapp import clock
from webapp.domain.editions import queries
from webapp.domain.editions.models import Edition
from webapp.domain.lanes import answers
from webapp.domain.pledges import policy, texts
from webapp.domain.publishing import actions, contents


@pytest.fixture
def officers(app) -> list[Browser]:
    found = []
    for mailbox in ("first@staff.example", "second@staff.example"):
        accounts.platform_staff("platform_officer", email=mailbox)
        browser = Browser(app.test_client())
        browser.come_as(mailbox)
        found.append(browser)
    return found


def text_fields(subject: str, **changes: str) -> dict[str, str]:
    typed = {"nature": "official", "base": "0", "effective_on": clock.today().isoformat(), "note": "按新指引"}
    for locale, text in contents.first(subject)["texts"].items():
        typed |= {f"title_{locale}": text["title"], f"clauses_{locale}": "\r\n".join(text["clauses"])}
    return typed | changes


def test_a_legal_text_from_form_to_everybody(app, officers):
    first, second = officers
    unit = build.certified_unit()
    page = "/platform/texts/leaving/new"
    clauses = "出區時適用。\n通道仍會抽查。"
    changed = text_fields("leaving", clauses_zh_Hant_MO=clauses)
    made = first.send(page, changed)
    assert made.status_code == 303
    where = made.headers["Location"]

    shown = first.open(where).text
    assert "<del>通道仍會抽查，請按現場指示停車，接受查驗。</del>" in shown
    assert "<ins>出區時適用。</ins>" in shown
    assert second.open(where).status_code == 404
    assert first.send(f"{where}/publish", page=where).status_code == 403
    assert first.send(f"{where}/propose", page=where).headers["Location"] == where
    assert "出區時適用。" not in app.test_client().get(f"/q/{unit.code}").text

    assert first.send(f"{where}/confirm", page=where).status_code == 403
    assert "不免檢的說明有新版本等確認" in second.open("/platform/notices").text
    assert "按新指引" in second.open(where).text
    assert second.send(f"{where}/confirm", page=where).status_code == 303
    assert second.send(f"{where}/confirm", page=where).status_code == 409

    for address in (f"/q/{unit.code}", "/help"):
        assert "出區時適用。" in app.test_client().get(address).text
    assert "第2版" in first.open("/platform/texts").text
    assert second.open("/platform/texts/leaving").status_code == 200


def test_refused_form_keeps_what_was_typed(officers):
    first, _ = officers
    page = "/platform/texts/personal/new"
    wrong = first.send(page, text_fields("personal", title_pt="", effective_on="2020-01-01", nature=""))
    assert wrong.status_code == 422
    assert errors(wrong) == ["文本性質：請選擇一項"]
    wrong = first.send(page, text_fields("personal", title_pt="", effective_on="2020-01-01", clauses_en="One."))
    assert wrong.status_code == 422
    assert errors(wrong) == [
        "標題（Português）：請填寫這一項",
        "各語言的條數要相同，應有8條",
        "生效日期要在今天或以後，兩年以內",
    ]
    assert "One.</textarea>" in wrong.text
    assert first.send(page, text_fields("personal", base="7", title_en="New")).status_code == 409
    assert first.send(page, text_fields("personal", base="x", title_en="New")).status_code == 409
    assert Edition.select().count() == 0
    # An unknown subject, draft or class is not there.
    for address in ("/platform/texts/nothing", "/platform/texts/policy/new", "/platform/texts/policy/new?part=x",
                    "/platform/texts/personal/new?source=x", "/platform/texts/edition/x"):  # fmt: skip
        assert first.open(address).status_code == 404
    assert first.open("/platform/texts/personal?before=9999999999999").status_code == 200


def test_rejecting_says_why(officers):
    first, second = officers
    where = first.send("/platform/texts/unit/new", text_fields("unit", title_en="Pledge")).headers["Location"]
    first.send(f"{where}/propose", page=where)
    assert second.send(f"{where}/reject", {"note": ""}).status_code == 422
    assert second.send(f"{where}/reject", {"note": "英文標題不準確"}).status_code == 303
    assert "英文標題不準確" in first.open(where).text
    assert second.send(f"{where}/reject", {"note": "再一次"}).status_code == 409
    assert texts.current("unit", "zh_Hant_MO").version == "U-2026-1"


def policy_fields(**changes: str) -> dict[str, str]:
    levels = policy.first_rules()["resident"]
    typed = {f"{use}_{item}": level for use, asked in levels.items() for item, level in asked.items()}
    return typed | {"base": "0", "effective_on": clock.today().isoformat()} | changes


def test_policy_of_one_class_and_then_another_in_one_edition(officers):
    first, _ = officers
    page = "/platform/texts/policy/new?part=resident"
    refused = first.send(page, policy_fields(own_address="not_asked"))
    assert (refused.status_code, errors(refused)) == (422, ["這一項是名單運作所必需，不能關閉或放寬"])
    where = first.send(page, policy_fields(own_colour="not_asked")).headers["Location"]
    ref = where.rsplit("/", 1)[1]
    further = f"/platform/texts/policy/new?part=organ&source={ref}"
    where = first.send(further, policy_fields(source=ref, own_vin="required")).headers["Location"]
    assert first.send(f"{where}/publish", page=where).status_code == 303
    now = policy.current()
    assert (now.level("colour", "resident", "own"), now.level("vin", "organ", "own")) == ("not_asked", "required")
    assert [row.state for row in Edition.select().order_by(Edition.id)] == ["dropped", "confirmed"]


def channel_fields(**changes: object) -> dict[str, object]:
    row = contents.current("channels")["channels"][0]
    typed: dict[str, object] = {"opens": "00:00", "closes": "24:00", "size_classes": row["size_classes"], "base": "0"}
    for locale in contents.LOCALES:
        typed |= {f"name_{locale}": row["names"][locale], f"note_{locale}": row["note"][locale]}
    return typed | {"effective_on": clock.today().isoformat()} | changes


def test_channel_hours_scheduled_previewed_and_cancelled(app, officers):
    first, second = officers
    page = "/platform/texts/channels/new?part=hengqin-bridge"
    wrong = first.send(page, channel_fields(opens="25:00", closes="x", size_classes=[]))
    assert (wrong.status_code, len(errors(wrong))) == (422, 3)
    day = (clock.today() + timedelta(days=3)).isoformat()
    where = first.send(page, channel_fields(opens="06:30", effective_on=day)).headers["Location"]
    shown = first.open(where).text
    assert "<del>00:00</del>" in shown
    assert "橫琴大橋：開放" in shown
    assert "hengqin-bridge：" not in shown
    first.send(f"{where}/publish", page=where)
    assert "06:30–24:00" not in app.test_client().get("/help").text
    with clock.travel(timedelta(days=3)):
        assert "06:30–24:00" in app.test_client().get("/help").text
    assert second.send(f"{where}/cancel", page=where).status_code == 303
    with clock.travel(timedelta(days=3)):
        assert "06:30–24:00" not in app.test_client().get("/help").text

    added = channel_fields(code="new-channel", size_classes=["small"], name_zh_Hant_MO="新通道")
    where = first.send("/platform/texts/channels/new", added).headers["Location"]
    assert "新通道：整條通道" in first.open(where).text
    assert first.send(f"{where}/publish", page=where).status_code == 303
    answers.forget_kept()
    assert answers.way_of("new-channel").closes == 24 * 60
    answers.forget_kept()
    number = str(queries.newest_confirmed("channels").number)
    gone = channel_fields(base=number, ended="yes")
    where = first.send("/platform/texts/channels/new?part=new-channel", gone).headers["Location"]
    assert "新通道：整條通道" in first.open(where).text
    assert first.send(f"{where}/publish", page=where).status_code == 303
    assert len(contents.current("channels")["channels"]) == 4


def test_holidays_as_lines(officers):
    first, _ = officers
    page = "/platform/texts/holidays/new"
    typed = {"days": "2027-01-01 元旦\nabc", "base": "0", "effective_on": clock.today().isoformat()}
    wrong = first.send(page, typed)
    assert (wrong.status_code, errors(wrong)[0][:5]) == (422, "第2行看不")
    where = first.send(page, typed | {"days": "2027-01-01 元旦"}).headers["Location"]
    assert heading(first.open(where)) == "假期，第2版"
    assert first.send(f"{where}/publish", page=where).status_code == 303
    assert first.send(f"{where}/drop", page=where).status_code == 409
    assert "元旦" in first.open("/platform/texts/holidays").text


def test_only_officers(app, officers):
    row = editions.draft(editions.officer(), "unit", editions.wording("unit"))
    accounts.platform_staff("supervisor", email="supervisor@staff.example")
    other = Browser(app.test_client())
    other.come_as("supervisor@staff.example")
    for address in ("/platform/texts", "/platform/texts/unit", f"/platform/texts/edition/{row.ref}"):
        assert other.open(address).status_code == 403
    assert actions.upcoming("unit") == contents.first("unit")
