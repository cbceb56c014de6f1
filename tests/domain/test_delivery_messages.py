"""Mail and text messages: real SMTP with its failures, one message each, nothing kept that only the message may say."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders.delivery import drain, mails, texts
from tests.builders.smtp import smtp_servers
from tests.builders.worker import killed_at_the_end
from webapp import clock, database
from webapp.delivery import mail, wording
from webapp.delivery.work import GiveUp
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs.models import FINISHED, Job
from webapp.domain.notices import actions as notices
from webapp.domain.notices import kinds
from webapp.domain.notices.models import Delivery, Notice
from webapp.settings import Settings

LOCALES = ("zh_Hant_MO", "zh_Hans_CN")
#: A value for every parameter a notice may have.
PARAMS = {
    "unit": "橫琴示範企業有限公司",
    "code": "DEMQ0002",
    "client": "示範閘口",
    "reasons": ["plate:malformed", "licence_expiry:past"],
    "role": "manager",
    "roles": "audit_admin,platform_officer",
    "minutes": 30,
    "number": "HQ-7K2F-93QD",
    "count": 2,
    "until": "2026-12-04",
    "hold": "owner_missing",
    "cause": "left_unit",
    "covered": 1000,
    "days": 14,
    "left": 9,
    "texts": {
        "zh_Hant_MO": {
            "title": "系統今晚更新",
            "body": "今晚十時至十一時不能使用。",
            "harm": "可能收到詐騙電話。",
            "measures": "帳號已停用。",
            "advice": "請提防陌生來電。",
        },
        "zh_Hans_CN": {
            "title": "系统今晚更新",
            "body": "今晚十时至十一时不能使用。",
            "harm": "可能收到诈骗电话。",
            "measures": "账号已停用。",
            "advice": "请提防陌生来电。",
        },
    },
    "subject": "personal",
    "fallen": 3,
    "waiting": 14,
    "verified": 6,
    "overdue": 2,
    "entries": 2,
    "moved": 2,
    "filings": 1,
    "people": 120,
    "vehicles": 3,
    "successor": "橫琴示範控股有限公司",
    "proposal": "deregister",
    "sanction": "SX-7K2F-93QD",
    "how": "repaired",
    "case": "CA-7K2F-93QD",
    "decision": "upheld",
    "request": "RQ-7K2F-93QD",
    "kind": "erase",
    "answer": "refused",
    "incident": "IN-7K2F-93QD",
    "kinds": ["identity", "contact"],
    "what": "disclosed",
    "since": "2026-11-20T16:00:00+00:00",
    "contact": "何慎行，0756 000 0052",
    "soon": 12,
    "held": 3,
}


@pytest.fixture
def smtp():
    with smtp_servers() as start:
        yield start


def with_urls(settings: Settings, **changes: str) -> Settings:
    import dataclasses

    return dataclasses.replace(settings, **changes)


def owe(kind: str, address: str, channel: str = "email", locale: str = "zh_Hant_MO", sealed=None, params=None) -> str:
    with database.transaction():
        audience = kinds.KINDS[kind][0][0]
        notice = notices.queue(None, kind, audience, "somebody", params=params or {})
        notices.deliver(None, notice, channel, address, locale, params=sealed)
    return Delivery.select().order_by(Delivery.id.desc()).get().ref


def test_mail_arrives_whole_and_is_recorded(db, smtp):
    box, url = smtp()
    settings = with_urls(db, smtp_url=url)
    ref = owe(
        "staff-invited",
        "new@unit.example",
        params={"unit": "橫琴示範單位", "role": "verifier"},
        sealed={"token": "t0k"},
    )

    drain(settings)

    (message,) = box.taken
    assert message["To"] == "new@unit.example"
    assert message["Subject"] == "邀請你加入橫琴示範單位"
    assert message["Message-ID"] == f"<{ref}@passlist.test>"
    assert "http://passlist.test/invitation/t0k" in message.get_content().splitlines()
    sent = Delivery.get()
    assert (sent.state, sent.params, sent.attempts) == ("sent", None, 1)
    assert Job.get().state == FINISHED


def test_server_that_is_busy_gets_the_mail_later_and_once(db, smtp):
    box, url = smtp("451 try later", "452 still busy")
    settings = with_urls(db, smtp_url=url)
    owe("password-changed", "a@unit.example")

    for shift in (0, 10, 40, 300):
        with clock.travel(timedelta(seconds=shift)):
            drain(settings)

    assert (box.tries, len(box.taken)) == (3, 1)
    assert Delivery.get().state == "sent"


@pytest.mark.parametrize("at", ["RCPT", "DATA"])
def test_address_that_does_not_exist_is_given_up_at_once(db, smtp, at):
    box, url = smtp("550 no such user", at=at)
    settings = with_urls(db, smtp_url=url)
    owe("password-changed", "gone@unit.example")

    for shift in (0, 60):
        with clock.travel(timedelta(seconds=shift)):
            drain(settings)

    assert (box.tries, box.taken) == (1, [])
    sent = Delivery.get()
    assert (sent.state, sent.error, sent.attempts, Job.get().state) == ("undeliverable", "550", 1, FINISHED)


def test_server_that_is_away_for_long_ends_in_a_failure_on_record(db):
    settings = with_urls(db, smtp_url="smtp://127.0.0.1:9")
    owe("password-changed", "a@unit.example")

    for hours in range(12):
        with clock.travel(timedelta(hours=3 * hours)):
            drain(settings)

    assert Delivery.get().state == "failed"


@pytest.mark.parametrize("engine", ["sqlite"])
def test_worker_killed_between_the_servers_yes_and_our_record_sends_the_same_mail_again(db, smtp):
    # The server has answered 250 to the mail and does not answer the good-bye: the worker is between the two.
    box, url = smtp("silent", at="QUIT")
    owe("password-changed", "a@unit.example")

    with killed_at_the_end(db, SMTP_URL=url):
        until = time.monotonic() + 180
        while not box.tries:
            assert time.monotonic() < until, "no mail came"
            time.sleep(0.02)
    assert (len(box.taken), Delivery.get().state, Job.get(Job.kind == "deliver").state) == (1, "queued", "running")
    jobs.take_back(lambda _owner: True)
    drain(with_urls(db, smtp_url=url))

    first, again = box.taken
    assert first["Message-ID"] == again["Message-ID"] == f"<{Delivery.get().ref}@passlist.test>"
    for message in box.taken:
        del message["Date"]
    assert first.as_bytes() == again.as_bytes()
    assert (Delivery.get().state, Notice.select().count()) == ("sent", 1)


@pytest.mark.parametrize("word", ["421 closing", "silent", "close"])
def test_server_that_took_the_mail_and_is_rude_at_the_end_does_not_get_it_again(db, smtp, monkeypatch, word):
    monkeypatch.setattr(mail, "SECONDS", 0.5)
    box, url = smtp(word, word, at="QUIT")
    settings = with_urls(db, smtp_url=url)
    owe("password-changed", "a@unit.example")

    for shift in (0, 60):
        with clock.travel(timedelta(seconds=shift)):
            drain(settings)

    assert len(box.taken) == 1
    assert (Delivery.get().state, Delivery.get().attempts) == ("sent", 1)


@pytest.mark.parametrize("word", ["silent", "close"])
def test_server_whose_answer_is_lost_gets_the_same_mail_again(db, smtp, monkeypatch, word):
    monkeypatch.setattr(mail, "SECONDS", 0.5)
    box, url = smtp(word)
    settings = with_urls(db, smtp_url=url)
    owe("password-changed", "a@unit.example")

    drain(settings)
    assert (Delivery.get().state, Delivery.get().attempts) == ("queued", 1)
    with clock.travel(timedelta(seconds=60)):
        drain(settings)

    assert len(box.taken) == 2
    assert len({message["Message-ID"] for message in box.taken}) == 1
    assert (Delivery.get().state, Delivery.get().attempts) == ("sent", 2)


def test_code_that_expired_while_waiting_is_not_sent(db):
    owe("code-requested", "+85366123456", "sms", sealed={"code": "042137", "minutes": 10})

    with clock.travel(timedelta(minutes=11)):
        drain(db)

    assert (texts(db), Delivery.get().state) == ([], "failed")


def test_text_message_goes_to_the_number_with_nothing_but_the_code(db):
    owe("code-requested", "+85366123456", "sms", sealed={"code": "042137", "minutes": 10})

    drain(db)

    (sent,) = texts(db)
    assert sent["to"] == "+85366123456"
    assert sent["text"] == "【橫琴通行名單】驗證碼042137，10分鐘內有效。不要告訴任何人。"


def test_line_breaks_in_a_unit_name_add_no_header(db):
    owe(
        "staff-invited",
        "a@unit.example",
        params={"unit": "甲\r\nBcc: x@evil.example", "role": "verifier"},
        sealed={"token": "t"},
    )

    drain(db)

    (message,) = mails(db)
    assert message["Bcc"] is None
    assert message["Subject"] == "邀請你加入甲 Bcc: x@evil.example"


def test_refused_sender_is_our_trouble_and_tried_again(smtp):
    message = mail.compose(
        "ref", "x@y.example", "a@b.example", wording.Wording("t", "b"), "zh_Hant_MO", "https://p.example"
    )

    with pytest.raises(mail.TryLater):
        mail.send("smtp://127.0.0.1:9", message)
    # One elsewhere that offers no TLS (127.1 is no name of this machine that the settings know) gets nothing.
    box, url = smtp()
    with pytest.raises(mail.TryLater, match="SMTPNotSupportedError"):
        mail.send(url.replace("127.0.0.1", "127.1"), message)
    assert box.tries == 0
    assert isinstance(mail._verdict(550), GiveUp)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_kind_has_words_in_every_language(kind, locale):
    params = {name: PARAMS[name] for name in kinds.KINDS[kind][1]} | {"code": "042137", "minutes": 10, "token": "t"}

    words = wording.notice(kind, locale, params)
    letter = wording.mail(kind, locale, params, "https://passlist.example/x")

    assert words.title
    assert words.body
    assert len(words.title) <= 30
    assert "None" not in words.body
    assert letter.body.splitlines()[0] == words.body.splitlines()[0]
    assert "https://passlist.example/x" in letter.body.splitlines()


#: The longest of what grows: names of units, counts, days.
LONGEST = PARAMS | {
    "unit": "橫" * 100,
    "reasons": ["plate:malformed"] * 12,
    "count": 100_000,
    "covered": 100_000,
    "fallen": 100_000,
    "until": "2026-12-31",
}
#: Whatever a person may be told may reach his phone.
PERSONAL = [kind for kind, (audiences, _names) in kinds.KINDS.items() if "submission" in audiences]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", [*PERSONAL, "code-requested"])
def test_texts_to_phones_fit_one_part_and_hold_no_name_number_or_link(kind, locale):
    params = {name: LONGEST[name] for name in kinds.KINDS[kind][1]} | {"code": "042137", "minutes": 10}
    params |= {"site": "passlist.hengqin.example.cn", "report": "7K2F93QDXK8A"}

    said = wording.sms(kind, locale, params)

    assert len(said) <= wording.SMS_PART
    assert "橫橫" not in said
    assert "://" not in said
    assert "www." not in said
    assert re.findall(r"[0-9]{5,}", said) == (["042137"] if kind == "code-requested" else [])


def test_every_kind_that_is_texted_is_told_to_persons():
    assert set(kinds.TEXTED) <= set(PERSONAL)


def test_no_words_without_a_kind():
    # A kind may have words of its own for phones.
    known = set(kinds.KINDS) | {"_mail", "_sms", "_words"} | {f"{kind}.sms" for kind in kinds.KINDS}

    for locale in LOCALES:
        assert {path.name.removesuffix(".txt") for path in (Path(wording.FOLDER) / locale).iterdir()} <= known


@pytest.mark.parametrize(
    "hold", ["owner_missing", "licence_expired", "document_expired", "not_confirmed", "removal_requested"]
)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_hold_has_words(hold, locale):
    assert wording.notice("entry-held", locale, {"number": "1", "hold": hold, "until": None}).body


def test_every_cause_has_words():
    from webapp.domain.passlist.models import CAUSES

    told = {
        wording.notice("entry-removed", "zh_Hant_MO", {"number": "1", "unit": "u", "cause": c}).body for c in CAUSES
    }

    assert len(told) == len(CAUSES)


def test_links_of_messages_lead_to_pages(app):
    from webapp.delivery import links

    adapter = app.url_map.bind("passlist.test")
    paths = [
        *links.ADDRESS_PATHS.values(),
        *links.UNIT_PATHS.values(),
        "/unit/notices",
        "/platform/notices",
        "/s/{token}",
    ]

    found = {path: adapter.match(path.format(token="t" * 36))[0] for path in paths}

    assert len(found) == len(set(paths))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("cause", "promised"), [("requested", False), ("superseded", False), ("left_unit", True)])
def test_who_asked_to_leave_is_promised_no_objection(locale, cause, promised):
    params = {name: PARAMS[name] for name in kinds.KINDS["entry-removed"][1]} | {"cause": cause}

    body = wording.notice("entry-removed", locale, params).body

    assert ("異議" in body or "异议" in body) is promised
