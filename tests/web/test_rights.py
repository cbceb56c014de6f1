"""Rights on pages: the privacy text, my data and its copies, consents, requests; the desk, incidents, assessments."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta

import jsonschema
import pytest

from tests.builders import accounts, browser, rights, status, units
from tests.builders.filings import Filed, draft, filed, person
from tests.builders.questionnaire import let_open
from tests.builders.uploads import listed
from webapp import clock, database
from webapp.domain.audit.models import Act
from webapp.domain.filings import drafts, queries
from webapp.domain.filings.models import Submission
from webapp.domain.lanes.models import LaneClient
from webapp.domain.privacy.models import DataCopy, Incident, RightsRequest
from webapp.domain.registry import consents
from webapp.domain.registry import queries as registry

POINTS = (
    "處理者", "個人信息保護負責人", "何慎行", "0756 000 0052", "用來做甚麼，憑甚麼", "你的同意", "履行法定職責",
    "怎樣處理", "收集甚麼", "保存多久", "交給誰", "海關和口岸部門", "存放在哪裏", "不出境", "你的權利",
    "不提供或不同意會怎樣", "單位受平台委託處理",
)  # fmt: skip


def officer(app, email="officer@staff.example"):
    accounts.platform_staff("platform_officer", email=email)
    visit = browser.Browser(app.test_client())
    visit.come_as(email)
    return visit


def test_privacy_text_has_every_point_in_every_language_and_stands_on_every_page(client, db):
    page = client.get("/privacy").text
    assert [point for point in POINTS if point not in page] == []
    simplified = client.get("/privacy?lang=zh_Hans_CN").text
    assert "个人信息保护负责人" in simplified
    assert "不出境" in simplified
    for path in ("/", "/help", "/find", "/signin"):
        foot = client.get(path).text.partition("<footer")[2]
        assert 'href="/privacy"' in foot
        assert "何慎行" in foot
        assert "0756 000 0052" in foot
    number = rights.new_text(line="今天起的新說明。")
    assert "今天起的新說明。" in client.get("/privacy").text
    assert "今天起的新說明。" not in client.get("/privacy?edition=0").text
    assert f"第{number + 1}版" in client.get("/privacy").text
    assert client.get("/privacy?edition=99999999999").status_code == 200


def test_form_does_not_go_on_without_the_text_and_a_new_one_asks_again(client, db):
    built = units.certified_unit(unit_name="橫琴示範告知有限公司")
    first = client.get(f"/q/{built.code}").text
    assert "個人信息怎樣處理" in first
    assert "橫琴示範告知有限公司" in first
    assert "說明全文" in first
    begun = draft(built)
    let_open(client, begun.ref)
    who = browser.Browser(client)
    check = f"/file/{begun.ref}/check"
    page = client.get(check).text
    assert "接收方：橫琴示範告知有限公司、名單管理平台、“二線”通道的海關和口岸部門" in page
    assert not re.search(r'name="consent_(?:processing|sharing)"[^>]*checked', page)
    shown = re.search(r'name="text_digest" value="([0-9a-f]+)"', page)[1]
    signed = {
        "consent_processing": "yes", "consent_sharing": "yes", "pledge_agreed": "yes", "signature_method": "typed",
        "signed_name": drafts.answers_of(begun)["person"]["full_name"],
    }  # fmt: skip

    assert who.send(check, signed | {"text_digest": shown[:64]}).status_code == 409
    rights.new_text(line="簽署前剛更新。")
    late = who.send(check, signed | {"text_digest": shown})
    assert (late.status_code, Submission.select().count()) == (409, 0)
    assert "個人信息處理說明剛剛更新了" in late.text
    assert "簽署前剛更新。" in late.text
    shown = re.search(r'name="text_digest" value="([0-9a-f]+)"', late.text)[1]
    assert who.send(check, signed | {"text_digest": shown}).status_code == 303
    assert {one.edition for one in consents.of([Submission.get().ref])} == {1}


def test_my_data_is_shown_and_taken_away_by_its_person_alone(client, app, db):
    built = units.certified_unit()
    entry = listed(built, who=person(full_name="容慧心"))
    submission = Submission.get(Submission.ref == entry.submission_ref)
    mine = Filed(submission, [], registry.answers(submission.answers_id), queries.status_token(submission))
    other = filed(built)

    # Neither without the code nor with somebody else's.
    who = status.entered(client, mine)
    assert who.page("/data").location.endswith("/code?to=data")
    stranger = status.proved(app.test_client(), other)
    assert stranger.client.get(f"/s/{mine.token}/data").status_code == 303
    assert stranger.client.post(f"/s/{mine.token}/data/copy", data={"form": "json"}).status_code in (303, 400)
    assert DataCopy.select().count() == 0

    who.prove("data")
    page = who.page("/data").text
    for part in ("容慧心", built.unit.name, "同意和撤回", "誰看過", "交給了誰", "撤回這項同意"):
        assert part in page
    assert browser.errors(who.send(f"{who.home}/data/copy", {}, page=f"{who.home}/data")) == ["請選擇複本的格式"]
    copy = who.send(f"{who.home}/data/copy", {"form": "json"}, page=f"{who.home}/data")
    jsonschema.validate(copy.json, client.get("/privacy/my-data.schema.json").json)
    assert copy.json["answers"][0]["full_name"] == "容慧心"
    assert copy.headers["Cache-Control"] == "no-store"
    packed = who.send(f"{who.home}/data/copy", {"form": "csv"}, page=f"{who.home}/data")
    assert "entries.csv" in zipfile.ZipFile(io.BytesIO(packed.data)).namelist()
    paper = who.send(f"{who.home}/data/copy", {"form": "pdf"}, page=f"{who.home}/data")
    made = client.get(paper.location)
    assert (made.status_code, "容慧心" in made.text, "備案名單" in made.text or "名單內的登記" in made.text) == (
        200,
        True,
        True,
    )
    assert DataCopy.select().count() == 3
    # Sent again with the key of before, as from a page that stays open beside the file: a copy of its own.
    for form in ("json", "csv", "pdf"):
        sent = {"form": form, "submission_key": "the-same-each-time"}
        again = who.send(f"{who.home}/data/copy", sent, page=f"{who.home}/data")
        assert again.status_code < 400
    assert client.get(again.location).status_code == 200
    assert DataCopy.select().count() == 6
    # As a unit leaves it that has replaced a lost phone.
    with database.transaction():
        row = registry.phone_on_file(submission.person_id)
        row.guarded_until = clock.now() + timedelta(hours=24)
        row.save()
    assert who.page("/data").status_code == 409


def test_consents_are_taken_back_and_given_again_where_they_stand(client, db):
    sent = filed(units.certified_unit())
    who = status.proved(client, sent)
    rights.new_text(line="接收方有改變。")
    assert "請你閱讀並再次同意" in who.page().text
    again = who.page("/consent/again").text
    assert "接收方有改變。" in again
    shown = re.search(r'name="text_digest"[^>]*value="([0-9a-f]+)"', again)[1]
    assert who.post("/consent/again", {"text_digest": shown, "consent_processing": "yes"}).status_code == 422
    agreed = {"text_digest": shown, "consent_processing": "yes", "consent_sharing": "yes"}
    assert who.post("/consent/again", agreed).status_code == 303
    assert "請你閱讀並再次同意" not in who.page().text
    page = who.page("/consent/sharing").text
    assert "撤回後會怎樣" in page
    assert "即時移出名單" in page
    assert who.post("/consent/sharing").status_code == 303
    assert [one.purpose for one in consents.live([sent.submission.ref])] == ["processing"]
    assert who.post("/consent/sharing").status_code == 409


def test_request_goes_to_the_desk_and_its_answer_comes_back(client, app, db):
    sent = filed(units.certified_unit())
    who, desk = status.proved(client, sent), officer(app)
    assert browser.errors(who.post("/request/new", {"kind": "complain"})) == ["請用幾句話說明"]
    made = who.post("/request/new", {"kind": "complain", "words": "有人打電話來推銷"})
    row = RightsRequest.get()
    assert made.location.endswith(f"/request/{row.ref}")
    assert row.number in who.page(f"/request/{row.ref}").text

    listed_ = desk.open("/platform/rights").text
    assert row.number in listed_
    here = f"/platform/rights/{row.ref}"
    assert "有人打電話來推銷" in desk.open(here).text
    refused = desk.send(here, {"decision": "refuse", "words": "平台沒有向任何人提供你的電話"})
    assert browser.errors(refused) == ["不接受要選擇理由"]
    answer = {"decision": "refuse", "reason": "not_held", "words": "平台沒有向任何人提供你的電話"}
    assert desk.send(here, answer).status_code == 303
    told = who.page(f"/request/{row.ref}").text
    assert "平台沒有向任何人提供你的電話" in told
    assert "平台沒有保存有關資料" in told
    assert "起訴" in told
    assert who.post(f"/request/{row.ref}").status_code == 409
    other = status.proved(app.test_client(), filed(units.certified_unit()))
    assert other.page(f"/request/{row.ref}").status_code == 404

    typed = {"kind": "relative", "way": "letter", "asked_by": "梁美玲", "contact": "橫琴示範路1號", "words": "查閱"}
    assert browser.errors(desk.send("/platform/rights/new", typed)) == ["請輸入與已去世的人的關係"]
    paper = typed | {"relation": "女兒", "paper": (io.BytesIO(units.picture()), "proof.png")}
    entered = desk.send("/platform/rights/new", paper)
    assert entered.status_code == 303
    assert "梁美玲" in desk.open(entered.location).text
    assert desk.open(f"{entered.location}/paper").mimetype == "image/png"


def test_incident_on_pages_is_released_by_a_second_officer(app, db):
    home = units.certified_unit()
    sent = filed(home)
    first, second = officer(app), officer(app, "second@staff.example")
    typed = {
        "kinds": "identity", "cause": "lost", "began": "2026-01-01 00:00", "ended": "x", "scope": "unit",
        "refs": home.code, "account": "遺失一份列印的名單",
    }  # fmt: skip
    assert first.send("/platform/incidents/new", typed).status_code == 422
    times = {"began": "2099-01-01 00:00", "ended": "2098-01-01 00:00"}
    to_come = first.send("/platform/incidents/new", typed | times)
    assert browser.errors(to_come) == ["這個時間還未到。請填事件實際開始的時間"]
    turned = first.send("/platform/incidents/new", typed | {"ended": "2025-01-01 00:00"})
    assert browser.errors(turned) == ["結束的時間要在開始之後"]
    made = first.send("/platform/incidents/new", typed | {"ended": "2099-01-01 00:00"})
    here = made.location
    assert "受影響：1人，1份申報" in first.open(here).text
    drafted = first.open(f"{here}/letter").text
    assert "可能被人冒用身份。" in drafted
    assert "何慎行" in drafted
    texts = {
        f"{part}_{locale}": "一句" for part in ("harm", "measures", "advice") for locale in ("zh_Hant_MO", "zh_Hans_CN")
    }
    assert first.send(f"{here}/letter", texts | {"contact": "0756 000 0052"}).status_code == 303
    assert first.send(f"{here}/release", page=here).status_code == 403
    assert second.send(f"{here}/release", page=here).status_code == 303
    assert Incident.get().state == "released"
    record = second.send(f"{here}/record", page=here)
    assert json.loads(record.data)["affected"] == [sent.submission.number]
    for _time in range(2):
        second.send(f"{here}/record", {"submission_key": "the-same-each-time"}, page=here)
    assert Act.select().where(Act.verb == "incident:export").count() == 3
    assert second.send(f"{here}/close", page=here).status_code == 303
    assert second.send(f"{here}/close", page=here).status_code == 409


def test_new_gate_needs_an_assessment_that_an_officer_recorded(app, db):
    desk = officer(app)
    accounts.platform_staff("system_admin", email="keeper@staff.example")
    keeper = browser.Browser(app.test_client())
    keeper.come_as("keeper@staff.example")
    gate = {"client_name": "新閘口", "per_minute": "60"}
    refused = keeper.send("/platform/lanes/new", gate)
    assert (refused.status_code, LaneClient.select().count()) == (409, 0)
    assert "新的接收方要先有有效的影響評估" in refused.text
    today = clock.today()
    typed = {
        "kind": "giving", "about": "新閘口", "author": "何慎行", "made_on": today.isoformat(), "findings": "只答車牌",
        "result": "acceptable", "valid_until": (today + timedelta(days=90)).isoformat(),
        "paper": (io.BytesIO(units.picture()), "report.png"),
    }  # fmt: skip
    assert desk.send("/platform/assessments/new", typed | {"author": "", "paper": None}).status_code == 422
    made = desk.send("/platform/assessments/new", typed)
    assert "何慎行" in desk.open(made.location).text
    assert desk.open(f"{made.location}/paper").mimetype == "image/png"
    ref = made.location.rpartition("/")[2]
    assert keeper.send("/platform/lanes/new", gate | {"assessment": ref}).status_code == 303
    assert LaneClient.get().assessment_ref == ref


def test_contract_of_a_unit_is_recorded(app, db):
    unit, desk = units.certified_unit().unit, officer(app)
    here = f"/platform/units/{unit.ref}"
    assert "未登記" in desk.open(here).text
    assert desk.send(f"{here}/contract", {"reference": "", "agreed_on": "2026-13-01"}).status_code == 422
    assert desk.send(f"{here}/contract", {"reference": "HQ-DP-2026-7", "agreed_on": "2026-03-01"}).status_code == 303
    assert "HQ-DP-2026-7" in desk.open(here).text


@pytest.mark.parametrize("part", ["facts", "short", "recipients"])
def test_privacy_text_is_edited_a_part_at_a_time(app, db, part):
    desk = officer(app)
    page = desk.open(f"/platform/texts/privacy/new?part={part}")
    assert page.status_code == 200
    fields = dict(re.findall(r'name="(handler_[A-Za-z_]+)"[^>]*value="([^"]*)"', page.text))
    fields |= dict(re.findall(r'name="(clauses_[A-Za-z_]+)"[^>]*>([^<]*)</textarea>', page.text))
    if part == "facts":
        fields |= {"role": "own_handler", "cross_border": "none", "asks_again": "no"}
        fields |= {f"basis_{one}": "consent" for one in ("verifying", "lanes", "telling")}
        fields |= {f"basis_{one}": "duty" for one in ("deciding", "evidence", "figures")}
    else:
        fields["clauses_zh_Hant_MO"] += "\n多一段。"
    fields |= {"base": "0", "source": "", "effective_on": clock.today().isoformat(), "note": ""}
    made = desk.send(f"/platform/texts/privacy/new?part={part}", fields)
    assert made.status_code == 303, browser.errors(made)
    shown = desk.open(made.location).text
    assert ("單位自行決定" if part == "facts" else "多一段。") in shown
    assert desk.open("/platform/texts/privacy").status_code == 200
    assert desk.open("/platform/texts/privacy/new?part=nothing").status_code == 404
