"""What the status page says of each state, and what can be done there."""

import re

from tests.builders.browser import errors, heading
from tests.builders.delivery import drain
from tests.builders.filings import answers, draft, filed, send, vehicle
from tests.builders.status import Person, actor, answer_words, entered, proved, return_
from tests.builders.units import certified_unit, platform_actor
from tests.builders.uploads import entry_of, uploaded, verified
from webapp.domain.filings import following, invitations, inviting
from webapp.domain.jobs.models import Job
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.units import deciding
from webapp.domain.units.queries import by_id


def test_answer_for_each_state(client, db):
    built = certified_unit()
    waiting, returned, passed, withdrawn = (filed(built) for _ in range(4))
    return_(built, returned.filing)
    verified(built, passed)
    gone = proved(client, withdrawn)
    gone.post(f"/withdraw/{withdrawn.filing.ref}")

    def words(sent):
        return answer_words(entered(client, sent).page())

    assert words(waiting) == ["等待單位驗核"]
    assert words(returned) == ["要你補正"]
    assert words(passed) == ["單位已驗核"]
    assert words(withdrawn) == ["你已撤回"]


def test_listed_person_leaves_and_stays(client, db):
    built = certified_unit()
    sent = filed(built)
    uploaded(built, verified(built, sent))
    who = proved(client, sent)
    entry = entry_of(sent)
    assert answer_words(who.page()) == ["在名單內"]

    assert errors(who.post(f"/leave/{entry.ref}")) == ["請選擇一種移出方式"]
    assert who.post(f"/leave/{entry.ref}", {"leave_by": "request"}).status_code == 303
    assert answer_words(who.page()) == ["暫停"]
    assert "現在不能再要求移出" in who.page(f"/leave/{entry.ref}").text
    assert who.post(f"/stay/{entry.ref}").status_code == 303
    assert answer_words(who.page()) == ["在名單內"]
    assert who.post(f"/leave/{entry.ref}", {"leave_by": "consent"}).status_code == 303
    assert answer_words(who.page()) == ["已移出名單"]


def test_an_owner_reads_what_becomes_of_each_second_driver_of_his(client, db):
    here, there = certified_unit(), certified_unit("organ")
    cars = [vehicle(), vehicle()]
    owner = filed(here, vehicles=cars)
    uploaded(here, verified(here, owner))
    for filing, joint in zip(owner.filings, (True, False), strict=True):
        made = inviting.invite(actor(owner), owner.submission.ref, filing.ref, joint=joint)["invitation"]
        second = send(draft(there, answers("organ") | {"vehicles": invitations.prefilled(made)["vehicles"]}))
        uploaded(there, verified(there, second))
    who = proved(client, owner)
    first, other = Entry.select().where(Entry.submission_ref == owner.submission.ref).order_by(Entry.id)

    page = who.page(f"/leave/{first.ref}").text
    assert (
        "你移出後，與你共有這輛車的駕駛員成為登記的車主。他的登記照舊有效，不會暫停。"
        in page.partition('id="others"')[0]
    )
    assert "你移出後，這輛車的第二名駕駛員會暫停。你在30日內重新列入" in page.partition('id="others"')[2]

    removals.remove(here.actor, here.unit.id, Chosen(((other.ref, other.version),)), "left_unit")
    assert 'id="others"' not in who.page(f"/leave/{first.ref}").text


def test_request_already_made_is_answered_409(client, db):
    built = certified_unit()
    sent = filed(built)
    uploaded(built, verified(built, sent))
    who, entry = proved(client, sent), entry_of(sent)
    who.post(f"/leave/{entry.ref}", {"leave_by": "request"})

    again = who.post(f"/leave/{entry.ref}", {"leave_by": "request"})

    assert (again.status_code, errors(again)) == (409, ["已經要求移出，單位正在辦理"])


def test_deeds_about_somebody_elses_rows_are_not_found(client, db):
    built = certified_unit()
    mine, other = filed(built), filed(built)
    listed_other = filed(built)
    uploaded(built, verified(built, listed_other))
    who = proved(client, mine)

    paths = [
        f"/withdraw/{other.filing.ref}",
        f"/not-me/{other.filing.ref}",
        f"/leave/{entry_of(listed_other).ref}",
        f"/stay/{entry_of(listed_other).ref}",
        f"/entry/{entry_of(listed_other).ref}/confirmation",
        f"/entry/{entry_of(listed_other).ref}/confirmation.pdf",
        f"/pledge/{following.pledge(other.submission).ref}",
        f"/pledge/{following.pledge(other.submission).ref}.pdf",
    ]

    assert {path: who.page(path).status_code for path in paths} == dict.fromkeys(paths, 404)
    assert who.send(f"{who.home}/withdraw/{other.filing.ref}", page=who.home).status_code == 404


