"""What the public check says of every kind of document, in every standing."""

from tests.builders.delivery import drain
from tests.builders.filings import filed
from tests.builders.status import actor
from tests.builders.units import certified_unit, platform_actor
from tests.builders.uploads import entry_of, uploaded, verified
from webapp.domain.files import documents
from webapp.domain.filings import attesting, leaving, withdrawing
from webapp.domain.filings.attesting import attest
from webapp.domain.filings.models import Upload
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.pledges.models import Pledge
from webapp.domain.units import deciding, queries, rules


def of(kind, subject):
    return attest(documents.of_subject(kind, subject).code)


def pledge_of(sent):
    return Pledge.get_by_id(sent.submission.pledge_id).ref


def test_pledge_and_receipt_of_a_filing_in_motion(db):
    built = certified_unit()
    sent = filed(built)

    pledge, receipt = of("personal_pledge", pledge_of(sent)), of("receipt", sent.submission.ref)

    assert (pledge.standing, receipt.standing) == (attesting.IN_MOTION, attesting.IN_MOTION)
    assert (pledge.unit, pledge.number) == (built.unit.name, sent.submission.number)
    assert pledge.digest == Pledge.get_by_id(sent.submission.pledge_id).digest


def test_pledge_of_a_withdrawn_filing_has_ended(db):
    sent = filed(certified_unit())
    withdrawing.withdraw(actor(sent), sent.submission.ref, sent.filing.ref, None)

    assert of("personal_pledge", pledge_of(sent)).standing == attesting.ENDED
    assert of("receipt", sent.submission.ref).standing == attesting.ENDED


def test_documents_follow_the_entry(db):
    built = certified_unit()
    sent = filed(built)
    uploaded(built, verified(built, sent))
    drain(db, "records")
    entry = entry_of(sent)

    def standings():
        return [
            of("personal_pledge", pledge_of(sent)).standing,
            of("receipt", sent.submission.ref).standing,
            of("listing_confirmation", entry.ref).standing,
        ]

    assert standings() == [attesting.ON_LIST] * 3
    removals.request_removal(actor(sent), sent.submission.ref, entry.ref)
    assert standings() == [attesting.HELD] * 3
    removals.withdraw_request(actor(sent), sent.submission.ref, entry.ref)
    assert standings() == [attesting.ON_LIST] * 3
    leaving.withdraw_consent(actor(sent), sent.submission.ref)
    assert standings() == [attesting.GONE] * 3
    assert of("listing_confirmation", entry.ref).since == Entry.get_by_id(entry.id).removed_at


def test_unit_pledge_says_how_many_it_covers_and_how_many_stand(db):
    built = certified_unit()
    first, second = filed(built), filed(built)
    done = uploaded(built, verified(built, first, second))
    upload = Upload.get(Upload.ref == done["upload"])
    leaving.withdraw_consent(actor(first), first.submission.ref)

    found = of("unit_pledge", Pledge.get_by_id(upload.pledge_id).ref)

    assert (found.standing, found.covered, found.in_force) == (attesting.UPLOAD_DONE, 2, 1)
    assert (found.number, found.unit) == (upload.number, built.unit.name)


def test_poster_follows_its_code(db):
    built = certified_unit()
    assert of("poster", built.code).standing == attesting.CODE_OPEN
    version = queries.by_id(built.unit.id).version
    deciding.suspend(platform_actor(), built.unit.id, [rules.SUSPEND_REASONS[0]], "", version)
    assert of("poster", built.code).standing == attesting.CODE_CLOSED
