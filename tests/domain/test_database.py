"""What the ground promises on both databases: transactions, sets, fields, and one shape however it was made."""

import threading
from datetime import UTC, datetime, timedelta

import peewee
import pytest

from webapp import clock, crypto, database, row_sets, schema
from webapp.database import database as db_proxy
from webapp.domain.audit.models import AuditLine
from webapp.domain.jobs.models import Holiday, Job
from webapp.domain.lanes.models import LaneCheck
from webapp.domain.notices.models import Delivery, Notice


def make_holiday(day: str) -> Holiday:
    return Holiday.create(day=day, name="測試假日")


def test_transaction_keeps_all_or_nothing(db):
    with pytest.raises(ZeroDivisionError), database.transaction():
        make_holiday("2031-01-01")
        raise ZeroDivisionError

    assert Holiday.select().where(Holiday.day == "2031-01-01").count() == 0


def test_inner_transaction_is_a_savepoint(db):
    with database.transaction():
        make_holiday("2031-01-02")
        with pytest.raises(ZeroDivisionError), database.transaction():
            make_holiday("2031-01-03")
            raise ZeroDivisionError

    days = Holiday.select(Holiday.day).where(Holiday.day >= "2031-01-01").tuples()
    assert [str(day) for (day,) in days] == ["2031-01-02"]


def test_instants_survive_to_the_microsecond(db):
    moment = datetime(2026, 11, 23, 15, 59, 59, 123457, tzinfo=UTC)

    job = Job.create(
        ref="r", kind="k", queue="records", subject="s", state="queued", not_before=moment, created_at=moment
    )

    assert Job.get_by_id(job.id).not_before == moment


@pytest.mark.parametrize("count", [700, database.MANY])
def test_insert_rows_writes_every_kind_of_field_by_one_statement(db, count):
    now = clock.now()
    notice = Notice.create(
        ref="n", kind="k", audience="unit", audience_ref="u", subject="", dedupe_key="d", created_at=now
    )
    sealed = crypto.seal("某人", "delivery", "address", "x")
    rows = [
        {
            "ref": f"x{i}",
            "notice": notice.id,
            "channel": "email",
            "address": sealed,
            "params": None,
            "locale": "zh_Hant_MO",
            "state": "queued",
            "attempts": i,
            "created_at": now,
        }
        for i in range(count)
    ]

    with database.transaction():
        row_sets.insert_rows(Delivery, rows)

    kept = list(Delivery.select().order_by(Delivery.attempts))
    assert len(kept) == count
    assert (bytes(kept[3].address), kept[3].params, kept[3].created_at, kept[3].ref) == (sealed, None, now, "x3")


def test_insert_rows_tells_no_bytes_from_nothing(db):
    said = {"key": "k", "kind": "plate", "channel": "", "result": "listed", "reason": "in_force"}
    known = {"asked_at": clock.now(), "taken_in_at": clock.now(), "plate_index": b"", "plate": None, "offline": False}

    with database.transaction():
        row_sets.insert_rows(LaneCheck, [said | known])

    (kept,) = LaneCheck.select()
    assert (bytes(kept.plate_index), kept.plate) == (b"", None)


def test_what_fails_meanwhile_fails_as_it_does_anywhere(db):
    holidays = [{"day": "2033-01-01", "name": "測試假日"}] * 2

    with pytest.raises(peewee.IntegrityError) as failed, database.transaction(), database.meanwhile():
        row_sets.insert_rows(Holiday, holidays)
        make_holiday("2033-01-02")

    assert getattr(failed.value.orig, "sqlstate", None) in (None, "23505")
    assert not isinstance(failed.value.orig, peewee.PeeweeException)
    assert Holiday.select().where(Holiday.day == "2033-01-01").count() == 0


def test_among_takes_any_number_of_ids_as_one_parameter(db):
    ids = [make_holiday(f"2032-01-{day:02}").id for day in range(1, 11)]

    found = Holiday.select().where(Holiday.id << database.among([*ids[:4], *range(10**6, 10**6 + 40_000)])).count()

    assert found == 4


def test_retrying_runs_again_after_a_taken_key_and_then_gives_up(db):
    make_holiday("2033-05-05")
    tries = []

    def work() -> None:
        tries.append(1)
        with database.transaction():
            make_holiday("2033-05-05")

    with pytest.raises(peewee.IntegrityError):
        database.retrying(work)

    assert len(tries) == database.RETRIES


def test_writers_of_many_threads_all_get_their_turn(db):
    failures: list[Exception] = []

    def write(worker: int) -> None:
        try:
            database.connect()
            for turn in range(5):
                with database.transaction():
                    make_holiday(f"20{40 + worker}-01-{turn + 1:02}")
        except Exception as error:
            failures.append(error)
        finally:
            database.disconnect()

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert Holiday.select().where(Holiday.day >= "2040-01-01").count() == 40


def test_migrated_and_model_made_databases_have_one_catalogue(db, engine):
    migrated = schema.catalogue()
    with database.transaction():
        for table in reversed(schema.models()):
            suffix = "" if engine == "sqlite" else " CASCADE"
            if engine == "sqlite":
                continue
            db_proxy.execute_sql(f'DROP TABLE "{table._meta.table_name}"{suffix}')
    if engine == "sqlite":
        database.configure("sqlite:///" + str(db.data_dir / "models.db"))
        database.connect()
    with database.transaction():
        db_proxy.create_tables(schema.models())
        schema.make_triggers()

    assert schema.catalogue() == migrated


def test_migrations_go_down_to_nothing_and_up_again(db):
    before = schema.catalogue()
    runner = schema.runner()

    runner.down("0001_start")
    emptied = schema.catalogue()
    schema.upgrade()

    assert emptied == {}
    assert schema.catalogue() == before


def test_migration_numbers_are_unbroken():
    names = sorted(path.name for path in schema.MIGRATIONS.glob("[0-9]*.py"))

    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_line SET tag = 'x:y'", "DELETE FROM audit_line", "DELETE FROM act"]
)
def test_the_record_cannot_be_changed_by_anybody(db, statement):
    from webapp.actors import system
    from webapp.domain.audit.acts import action, record

    @action("test:record")
    def act_once(act) -> dict:
        record(act, "thing:made", "ref-1")
        return {}

    act_once(system("test"))

    with pytest.raises(peewee.IntegrityError), database.transaction():
        db_proxy.execute_sql(statement)
    assert [line.tag for line in AuditLine.select()] == ["thing:made"]


def test_working_days_skip_weekends_and_holidays(db):
    from webapp.domain.jobs.calendar import after_working_days

    friday = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
    make_holiday("2026-12-01")

    ends = after_working_days(friday, 3)

    # Monday 30 November, (Tuesday is a holiday), Wednesday 2, Thursday 3: over when Friday begins in Macao.
    assert ends == datetime(2026, 12, 3, 16, 0, tzinfo=UTC)
    assert ends - friday < timedelta(days=7)


#: What an upload writes thousands of. `entry` is left out: exports of the embedded database go by unit and id.
WRITTEN = ("audit_line", "driver_slot", "entry_expiry", "entry_step", "filing", "filing_step", "upload_line")


@pytest.mark.parametrize("table", WRITTEN)
def test_no_index_is_kept_that_another_begins_with(db, table):
    whole = [index for index in db_proxy.get_indexes(table) if " WHERE " not in (index.sql or "")]

    begun = [
        (one.name, other.name)
        for one in whole
        for other in whole
        if not one.unique and one.name != other.name and other.columns[: len(one.columns)] == one.columns
    ]

    assert begun == []
