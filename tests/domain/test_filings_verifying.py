"""Verify, return, refuse, undo: every exit, one filing and many."""

import pytest

from tests.builders import filings as build
from tests.builders import units as build_units
from webapp.actors import FILER, Actor
from webapp.database import database
from webapp.domain.accounts import queries as accounts
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.filings import flags, lists, queries, reasons, states, verifying, withdrawing
from webapp.domain.filings.filters import Filter
from webapp.domain.filings.models import Filing, FilingStep
from webapp.domain.jobs.models import Job
from webapp.domain.passlist.selection import Chosen
from webapp.domain.units import deciding
from webapp.domain.units import queries as units
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound

NOT_OURS = ["unit_relation:not_ours"]
MISTAKE = ["filing:by_mistake"]


@pytest.fixture
def unit(db):
    return build_units.certified_unit()


def act_on(unit, name, filing, version=None, actor=None, **kwargs):
    seen = Filing.get_by_id(filing.id).version if version is None else version
    who = actor or unit.actor
    if name == "verify":
        return verifying.verify(who, unit.unit.id, filing.ref, seen, **kwargs)
    function, codes = {
        "return": (verifying.return_, ["plate:differs"]),
        "refuse": (verifying.refuse, NOT_OURS),
        "undo": (verifying.undo, MISTAKE),
    }[name]
    return function(who, unit.unit.id, filing.ref, seen, codes, **kwargs)


def filing_in(unit, state):
    """A filing brought into a state by acts."""
    sent = build.filed(unit)
    ways = {"submitted": [], "returned": ["return"], "verified": ["verify"], "refused": ["refuse"]}
    for name in ways.get(state, []):
        act_on(unit, name, sent.filing)
    if state == "withdrawn":
        withdrawing.withdraw(_filer(sent), sent.submission.ref, sent.filing.ref, 1)
    return sent.filing


def _filer(sent):
    return Actor(FILER, sent.submission.ref, unit_id=sent.submission.unit_id, request_id="test")


def state_of(filing):
    return Filing.get_by_id(filing.id).state


@pytest.mark.parametrize("name", ["verify", "return", "refuse", "undo"])
@pytest.mark.parametrize("state", ["submitted", "returned", "verified", "refused", "withdrawn"])
def test_every_state_and_act_is_in_the_table_or_refused(unit, state, name):
    filing = filing_in(unit, state)
    expected = states.TRANSITIONS.get((state, name))

    if expected is None:
        with pytest.raises(Conflict) as refused:
            act_on(unit, name, filing)
        assert (refused.value.code, refused.value.params["ref"]) == ("wrong_state", filing.ref)
        assert state_of(filing) == state
    else:
        assert act_on(unit, name, filing) == {"filing": filing.ref, "state": expected}
        assert state_of(filing) == expected


def test_verify_writes_act_line_step_and_owes_the_notice(unit):
    filing = build.filed(unit).filing

    act_on(unit, "verify", filing)

    row = Filing.get_by_id(filing.id)
    act = Act.get_by_id(row.act_id)
    assert (act.verb, act.account_id, act.unit_id, row.version) == (
        "filing:verify", unit.manager.id, unit.unit.id, 2
    )  # fmt: skip
    lines = [(line.tag, line.object_ref) for line in AuditLine.select().where(AuditLine.act == act.id)]
    assert lines == [("filing:verified", filing.ref)]
    steps = [(step.action, step.state) for step in queries.steps_of(row)]
    assert steps == [("submit", "submitted"), ("verify", "verified")]
    told = [(job.kind, job.params) for job in Job.select().where(Job.subject == str(act.id))]
    assert told == [("tell", {"kind": "filing-verified"})]


def test_return_keeps_all_reasons_in_the_order_of_the_form_and_seals_the_note(unit):
    filing = build.filed(unit).filing
    codes = ["vin:differs", "full_name:differs", "vin:differs"]

    verifying.return_(unit.actor, unit.unit.id, filing.ref, 1, codes, "請帶行駛證")

    row = Filing.get_by_id(filing.id)
    step = queries.steps_of(row)[-1]
    assert row.reasons == step.reasons == ["full_name:differs", "vin:differs"]
    assert queries.note_of(step) == "請帶行駛證"
    assert "請帶行駛證".encode() not in bytes(step.note)


@pytest.mark.parametrize("function", [verifying.return_, verifying.refuse, verifying.undo])
def test_reasons_are_needed_and_known_and_the_note_is_short(unit, function):
    filing = build.filed(unit).filing

    with pytest.raises(Invalid) as refused:
        function(unit.actor, unit.unit.id, filing.ref, 1, ["full_name:ugly"], "長" * (reasons.NOTE_LONGEST + 1))

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("reason", "choose"), ("note", "too_long")]
    assert state_of(filing) == "submitted"


