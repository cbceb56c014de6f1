"""Every cause that ends an entry, from the act to what its people receive: mails at a mail server, texts at a gateway.

Each time: nothing in force any more, also for a gate machine; the pledge of the past genuine as what it was; told are
those who must be, and nobody else; filing again goes as the cause says.
"""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.builders.gateway import Gateway
from tests.builders.smtp import Box, smtp_servers
from tests.journeys import plain, running
from tests.journeys.plain import COMMITTEE, ENTERPRISE, Person
from tests.journeys.reader import Reader, first_in, words
from tests.journeys.running import Running
from webapp import actors, clock
from webapp.cli.demo import cast
from webapp.domain.campaigns import actions as campaigns
from webapp.domain.campaigns import advancing
from webapp.domain.filings import queries as filings
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen

DECISION = {
    "authority": "示範市社會信用辦公室",
    "decision_number": "示失信〔2026〕77號",
    "decided_on": "2026-05-20",
    "ground": "走私少量受限物品",
    "appeal_route": "六十日內向示範市政府申請行政覆議",
    "contact": "示範市社會信用辦公室，0756 000 0000",
}


@dataclass
class Scene:
    """The system, its receivers, and people who are on the list, by name."""

    address: str
    mails: Box
    texts: Gateway
    listed: dict[str, Person] = field(default_factory=dict)
    pledges: dict[str, str] = field(default_factory=dict)  # name → code of the pledge

    def lane(self, plate: str) -> str:
        """What a gate machine is told of a plate."""
        query = urllib.parse.urlencode({"plate": plate})
        asked = urllib.request.Request(  # noqa: S310 - our own server
            f"{self.address}/api/lane/v1/check?{query}", headers={"Authorization": f"Bearer {cast.LANE_KEY}"}
        )
        with urllib.request.urlopen(asked) as answer:  # noqa: S310
            return str(json.load(answer)["result"])

    def texted(self, who: Person) -> list[str]:
        """Texts on this phone that name this submission or are for it alone."""
        return [one["text"] for one in list(self.texts.taken.values()) if one["to"].endswith(who.given["phone"])]

    def mailed(self, to: str) -> list[str]:
        """Subject and text of every mail to this address."""
        return [
            f"{one['subject']}\n{one.get_body().get_content()}" for one in list(self.mails.taken) if to in one["to"]
        ]


def soon(found: Callable[[], bool], came: Callable[[], list[str]]) -> None:
    """The worker brings it within its time; `came` is said where it does not."""
    until = time.monotonic() + plain.PATIENCE
    while not found():
        assert time.monotonic() < until, ("it never came", came())
        time.sleep(0.2)


#: Cause → somebody of the demo whom it meets. A second driver whose owner is gone; a driver his unit does not confirm.
WHOM = {
    "requested": "吳鳳儀",
    "consent": "李桂芳",
    "left_unit": "周䶮",
    "deceased": "黃㛃恩",
    "entered_in_error": "林𬱖",
    "vehicle_retired": "高志森",
    "sanctioned": "曾慶生",
    "unit_deregistered": "鍾子晴",
    "basis_ended": "梁美寶",
    "not_confirmed": "謝國明",
}
UNITS = {"vehicle_use": "unit", "unit_relation": "unit_driver", "size_class": "large"}
OWNER, CONFIRMED = "鄭國強", "馮大文"
COMMITTEE_MAIL, ENTERPRISE_MAIL = "committee@demo.test", "enterprise@demo.test"


