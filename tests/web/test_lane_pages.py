"""The lane officer's page, and the pages where gates are given keys."""

import re
from datetime import datetime, timedelta

import pytest

from tests.builders.accounts import platform_staff
from tests.builders.browser import Browser, errors, heading
from tests.builders.filings import vehicle
from tests.builders.lanes import assessment, fresh
from tests.builders.lanes import client as lane_client
from tests.builders.units import certified_unit
from tests.builders.uploads import listed
from webapp import clock
from webapp.domain.lanes import journal, keys
from webapp.domain.lanes.models import LaneCheck, LaneClient, LaneKey


def in_words(moment: datetime) -> str:
    local = moment.astimezone(clock.ZONE)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


@pytest.fixture(autouse=True)
def _fresh(app):
    fresh()


@pytest.fixture
def officer(client) -> Browser:
    platform_staff("lane_officer", email="lane@staff.example")
    browser = Browser(client)
    browser.come_as("lane@staff.example")
    return browser


@pytest.fixture
def admin(client) -> Browser:
    platform_staff("system_admin", email="admin@staff.example")
    browser = Browser(client)
    browser.come_as("admin@staff.example")
    return browser


def test_an_officer_says_where_he_stands_before_he_asks(officer):
    first = officer.open("/lane")
    nothing = officer.send("/lane/channel")
    chosen = officer.send("/lane/channel", {"channel": "shizimen-tunnel"})

    assert (first.status_code, first.headers["Location"]) == (303, "/lane/channel")
    assert (nothing.status_code, errors(nothing)) == (422, ["請選擇一項"])
    assert (chosen.status_code, chosen.headers["Location"]) == (303, "/lane")
    assert "你在十字門隧道。" in officer.open("/lane").text


def test_one_question_one_big_answer_and_a_record(officer):
    listed(certified_unit(), vehicles=[vehicle(plate="粵C·E54001")])
    officer.send("/lane/channel", {"channel": "hengqin-bridge"})

    answer = officer.send("/lane", {"plate": "粤c e54001"})

    assert (answer.status_code, heading(answer)) == (200, "在名單內：粤C·E54001")
    assert "hq-verdict-listed" in answer.text
    assert "本通道可以通行" in answer.text
    # Whatever stands between answer and field pushes the answer out of sight: the field has the focus.
    places = [answer.text.index(words) for words in ("本通道可以通行", 'name="plate"', "備案駕駛員")]
    assert places == sorted(places)
    assert "名單只是參考，是否抽查由現場決定。" in answer.text
    journal.take_in()
    (row,) = LaneCheck.select()
    assert (row.client_id, row.account_id is not None, row.channel, row.result) == (
        None,
        True,
        "hengqin-bridge",
        "listed",
    )


def test_a_listed_car_that_may_not_pass_here_is_no_green_answer(officer):
    listed(certified_unit(), vehicles=[vehicle(plate="粵C·E54002", size_class="large")])
    officer.send("/lane/channel", {"channel": "hengqin-tunnel"})

    answer = officer.send("/lane", {"plate": "粵C·E54002"})

    assert "hq-verdict-suspended" in answer.text
    assert "這類車輛不能走本通道" in answer.text


def test_a_missing_plate_is_asked_for(officer):
    officer.send("/lane/channel", {"channel": "shenjing"})

    answers = [officer.send("/lane", {"plate": plate}) for plate in ("", "A" * 40)]

    assert [(one.status_code, errors(one)) for one in answers] == [
        (422, ["請填寫車牌號碼"]),
        (422, ["車牌太長，最多24個字，請檢查後再輸入"]),
    ]


def test_a_channel_that_is_none_is_chosen_anew(officer, client):
    client.set_cookie("hq_channel", "nowhere")

    assert officer.open("/lane").headers["Location"] == "/lane/channel"


