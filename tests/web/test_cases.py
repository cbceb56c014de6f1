"""Pages of cases: the person's, the unit's, the platform's, and who may not see them."""

import io

import pytest

from tests.builders import accounts, browser, filings, sanctions, status, units
from tests.builders import cases as made
from tests.builders.uploads import entry_of, uploaded
from webapp import clock
from webapp.domain.audit.models import AuditLine
from webapp.domain.closings import fleet
from webapp.domain.filings import assigning_drivers, drafts
from webapp.domain.filings.models import Draft, Filing
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.sanctions import cases, cases_queries
from webapp.domain.sanctions.cases_evidence import Handed
from webapp.domain.sanctions.models import Case, CaseEvidence
from webapp.domain.units import vehicles
from webapp.ui import cases as words

WORDS = {"words": "我仍在這個單位工作"}


def file():
    return (io.BytesIO(units.picture()), "proof.png")


@pytest.fixture
def refused(db):
    built = units.certified_unit(email="home@unit.example")
    return built, made.refused(built)


def staff(app, email):
    visit = browser.Browser(app.test_client())
    visit.come_as(email)
    return visit


def officer(app):
    accounts.platform_staff("platform_officer", email="officer@staff.example")
    return staff(app, "officer@staff.example")


def test_person_objects_adds_evidence_and_takes_back(client, refused):
    _built, sent = refused
    who = status.proved(client, sent)
    way = f"/object/refusal/{sent.filing.ref}"
    assert f"{who.home}{way}" in who.page().text

    assert who.page(way).status_code == 200
    assert browser.errors(who.post(way, {"words": ""})) == ["請用幾句話說明"]
    unasked = who.post(way, WORDS | {"evidence": file()})
    assert (unasked.status_code, CaseEvidence.select().count()) == (422, 0)
    assert "我仍在這個單位工作" in unasked.text
    done = who.post(way, WORDS | {"evidence": file(), "consent_evidence": "yes"})
    case = Case.get()

    assert (done.status_code, done.headers["Location"]) == (303, f"{who.home}/case/{case.ref}")
    page = who.page(f"/case/{case.ref}").text
    assert "我仍在這個單位工作" in page
    assert "proof.png" in page
    assert case.number in page
    assert case.number in who.page().text
    assert f"{who.home}{way}" not in who.page().text
    assert who.page(way).location == f"{who.home}/case/{case.ref}"
    again = who.send(f"{who.home}{way}", WORDS, page=who.home)
    assert (again.status_code, case.number in again.text) == (409, True)

    assert who.post(f"/case/{case.ref}/evidence", {"evidence": file()}).status_code == 422
    assert who.post(f"/case/{case.ref}/evidence", {"evidence": file(), "consent_evidence": "yes"}).status_code == 303
    assert who.page(f"/case/{case.ref}/answer").status_code == 404
    assert who.post(f"/case/{case.ref}/withdraw").status_code == 303
    assert made.now(case).state == "withdrawn"
    assert who.post(f"/case/{case.ref}/evidence", {"evidence": file(), "consent_evidence": "yes"}).status_code == 409


def test_nothing_is_opened_or_read_before_the_code(client, refused):
    _built, sent = refused
    case = made.objection(sent, "refusal", sent.filing.ref)
    who = status.entered(client, sent)

    for rest in (f"/object/refusal/{sent.filing.ref}", f"/case/{case.ref}", f"/case/{case.ref}/withdraw"):
        answer = who.page(rest)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (303, f"{who.home}/code")
    assert who.prove(f"case/{case.ref}").headers["Location"].endswith(f"/case/{case.ref}")
    assert client.get(f"/s/{sent.token}x/case/{case.ref}").status_code in (303, 404)


def test_case_of_somebody_else_is_not_found(client, refused):
    built, sent = refused
    case = made.objection(sent, "refusal", sent.filing.ref)
    other = status.proved(client, filings.filed(built))

    for rest in (f"/case/{case.ref}", f"/case/{case.ref}/evidence", f"/object/refusal/{sent.filing.ref}", "/case/x"):
        assert other.page(rest).status_code == 404


def test_unit_reads_the_facts_and_answers(client, app, refused):
    _built, sent = refused
    case = made.objection(sent, "refusal", sent.filing.ref, made.handed())
    visit = staff(app, "home@unit.example")

    assert case.number in visit.open("/unit/cases").text
    page = visit.open(f"/unit/cases/{case.ref}").text
    assert sent.submission.number in page
    assert made.WORDS not in page
    assert "proof.png" not in page
    answer = f"/unit/cases/{case.ref}/answer"
    assert browser.errors(visit.send(answer, {"words": ""})) == ["請用幾句話說明"]
    assert visit.send(answer, {"words": "此人已離職"}).status_code == 303
    assert visit.send(answer, {"words": "再說"}).status_code == 409
    assert "此人已離職" in visit.open(f"/unit/cases/{case.ref}").text
    assert visit.open(f"/unit/cases/{case.ref}/withdraw").status_code == 404