@pytest.fixture(scope="module")
def scene(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    texts = Gateway()
    with smtp_servers() as start:
        mails, smtp_url = start()
        folder = running.copied(world, tmp_path_factory.mktemp("removals"))
        links = running.private_links(folder)
        with running.inside(folder):
            long_ago(links)
        system = Running(folder, worker=True, SMTP_URL=smtp_url, SMS_URL=texts.url)
        made = Scene(system.address, mails, texts)
        for cause, name in WHOM.items():
            made.listed[cause] = plain.of_demo(made.address, name, *links[name])
        for cause, who in made.listed.items():
            made.pledges[cause] = plain.code_of(who.browser, f"{who.status}/pledge")
        yield made
        system.stop()
    texts.stop()


def long_ago(links: dict[str, tuple[str, str]]) -> None:
    """An owner was removed 31 days ago and has not come back; a unit's re-verification ran out without one driver."""
    system = actors.system("long-ago")
    with clock.travel(timedelta(days=-31)):
        entry = entry_of(OWNER, links)
        removals.remove(system, entry.unit_id, Chosen(((entry.ref, entry.version),)), "left_unit")
    with clock.travel(timedelta(days=-40)):
        entry = entry_of(CONFIRMED, links)
        last: date = clock.today() + timedelta(days=21)
        campaign = campaigns.start_in_unit(system, entry.unit_id, last.isoformat(), clock.today())["campaign"]
        campaigns.confirm(system, entry.unit_id, campaign, Chosen(((entry.ref, entry.version),)))
    for days in (40, 33, 18, 11, 0):
        with clock.travel(timedelta(days=-days)):
            advancing.advance(str(campaign))
    removals.finish_due()


def entry_of(name: str, links: dict[str, tuple[str, str]]) -> Entry:
    submission = filings.submission_by_token(links[name][0])
    assert submission is not None
    return Entry.get(Entry.submission_ref == submission.ref)


def desk(scene: Scene, email: str = COMMITTEE_MAIL) -> Reader:
    return plain.sign_in(scene.address, email)


def gone(scene: Scene, cause: str, said: str, *, lane: str = "removed") -> Person:
    """What is true of every ended entry."""
    who = scene.listed[cause]
    assert "已移出名單" in who.home()
    assert f"原因：{said}" in who.home()
    assert scene.lane(who.given["plate"]) == lane
    assert "真確，但登記已移出名單" in plain.genuine(scene.address, scene.pledges[cause])
    return who


def text_comes(scene: Scene, who: Person, words: str = "登記已移出名單") -> None:
    """The person's phone shows that his registration ended, once."""
    number = who.number
    soon(lambda: any(words in one and number in one for one in scene.texted(who)), lambda: scene.texted(who))
    assert len([one for one in scene.texted(who) if words in one and number in one]) == 1


def mail_comes(scene: Scene, to: str, *words: str) -> None:
    soon(lambda: any(all(word in one for word in words) for one in scene.mailed(to)), lambda: scene.mailed(to))


def files_again(scene: Scene, cause: str, code: str = COMMITTEE, said: str = "等待單位驗核", **typed: str) -> None:
    again = plain.file_with(scene.address, code, scene.listed[cause].given | typed)
    assert said in again.home()


def removed_by_unit(scene: Scene, cause: str) -> None:
    staff = desk(scene)
    plain.entry(staff, scene.listed[cause].name)
    staff.follow("移出這一項")
    staff.press("移出名單", {"cause": cause})
    assert "已移出" in staff.page.text


def test_requested(scene):
    who = scene.listed["requested"]
    who.go("要求移出名單")
    who.browser.press("要求移出", {"leave_by": "request"})
    assert scene.lane(who.given["plate"]) == "suspended"
    mail_comes(scene, COMMITTEE_MAIL, "要求移出", who.number)

    removed_by_unit(scene, "requested")

    gone(scene, "requested", "按你的要求")
    text_comes(scene, who)
    files_again(scene, "requested")


def test_consent_withdrawn(scene):
    who = scene.listed["consent"]
    who.go("要求移出名單")
    who.browser.press("要求移出", {"leave_by": "consent"})

    gone(scene, "consent", "按你的要求")
    assert "提出異議" not in who.home()
    text_comes(scene, who)
    mail_comes(scene, COMMITTEE_MAIL, who.number)
    files_again(scene, "consent")


def test_left_the_unit(scene):
    who = scene.listed["left_unit"]
    staff = desk(scene)
    plain.entry(staff, who.name)
    staff.follow("此人已離開單位")
    staff.press("此人已離開，全部移出")

    gone(scene, "left_unit", "已離開單位或已遷離社區")
    text_comes(scene, who, "單位表示你已離開")
    files_again(scene, "left_unit")


def test_deceased_is_told_nothing(scene):
    before = len(scene.texted(scene.listed["deceased"]))
    removed_by_unit(scene, "deceased")
    removed_by_unit(scene, "entered_in_error")

    gone(scene, "deceased", "申報人已離世")
    who = gone(scene, "entered_in_error", "登記有誤")
    # The message of the later act is there; of the earlier one there is none.
    text_comes(scene, who)
    assert len(scene.texted(scene.listed["deceased"])) == before
    files_again(scene, "entered_in_error")
    # Who was taken for dead proves his phone and files.
    files_again(scene, "deceased")


def test_owner_who_did_not_come_back(scene):
    who = gone(scene, "basis_ended", "列入的依據已終止（車主、同意、證件、單位類別或指派）")
    text_comes(scene, who)
    # The owner's yes went with him: it is asked for anew.
    serial = next(serial for serial, one in enumerate(cast.CAST) if one.name == OWNER)
    owner = {"owner_name": OWNER, "owner_id_tail": cast.number("cn_id", serial)[-4:]}
    files_again(scene, "basis_ended", said="等待車主同意和單位驗核", is_owner="no", **owner)


def test_not_confirmed(scene):
    who = gone(scene, "not_confirmed", "單位沒有確認", lane="listed")  # his colleague drives the same unit vehicle
    text_comes(scene, who)
    duty = desk(scene, "duty@demo.test")
    duty.open("/unit/code")
    code = first_in(duty.page, r"(?<=/q/)\w{8}")
    typed = {"latin_name": "CHE KUOK MENG", "birth_date": "1983-04-12", "phone_region": "853", "licence_class": "A1"}
    files_again(scene, "not_confirmed", code, **typed, **UNITS)


def test_vehicle_retired(scene):
    who = scene.listed["vehicle_retired"]
    staff = desk(scene, ENTERPRISE_MAIL)
    staff.open("/unit/vehicles")
    row = next(one for one in staff.page.main.iter("tr") if "X3305" in words(one))
    staff.open(next(link.get("href", "") for link in row.iter("a") if link.get("href", "").endswith("/end")))
    staff.press("停用")

    gone(scene, "vehicle_retired", "車輛已停用")
    text_comes(scene, who, "單位車輛")
    files_again(scene, "vehicle_retired", ENTERPRISE, **UNITS)


def test_sanctioned_both_are_told_and_nothing_is_accepted(scene):
    who = scene.listed["sanctioned"]
    first, second = (plain.sign_in(scene.address, f"{one}@demo.test") for one in ("platform", "platform2"))
    first.open("/platform/sanctions/new")
    first.onward(DECISION | {"id_type": "cn_id", "id_number": who.given["id_number"]})
    assert "1項登記將移出" in first.page.text.replace(" ", "")
    first.press("提出，交另一位覆核")
    where = first.page.address
    assert scene.lane(who.given["plate"]) == "listed"
    second.open(where)
    second.press("確認列入")

    gone(scene, "sanctioned", "名單管理平台的決定")
    text_comes(scene, who, "有新的決定")
    mail_comes(scene, ENTERPRISE_MAIL, "嚴重失信", DECISION["decision_number"], DECISION["appeal_route"])
    # Why, whoever has proved the phone on file reads on his own page, and nobody with the link alone.
    assert DECISION["ground"] not in who.home()
    who.go("以短訊驗證後查看")
    assert DECISION["ground"] in who.home()
    assert DECISION["appeal_route"] in who.home()
    # A text at a phone says nothing of it.
    assert not any("失信" in one for one in scene.texted(who))
    again = plain.until_check(scene.address, ENTERPRISE, who.given)
    again.onward(who.given)
    assert again.page.status == 409
    assert DECISION["ground"] not in again.page.text
    assert DECISION["decision_number"] not in again.page.text

    second.open(where)
    second.follow("建議撤銷")
    second.press("建議撤銷", {"note": "原決定已被撤回。"})
    first.open(where)
    first.press("同意撤銷並恢復")
    assert scene.lane(who.given["plate"]) == "listed"


def test_unit_deregistered(scene):
    who = scene.listed["unit_deregistered"]
    first, second = (plain.sign_in(scene.address, f"{one}@demo.test") for one in ("platform", "platform2"))
    first.open("/platform/units?state=certified&class=enterprise&q=琴澳示範")
    first.follow("琴澳示範科技有限公司")
    first.follow("提出註銷")
    first.press("提出註銷", {"reasons": "unit:dissolved", "reason": "unit:dissolved"})
    second.open("/platform/proposals")
    second.follow("琴澳示範科技有限公司")
    second.press("確認註銷")

    gone(scene, "unit_deregistered", "單位已註銷")
    text_comes(scene, who, "單位")
    mail_comes(scene, ENTERPRISE_MAIL, "註銷")
    closed = Reader(scene.address)
    closed.open(f"/q/{ENTERPRISE}")
    assert "申報" not in closed.page.heading or closed.page.status != 200
    moved = scene.listed["unit_deregistered"]
    moved.given |= {"unit_relation": "resident_register"}
    files_again(scene, "unit_deregistered")