def test_undo_after_verification_forgets_why_it_fell_out(unit):
    filing = filing_in(unit, "verified")

    act_on(unit, "undo", filing)

    row = Filing.get_by_id(filing.id)
    assert (row.state, row.version, row.reasons, row.fallen_reason) == ("submitted", 3, MISTAKE, None)


@pytest.mark.parametrize("version", [0, 2, None])
def test_an_act_on_another_version_is_stale_and_changes_nothing(unit, version):
    filing = build.filed(unit).filing

    with pytest.raises(Conflict) as refused:
        verifying.verify(unit.actor, unit.unit.id, filing.ref, version)

    assert (refused.value.code, refused.value.params["ref"]) == ("stale", filing.ref)
    assert state_of(filing) == "submitted"


def test_a_repeat_of_the_key_answers_the_first_result(unit):
    filing = build.filed(unit).filing

    answers = [act_on(unit, "verify", filing, 1, key="once-only") for _ in range(2)]

    assert answers == [{"filing": filing.ref, "state": "verified"}] * 2
    assert FilingStep.select().where(FilingStep.filing == filing.id).count() == 2


@pytest.mark.parametrize("name", ["verify", "return", "refuse", "undo"])
def test_other_units_filings_do_not_exist(unit, name):
    filing = build.filed(unit).filing
    stranger = build_units.certified_unit()

    with pytest.raises(NotFound):
        act_on(stranger, name, filing)

    assert state_of(filing) == "submitted"


def test_other_units_filings_are_left_out_of_a_bulk_act(unit):
    filing = build.filed(unit).filing
    stranger = build_units.certified_unit()

    done = verifying.verify_all(stranger.actor, stranger.unit.id, Chosen(rows=((filing.ref, 1),)))

    assert done == {"act": "verify", "changed": 0, "skipped": {"not_found": 1}}
    assert state_of(filing) == "submitted"


def test_a_suspended_unit_decides_nothing(unit):
    filing = build.filed(unit).filing
    held = units.by_id(unit.unit.id)
    deciding.suspend(build_units.platform_actor(), held.id, ["unit:outdated"], "", held.version)
    acts = [
        lambda: act_on(unit, "verify", filing),
        lambda: act_on(unit, "return", filing),
        lambda: act_on(unit, "refuse", filing),
        lambda: act_on(unit, "undo", filing),
        lambda: verifying.verify_all(unit.actor, unit.unit.id, Chosen(everything=True)),
        lambda: verifying.refuse_all(unit.actor, unit.unit.id, Chosen(everything=True), NOT_OURS),
    ]

    codes = []
    for one in acts:
        with pytest.raises(Conflict) as refused:
            one()
        codes.append(refused.value.code)

    assert codes == ["unit_suspended"] * 6
    assert state_of(filing) == "submitted"


# The clerk's own ---------------------------------------------------------------------------------------------------


def test_a_clerk_leaves_his_own_filing_to_a_colleague(unit):
    colleague = build_units.member(unit)
    filing = build.filed(unit, email=accounts.email_of(unit.manager).upper()).filing

    with pytest.raises(NotAllowed) as refused:
        act_on(unit, "verify", filing)
    bulk = verifying.verify_all(unit.actor, unit.unit.id, Chosen(rows=((filing.ref, 1),)))

    assert (refused.value.code, bulk["skipped"]) == ("own_filing", {"own_filing": 1})
    assert act_on(unit, "verify", filing, actor=colleague)["state"] == "verified"


def test_a_clerk_of_the_same_name_or_car_leaves_it_to_a_colleague(unit):
    build_units.member(unit)
    own = build.filed(unit, who=build.person(full_name="周婉仪"))
    plate = own.answers["vehicles"][0]["plate"]
    second = build.filed(
        unit,
        vehicles=[build.vehicle(plate=plate, is_owner="no", owner_name="周婉儀", owner_id_tail="0000")],
    )

    codes = []
    for sent in (own, second):
        with pytest.raises(NotAllowed) as refused:
            act_on(unit, "verify", sent.filing)
        codes.append(refused.value.code)

    assert codes == ["own_filing", "own_filing"]


def test_a_clerk_alone_may_decide_his_own_and_the_record_says_so(unit):
    filing = build.filed(unit, who=build.person(full_name="周婉儀")).filing

    act_on(unit, "verify", filing)

    act = Act.get_by_id(Filing.get_by_id(filing.id).act_id)
    tags = [line.tag for line in AuditLine.select().where(AuditLine.act == act.id).order_by(AuditLine.id)]
    assert tags == ["filing:verified", "filing:own-decided"]


# Many --------------------------------------------------------------------------------------------------------------


