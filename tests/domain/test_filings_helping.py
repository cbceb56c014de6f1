"""Counter help (design 7, rule 10): three forms, each the person's own act; who helped is on record and not alone."""

import pytest

from tests.builders import counter
from tests.builders.filings import answers, filed, filer, person, signing
from tests.builders.units import certified_unit, member, platform_actor
from webapp.database import transaction
from webapp.domain.audit.models import AuditLine
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings import (
    attesting,
    desk,
    drafts,
    flags,
    helping,
    lists,
    replacing_phones,
    submitting,
    telling,
    verifying,
)
from webapp.domain.filings.models import CounterHelp, Draft, FilingStep
from webapp.domain.filings.signing import OWN_PHONE, PAPER, TABLET
from webapp.domain.notices.models import Delivery, Notice
from webapp.domain.pledges import actions as pledges
from webapp.domain.pledges.models import Pledge
from webapp.domain.registry import queries as registry
from webapp.domain.units import deciding
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound


def news(unit, sent):
    """How much waits at the desk once the worker has told what the last act owes."""
    step = FilingStep.select().order_by(FilingStep.id.desc()).first()
    with transaction():
        telling.tell_slice(step.act_id, "filing-returned", 0)
    return desk.waiting(unit.unit.id).count()


@pytest.fixture
def unit(db):
    return certified_unit()


def pledge_of(sent):
    row = Pledge.get_by_id(sent.submission.pledge_id)
    return row, pledges.content_of(row)


def texts_sent(sent):
    wanted = (Notice.kind == "counter-signed") & (Notice.audience_ref == sent.submission.ref)
    return Delivery.select().join(Notice, on=(Delivery.notice == Notice.id)).where(wanted).count()


@pytest.mark.parametrize(
    ("form", "method", "told"), [(OWN_PHONE, "typed", 0), (TABLET, "drawn", 1), (PAPER, "sealed_paper", 1)]
)
def test_each_form_is_frozen_with_who_helped(unit, form, method, told):
    draft = counter.begun(unit)
    sent = counter.on_paper(unit, draft) if form == PAPER else counter.signed(draft, unit.actor, form)

    row, content = pledge_of(sent)
    helped = helping.of_submission(sent.submission.id)
    assert (row.method, content["counter"]["form"]) == (method, form)
    assert content["helped_by"] == helping.helper_name(helped)
    assert (row.drawing_id is not None) == (form != OWN_PHONE)
    assert (helped.form, helped.account_id) == (form, unit.actor.account_id)
    assert texts_sent(sent) == told
    tags = {tag for (tag,) in AuditLine.select(AuditLine.tag).tuples()}
    assert {"counter:begun", f"counter:signed-{form.replace('_', '-')}", "submission:helped"} <= tags


def test_a_sheet_is_no_pledge_before_it_is_signed(unit):
    draft = counter.begun(unit)
    sheet = counter.printed(unit, draft)
    code = IssuedDocument.get(IssuedDocument.subject == sheet).code
    before = attesting.attest(code)

    sent = counter.signed(draft, unit.actor, PAPER, sheet=sheet, scan=counter.scan())

    assert (before.standing, attesting.attest(code).standing) == ("sheet_printed", "sheet_signed")
    assert sent.submission.number == before.number
    assert pledge_of(sent)[1]["counter"]["sheet"] == before.digest


def test_answers_changed_after_printing_need_another_sheet(unit):
    draft = counter.begun(unit)
    sheet = counter.printed(unit, draft)
    drafts.save(draft, answers(unit.unit.unit_class))

    with pytest.raises(Conflict) as refused:
        counter.signed(Draft.get_by_id(draft.id), unit.actor, PAPER, sheet=sheet, scan=counter.scan())
    assert refused.value.code == "sheet_outdated"


