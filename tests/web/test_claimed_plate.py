"""A sold car or a claimed plate is no dead end: from the refused signature by a case to the list, without script."""

import io

import pytest

from tests.builders import accounts, browser, filings, uploads
from tests.builders import cases as made
from tests.builders.units import PASSWORD, certified_unit, picture
from webapp import clock
from webapp.domain.filings import drafts, queries
from webapp.domain.filings.models import Draft, Submission
from webapp.domain.notices import deliveries
from webapp.domain.notices.models import Delivery
from webapp.domain.sanctions.models import Case


def sign(visit, home, name):
    page = visit.open(f"{home}/check").text
    digest = page.partition('name="text_digest" value="')[2].partition('"')[0]
    agreed = dict.fromkeys(("consent_processing", "consent_sharing", "pledge_agreed"), "yes")
    typed = agreed | {"signature_method": "typed", "signed_name": name, "text_digest": digest}
    return visit.send(f"{home}/check", typed)


def stopped(app, buyers, car):
    """(buyer's browser, home of the draft, his name, the case he opened)."""
    draft = filings.draft(buyers, filings.answers(vehicles=[filings.vehicle(plate=car["plate"])]))
    visit = browser.Browser(app.test_client())
    visit.client.get(f"/d/{drafts.resume_token(draft.ref)}")
    home, name = f"/file/{draft.ref}", drafts.answers_of(draft)["person"]["full_name"]
    refused = sign(visit, home, name)
    assert refused.status_code == 409
    assert f"{home}/dispute" in refused.text
    proof = {"words": "上月買入", "evidence": (io.BytesIO(picture()), "contract.png"), "consent_evidence": "yes"}
    assert visit.send(f"{home}/dispute", proof).location == f"{home}/disputed"
    return visit, home, name, Case.select().order_by(Case.id.desc()).get()


def officer(app):
    accounts.platform_staff("platform_officer", email="judge@platform.example", name="馮曉嵐")
    visit = browser.Browser(app.test_client())
    visit.sign_in("judge@platform.example", PASSWORD)
    return visit


@pytest.mark.parametrize("decision", ["uphold", "dismiss"])
def test_from_the_refused_signature_to_the_decision(app, db, decision):
    sellers, buyers, car = certified_unit(), certified_unit(), filings.vehicle()
    seller = made.listed(sellers, vehicles=[car])
    visit, home, name, case = stopped(app, buyers, car)
    assert seller.answers["person"]["full_name"] not in visit.open(f"{home}/disputed").text
    assert sellers.unit.name not in visit.open(f"{home}/disputed").text

    with clock.travel(case.answer_until - clock.now()):
        judge, way = officer(app), f"/platform/cases/{case.ref}/{decision}"
        remedy = {"remedy": "end_sold", "reason": "case:holder_silent"} if decision == "uphold" else {}
        page = judge.open(way).text
        reason = page.partition('name="reason" value="')[2].partition('"')[0]
        assert judge.send(way, {"reason": reason, "words": "已核對合約"} | remedy).status_code == 303
        told = [deliveries.parcel(one.ref) for one in Delivery.select()]
        assert "case-decided" in {one.kind for one in told}
        assert "已核對合約" in visit.open(f"{home}/disputed").text

        again = sign(visit, home, name)
        if decision == "dismiss":
            assert again.status_code == 409
            assert uploads.entry_of(seller).state == "listed"
            return
        assert again.location == f"{home}/receipt"
        submission = Submission.get(Submission.ref == Draft.get(Draft.ref == home.split("/")[-1]).submission_ref)
        bought = filings.Filed(submission, queries.filings_of(submission), {}, "")
        uploads.uploaded(buyers, uploads.verified(buyers, bought))
        assert (uploads.entry_of(bought).state, uploads.entry_of(seller).state) == ("listed", "removed")