def mixed(unit):
    """One filing that needs nothing, one question, one that waits for its owner, one changed since it was seen."""
    plain = build.filed(unit)
    question = build.filed(unit, relation="unit_driver")
    plate = plain.answers["vehicles"][0]["plate"]
    waiting = build.filed(
        unit, vehicles=[build.vehicle(plate=plate, is_owner="no", owner_name="某人", owner_id_tail="0000")]
    )
    changed = build.filed(unit)
    act_on(unit, "verify", changed.filing)
    act_on(unit, "undo", changed.filing)
    return plain.filing, question.filing, waiting.filing, changed.filing


def test_verify_all_changes_what_needs_no_look_and_counts_the_rest(unit):
    rows = (*((filing.ref, 1) for filing in mixed(unit)), ("aaaaaaaaaaaaaaaaaaaa", 1))
    chosen = Chosen(rows=rows)

    seen = verifying.preview(unit.unit, "verify", chosen, flags.viewer(unit.unit.id, unit.manager.id))
    done = verifying.verify_all(unit.actor, unit.unit.id, chosen)

    skipped = {"not_found": 1, "stale": 1, "waiting_owner": 1, "needs_look": 1}
    assert done == {"act": "verify", "changed": 1, "skipped": skipped}
    assert (seen.total, seen.changed, seen.skipped) == (5, 1, skipped)
    assert sorted(why for _row, why in seen.exceptions) == ["needs_look", "stale", "waiting_owner"]
    assert [state_of_ref(ref) for ref, _version in rows[:4]] == ["verified", "submitted", "submitted", "submitted"]


def state_of_ref(ref):
    return Filing.get(Filing.ref == ref).state


def test_refuse_all_by_the_filter_gives_everybody_the_reason(unit):
    first, second = build.filed(unit), build.filed(unit)
    kept = build.filed(unit, who=build.person(full_name="別的人"))
    q = first.answers["person"]["full_name"]
    who = flags.viewer(unit.unit.id, unit.manager.id)
    count = lists.page(unit.unit, Filter(q=q), who).counts["waiting"]

    done = verifying.refuse_all(
        unit.actor, unit.unit.id, Chosen(everything=True, state="waiting", words=q, expected=count), NOT_OURS, "不是"
    )

    assert done == {"act": "refuse", "changed": count, "skipped": {}}
    assert state_of(kept.filing) == "submitted"
    assert Filing.get_by_id(first.filing.id).reasons == NOT_OURS
    assert queries.note_of(queries.steps_of(first.filing)[-1]) == "不是"
    assert second.filing.id != first.filing.id


def test_the_whole_result_is_what_was_confirmed_or_nothing(unit):
    first = build.filed(unit).filing
    who = flags.viewer(unit.unit.id, unit.manager.id)
    confirmed = verifying.preview(unit.unit, "verify", Chosen(everything=True), who)
    build.filed(unit)

    by_count = Chosen(everything=True, expected=confirmed.total)
    with pytest.raises(Conflict) as refused:
        verifying.verify_all(unit.actor, unit.unit.id, by_count)

    assert (refused.value.code, refused.value.params) == ("count_changed", {"expected": 1, "found": 2})
    assert state_of(first) == "submitted"


def test_the_same_number_of_others_is_not_what_was_confirmed(unit):
    first = build.filed(unit).filing
    who = flags.viewer(unit.unit.id, unit.manager.id)
    confirmed = verifying.preview(unit.unit, "verify", Chosen(everything=True), who)
    act_on(unit, "verify", first)
    later = build.filed(unit).filing

    with pytest.raises(Conflict) as refused:
        verifying.verify_all(unit.actor, unit.unit.id, Chosen(everything=True, expected=1, digest=confirmed.digest))

    assert (refused.value.code, state_of(later)) == ("count_changed", "submitted")


def statements(work):
    count = 0
    real = database.obj.execute_sql

    def counting(*args, **kwargs):
        nonlocal count
        count += 1
        return real(*args, **kwargs)

    database.obj.execute_sql = counting
    try:
        work()
    finally:
        database.obj.execute_sql = real
    return count


@pytest.mark.parametrize("name", ["verify", "refuse"])
def test_statements_of_a_bulk_act_do_not_depend_on_the_rows(unit, name):
    def bulk():
        if name == "verify":
            return verifying.verify_all(unit.actor, unit.unit.id, Chosen(everything=True))
        return verifying.refuse_all(unit.actor, unit.unit.id, Chosen(everything=True), NOT_OURS)

    few = [build.filed(unit) for _ in range(2)]
    for_few = statements(bulk)
    many = [build.filed(unit) for _ in range(14)]
    for_many = statements(bulk)

    assert for_few == for_many
    state = {"verify": "verified", "refuse": "refused"}[name]
    assert {state_of(sent.filing) for sent in few + many} == {state}