def test_nobody_else_signs(unit):
    draft, other = counter.begun(unit), certified_unit()

    for by, form, more in (
        (filer(draft), TABLET, {}),  # not without staff
        (other.actor, TABLET, {}),  # nor by another unit's
    ):
        with pytest.raises(NotAllowed):
            counter.signed(draft, by, form, **more)
    with pytest.raises(NotAllowed):  # the draft's own page is not his phone
        submitting.submit(filer(draft), draft.ref, signing(draft), key=draft.ref)
    with pytest.raises(NotAllowed):  # nor does a clerk sign on it
        submitting.submit(
            unit.actor, draft.ref, signing(draft, counter=submitting.signing.AtCounter(OWN_PHONE)), key=draft.ref
        )
    with pytest.raises(Invalid) as refused:
        counter.signed(draft, unit.actor, TABLET, attested=False)
    assert refused.value.faults[0].field == "attested"
    with pytest.raises(Invalid) as refused:
        counter.signed(draft, unit.actor, PAPER, sheet=counter.printed(unit, draft))
    assert refused.value.faults[0].field == "signed_sheet"


def test_a_phone_of_the_staff_proves_nobody_else(unit):
    mine = "13899990001"
    clerk = member(unit, email="clerk-phone@unit.example", name="何佩珊")
    own = {"who": person(full_name="何佩珊"), "phone": mine, "email": "clerk-phone@unit.example"}
    filed(unit, **own)

    with pytest.raises(Invalid) as refused:
        counter.signed(counter.begun(unit, answers("enterprise", phone=mine), clerk), clerk, TABLET)

    assert refused.value.code == "staff_phone"
    counter.signed(counter.begun(unit, answers("enterprise", **own)), unit.actor, TABLET)


def test_whoever_helped_is_not_alone_in_verifying(unit):
    clerk = member(unit)
    sent = counter.signed(counter.begun(unit, by=clerk), clerk, TABLET)
    filing = sent.filing

    with pytest.raises(NotAllowed) as refused:
        verifying.verify(clerk, unit.unit.id, filing.ref, filing.version)
    assert refused.value.code == "own_help"
    seen = lists.row(unit.unit, filing.ref, flags.viewer(unit.unit.id, unit.actor.account_id))
    assert [flag.code for flag in seen.flags] == ["helped"]
    assert verifying.verify(unit.actor, unit.unit.id, filing.ref, filing.version)["state"] == "verified"


def test_alone_in_the_unit_it_is_marked(unit):
    filing = counter.signed(counter.begun(unit), unit.actor, TABLET).filing

    verifying.verify(unit.actor, unit.unit.id, filing.ref, filing.version)

    assert AuditLine.select().where(AuditLine.tag == "filing:own-decided", AuditLine.object_ref == filing.ref).exists()


def test_without_a_phone_only_paper_and_news_at_the_desk(unit):
    draft = counter.begun(unit, counter.without_phone(unit))
    with pytest.raises(Invalid) as refused:
        counter.signed(draft, unit.actor, TABLET)
    assert refused.value.code == "phone_needed"

    sent = counter.on_paper(unit, draft)

    assert registry.phone_on_file(sent.submission.person_id) is None
    assert texts_sent(sent) == 0
    waiting = desk.people(unit.unit.id)
    assert [one.submission.ref for one in waiting] == [sent.submission.ref]
    other = certified_unit()
    assert desk.people(other.unit.id) == []
    with pytest.raises(NotFound):
        desk.told(other.actor, other.unit.id, sent.submission.ref)


def test_news_is_told_once_and_a_phone_ends_the_waiting(unit):
    sent = counter.on_paper(unit, counter.begun(unit, counter.without_phone(unit)))
    filing = sent.filing
    clerk = member(unit)
    verifying.return_(clerk, unit.unit.id, filing.ref, filing.version, ["plate:differs"])
    with_news = news(unit, sent)

    assert desk.told(unit.actor, unit.unit.id, sent.submission.ref)["told"] == with_news > 0
    assert desk.waiting(unit.unit.id).count() == 0
    again = counter.correction(unit, sent.submission)
    assert CounterHelp.get(CounterHelp.draft_ref == again.ref).account_id == unit.actor.account_id
    assert counter.on_paper(unit, again).filing.state == "submitted"
    replacing_phones.replace(unit.actor, unit.unit.id, sent.submission.ref, "+8613877770001")
    assert desk.people(unit.unit.id) == []


def test_suspended_units_begin_nothing(unit):
    deciding.suspend(platform_actor(), unit.unit.id, ["unit:misuse"], "", unit.unit.version)

    with pytest.raises(Conflict) as refused:
        helping.begin(unit.actor, unit.unit.id, "zh_Hant_MO")
    assert refused.value.code == "unit_closed"
