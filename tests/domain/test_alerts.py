"""What deserves an auditor's eye is raised once, told and kept."""

from datetime import datetime, timedelta

import pytest

from tests.builders import accounts, units
from tests.builders.delivery import drain, mails
from webapp import clock, crypto
from webapp.actors import Actor, system
from webapp.delivery import record_keeping
from webapp.domain.accounts import queries as account_queries
from webapp.domain.accounts import sessions
from webapp.domain.alerts import watching
from webapp.domain.alerts.watching import Thresholds
from webapp.domain.audit import acts, anchors, daybooks, readings, sealing
from webapp.domain.audit.models import Act
from webapp.domain.notices import queries as notices
from webapp.domain.notices.models import PLATFORM
from webapp.errors import NotAllowed

LIMITS = Thresholds(export_rows=5, numbers=3, refusals=4, night=(23, 6))
NOON = datetime(2027, 3, 8, 12, 0, tzinfo=clock.ZONE)


@acts.action("test:read")
def read(act, how: str, count: int) -> dict:
    readings.note(act, how, [crypto.new_ref() for _ in range(count)])
    return {}


@acts.action("test:forbidden")
def forbidden(act) -> dict:
    raise NotAllowed("not_allowed")


def raised() -> list[tuple]:
    return [
        (act.result["kind"], act.result["who"], act.result["count"])
        for act in Act.select().where(Act.verb == watching.VERB).order_by(Act.id)
    ]


@pytest.fixture
def clerk(db) -> Actor:
    accounts.platform_staff("audit_admin", email="auditor@staff.example")
    return accounts.actor_of(accounts.platform_staff("platform_officer", email="an.lei@staff.example"))


@pytest.fixture(autouse=True)
def at_noon(db):
    with clock.travel(NOON - clock.now()):
        yield


def test_mass_exports_and_many_numbers_are_told_once_to_the_audit_administrators(db, clerk):
    read(clerk, "exported", 3)
    read(clerk, "numbers-read", 2)
    assert watching.watch(LIMITS) == 0

    read(clerk, "exported", 2)
    read(clerk, "numbers-read", 1)
    assert watching.watch(LIMITS) == 2
    assert watching.watch(LIMITS) == 0

    assert raised() == [("exports", clerk.ref, 5), ("numbers", clerk.ref, 3)]
    inbox = notices.inbox(PLATFORM, watching.INBOX)
    assert [(one.kind, one.subject) for one in inbox] == [("alert-numbers", clerk.ref), ("alert-exports", clerk.ref)]
    drain(db)
    told = [mail["To"] for mail in mails(db) if "大量匯出資料" in mail["Subject"]]
    assert told == ["auditor@staff.example"]
    with clock.travel(timedelta(days=1)):
        assert watching.watch(LIMITS) == 0, "what is over is not told again"
        read(clerk, "exported", 5)
        assert watching.watch(LIMITS) == 1


def test_many_refusals_of_one_account_or_address_are_told(db, clerk):
    stranger = Actor("visitor", "web", address="192.0.2.7")
    turning = [(Actor("visitor", "web", address=f"2001:db8:0:1::{number}"), 1) for number in range(4)]
    # Somebody who tries passwords at many accounts is on record with each of them.
    spraying = [(Actor("visitor", "web", address="192.0.2.9", account_id=clerk.account_id), 1)] * 4
    for actor, times in (
        (clerk, 4),
        (stranger, 4),
        (Actor("visitor", "web", address="192.0.2.8"), 3),
        *turning,
        *spraying,
    ):
        for _ in range(times):
            with pytest.raises(NotAllowed):
                forbidden(actor)

    assert watching.watch(LIMITS) == 4
    whose = [clerk.ref, "192.0.2.7", "192.0.2.9", "2001:db8:0:1::/64"]
    assert sorted(raised()) == sorted(("refusals", who, 4) for who in whose)


@pytest.mark.parametrize(("hour", "told"), [(22, 0), (23, 1), (2, 1), (6, 0)])
def test_signing_in_at_night_is_told(db, clerk, hour, told):
    with clock.travel(NOON.replace(hour=hour) - NOON):
        sessions.begin(clerk, account_queries.by_ref(clerk.ref))
        assert watching.watch(LIMITS) == told
        assert watching.watch(LIMITS) == 0
    assert [kind for kind, *_ in raised()] == ["night"] * told


class Job:
    subject = "2027-03-08"


class Asked:
    def __init__(self, settings):
        self.settings, self.job = settings, Job()

    def breathe(self) -> None:
        pass


def test_each_night_days_are_kept_and_the_whole_record_is_proved(db, clerk):
    with clock.travel(timedelta(days=-1)):
        units.certified_unit()
        sealing.seal_committed()
    record_keeping.keep_days(Asked(db))
    record_keeping.keep_days(Asked(db))
    sealing.seal_committed()
    record_keeping.prove(Asked(db))
    assert [path.name for path in daybooks.folder().glob("*.record")] == ["2027-03-07.record"]
    assert raised() == []

    anchors.path().write_text(anchors.path().read_text().replace('"head":"', '"head":"00'))
    with clock.travel(timedelta(minutes=5)):
        record_keeping.prove(Asked(db))
        record_keeping.prove(Asked(db))
    assert [(kind, who) for kind, who, _count in raised()] == [("broken", "record")]
    assert system("watch").ref == Act.get(Act.verb == watching.VERB).actor_ref