def test_a_gate_is_given_a_key_that_is_shown_once(admin, client):
    made = admin.send(
        "/platform/lanes/new",
        {
            "client_name": "深井1號閘",
            "channels": ["shenjing"],
            "per_minute": "600",
            "assessment": assessment(),
        },
    )
    shown = admin.open(made.headers["Location"])
    again = admin.open(made.headers["Location"])

    row, kept = LaneClient.get(), LaneKey.get()
    assert (made.status_code, row.name, row.channels, row.per_minute) == (303, "深井1號閘", ["shenjing"], 600)
    key = re.search(r'<dt>密鑰</dt><dd><span class="hq-code" translate="no">([a-z0-9]+)</span>', shown.text)[1]
    assert keys.caller(key).ref == row.ref
    assert kept.ending == key[-4:]
    assert (again.status_code, errors(again)) == (409, ["密鑰只顯示一次。如沒有記下，請再換一條新的。"])
    assert key not in admin.open(f"/platform/lanes/{row.ref}").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"client_name": " "}, "請填寫名稱，例如“十字門隧道1號閘”"),
        ({"client_name": "閘" * 61}, "名稱最多60個字"),
        # A channel that was taken away while the page was open: without it the gate would ask for every channel.
        ({"channels": ["closed-meanwhile"]}, "有一項已不存在，所以甚麼也沒有更改。請看現時的選項再決定"),
        ({"per_minute": "many"}, "請填寫1至60000之間的數字"),
        ({"per_minute": "-5"}, "請填寫1至60000之間的數字"),
    ],
)
def test_a_gate_that_cannot_be_keeps_what_was_typed(admin, changes, sentence):
    typed = {"client_name": "深井1號閘", "per_minute": "600"} | changes

    answer = admin.send("/platform/lanes/new", typed)

    assert (answer.status_code, errors(answer)) == (422, [sentence])
    assert LaneClient.select().count() == 0


def test_keys_are_changed_and_ended_by_plain_forms(admin):
    ref, old = lane_client()

    rotated = admin.send(f"/platform/lanes/{ref}/rotate")
    first = LaneKey.select().order_by(LaneKey.id).first()
    ended = admin.send(f"/platform/lanes/{ref}/keys/{first.ref}/end", page=f"/platform/lanes/{ref}")
    twice = admin.send(f"/platform/lanes/{ref}/keys/{first.ref}/end", page=f"/platform/lanes/{ref}")

    fresh()
    assert (rotated.status_code, ended.status_code, twice.status_code) == (303, 303, 409)
    assert keys.caller(old) is None
    assert LaneKey.select().count() == 2


def test_pages_say_when_keys_end_and_plainly_where_the_last_one_does_soon(admin, client):
    here, key = lane_client()
    lane_client()
    fresh()
    ends_at = in_words(keys.caller(key).key_ends_at)
    calm = admin.open(f"/platform/lanes/{here}").text

    LaneKey.update(ends_at=clock.now() + timedelta(days=20)).where(LaneKey.ref == keys.caller(key).key_ref).execute()
    soon_at = in_words(LaneKey.select().order_by(LaneKey.id).first().ends_at)
    soon, all_of_them = admin.open(f"/platform/lanes/{here}").text, admin.open("/platform/lanes").text
    LaneKey.update(ends_at=clock.now()).where(LaneKey.ref == keys.caller(key).key_ref).execute()
    over, then = admin.open(f"/platform/lanes/{here}").text, admin.open("/platform/lanes").text

    assert f"有效至{ends_at}" in calm
    assert "最後一條密鑰" not in calm
    assert f"最後一條密鑰在{soon_at}失效。" in soon
    assert (all_of_them.count("使用中"), all_of_them.count("日失效")) == (1, 1)
    assert "所有密鑰都已失效，閘口不能查車牌。" in over
    assert (then.count("使用中"), then.count("密鑰已失效")) == (1, 1)
    assert re.search(r'href="/platform/lanes"[^>]*>通道接入 *<span[^>]*>1<', then)


def test_a_new_key_is_shown_with_its_end(admin):
    ref, _key = lane_client()

    shown = admin.open(admin.send(f"/platform/lanes/{ref}/rotate").headers["Location"])

    assert (
        f"<dt>有效至</dt><dd>{in_words(LaneKey.select().order_by(LaneKey.id.desc()).first().ends_at)}</dd>"
        in shown.text
    )


def test_a_gate_is_changed_and_ended(admin):
    ref, key = lane_client()

    changed = admin.send(f"/platform/lanes/{ref}/change", {"client_name": "深井2號閘", "per_minute": "30"})
    ended = admin.send(f"/platform/lanes/{ref}/end")
    late = admin.send(f"/platform/lanes/{ref}/change", {"client_name": "深井3號閘", "per_minute": "30"})

    fresh()
    assert (changed.status_code, ended.status_code, late.status_code) == (303, 303, 409)
    assert (LaneClient.get().name, keys.caller(key)) == ("深井2號閘", None)
    assert "已停用" in admin.open("/platform/lanes").text


def test_an_unknown_gate_is_not_found(admin):
    for path in ("", "/change", "/rotate", "/end", "/key"):
        assert admin.open("/platform/lanes/" + "x" * 20 + path).status_code == 404