def test_a_side_whose_term_is_over_reads_that_it_may_still_answer(app, refused):
    _built, sent = refused
    case = made.objection(sent, "refusal", sent.filing.ref, made.handed())
    pages = ("/unit/cases", f"/unit/cases/{case.ref}")
    before = [staff(app, "home@unit.example").open(page).text for page in pages]
    with made.waited(case):
        after = [staff(app, "home@unit.example").open(page).text for page in pages]

    assert [("請最遲在" in page, "已過，決定前仍可答覆" in page) for page in (*before, *after)] == [
        (True, False),
        (True, False),
        (False, True),
        (False, True),
    ]


def test_another_units_manager_and_a_visitor_see_nothing(client, app, refused):
    _built, sent = refused
    case = made.objection(sent, "refusal", sent.filing.ref)
    units.certified_unit(email="stranger@unit.example")
    visit = staff(app, "stranger@unit.example")

    assert case.number not in visit.open("/unit/cases").text
    for rest in ("", "/answer", "/evidence"):
        assert visit.open(f"/unit/cases/{case.ref}{rest}").status_code == 404
    assert visit.open(f"/platform/cases/{case.ref}").status_code == 403
    assert client.get(f"/unit/cases/{case.ref}").headers["Location"].startswith("/signin")
    assert client.get("/platform/cases").headers["Location"].startswith("/signin")


def test_unit_claims_a_plate(app, db):
    units.certified_unit(email="home@unit.example")
    car = filings.vehicle()
    holder = made.listed(units.certified_unit(), vehicles=[car])
    visit = staff(app, "home@unit.example")

    assert visit.send("/unit/cases/new", {"plate": "?", "words": "說明"}).status_code == 422
    assert visit.send("/unit/cases/new", {"plate": filings.plate(), "words": "說明"}).status_code == 409
    done = visit.send("/unit/cases/new", {"plate": car["plate"], "words": "是本單位的車"})

    page = visit.open(done.headers["Location"]).text
    assert (done.status_code, holder.submission.number in page, "撤回個案" in page) == (303, False, True)


def test_officer_sees_both_sides_opens_evidence_and_decides(client, app, refused):
    built, sent = refused
    case = made.objection(sent, "refusal", sent.filing.ref, made.handed())
    visit = officer(app)

    assert case.number in visit.open("/platform/cases").text
    assert case.number not in visit.open("/platform/cases?kind=dispute&shown=open").text
    assert "沒有個案" in visit.open("/platform/cases?shown=overdue&after=junk").text
    page = visit.open(f"/platform/cases/{case.ref}").text
    assert made.WORDS in page
    assert sent.answers["person"]["full_name"] in page
    assert built.unit.name in page
    assert sent.answers["person"]["id_number"] not in page
    evidence = CaseEvidence.get()
    opened = visit.open(f"/platform/cases/{case.ref}/evidence/{evidence.ref}")
    assert (opened.status_code, opened.mimetype, opened.headers["Cache-Control"]) == (200, "image/png", "no-store")
    assert AuditLine.select().where(AuditLine.tag == "case-evidence:read").count() == 1
    assert visit.open(f"/platform/cases/{case.ref}/evidence/nothing").status_code == 404

    way = f"/platform/cases/{case.ref}/uphold"
    typed = {"reason": "case:act_unfounded", "words": "已核對合約"}
    assert len(browser.errors(visit.send(way, {}))) == 2
    early = visit.send(way, typed)
    assert (early.status_code, "期限還沒有過" in early.text) == (409, True)
    cases.answer(built.actor, "unit", built.unit.ref, case.ref, "弄錯了", Handed())
    stale = visit.client.post(way, data=typed | {"version": "1", "csrf_token": _token(visit, way)})
    assert stale.status_code == 409
    done = visit.send(way, typed)

    assert (done.status_code, made.now(case).state) == (303, "upheld")
    told = visit.open(done.headers["Location"]).text
    assert "申報已重新交單位驗核" in told
    assert "已核對合約" in told
    assert visit.open(way).status_code == 303
    person = status.proved(client, sent).page(f"/case/{case.ref}").text
    assert "已核對合約" in person
    assert "原決定沒有根據" in person
    assert "行政復議" in person


