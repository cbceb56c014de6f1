"""Claiming, leases, back-off and queues of background work, on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tests.plans.listening import listening
from webapp import clock, database
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs import queries
from webapp.domain.jobs.models import BULK, DOCUMENTS, FAILED, FINISHED, MESSAGES, QUEUED, RECORDS, URGENT, Job


def owe(kind: str = "k", subject: str = "s", **how) -> Job:
    with database.transaction():
        jobs.enqueue(None, kind, subject, **how)
    return Job.select().order_by(Job.id.desc()).get()


def claimed(owner: str = "w") -> Job:
    job = jobs.claim(owner)
    assert job is not None
    return job


def test_claim_takes_each_job_once_oldest_first(db):
    first, second = owe(subject="1"), owe(subject="2")

    taken = [claimed("a"), claimed("b")]

    assert [job.ref for job in taken] == [first.ref, second.ref]
    assert jobs.claim("c") is None


def test_claim_serves_queues_in_the_order_asked_for_and_no_other(db):
    for queue in (BULK, DOCUMENTS, MESSAGES, URGENT, RECORDS):
        owe(queue=queue)

    order = []
    while job := jobs.claim("w", (URGENT, DOCUMENTS, BULK)):
        order.append(job.queue)

    assert order == [URGENT, DOCUMENTS, BULK]


def test_what_waits_is_seen_by_one_statement_in_each_queue_and_in_no_other(db):
    owe(queue=URGENT)
    owe(queue=BULK, delay=timedelta(minutes=5))
    jobs.claim("died", (URGENT,))

    with listening() as seen:
        assert jobs.waiting() == set()
    with clock.travel(jobs.LEASE + timedelta(seconds=1)):
        assert jobs.waiting() == {URGENT}
    with clock.travel(timedelta(minutes=5)):
        assert jobs.waiting() == {URGENT, BULK}

    assert len(seen) == 1


def test_expired_lease_is_claimed_again_where_it_ended(db):
    owe(total=10)
    died = claimed("died")
    with database.transaction():
        jobs.advance(died, cursor=7, progress=4)
    assert jobs.claim("other") is None

    with clock.travel(jobs.LEASE + timedelta(seconds=1)):
        heir = claimed("other")

    assert (heir.ref, heir.cursor, heir.progress, heir.total) == (died.ref, 7, 4, 10)


@pytest.mark.parametrize("late", ["advance", "renew", "finish", "fail", "release"])
def test_whoever_lost_the_lease_changes_nothing(db, late):
    owe()
    slow = claimed("slow")
    with clock.travel(jobs.LEASE + timedelta(seconds=1)):
        heir = claimed("heir")
    before = Job.select().where(Job.id == heir.id).dicts().get()

    with pytest.raises(jobs.LostLease), database.transaction():
        {
            "advance": lambda: jobs.advance(slow, cursor=1, progress=1),
            "renew": lambda: jobs.renew(slow),
            "finish": lambda: jobs.finish(slow),
            "fail": lambda: jobs.fail(slow, ValueError()),
            "release": lambda: jobs.release(slow),
        }[late]()

    assert Job.select().where(Job.id == heir.id).dicts().get() == before


def test_renewed_lease_is_not_taken(db):
    owe()
    job = claimed()

    with clock.travel(jobs.LEASE - timedelta(seconds=1)):
        jobs.renew(job)
    with clock.travel(jobs.LEASE + timedelta(seconds=1)):
        assert jobs.claim("other") is None


def test_failures_wait_longer_each_time_and_end(db):
    owe()
    waited, state = [], QUEUED
    shift = timedelta(0)
    while state == QUEUED:
        with clock.travel(shift):
            job = claimed()
            now = clock.now()
            jobs.fail(job, ValueError("440402199001010011"))
            job = Job.get_by_id(job.id)
            state = job.state
            if state == QUEUED:
                waited.append(round((job.not_before - now).total_seconds()))
                shift += job.not_before - now + timedelta(seconds=1)

    assert waited == list(jobs.BACK_OFF[: jobs.MAX_ATTEMPTS - 1])
    assert (state, job.error, job.attempts) == (FAILED, "ValueError", jobs.MAX_ATTEMPTS)


def test_a_job_that_takes_its_worker_down_is_given_up(db):
    owe()
    for number in range(jobs.MAX_ATTEMPTS):
        with clock.travel((jobs.LEASE + timedelta(seconds=1)) * number):
            claimed(f"w{number}")

    with clock.travel((jobs.LEASE + timedelta(seconds=1)) * jobs.MAX_ATTEMPTS):
        assert jobs.claim("next") is None

    assert Job.get().state == FAILED


def test_progress_forgives_earlier_failures(db):
    owe()
    with clock.travel(timedelta(0)):
        jobs.fail(claimed(), ValueError())
    with clock.travel(timedelta(seconds=5)):
        job = claimed()
        with database.transaction():
            jobs.advance(job, cursor=1, progress=1)

    assert Job.get().attempts == 1


def test_dedupe_key_owes_once_for_ever(db):
    owe(dedupe_key="digest:2026-11-23")
    jobs.finish(claimed())

    with database.transaction():
        jobs.enqueue(None, "k", "again", dedupe_key="digest:2026-11-23")

    assert [(job.subject, job.state) for job in Job.select()] == [("s", FINISHED)]
    assert queries.known("digest:2026-11-23")


def test_released_job_is_as_if_never_taken(db):
    owe()
    jobs.release(claimed())

    again = claimed()

    assert again.attempts == 1


def test_retry_is_for_jobs_that_were_given_up(db):
    waiting = owe()
    lost = owe()
    jobs.fail(claimed(), ValueError())
    jobs.fail(claimed(), ValueError(), final=True)

    assert [jobs.retry(ref) for ref in (waiting.ref, lost.ref, "nothing")] == [False, True, False]
    assert Job.get_by_id(lost.id).state == QUEUED


def test_finished_jobs_are_forgotten_failed_ones_kept(db):
    owe(), owe(), owe()
    jobs.finish(claimed())
    jobs.fail(claimed(), ValueError(), final=True)

    gone = jobs.forget_finished(clock.now() + timedelta(days=1))

    assert gone == 1
    assert [job.state for job in Job.select().order_by(Job.id)] == [FAILED, QUEUED]


def test_many_workers_share_jobs_without_taking_one_twice(db):
    with database.transaction():
        jobs.enqueue_each(None, "k", [str(number) for number in range(60)])
    taken: list[str] = []
    start = threading.Barrier(4)

    def work(owner: str) -> None:
        database.connect()
        start.wait()
        while job := jobs.claim(owner):
            taken.append(job.subject)
            jobs.finish(job)
        database.disconnect()

    threads = [threading.Thread(target=work, args=(str(index),)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken, key=int) == [str(number) for number in range(60)]


def test_work_of_a_dead_process_of_this_host_goes_on_at_once(db):
    owe(), owe(), owe()
    gone, elsewhere, alive = claimed("here:1:0"), claimed("there:1:0"), claimed("here:2:0")

    taken = jobs.take_back(lambda owner: owner == "here:1:0")

    assert taken == 1
    assert claimed("here:3:0").ref == gone.ref
    assert jobs.claim("here:3:0") is None
    assert {job.ref for job in (elsewhere, alive)} == {
        job.ref for job in Job.select().where(Job.lease_owner << (elsewhere.lease_owner, alive.lease_owner))
    }