def test_withdrawal_from_a_stale_page_is_answered_409(client, db):
    built = certified_unit()
    sent = filed(built)
    who = proved(client, sent)
    path = f"{who.home}/withdraw/{sent.filing.ref}"
    verified(built, sent)

    refused = who.send(path, {"version": "1"}, page=path)

    assert refused.status_code == 409
    assert answer_words(who.page()) == ["單位已驗核"]


def test_disowned_filing_says_so(client, db):
    sent = filed(certified_unit())
    who = proved(client, sent)

    assert who.post(f"/not-me/{sent.filing.ref}").status_code == 303

    page = who.page()
    assert "這份申報有異議，平台查證前不會列入名單。" in page.text
    assert f"/not-me/{sent.filing.ref}" not in page.text


def test_documents_are_pages_until_their_pdfs_are_made(client, db):
    sent = filed(certified_unit())
    who = entered(client, sent)

    early = who.page("/pledge.pdf")

    assert (early.mimetype, "PDF正在製作" in early.text) == ("text/html", True)
    assert sent.answers["person"]["full_name"] in who.page("/pledge").text
    assert heading(who.page("/receipt")) == "申報回執"


def test_documents_as_pdf(client, db):
    built = certified_unit()
    sent = filed(built)
    uploaded(built, verified(built, sent))
    drain(db)
    who = entered(client, sent)
    confirmation = f"/entry/{entry_of(sent).ref}/confirmation.pdf"

    for path in ("/pledge.pdf", "/receipt.pdf", confirmation):
        response = who.page(path)
        assert (response.status_code, response.mimetype, response.data[:5]) == (200, "application/pdf", b"%PDF-")
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert re.fullmatch(r'inline; filename="[a-z0-9-]+\.pdf"', response.headers["Content-Disposition"])
    assert Job.select().where(Job.state == "failed").count() == 0


def test_suspended_unit_is_named_as_what_the_filing_waits_for_and_the_way_elsewhere_stands_open(client, db):
    built = certified_unit()
    who = Person(client, filed(built))
    who.enter()
    deciding.suspend(platform_actor(), built.unit.id, ["unit:outdated"], "", built.unit.version)

    page = who.page()

    assert answer_words(page) == ["單位暫停，申報要等"]
    assert "你可以等，也可以撤回後經另一個所屬單位申報。" in page.text
    assert "撤回申報" in page.text
    assert re.findall(r"最遲[^<]*核對", page.text) == []


def ways(page):
    """The links of the page that are drawn as buttons."""
    return [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r'<a class="hq-button[^>]*>(.*?)</a>', page.text)]


def test_only_what_can_be_done_is_offered(client, db):
    built = certified_unit()
    who = entered(client, filed(built))
    waiting = ways(who.page())
    assert {"加一輛車", "更改電話、電郵或通知語言", "轉到另一個單位"} <= set(waiting)

    deciding.suspend(platform_actor(), built.unit.id, ["unit:outdated"], "", by_id(built.unit.id).version)

    paused = ways(who.page())
    assert "加一輛車" not in paused
    assert {"更改電話、電郵或通知語言", "轉到另一個單位"} <= set(paused)


def test_an_objection_is_promised_where_there_is_one(client, db):
    built = certified_unit()
    sent = filed(built)
    uploaded(built, verified(built, sent))
    entry = entry_of(sent)
    who = proved(client, sent)
    removals.remove(built.actor, built.unit.id, Chosen(((entry.ref, entry.version),)), "left_unit")

    page = who.page().text
    assert "或在下面提出異議。" in page
    assert "不同意移出？提出異議" in page


def test_what_one_asked_for_is_not_objected_to(client, db):
    built = certified_unit()
    sent = filed(built)
    uploaded(built, verified(built, sent))
    who = proved(client, sent)
    who.post(f"/leave/{entry_of(sent).ref}", {"leave_by": "consent"})

    page = who.page().text
    assert "提出異議" not in page
    assert "需要時可以重新申報。" in page