def test_a_driver_objects_to_the_vehicle_he_is_assigned(client, app, db):
    built = units.certified_unit()
    car = vehicles.add(built.actor, built.unit.id, vehicles.NewVehicle("粤C·12345", "small"))["vehicle"]
    sent = made.listed(built)
    basis = entry_of(sent)
    who = status.proved(client, sent)
    assert "/object/assignment/" not in who.page().text
    chosen = Chosen(rows=((basis.ref, basis.version),))
    assigning_drivers.assign_drivers(built.actor, built.unit.id, car, chosen)
    filing = Filing.get(Filing.assigned)
    way = f"/object/assignment/{filing.ref}"

    page = who.page().text
    assert f"{who.home}{way}" in page
    assert "不同意單位指派這輛車？提出異議" in page
    assert "單位指派這輛車" in who.page(way).text
    assert who.page(f"/object/assignment/{basis.ref}").status_code == 404
    assert who.post(f"/object/assignment/{sent.filing.ref}", WORDS).status_code == 409
    assert browser.errors(who.post(way, {"words": ""})) == ["請用幾句話說明"]
    assert who.post(way, WORDS).status_code == 303
    assert who.send(f"{who.home}{way}", WORDS, page=who.home).status_code == 409
    case = Case.get()
    assert "對指派車輛或更換車牌的異議" in who.page(f"/case/{case.ref}").text

    uploaded(built, [filing])
    fleet.change_plate(built.actor, built.unit.id, car, "粤C·54321")
    assert "不同意單位更換這輛車的車牌？提出異議" in who.page().text
    with clock.travel(case.answer_until - clock.now()):
        visit = officer(app)
        page = visit.open(f"/platform/cases/{case.ref}").text
        assert "對指派車輛或更換車牌的異議" in page
        assert "單位指派這輛車" in page
        assert ":" not in words.ground(case)
        assert "這輛車的登記會移出名單" in visit.open(f"/platform/cases/{case.ref}/uphold").text
        typed = {"reason": "case:act_unfounded", "words": "不是他駕駛"}
        assert visit.send(f"/platform/cases/{case.ref}/uphold", typed).status_code == 303
    assert [one.state for one in Entry.select().order_by(Entry.id)] == ["listed", "removed"]
    assert who.post(way, WORDS).status_code == 409


def _token(visit, path):
    return browser._TOKEN.search(visit.open(path).text)[1]


def test_choice_of_what_follows_and_junk(app, db):
    car = filings.vehicle()
    made.listed(units.certified_unit(), vehicles=[car])
    stopped, case = made.dispute(
        units.certified_unit(), filings.answers(vehicles=[filings.vehicle(plate=car["plate"])]), made.handed()
    )
    way = f"/platform/cases/{case.ref}/uphold"
    with clock.travel(case.answer_until - clock.now()):
        visit = officer(app)
        page = visit.open(way).text
        assert "車輛已轉手" in page
        assert "另一方過期沒有答覆" in page
        typed = {"reason": "case:holder_silent", "words": "有買賣合約"}
        for junk in ({}, {"remedy": "merge"}, {"remedy": "x" * 5000}):
            assert visit.send(way, typed | junk).status_code == 422
        assert visit.send(way, typed | {"remedy": "end_sold", "version": "x"}).status_code == 409
        assert visit.send(way, typed | {"remedy": "end_sold"}).status_code == 303
        draft = browser.Browser(app.test_client())
        token = drafts.resume_token(stopped.ref)
        home = draft.client.get(f"/d/{token}").headers["Location"].split("?")[0].removesuffix("/check")
        page = draft.open(f"{home}/disputed").text
    assert "有買賣合約" in page
    assert "返回核對頁" in page
    assert Draft.get_by_id(stopped.id).expires_at > case.answer_until


def test_stopped_person_adds_and_takes_back_from_the_draft(app, db):
    built = units.certified_unit()
    car = filings.vehicle()
    made.listed(built, vehicles=[car])
    stopped, case = made.dispute(built, filings.answers(vehicles=[filings.vehicle(plate=car["plate"])]))
    visit = browser.Browser(app.test_client())
    visit.client.get(f"/d/{drafts.resume_token(stopped.ref)}")
    home = f"/file/{stopped.ref}/disputed"

    assert visit.send(f"{home}/{case.ref}/evidence", {"evidence": file(), "consent_evidence": "yes"}).status_code == 303
    assert "proof.png" in visit.open(home).text
    assert visit.send(f"{home}/{case.ref}/withdraw").status_code == 303
    assert made.now(case).state == "withdrawn"
    assert browser.Browser(app.test_client()).open(home).status_code == 404
    assert [one.state for one, _party in cases_queries.of_draft(stopped.ref)] == ["withdrawn"]


def test_sanction_is_objected_to_from_its_grounds(client, app, db):
    sent = made.listed(units.certified_unit())
    first, second = sanctions.officers()
    sanction = sanctions.confirmed(first, second, **sanctions.of_person(sent.answers))
    who = status.proved(client, sent)
    way = f"/object/sanction/{sanction.ref}"

    assert f"{who.home}{way}" in who.page().text
    assert who.page(way).status_code == 200
    assert who.post(way, WORDS).status_code == 303
    assert Case.get().topic == "sanction"
    assert who.page("/object/sanction/nothing").status_code == 404
    assert sanction.number in officer(app).open(f"/platform/cases/{Case.get().ref}").text
